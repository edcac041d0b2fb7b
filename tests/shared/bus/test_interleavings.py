"""The stage in memory, cut off at every point and interleaved with another: nothing lost, nothing twice, in order.

Hypothesis drives two workers that share a database. A worker may be killed before or after its documents are
written, its records parked, its facts published, or its offset kept; then its partition is delivered again.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.bus.documents import Conflict, Document, RefusedByDatabase, Staged, WorkingSet
from shared.bus.message import Message, Record
from shared.bus.stage import ParkedRecord, Reader, Refusal, Stage
from shared.contracts.envelope import Envelope, Fact
from shared.contracts.intake import SignalReceived
from tests.shared.bus.tally import NOON, POISONED_PLACE, count_signal, place_of, signal_about

PLACES = ("Groenlo", "Lichtenvoorde", POISONED_PLACE, "Onopslaanbaar")
REFUSED_PLACE = "Onopslaanbaar"
CUTS = ("before save", "amid save", "after save", "after park", "amid publish", "after publish")


class Killed(BaseException):
    """The process ends here; a BaseException, since a dead process catches nothing."""


@dataclass(frozen=True)
class Log:
    """A record on a partition."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass
class World:
    """What outlives a killed worker: the database, the shelf, the offsets, and what the broker has."""

    documents: dict[tuple[str, str], Document[Any]] = field(default_factory=dict)
    parked: dict[tuple[int, int], ParkedRecord] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0})
    partitions: dict[int, list[Log]] = field(default_factory=lambda: {0: [], 1: []})
    published: list[tuple[str, Staged]] = field(default_factory=list)

    def send(self, partition: int, name: str, sequence: int, place: str) -> None:
        """Put a signal on a partition."""
        source = "urn:nld:oin:00000099000000010000:systeem:intake"
        envelope = Envelope(f"{name}-{sequence}", source, SignalReceived.TYPE, NOON, name, sequence)
        log = self.partitions[partition]
        body = signal_about(place).model_dump_json(by_alias=True).encode()
        log.append(Log("t", partition, len(log), name.encode(), body, envelope.headers()))


