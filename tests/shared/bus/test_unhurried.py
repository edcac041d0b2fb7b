"""Records that nobody waits for gather into batches, and what is hurried passes them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast

import pytest
from aiokafka import TopicPartition

from shared.bus import consumer as consumer_module
from shared.contracts.catalogue import SIGNALS
from tests.shared.bus.tally import Counter, Sender, tally_reader
from tests.shared.bus.test_bus import eventually
from tests.shared.bus.test_interleavings import Memory, World
from tests.shared.bus.test_traps import consumer_over

SIGNAL, NEWS = TopicPartition("signals", 0), TopicPartition("news", 0)


class Came(NamedTuple):
    offset: int
    timestamp: int = 0


class Client:
    """Stands in for the Kafka client: what waits on each partition, and which are paused."""

    def __init__(self, *assigned: TopicPartition) -> None:
        self.waiting: dict[TopicPartition, deque[Came]] = {partition: deque() for partition in assigned}
        self.paused: set[TopicPartition] = set()
        self.polls = 0
        self._sent = 0

    def send(self, partition: TopicPartition, count: int = 1) -> None:
        for _ in range(count):
            self._sent += 1
            self.waiting[partition].append(Came(self._sent))

    def assignment(self) -> set[TopicPartition]:
        return set(self.waiting)

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused |= {*partitions}

    def resume(self, *partitions: TopicPartition) -> None:
        assert {*partitions} <= self.assignment(), "the client refuses partitions that are another's by now"
        self.paused -= {*partitions}

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Came]]:
        self.polls += 1
        for _ in range(max(timeout_ms, 1)):
            found = {
                partition: list(records)[:max_records]
                for partition, records in self.waiting.items()
                if records and partition not in self.paused
            }
            if found:
                for partition in found:
                    self.waiting[partition].clear()
                return found
            await asyncio.sleep(0.001)
        return {}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The consumer's clock, moved by hand."""
    now = [100.0]
    monkeypatch.setattr(consumer_module, "time", cast(Any, _Time(now)))
    return now


class _Time:
    def __init__(self, now: list[float]) -> None:
        self._now = now

    def monotonic(self) -> float:
        return self._now[0]

    time = monotonic


async def polled(client: Client, consumer: Any) -> int:
    return len(await consumer._poll(client))


def reading(*unhurried: str) -> Any:
    return consumer_over(Memory(World()), unhurried=unhurried)


async def test_the_first_after_a_silence_is_taken_at_once_and_the_next_gather(clock: list[float]) -> None:
    client, consumer = Client(SIGNAL, NEWS), reading("news")
    client.send(NEWS)
    assert await polled(client, consumer) == 1
    client.send(NEWS, 3)
    assert await polled(client, consumer) == 0, "they gather"
    clock[0] += consumer_module.GATHER_FOR
    assert await polled(client, consumer) == 3


async def test_what_is_hurried_does_not_wait_behind_what_gathers(clock: list[float]) -> None:
    client, consumer = Client(SIGNAL, NEWS), reading("news")
    client.send(NEWS)
    await polled(client, consumer)
    for _ in range(3):
        client.send(NEWS)
        client.send(SIGNAL)
        assert await polled(client, consumer) == 1
    assert len(client.waiting[NEWS]) == 3


async def test_a_backlog_does_not_gather(clock: list[float]) -> None:
    client, consumer = Client(NEWS), reading("news")
    for _ in range(3):
        client.send(NEWS, 400)
        assert await polled(client, consumer) == 400


async def test_partitions_that_went_to_another_meanwhile_are_left_alone(clock: list[float]) -> None:
    client, consumer = Client(SIGNAL, NEWS), reading("news")
    client.send(NEWS)
    await polled(client, consumer)
    del client.waiting[NEWS]
    clock[0] += consumer_module.GATHER_FOR
    client.send(SIGNAL)
    assert await polled(client, consumer) == 1


async def test_without_unhurried_topics_nothing_is_paused(clock: list[float]) -> None:
    client, consumer = Client(SIGNAL, NEWS), reading()
    client.send(NEWS)
    client.send(SIGNAL)
    assert await polled(client, consumer) == 2
    assert client.paused == set()


@pytest.mark.stack
@pytest.mark.usefixtures("platform_broker")
async def test_all_that_gathers_is_taken_in_once_though_the_service_restarts_meanwhile(
    platform_stack: Any, fresh_name: str
) -> None:
    place = f"Доброполе {fresh_name}"
    sent: list[str] = []

    async def all_there(counter: Counter) -> Sequence[str] | bool:
        found = await counter.signals_of(place)
        return len(found) == len(sent) and found

    async with Sender(platform_stack, f"{fresh_name}s") as sender:
        for _ in range(2):
            async with Counter(platform_stack, fresh_name, reader=_unhurried) as counter:
                for _ in range(8):
                    sent += await sender.send(place)
                    await asyncio.sleep(0.03)
        async with Counter(platform_stack, fresh_name, reader=_unhurried) as counter:
            await eventually(lambda: all_there(counter))
            assert sorted(await counter.signals_of(place)) == sorted(sent)


def _unhurried(database: Any) -> Any:
    return replace(tally_reader(database), unhurried=(SIGNALS,))
