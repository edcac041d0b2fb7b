"""Cases regrouped by hand, in memory: what is told, where addresses lead, and that nothing is taken in twice."""

from typing import Any

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import ClosureReason, NotAllowed
from services.triage.domain.numbers import case_id
from services.triage.domain.regrouping import Decision
from services.triage.use_cases import regrouping
from services.triage.use_cases.desk import UnknownCase
from shared.contracts.triage import CaseAssessed, CaseMerged, CaseMergeUndone, CaseSplit
from shared.situation import Site, Situation
from shared.vocabulary import Grade
from tests.triage.builders import MEMBER, NOON, RULES, after, message, received, situation, supplemented, withdrawn
from tests.triage.memory import Memory

A, B, C, PART = case_id("a"), case_id("b"), case_id("c"), "6dd0a0a5-5f0c-4a0e-8d4e-7a9d5b2c3e10"


def at(number: int, **seen: Any) -> Situation:
    site = Site(postcode="7141AB", house_number=str(number), place="Groenlo", municipality="Oost Gelre", region="VR06")
    return situation(site=site, **{"people_exposed": 20, **seen})


def because(why: str = "Het is hetzelfde huis.", hours: float = 1) -> Decision:
    return Decision(MEMBER, why, after(hours=hours))


@pytest.fixture
def memory() -> Memory:
    """Three cases at three addresses; the first has an outbreak."""
    memory = Memory()
    memory.take(message(received(at(1, confirmed_infections=4)), "a"))
    memory.take(message(received(at(2)), "b"))
    memory.take(message(received(at(3)), "c"))
    return memory


def merge(memory: Memory, gone: str, stays: str) -> list[Any]:
    return memory.decide(regrouping.merged(memory.room, gone, stays, because(), RULES))


def undo(memory: Memory, gone: str, turn: int | None = None) -> list[Any]:
    return memory.decide(regrouping.merge_undone(memory.room, gone, because("Toch niet.", 2), RULES, turn))


def split(memory: Memory, origin: str, *signals: str) -> list[Any]:
    return memory.decide(regrouping.split(memory.room, origin, PART, signals, because(), RULES))


def comes(memory: Memory, signal: str, number: int) -> str:
    """The case that a new signal at an address becomes part of."""
    memory.take(message(received(at(number), after(hours=3)), signal))
    return memory.case(signal).id


def kinds(told: list[Any]) -> list[type]:
    return [type(fact) for fact in told]


@pytest.mark.plan("S07")
def test_each_of_two_merged_cases_tells_it_once_with_who_and_why(memory: Memory) -> None:
    told = merge(memory, A, B)
    assert kinds(told) == [CaseMerged, CaseAssessed, CaseMerged]
    gone, picture, stays = told
    assert (gone.number, stays.number) == (memory.room.case(A).state.number, memory.room.case(B).state.number)
    for fact in (gone, stays):
        assert (fact.gone.case, fact.stays.case, fact.signals) == (A, B, ("a",))
        assert (fact.reason, fact.organisation) == ("Het is hetzelfde huis.", "lotc")
    assert (picture.grade, picture.previous_grade, picture.signals) == (Grade.HIGH, Grade.LOW, ("b", "a"))
    assert picture.absorbed == (A,)
    assert picture.clock_started_at == NOON


def test_a_case_that_comes_back_tells_its_picture_before_that_it_is_back(memory: Memory) -> None:
    merge(memory, A, B)
    told = undo(memory, A)
    assert kinds(told) == [CaseAssessed, CaseMergeUndone, CaseAssessed, CaseMergeUndone]
    assert [fact.grade for fact in told if isinstance(fact, CaseAssessed)] == [Grade.HIGH, Grade.LOW]
    assert [fact.absorbed for fact in told if isinstance(fact, CaseAssessed)] == [(), ()]
    assert told[1].reason == "Toch niet."


def test_a_split_is_told_of_both_and_the_new_case_with_its_picture(memory: Memory) -> None:
    merge(memory, A, B)
    told = split(memory, B, "a")
    assert kinds(told) == [CaseAssessed, CaseSplit, CaseAssessed, CaseSplit]
    assert (told[2].signals, told[2].grade, told[2].previous_grade) == (("a",), Grade.HIGH, None)
    assert {(fact.origin.case, fact.part.case) for fact in told if isinstance(fact, CaseSplit)} == {(B, PART)}
    assert told[2].number.startswith("Z-2020-")


@pytest.mark.plan("S07")
def test_the_address_of_a_merged_case_leads_to_the_one_that_stays_and_is_given_back(memory: Memory) -> None:
    merge(memory, A, B)
    assert comes(memory, "late", 1) == B
    assert memory.case("late").state.signal("late").came_by == A
    undo(memory, A)
    assert memory.case("late").id == A
    assert comes(memory, "later", 1) == A
    assert comes(memory, "next door", 2) == B


def test_an_address_leads_on_through_every_merge(memory: Memory) -> None:
    merge(memory, A, B)
    merge(memory, B, C)
    assert comes(memory, "late", 1) == C
    undo(memory, B)
    assert memory.case("late").id == B
    undo(memory, A)
    assert memory.case("late").id == A


