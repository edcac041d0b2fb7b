"""Two whole processes in memory, pipeline and relay at once, that die, freeze and lose answers at any of their steps.

Time is virtual: it jumps to whatever is due next, so that leases run out and polls come round at no cost. Every step
to the database and the broker is a point at which a process may end; what it would have done next does not happen.
"""

from __future__ import annotations

import asyncio
import copy
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from aiokafka.errors import KafkaConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from pymongo.errors import AutoReconnect

from shared.bus import relay as relay_module
from shared.bus.documents import Document, Staged
from shared.bus.message import Place
from shared.bus.metrics import BusMetrics
from shared.bus.pipeline import Pipeline
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.relay import Relay
from shared.bus.stage import ParkedRecord, Reader, Stage
from shared.contracts.intake import SignalReceived
from tests.faults.form import FORM
from tests.shared.bus.tally import NOON, count_signal
from tests.shared.bus.test_interleavings import PLACES, Memory, World, check_counts, check_order

FROZEN_FOR = 9.0
"""Longer than the relay's lease."""
LATENCIES = (0.0, 0.0, 0.0, 0.001, 0.004, 0.05)
SETTLED_WITHIN = 300.0
SELDOM_POISON = ("Groenlo", "Lichtenvoorde") * 6 + PLACES


class VirtualTime(asyncio.SelectorEventLoop):
    """A loop that never waits."""

    def __init__(self) -> None:
        super().__init__()
        self._moment = 0.0
        select = self._selector.select  # type: ignore[attr-defined]

        def jump(timeout: float | None) -> Any:
            assert timeout is not None, "everything waits for ever"
            self._moment += max(0.0, timeout)
            return select(0)

        self._selector.select = jump  # type: ignore[attr-defined]
        self.set_task_factory(_owned)

    def time(self) -> float:
        return self._moment


@dataclass
class Life:
    """What becomes of one run of a process, counted in its steps; None never."""

    dies_at: int | None = None
    freezes_at: int | None = None


@dataclass
class Shared(World):
    """The world with the relay's lease in it."""

    holder: str = ""
    epoch: int = 0
    lease_ends: float = 0.0


RUNNING: ContextVar[Process | None] = ContextVar("RUNNING", default=None)


def _owned(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **how: Any) -> asyncio.Task[Any]:
    task = asyncio.Task(coro, loop=loop, **how)
    if (process := RUNNING.get()) is not None:
        process.tasks.append(task)
    return task