@dataclass
class Memory:
    """The ports of the stage over a World, with a cut and an interloper where the test wants them."""

    world: World
    cut: str | None = None
    before_save: Callable[[], None] | None = None

    def _maybe(self, point: str) -> None:
        if self.cut == point:
            raise Killed

    async def load(self, messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> WorkingSet:
        wanted = {("tallies", place_of(message)) for message in messages}
        return WorkingSet(copy.deepcopy(self.world.documents[key]) for key in wanted if key in self.world.documents)

    async def save(self, documents: Sequence[Document[Any]], *, as_one: bool) -> None:
        interloper, self.before_save = self.before_save, None
        if interloper:
            interloper()
        self._maybe("before save")
        written = copy.copy(self.world.documents) if as_one else self.world.documents
        for document in documents:
            if document.id == REFUSED_PLACE:
                raise RefusedByDatabase(*document.key, "too large")
            stored = self.world.documents.get(document.key)
            if (stored.version if stored else 0) != document.version:
                raise Conflict
            kept = copy.deepcopy(document)
            kept.stored()
            # As in the database: new facts are added to what is there, not written over it.
            kept.unpublished = [*(stored.unpublished if stored else []), *document.staged]
            written[document.key] = kept
            self._maybe("amid save")
        self.world.documents = written
        for document in documents:
            document.stored()
        self._maybe("after save")

    async def holds(self, keys: Sequence[str]) -> set[str]:
        return {parked.hold for parked in self.world.parked.values() if parked.hold in keys and parked.hold}

    async def park(self, records: Sequence[ParkedRecord]) -> None:
        for parked in records:
            self.world.parked.setdefault((parked.record.partition, parked.record.offset), parked)
        self._maybe("after park")

    async def offer(self, documents: Sequence[Document[Any]]) -> None:
        for document in documents:
            for staged in document.unpublished:
                self.world.published.append((document.id, staged))
                self._maybe("amid publish")
        self._maybe("after publish")


async def no_pause(_seconds: float) -> None:
    return None


class Interleavings(RuleBasedStateMachine):
    """Signals come in on two partitions; two workers take them in, now and then killed."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.sent: list[tuple[int, str, str]] = []
        self.sequences: dict[str, int] = {}

    @rule(partition=st.integers(0, 1), subject=st.integers(0, 3), place=st.sampled_from(PLACES))
    def send(self, partition: int, subject: int, place: str) -> None:
        name = f"p{partition}-s{subject}"
        self.sequences[name] = self.sequences.get(name, 0) + 1
        self.world.send(partition, name, self.sequences[name], place)
        self.sent.append((partition, name, place))

    @rule(partition=st.integers(0, 1), size=st.integers(1, 4), cut=st.sampled_from((None, *CUTS, "before offset")))
    def work(self, partition: int, size: int, cut: str | None) -> None:
        self._work(partition, size, cut, None)

    @rule(partition=st.integers(0, 1), size=st.integers(1, 4), other=st.sampled_from((None, *CUTS)))
    def work_while_another_is_faster(self, partition: int, size: int, other: str | None) -> None:
        self._work(partition, size, None, lambda: self._work(1 - partition, size, other, None))

    @rule()
    def deliver_everything_again(self) -> None:
        self.world.offsets = {0: 0, 1: 0}

    @rule()
    def clear_what_was_published(self) -> None:
        told = {(subject, staged.sequence) for subject, staged in self.world.published}
        for document in self.world.documents.values():
            document.unpublished = [s for s in document.unpublished if (document.id, s.sequence) not in told]

    @invariant()
    def nothing_is_counted_twice(self) -> None:
        for document in getattr(self, "world", World()).documents.values():
            assert len(document.state.signals) == document.sequence

    def teardown(self) -> None:
        for partition in (0, 1):
            while self.world.offsets[partition] < len(self.world.partitions[partition]):
                self._work(partition, 10, None, None)
        self._deliver_leftovers()
        check_counts(self.world, self.sent)
        check_order(self.world)

    def _work(self, partition: int, size: int, cut: str | None, interloper: Callable[[], None] | None) -> None:
        at = self.world.offsets[partition]
        batch: Sequence[Record] = self.world.partitions[partition][at : at + size]
        memory = Memory(self.world, cut, interloper)
        reader = Reader(load=memory.load, handlers={SignalReceived: count_signal})
        stage = Stage(reader, memory, memory, memory, lambda: NOON, pause=no_pause)
        taking = stage.take(batch)
        try:
            _run(taking)
        except Killed:
            return
        if cut != "before offset":
            self.world.offsets[partition] = at + len(batch)

    def _deliver_leftovers(self) -> None:
        """What the relay's next holder finds in the database."""
        for document in self.world.documents.values():
            self.world.published += [(document.id, staged) for staged in document.unpublished]


def check_counts(world: World, sent: Sequence[tuple[int, str, str]]) -> None:
    """Each signal counted once at its place, or parked with all later ones of its subject; `sent` in order."""
    held: set[str] = set()
    expected: dict[str, list[str]] = {}
    parked = 0
    for partition in (0, 1):
        for _, name, place in (one for one in sent if one[0] == partition):
            if place in (POISONED_PLACE, REFUSED_PLACE) or name in held:
                held.add(name)
                parked += 1
            else:
                expected.setdefault(place, []).append(name)
    found = {id_: sorted(document.state.signals) for (_, id_), document in world.documents.items()}
    assert found == {place: sorted(names) for place, names in expected.items()}
    assert len(world.parked) == parked


def check_order(world: World) -> None:
    """A reader that ignores sequences it has passed hears every fact of a subject, once and in order."""
    heard: dict[str, int] = {}
    for subject, staged in world.published:
        if staged.sequence > heard.get(subject, 0):
            assert staged.sequence == heard.get(subject, 0) + 1
            heard[subject] = staged.sequence
    assert heard == {id_: document.sequence for (_, id_), document in world.documents.items()}


def _run(taking: Any) -> None:
    """Drive a coroutine that never really waits, on no event loop, so that one may run inside another."""
    try:
        while True:
            taking.send(None)
    except StopIteration:
        return


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=400, stateful_step_count=30, deadline=None)


def test_the_driver_refuses_a_coroutine_that_really_waits() -> None:
    async def waits() -> None:
        await asyncio.sleep(0)
        raise Killed

    try:
        _run(waits())
    except Killed:
        return
    raise AssertionError("the coroutine was not driven to its end")
