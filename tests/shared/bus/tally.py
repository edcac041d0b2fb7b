"""A small reader for tests: one document per place, counting the signals that name it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, WorkingSet, tell
from shared.bus.message import Message
from shared.bus.stage import Reader, Refusal
from shared.contracts.catalogue import CASES, SIGNALS
from shared.contracts.common import Observations, Situation
from shared.contracts.common import Site as WireSite
from shared.contracts.envelope import Fact
from shared.contracts.intake import SignalReceived
from shared.contracts.triage import CaseClosed
from shared.mongo import Collection, Database
from shared.settings import ServiceSettings
from shared.vocabulary import Channel, Theme

NOON = datetime(2020, 10, 25, 12, 0, tzinfo=UTC)
PARKED_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
POISONED_PLACE = "Gifstad"


@dataclass(frozen=True)
class Tally:
    """How many signals named a place, and which."""

    place: str
    signals: tuple[str, ...] = ()
    blob: str = ""


@dataclass(frozen=True)
class Sent:
    """A signal as its sender keeps it."""

    place: str


TALLIES = Collection("tallies", TypeAdapter(Tally), indexes=([("state.signals", 1)],))
SENT = Collection("sent", TypeAdapter(Sent))


def signal_about(place: str) -> SignalReceived:
    return SignalReceived(
        channel=Channel.WEB,
        situation=Situation(themes=(Theme.WORK,), site=WireSite(place=place or None), observations=Observations()),
        received_at=NOON,
        dataref="http://localhost/signals/1",
    )


def place_of(message: Message[Any]) -> str:
    """The document a signal is counted in; one that names no place has its own."""
    return message.fact.situation.site.place or ""


def count_signal(room: WorkingSet, message: Message[SignalReceived], now: datetime) -> Sequence[Change[Any]]:
    """The decision under test; it fails on one place, and for another makes a document too large to store."""
    place = place_of(message)
    if place == POISONED_PLACE:
        raise ValueError("this place cannot be counted")
    document: Document[Tally] = room.find_or_new("tallies", place)
    tally = document.state if document.exists else Tally(place)
    blob = "x" * 17_000_000 if place == "Te groot" else ""
    counted = replace(tally, signals=(*tally.signals, message.subject), blob=blob)
    number = str(len(counted.signals))
    return [document.becomes(counted, tell(CASES, CaseClosed(number=number, reason="geteld", closed_at=now), now))]


def tally_reader(database: Database) -> Reader[WorkingSet]:
    async def load(messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> WorkingSet:
        places = {place_of(message) for message in messages}
        return WorkingSet(await database.find(TALLIES, {"_id": {"$in": list(places)}}))

    return Reader(load=load, handlers={SignalReceived: count_signal}, topics=(SIGNALS,))


class Settings(ServiceSettings):
    service: str = "triage"


def settings_for(stack: Any, service: str, database: str, **changes: Any) -> Settings:
    usual = {
        "service": service,
        "port": 1,
        "public_url": "http://localhost:1",
        "kafka_bootstrap": stack.kafka_bootstrap,
        "kafka_username": service,
        "kafka_password": stack.kafka_passwords[service],
        "mongo_url": stack.mongo_url,
        "mongo_database": database,
        "parked_key": PARKED_KEY,
        "oidc_issuer": "http://localhost:2",
        "session_secret": "not a secret",
    }
    return Settings(**{**usual, **changes})


class Sender:
    """Plays intake: stores signals and tells them through its relay."""

    def __init__(self, stack: Any, database: str, **changes: Any) -> None:
        settings = settings_for(stack, "intake", database, **changes)
        self.database = Database(settings.mongo_url, settings.mongo_database, [SENT])
        self.bus = Bus(settings, self.database, None)

    async def __aenter__(self) -> Sender:
        await self.database.start()
        await self.bus.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.bus.stop()
        await self.database.stop()

    async def send(self, *places: str) -> list[str]:
        """Send a signal per place, each its own subject; returns their ids."""

        async def nothing() -> WorkingSet:
            return WorkingSet()

        def decision(_room: WorkingSet) -> Sequence[Change[Any]]:
            return [
                Document[Sent]("sent", id_).becomes(Sent(place), tell(SIGNALS, signal_about(place), NOON))
                for id_, place in zip(ids, places, strict=True)
            ]

        ids = [str(uuid4()) for _ in places]
        await self.bus.decide(nothing, decision)
        return ids


class Counter:
    """Plays triage: counts signals per place."""

    def __init__(
        self,
        stack: Any,
        database: str,
        reader: Callable[[Database], Reader[WorkingSet]] = tally_reader,
        **changes: Any,
    ) -> None:
        settings = settings_for(stack, "triage", database, **changes)
        self.database = Database(settings.mongo_url, settings.mongo_database, [TALLIES])
        self.bus = Bus(settings, self.database, reader(self.database))

    async def __aenter__(self) -> Counter:
        await self.database.start()
        await self.bus.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.bus.stop()
        await self.database.stop()

    async def signals_of(self, place: str) -> tuple[str, ...]:
        document = await self.database.get(TALLIES, place)
        return document.state.signals if document else ()