@dataclass
class Process(Memory):
    """One process of a service: reads a partition, competes for the relay, and keeps its offsets."""

    world: Shared = field(default_factory=Shared)
    instance: str = ""
    partition_number: int = 0
    batch: int = 3
    life: Life = field(default_factory=Life)
    chance: Random = field(default_factory=Random)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._steps = 0
        self._next = self.world.offsets[self.partition_number]
        self.died = asyncio.Event()
        metrics = BusMetrics("test", CollectorRegistry())
        self.relay = Relay(self.instance, self, self, cast(Publisher, self), metrics)

    async def run(self) -> None:
        """Work until it dies, or for good."""
        RUNNING.set(self)
        await self.relay.start()
        reader = Reader(load=self.load, handlers={SignalReceived: count_signal})
        stage = Stage(reader, self, self, self.relay, lambda: NOON, jitter=self.chance.random)
        await asyncio.gather(self._consume(Pipeline(stage)), self._keep_offsets())

    async def _consume(self, pipeline: Pipeline) -> None:
        position = self._next
        while True:
            records = self.world.partitions[self.partition_number][position : position + self.batch]
            if not records:
                await asyncio.sleep(0.1)
                continue
            position += len(records)
            await pipeline.put(records, lambda reached=position: setattr(self, "_next", reached))

    async def _keep_offsets(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            reached = self._next
            if reached != self.world.offsets[self.partition_number]:
                await self._step()
                self.world.offsets[self.partition_number] = reached
                await self._step()

    async def _step(self, trouble: type[Exception] | None = None) -> None:
        """A point at which the process may die, freeze, or get an error in place of an answer."""
        self._steps += 1
        if self._steps == self.life.dies_at:
            self.died.set()
        if self._steps == self.life.freezes_at:
            await asyncio.sleep(FROZEN_FOR)
        if self.died.is_set():
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(self.chance.choice(LATENCIES))
        if trouble is not None and self.chance.random() < 0.05:
            raise trouble

    # The database of documents.

    async def load(self, messages: Sequence[Any], refusals: Sequence[Any]) -> Any:
        await self._step(AutoReconnect)
        return await super().load(messages, refusals)

    async def save(self, documents: Sequence[Document[Any]], *, as_one: bool) -> None:
        await self._step(AutoReconnect)
        apart = [[document] for document in documents]
        self.chance.shuffle(apart)
        for one in [documents] if as_one else apart:
            # `Memory.save` notes what is stored, which the stage may only learn when all of it is.
            await super().save(copy.deepcopy(one), as_one=True)
            await self._step(AutoReconnect)
        for document in documents:
            document.stored()

    async def holds(self, keys: Sequence[str]) -> set[str]:
        await self._step(AutoReconnect)
        return await super().holds(keys)

    async def park(self, records: Sequence[ParkedRecord]) -> None:
        await self._step(AutoReconnect)
        await super().park(records)
        await self._step(AutoReconnect)

    async def unpublished(self) -> list[Document[Any]]:
        await self._step(AutoReconnect)
        return [copy.deepcopy(document) for document in self.world.documents.values() if document.unpublished]

    async def clear(self, published: Sequence[tuple[str, str, Sequence[int]]]) -> None:
        await self._step(AutoReconnect)
        for collection, id_, sequences in published:
            document = self.world.documents[collection, id_]
            document.unpublished = [one for one in document.unpublished if one.sequence not in sequences]
        await self._step(AutoReconnect)

    # The broker.

    async def get_to_know(self, topics: Iterable[str]) -> set[str]:
        try:
            await self._step(KafkaConnectionError)
        except KafkaConnectionError:
            return set(topics)
        return set()

    def place(self, staged: Staged) -> Place:
        return staged.topic, len(staged.key) % 2

    async def send_round(self, queues: Mapping[Place, deque[Outgoing]]) -> list[Outgoing]:
        sent = await asyncio.gather(*(self._send(queue) for queue in queues.values()), return_exceptions=True)
        done = [
            queue.popleft()
            for queue, outcome in zip(queues.values(), sent, strict=True)
            if isinstance(outcome, int)
            for _ in range(outcome)
        ]
        if not done:
            raise KafkaConnectionError
        return done

    async def _send(self, queue: deque[Outgoing]) -> int:
        batch = [(outgoing.document[1], outgoing.staged) for outgoing in list(queue)[: self.batch]]
        await self._step(KafkaConnectionError)
        self.world.published += batch
        await self._step(KafkaConnectionError)
        return len(batch)

    # The lease.

    async def take_lease(self, _name: str, instance: str, term: timedelta) -> int | None:
        await self._step(AutoReconnect)
        now = asyncio.get_running_loop().time()
        if now < self.world.lease_ends and self.world.holder != instance:
            return None
        self.world.holder, self.world.lease_ends = instance, now + term.total_seconds()
        self.world.epoch += 1
        taken = self.world.epoch
        await self._step(AutoReconnect)
        return taken

    async def renew_lease(self, _name: str, epoch: int, term: timedelta) -> bool:
        await self._step(AutoReconnect)
        if epoch != self.world.epoch:
            return False
        self.world.lease_ends = asyncio.get_running_loop().time() + term.total_seconds()
        return True

    async def release_lease(self, _name: str, epoch: int) -> None: ...

    async def wake_relay(self) -> None: ...

    async def wakes(self) -> AsyncIterator[None]:
        await asyncio.get_running_loop().create_future()
        yield


Signals = list[tuple[int, int, str, float]]
Lives = list[list[Life]]


async def run_world(world: Shared, signals: Signals, lives: Lives, batch: int, seed: int) -> list[tuple[int, str, str]]:
    """Let both processes work under their signals, each through all its lives; answers what was sent."""
    sent: list[tuple[int, str, str]] = []
    chance = Random(seed)
    keepers = [
        asyncio.create_task(_keep_alive(world, number, own, batch, Random(chance.random())))
        for number, own in enumerate(lives)
    ]
    sequences = Counter[str]()
    for partition, subject, place, pause in signals:
        await asyncio.sleep(pause)
        name = f"p{partition}-s{subject}"
        sequences[name] += 1
        world.send(partition, name, sequences[name], place)
        sent.append((partition, name, place))
    async with asyncio.timeout(SETTLED_WITHIN):
        while not _settled(world):
            await asyncio.sleep(0.5)
    for keeper in keepers:
        keeper.cancel()
    return sent


async def _keep_alive(world: Shared, number: int, lives: list[Life], batch: int, chance: Random) -> None:
    for life in [*lives, Life()]:
        process = Process(
            world=world, instance=f"i-{number}", partition_number=number, batch=batch, life=life, chance=chance
        )
        running = asyncio.create_task(process.run())
        await process.died.wait()
        for task in [running, *process.tasks]:
            task.cancel()
        await asyncio.sleep(chance.choice((0.0, 1.0, 8.0)))


def _settled(world: Shared) -> bool:
    everything = {number: len(log) for number, log in world.partitions.items()}
    return world.offsets == everything and not any(one.unpublished for one in world.documents.values())


def through(world: Shared, run: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run to the end in virtual time."""
    loop = VirtualTime()
    try:
        with mock.patch.object(relay_module, "time", SimpleNamespace(monotonic=loop.time)):
            return loop.run_until_complete(run())
    finally:
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(_gone(pending))
        loop.close()


async def _gone(tasks: Iterable[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


life = st.builds(Life, dies_at=st.integers(1, 60), freezes_at=st.none() | st.integers(1, 40))
signal = st.tuples(
    st.integers(0, 1), st.integers(0, 5), st.sampled_from(SELDOM_POISON), st.sampled_from((0.0, 0.0, 0.0, 0.3, 3.0))
)


@given(
    signals=st.lists(signal, min_size=1, max_size=40),
    lives=st.lists(st.lists(life, max_size=4), min_size=2, max_size=2),
    batch=st.integers(1, 4),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=10_000 if FORM.full else 500, deadline=None)
def test_processes_that_die_and_freeze_anywhere_lose_nothing_and_tell_each_fact_in_order(
    signals: Signals, lives: Lives, batch: int, seed: int
) -> None:
    world = Shared()
    sent = through(world, lambda: run_world(world, signals, lives, batch, seed))
    check_counts(world, sent)
    check_order(world)


def test_time_is_virtual() -> None:
    async def a_day() -> float:
        await asyncio.sleep(86_400)
        return asyncio.get_running_loop().time()

    assert through(Shared(), a_day) >= 86_400
