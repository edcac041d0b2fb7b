"""What moves from one document to another keeps how far its news was taken in."""

from datetime import UTC, datetime

from shared.bus.documents import Document, WorkingSet
from shared.bus.message import Message
from shared.contracts.catalogue import SIGNALS
from shared.contracts.envelope import Envelope, source_of
from shared.contracts.intake import SignalWithdrawn

NOON = datetime(2020, 6, 19, 12, tzinfo=UTC)


def withdrawal(sequence: int) -> Message[SignalWithdrawn]:
    fact = SignalWithdrawn(withdrawn_at=NOON)
    return Message(Envelope("1", source_of("intake"), fact.TYPE, NOON, "s1", sequence), fact, SIGNALS.name)


def taken(**marks: int) -> Document[str]:
    return Document("things", "any", "state", version=1, taken={f"intake:{name}": n for name, n in marks.items()})


def test_marks_of_subjects_are_found_whoever_told_of_them() -> None:
    document = taken(s1=3, s2=5)
    document.taken["planning:s1"] = 7
    assert document.marks_of({"s1", "s9"}) == {"intake:s1": 3, "planning:s1": 7}


def test_a_document_that_takes_marks_over_knows_the_messages_behind_them() -> None:
    giver, receiver = taken(s1=3, s2=5), taken(s4=1)
    receiver.apply(receiver.becomes("other", marks=giver.marks_of({"s1"})))
    assert receiver.newly_taken == {"intake:s1": 3}
    room = WorkingSet([receiver])
    assert room.has_taken(withdrawal(3))
    assert not room.has_taken(withdrawal(4))


def test_an_older_mark_does_not_take_the_place_of_a_newer_one() -> None:
    receiver = taken(s1=8)
    receiver.apply(receiver.becomes("other", marks=taken(s1=3).marks_of({"s1"})))
    assert (receiver.taken, receiver.newly_taken) == ({"intake:s1": 8}, {})
