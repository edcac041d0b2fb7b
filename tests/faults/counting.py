"""What the worker under fault decides: it writes each signal down once, at the place the signal names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from shared.bus.documents import Change, Document, WorkingSet, tell
from shared.bus.message import Message
from shared.bus.stage import Handler, Reader
from shared.contracts.catalogue import Topic
from shared.contracts.common import Observations, Site, Situation
from shared.contracts.envelope import Fact
from shared.contracts.intake import SignalReceived
from shared.contracts.triage import CaseClosed
from shared.mongo import Collection, Database
from shared.vocabulary import Channel, Theme
from tests.shared.bus.tally import place_of

NOON = datetime(2020, 10, 25, 12, 0, tzinfo=UTC)
PARTITIONS = 4


@dataclass(frozen=True)
class Tally:
    """The signals that named a place, each as `<subject>#<sequence>`, in the order they were taken in."""

    signals: tuple[str, ...] = ()


TALLIES = Collection("tallies", TypeAdapter(Tally))


def inbound(name: str) -> Topic:
    """Where the numbered signals of one test go in."""
    return Topic(f"faults.{name}.in", "faults", (name,), "signal", PARTITIONS, (SignalReceived,), "Numbered signals.")


def outbound(name: str) -> Topic:
    """Where the worker of one test tells of each signal it wrote down."""
    return Topic(f"faults.{name}.out", name, ("faults",), "place", PARTITIONS, (CaseClosed,), "Signals written down.")


def signal_about(place: str) -> SignalReceived:
    """A signal that names a place."""
    return SignalReceived(
        channel=Channel.WEB,
        situation=Situation(themes=(Theme.WORK,), site=Site(place=place), observations=Observations()),
        received_at=NOON,
        dataref="http://localhost/signals/1",
    )


def reader(database: Database, name: str) -> Reader[WorkingSet]:
    """Signals in, one document per place, one fact per signal out."""

    async def load(messages: Sequence[Message[Fact]], _refusals: Sequence[object]) -> WorkingSet:
        places = {place_of(message) for message in messages}
        return WorkingSet(await database.find(TALLIES, {"_id": {"$in": list(places)}}))

    return Reader(load=load, handlers={SignalReceived: _write_down(outbound(name))}, topics=(inbound(name),))


def _write_down(out: Topic) -> Handler[WorkingSet]:
    def decide(room: WorkingSet, message: Message[SignalReceived], _now: datetime) -> Sequence[Change[Any]]:
        place = place_of(message)
        entry = f"{message.subject}#{message.envelope.sequence}"
        document: Document[Tally] = room.find_or_new(TALLIES.name, place)
        seen = document.state.signals if document.exists else ()
        told = CaseClosed(number=entry, reason="written down", closed_at=message.envelope.time)
        return [document.becomes(Tally((*seen, entry)), tell(out, told, message.envelope.time))]

    return decide
