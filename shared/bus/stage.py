"""The batch stage: load what a batch touches, decide purely and in order, write once, publish, and only then go on."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import structlog

from shared.bus.documents import Change, Conflict, Document, RefusedByDatabase, WorkingSet
from shared.bus.message import Message, Record, Unreadable, read
from shared.contracts.catalogue import Topic
from shared.contracts.envelope import Fact

log = structlog.get_logger()

_MOST_REPLAYS = 5
_SUSPICIOUS_CONFLICTS = 20

W = TypeVar("W", bound=WorkingSet)
Handler = Callable[[W, Any, datetime], Sequence[Change[Any]]]
"""A pure decision: (working set, message, now) -> the changes it wants. Raising parks the message."""


@dataclass(frozen=True)
class Refusal:
    """A record that is being parked, for a service that wants to answer its sender."""

    topic: str
    partition: int
    offset: int
    message_id: str | None
    faults: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reader(Generic[W]):
    """What a service reads: topics (or a pattern), how to load, and which fact type goes to which decision.

    `load` does a fixed number of queries for all messages and refusals of a batch. `on_refusal` decides what to
    tell about a record that is parked. Records of `unhurried` topics may wait for one another a moment. A record
    of a type without a decision is skipped, since an owner may add types. What comes by topics that match `strangers`
    is written by systems that are not ours: it is trusted less, and none of it is skipped (see `message.read`).
    """

    load: Callable[[Sequence[Message[Fact]], Sequence[Refusal]], Awaitable[W]]
    handlers: Mapping[type[Fact], Handler[W]]
    topics: tuple[Topic, ...] = ()
    pattern: str | None = None
    unhurried: tuple[Topic, ...] = ()
    on_refusal: Callable[[W, Refusal, datetime], Sequence[Change[Any]]] | None = None
    strangers: re.Pattern[str] | None = None


@dataclass(frozen=True)
class ParkedRecord:
    """A record that waits for a person: why, and which later records (`hold`) wait behind it."""

    record: Record
    hold: str | None
    error: str
    behind_other: bool = False


class Shelf(Protocol):
    """Where parked records lie."""

    async def holds(self, keys: Sequence[str]) -> set[str]: ...
    async def park(self, records: Sequence[ParkedRecord]) -> None: ...


class Store(Protocol):
    """Where documents lie. `save` raises Conflict, RefusedByDatabase, or an error of the connection."""

    async def save(self, documents: Sequence[Document[Any]], *, as_one: bool) -> None: ...


class Outlet(Protocol):
    """Where stored facts go to be published."""

    async def offer(self, documents: Sequence[Document[Any]]) -> None: ...


@dataclass(slots=True)
class Entry:
    """One record on its way through the stage.

    `hold` is what is held back while it is parked: the later records of its key on its topic. `fault` is what no new
    attempt can mend; `touched` is what its decision changed at the last attempt.
    """

    record: Record
    hold: str | None
    message: Message[Fact] | None = None
    fault: Exception | None = None
    touched: Sequence[Change[Any]] = ()

    def refusal(self, fault: Exception) -> Refusal:
        message_id = next((value for name, value in self.record.headers if name == "ce_id"), None)
        return Refusal(
            self.record.topic,
            self.record.partition,
            self.record.offset,
            message_id.decode(errors="replace")[:200] if message_id else None,
            fault.faults if isinstance(fault, Unreadable) else (("body", "cannot be taken in"),),
        )


@dataclass(frozen=True)
class Ahead:
    """What a batch that is being written will leave behind, if all goes well."""

    documents: Sequence[Document[Any]]
    held: set[str]


@dataclass(frozen=True)
class Plan:
    """What a batch wants: the documents of its room written, and these records parked."""

    room: WorkingSet
    parked: Sequence[ParkedRecord]

    def ahead(self) -> Ahead:
        """How the next batch may see it. To be asked before it is carried out."""
        return Ahead(
            [document.as_stored() for document in self.room.changed],
            {parked.hold for parked in self.parked if parked.hold},
        )


@dataclass
class Stage(Generic[W]):
    """Takes batches in. Whatever comes back more than once changes nothing more than once."""

    reader: Reader[W]
    store: Store
    shelf: Shelf
    outlet: Outlet
    clock: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = lambda: random.uniform(0.5, 1.0)  # noqa: S311

    async def take(self, records: Sequence[Record]) -> None:
        """Take a batch in for good: returns when its documents are written and its facts are on their way.

        Never raises for a message's sake (that message is parked) nor for a lost connection (it waits and tries
        again). Cancellation ends it early, and so does a document that the database refuses though no message led to
        it; the batch is then simply delivered again.
        """
        await self.finish(self.read(records))

    def read(self, records: Sequence[Record]) -> list[Entry]:
        """The first step of `take`: read the records."""
        return [self._read(record) for record in records]

    async def prepare(self, entries: Sequence[Entry], ahead: Ahead | None = None, *, past_holds: bool = False) -> Plan:
        """The second step: load what the batch touches and decide, with nothing written.

        `ahead` is what an earlier batch is about to leave behind; this one is decided as if it were there.
        """
        keys = [entry.hold for entry in entries if entry.hold]
        held = set() if past_holds else await self.shelf.holds(keys)
        room = await self.reader.load(
            [entry.message for entry in entries if entry.message],
            [entry.refusal(entry.fault) for entry in entries if entry.fault],
        )
        if ahead is not None:
            held |= ahead.held
            for document in ahead.documents:
                room.add(document)
        now = self.clock()
        parked = [reason for entry in entries if (reason := self._decide(room, entry, held, now))]
        return Plan(room, parked)

    async def carry_out(self, plan: Plan) -> None:
        """The third step: write, park and publish. Raises Conflict, RefusedByDatabase or a connection's error."""
        room = plan.room
        if room.changed:
            await self.store.save(room.changed, as_one=room.spans_documents)
        if plan.parked:
            await self.shelf.park(plan.parked)
            for parked in plan.parked:
                _log_parked(parked)
        # Documents that were only looked at may still hold facts of a batch that was cut off.
        await self.outlet.offer([document for document in room if document.unpublished])

    async def finish(self, entries: Sequence[Entry]) -> None:
        """The second and third step, as often as it takes."""
        attempt = 0
        while True:
            attempt += 1
            try:
                await self.carry_out(await self.prepare(entries))
            except Conflict as conflict:
                # Now and then others are first. Always is a fault: of what loads too little, for example.
                if attempt % _SUSPICIOUS_CONFLICTS == 0:
                    log.warning("batch not written yet, others are always first", attempt=attempt, what=str(conflict))
                await self.pause(_longer(0.005, attempt, 1.0) * self.jitter())
            except RefusedByDatabase as refusal:
                _blame(entries, refusal)
            except Exception as error:
                log.warning("batch not written yet, trying again", attempt=attempt, error=type(error).__name__)
                await self.pause(_longer(0.1, attempt, 5.0) * self.jitter())
            else:
                return

    async def take_again(self, record: Record) -> bool:
        """Take in a record that was parked, past its own hold; False when it has to stay parked."""
        entry = self._read(record)
        attempt = 0
        while True:
            attempt += 1
            try:
                plan = await self.prepare([entry], past_holds=True)
                await self.carry_out(plan)
            except (Conflict, RefusedByDatabase) as error:
                if attempt >= _MOST_REPLAYS:
                    entry.fault = error
                await self.pause(0.01 * attempt * self.jitter())
            else:
                return not plan.parked

    def _read(self, record: Record) -> Entry:
        key = record.key
        hold = f"{record.topic}/{key.decode(errors='replace')}" if key else None
        try:
            message = read(record, self.reader.handlers, of_stranger=self._is_of_stranger(record))
        except Exception as fault:
            # Unreadable, or what nobody foresaw: either way it is this record that cannot be read, and no other.
            return Entry(record, hold, fault=fault)
        return Entry(record, hold, message)

    def _is_of_stranger(self, record: Record) -> bool:
        return self.reader.strangers is not None and self.reader.strangers.fullmatch(record.topic) is not None

    def _decide(self, room: W, entry: Entry, held: set[str], now: datetime) -> ParkedRecord | None:
        """Apply what the entry's decision wants, or say why its record is parked."""
        fault = entry.fault
        if fault is None and (entry.message is None or room.has_taken(entry.message)):
            return None
        if entry.hold in held:
            return ParkedRecord(entry.record, entry.hold, "waits behind a parked message", behind_other=True)
        if fault is None:
            assert entry.message is not None
            try:
                changes = self.reader.handlers[type(entry.message.fact)](room, entry.message, now)
                room.apply(changes, entry.message)
            except Exception as error:
                fault = error
            else:
                entry.touched = changes
                return None
        if entry.hold:
            held.add(entry.hold)
        if self.reader.on_refusal is not None:
            try:
                room.apply(self.reader.on_refusal(room, entry.refusal(fault), now))
            except Exception as error:
                # Then its sender hears nothing; a record that cannot even be refused must not be tried for ever.
                log.error("refusal not told", topic=entry.record.topic, error=type(error).__name__)
        return ParkedRecord(entry.record, entry.hold, f"{type(fault).__name__}: {fault}")


def _longer(first: float, attempt: int, most: float) -> float:
    """Twice as long each time. An outage may take thousands of attempts, and their power of two no float holds."""
    return min(first * float(1 << min(attempt, 16)), most)


def _log_parked(parked: ParkedRecord) -> None:
    # The kind of error only: its text may repeat what the record holds.
    log.warning(
        "record parked",
        topic=parked.record.topic,
        partition=parked.record.partition,
        offset=parked.record.offset,
        error="behind another" if parked.behind_other else parked.error.partition(":")[0],
    )


def _blame(entries: Sequence[Entry], refusal: RefusedByDatabase) -> None:
    """Park, at the next attempt, the last message that led to the document the database refuses."""
    for entry in reversed(entries):
        if entry.fault is None and any(change.document.key == refusal.key for change in entry.touched):
            entry.fault = refusal
            return
    raise refusal
