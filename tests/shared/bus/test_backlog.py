"""A backlog on several partitions is handed on in the order of its time, whole, and each partition in its own order."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import backlog as backlogs
from shared.bus import consumer as consumer_module
from shared.bus.backlog import Backlog, in_order
from tests.shared.bus.test_interleavings import Memory, World
from tests.shared.bus.test_traps import consumer_over


class Came(NamedTuple):
    timestamp: int
    partition: int
    offset: int


def of_partition(number: int, moments: Sequence[int]) -> list[Came]:
    return [Came(moment, number, offset) for offset, moment in enumerate(moments)]


def place(number: int) -> TopicPartition:
    return TopicPartition("signals", number)


PARTITIONS = st.lists(st.lists(st.integers(0, 20)), min_size=2, max_size=5)


def handed_on(partitions: list[list[Came]], pieces: list[tuple[int, int]], most: int) -> list[Came]:
    """What comes of a backlog of which pieces of so many records arrive from one partition after another."""
    left = {place(number): list(records) for number, records in enumerate(partitions)}
    backlog = Backlog({one: len(records) for one, records in left.items() if records})
    came: list[Any] = []
    whole = [(number, len(records)) for number, records in enumerate(partitions)]
    for number, size in [*((number % len(partitions), size) for number, size in pieces), *whole]:
        one = place(number)
        piece, left[one] = left[one][:size], left[one][size:]
        backlog.hold({one: piece} if piece else {})
        backlog.read_whole([one] if not left[one] else [])
        while taken := backlog.take(most):
            assert len(taken) <= most
            came += taken
    assert backlog.is_done
    return came


PIECES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=12)


@given(PARTITIONS, PIECES, st.integers(1, 7))
def test_all_is_handed_on_once_in_the_order_of_its_time(
    moments: list[list[int]], pieces: list[tuple[int, int]], most: int
) -> None:
    partitions = [of_partition(number, sorted(times)) for number, times in enumerate(moments)]
    came = handed_on(partitions, pieces, most)
    assert came == sorted((record for records in partitions for record in records), key=lambda one: one[:2])


@given(PARTITIONS, PIECES, st.integers(1, 7))
def test_each_partition_stays_in_its_order_whatever_its_clocks_say(
    moments: list[list[int]], pieces: list[tuple[int, int]], most: int
) -> None:
    partitions = [of_partition(number, times) for number, times in enumerate(moments)]
    came = handed_on(partitions, pieces, most)
    assert [[one for one in came if one.partition == number] for number in range(len(partitions))] == partitions


@given(PARTITIONS)
def test_what_is_read_at_once_is_in_the_order_of_its_time(moments: list[list[int]]) -> None:
    partitions = [of_partition(number, sorted(times)) for number, times in enumerate(moments)]
    found = {place(number): records for number, records in reversed([*enumerate(partitions)]) if records}
    assert list(in_order(found)) == sorted(
        (record for records in partitions for record in records), key=lambda one: one[:2]
    )


def test_nothing_is_handed_on_while_something_older_may_come() -> None:
    backlog = Backlog({place(0): 2, place(1): 1})
    backlog.hold({place(0): of_partition(0, [1, 9])})
    assert backlog.take(10) == ()
    backlog.hold({place(1): of_partition(1, [5])})
    assert [one.timestamp for one in backlog.take(10)] == [1, 5]
    backlog.read_whole([place(1)])
    assert [one.timestamp for one in backlog.take(10)] == [9]
    assert not backlog.is_done
    backlog.read_whole([place(0)])
    assert backlog.is_done


def test_a_partition_far_ahead_of_the_others_is_told() -> None:
    backlog = Backlog({place(0): 1, place(1): 1})
    backlog.hold({place(0): of_partition(0, range(backlogs.MOST_HELD - 1))})
    assert backlog.ahead == frozenset()
    backlog.hold({place(0): of_partition(0, [1])})
    assert backlog.ahead == {place(0)}


class Client:
    """Stands in for the Kafka client: what each partition has, of which `silent` ones tell nothing."""

    def __init__(self, partitions: list[list[Came]], silent: set[int]) -> None:
        self._left = {place(number): deque(records) for number, records in enumerate(partitions)}
        self._told = dict.fromkeys(self._left, 0)
        self._silent = {place(number) for number in silent}
        self.paused: set[TopicPartition] = set()

    def assignment(self) -> set[TopicPartition]:
        return set(self._left)

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused |= {*partitions}

    def resume(self, *partitions: TopicPartition) -> None:
        self.paused -= {*partitions}

    async def position(self, partition: TopicPartition) -> int:
        return self._told[partition]

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Came]]:
        """Of the partitions that are fetched from, a good deal of the first that has something left."""
        for partition, left in self._left.items():
            if left and partition not in self.paused | self._silent:
                records = [left.popleft() for _ in range(min(len(left), 800))]
                self._told[partition] += len(records)
                return {partition: records}
        await asyncio.sleep(0.01)
        return {}


async def polled(client: Client, ends: dict[TopicPartition, int]) -> list[Any]:
    """All that comes of a backlog until it is done."""
    consumer, came = consumer_over(Memory(World())), []
    consumer._backlog = Backlog(ends)
    while consumer._backlog is not None:
        came += await consumer._poll(cast(Any, client))
    return came


async def test_no_more_is_held_than_is_of_use_and_all_comes_in_order() -> None:
    partitions = [of_partition(0, range(10_000)), of_partition(1, range(4_000, 14_000))]
    client, most = Client(partitions, set()), 0

    class Watched(Backlog):
        def hold(self, found: Any) -> None:
            nonlocal most
            super().hold(found)
            most = max(most, *(len(held) for held in self._held.values()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.shared.bus.test_backlog.Backlog", Watched)
        came = await polled(client, {place(0): 10_000, place(1): 10_000})
    assert came == sorted(came) and len(came) == 20_000
    assert most < backlogs.MOST_HELD + 800
    assert client.paused == set()


async def test_a_partition_that_stays_silent_holds_up_the_others_for_a_while_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumer_module, "MOST_SILENT_POLLS", 3)
    partitions = [of_partition(0, range(5)), of_partition(1, range(5))]
    came = await polled(Client(partitions, {1}), {place(0): 5, place(1): 5})
    assert came == partitions[0]


async def test_a_batch_that_takes_long_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = itertools.count(step=3600)
    monkeypatch.setattr(consumer_module, "time", SimpleNamespace(monotonic=lambda: float(next(hours)), time=time.time))
    partitions = [of_partition(0, range(0, 10, 2)), of_partition(1, range(1, 10, 2))]

    class Slow(Client):
        """The second partition comes after a few polls of nothing."""

        polls = 0

        async def getmany(self, **_: Any) -> dict[TopicPartition, list[Came]]:
            self.polls += 1
            self._silent = {place(1)} if self.polls < consumer_module.MOST_SILENT_POLLS else set()
            return await super().getmany()

    came = await polled(Slow(partitions, set()), {place(0): 5, place(1): 5})
    assert [one.timestamp for one in came] == list(range(10))