def test_an_address_that_became_known_while_merged_goes_back_with_its_signal(memory: Memory) -> None:
    memory.take(message(received(situation(site=Site())), "nowhere"))
    lost = memory.case("nowhere").id
    merge(memory, lost, B)
    memory.take(message(supplemented(at(9), after(hours=2)), "nowhere", 2))
    assert comes(memory, "ninth", 9) == B
    undo(memory, lost)
    assert memory.case("ninth").id == lost
    assert comes(memory, "ninth again", 9) == lost


def test_an_address_goes_along_with_the_last_of_its_signals(memory: Memory) -> None:
    memory.decide(regrouping.moved(memory.room, *_with_second(memory), ["a"], because(), RULES))
    assert comes(memory, "third", 1) == A
    memory.decide(regrouping.moved(memory.room, A, C, ["second"], because(), RULES))
    assert comes(memory, "fourth", 1) == A
    memory.decide(regrouping.moved(memory.room, C, A, ["second"], because(), RULES))
    assert comes(memory, "fifth", 1) == A


def _with_second(memory: Memory) -> tuple[str, str]:
    """The first case gets a second signal at its address."""
    assert comes(memory, "second", 1) == A
    return A, B


def test_the_address_of_a_part_that_was_split_off_leads_to_the_part_and_back(memory: Memory) -> None:
    merge(memory, A, B)
    split(memory, B, "a")
    assert comes(memory, "late", 1) == PART
    assert comes(memory, "other", 2) == B
    memory.decide(regrouping.split_undone(memory.room, PART, because("Toch één.", 2), RULES))
    assert comes(memory, "later", 1) == B


def test_an_address_that_leads_to_a_newer_case_is_left_to_it(memory: Memory) -> None:
    document = memory.room.case(A)
    memory.decide([document.becomes(cases.closed(document.state, ClosureReason.VISITED, None, MEMBER, after(hours=1)))])
    newer = comes(memory, "newer", 1)
    merge(memory, A, B)
    split(memory, B, "a")
    assert comes(memory, "newest", 1) == newer


def test_a_signal_that_changed_case_is_not_taken_in_again(memory: Memory) -> None:
    told = message(supplemented(at(1, confirmed_infections=9), after(hours=1)), "a", 2)
    merge(memory, A, B)
    assert kinds(memory.take(told)) == [CaseAssessed]
    undo(memory, A)
    only = Memory()
    only.room.add(memory.room.case(A))
    before = only.case("a").state
    assert only.take(told) == []
    assert only.take(message(received(at(1)), "a", 1)) == []
    assert only.case("a").state == before


@pytest.mark.parametrize("regroup", ["merge", "move", "split"])
def test_whoever_takes_signals_over_knows_what_was_taken_in_of_them(memory: Memory, regroup: str) -> None:
    comes(memory, "second", 1)
    if regroup == "merge":
        merge(memory, A, B)
    elif regroup == "move":
        memory.decide(regrouping.moved(memory.room, A, B, ["a"], because(), RULES))
    else:
        split(memory, A, "a")
    holder = memory.case("a")
    assert holder.id != A
    only = Memory()
    only.room.add(holder)
    assert only.take(message(withdrawn(), "a", 1)) == []
    assert len(only.take(message(withdrawn(after(hours=4)), "a", 2))) == 1


def test_news_of_a_signal_goes_to_the_case_that_holds_it_now(memory: Memory) -> None:
    merge(memory, A, B)
    (told,) = memory.take(message(withdrawn(after(hours=2)), "a", 2))
    assert (told.number, told.grade) == (memory.room.case(B).state.number, Grade.LOW)
    (left, back, *_) = undo(memory, A)
    assert left.signals == ()
    assert isinstance(back, CaseMergeUndone)


def test_a_look_at_an_older_merge_undoes_no_newer_one(memory: Memory) -> None:
    merge(memory, A, B)
    seen = memory.room.case(A).state.turn
    undo(memory, A, seen)
    merge(memory, A, C)
    with pytest.raises(NotAllowed, match="intussen"):
        undo(memory, A, seen)
    undo(memory, A, memory.room.case(A).state.turn)


def test_what_was_told_apart_of_a_case_holds_for_the_case_it_is_part_of(memory: Memory) -> None:
    memory.decide(regrouping.told_apart(memory.room, A, C, because("Andere hal.")))
    merge(memory, A, B)
    with pytest.raises(NotAllowed, match="Andere hal"):
        merge(memory, B, C)
    with pytest.raises(NotAllowed, match="Andere hal"):
        merge(memory, C, B)


def test_a_case_that_is_not_there_is_named(memory: Memory) -> None:
    with pytest.raises(UnknownCase, match="nowhere"):
        merge(memory, A, "nowhere")
    with pytest.raises(UnknownCase, match="nowhere"):
        undo(memory, "nowhere")


def test_what_is_not_there_to_undo_is_refused(memory: Memory) -> None:
    with pytest.raises(NotAllowed, match="niet samengevoegd"):
        undo(memory, A)
    with pytest.raises(NotAllowed, match="niet afgesplitst"):
        regrouping.split_undone(memory.room, A, because(), RULES)
