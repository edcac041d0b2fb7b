"""Two batches in flight: whatever stumbles, the outcome is that of one batch after the other."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bus.documents import Conflict, Document
from shared.bus.pipeline import Pipeline
from shared.bus.stage import Reader, Stage
from shared.contracts.envelope import Envelope
from shared.contracts.intake import SignalReceived
from tests.shared.bus.tally import NOON, POISONED_PLACE, count_signal, signal_about
from tests.shared.bus.test_interleavings import Log, Memory, World


class Stumbling(Memory):
    """A database that takes its time, and now and then refuses or goes away before a write."""

    def __init__(self, world: World, troubles: list[str]) -> None:
        super().__init__(world)
        self._troubles = troubles

    async def save(self, documents: Sequence[Document[Any]], *, as_one: bool) -> None:
        trouble = self._troubles.pop(0) if self._troubles else "none"
        for _ in range(3):
            await asyncio.sleep(0)
        if trouble == "conflict":
            # As when a page changed the document meanwhile.
            key = documents[0].key
            if key in self.world.documents:
                changed = copy.deepcopy(self.world.documents[key])
                changed.version += 1
                self.world.documents[key] = changed
            raise Conflict
        if trouble == "away":
            raise ConnectionError
        await super().save(documents, as_one=as_one)


def batch_of(places: Sequence[str], start: int) -> list[Log]:
    records = []
    for offset, place in enumerate(places, start=start):
        name = f"s{offset}"
        envelope = Envelope(name, "urn:x:systeem:intake", SignalReceived.TYPE, NOON, name, 1)
        body = signal_about(place).model_dump_json(by_alias=True).encode()
        records.append(Log("t", 0, offset, name.encode(), body, envelope.headers()))
    return records


@given(
    batches=st.lists(st.lists(st.sampled_from(("A", "B", POISONED_PLACE)), min_size=1, max_size=4), max_size=8),
    troubles=st.lists(st.sampled_from(("none", "none", "conflict", "away")), max_size=12),
)
@settings(max_examples=400, deadline=None)
def test_pipelined_batches_come_out_like_one_after_the_other(batches: list[list[str]], troubles: list[str]) -> None:
    world, done = World(), list[int]()

    async def run() -> None:
        memory = Stumbling(world, list(troubles))
        reader = Reader(load=memory.load, handlers={SignalReceived: count_signal})
        pipeline = Pipeline(Stage(reader, memory, memory, memory, lambda: NOON, pause=lambda _: asyncio.sleep(0)))
        start = 0
        for number, places in enumerate(batches):
            await pipeline.put(batch_of(places, start), lambda number=number: done.append(number))
            start += len(places)
        await pipeline.drain()

    asyncio.run(run())
    flat = [place for places in batches for place in places]
    for place in ("A", "B"):
        expected = [f"s{offset}" for offset, one in enumerate(flat) if one == place]
        document = world.documents.get(("tallies", place))
        assert list(document.state.signals if document else ()) == expected
        told = [staged.sequence for id_, staged in world.published if id_ == place]
        assert sorted(set(told)) == list(range(1, len(expected) + 1))
    assert len(world.parked) == flat.count(POISONED_PLACE)
    assert done == list(range(len(batches)))


async def test_the_next_batch_is_decided_while_the_one_before_is_written() -> None:
    world, written = World(), asyncio.Event()
    loads = 0

    class Slow(Memory):
        async def load(self, messages: Any, refusals: Any) -> Any:
            nonlocal loads
            loads += 1
            return await super().load(messages, refusals)

        async def save(self, documents: Sequence[Document[Any]], *, as_one: bool) -> None:
            await written.wait()
            await super().save(documents, as_one=as_one)

    memory = Slow(world)
    reader = Reader(load=memory.load, handlers={SignalReceived: count_signal})
    pipeline = Pipeline(Stage(reader, memory, memory, memory, lambda: NOON))
    await pipeline.put(batch_of(["A"], 0), lambda: None)
    second = asyncio.create_task(pipeline.put(batch_of(["A"], 1), lambda: None))
    for _ in range(5):
        await asyncio.sleep(0)
    assert (loads, second.done()) == (2, False)
    written.set()
    await second
    await pipeline.drain()
    assert world.documents["tallies", "A"].state.signals == ("s0", "s1")
    assert loads == 2, "nothing had to be decided twice"
