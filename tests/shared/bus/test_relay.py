"""The relay over a database that forgets, in a crash, what was cleared lazily."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from shared.bus import relay as relay_module
from shared.bus.documents import Document, Staged
from shared.bus.message import Place
from shared.bus.metrics import BusMetrics
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.relay import Relay
from tests.shared.bus.tally import NOON


class Leases:
    """Gives the lease to whoever asks."""

    async def take_lease(self, _name: str, _instance: str, _term: timedelta) -> int | None:
        return 1

    async def renew_lease(self, _name: str, _epoch: int, _term: timedelta) -> bool:
        return True

    async def release_lease(self, _name: str, _epoch: int) -> None:
        return None

    async def wake_relay(self) -> None:
        return None

    async def wakes(self) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield


class Forgetful:
    """A database with one unpublished fact, whose first clearing a crash takes away."""

    def __init__(self) -> None:
        fact = Staged("t", "s1", "id", "nl.brandmeester.x.v1", NOON, 1, b"{}")
        self.documents: list[Document[Any]] = [Document("sent", "s1", version=1, sequence=1, unpublished=[fact])]
        self.clearings = 0

    async def unpublished(self) -> list[Document[Any]]:
        return self.documents

    async def clear(self, _published: Sequence[tuple[str, str, Sequence[int]]]) -> None:
        self.clearings += 1
        if self.clearings > 1:
            self.documents = []


class Broker:
    """Takes everything at once."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    async def get_to_know(self, _topics: Iterable[str]) -> set[str]:
        return set()

    def place(self, staged: Staged) -> Place:
        return staged.topic, 0

    async def send_round(self, queues: Mapping[Place, deque[Outgoing]]) -> list[Outgoing]:
        done = [outgoing for queue in queues.values() for outgoing in queue]
        for queue in queues.values():
            queue.clear()
        self.sent += done
        return done


async def test_a_clearing_lost_in_a_crash_is_made_good_and_nothing_is_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay_module, "POLL_EVERY", 0.05)
    monkeypatch.setattr(relay_module, "CLEAR_EVERY", 0.01)
    database, broker = Forgetful(), Broker()
    metrics = BusMetrics("test", CollectorRegistry())
    relay = Relay("test-0", Leases(), database, cast(Publisher, broker), metrics)
    await relay.start()
    try:
        async with asyncio.timeout(5):
            while database.documents:
                await asyncio.sleep(0.01)
    finally:
        await relay.stop()
    assert len(broker.sent) == 1


class Slow(Broker):
    """Answers late: only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def send_round(self, queues: Mapping[Place, deque[Outgoing]]) -> list[Outgoing]:
        self.asked.set()
        await self.let.wait()
        return await super().send_round(queues)


async def test_a_lease_lost_amid_a_send_leaves_no_wrong_count_of_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below zero it would count as waiting: a clearing lost in a crash would be made good never again."""
    monkeypatch.setattr(relay_module, "CLEAR_EVERY", 0.01)
    broker = Slow()
    relay = Relay("test-0", Leases(), Forgetful(), cast(Publisher, broker), BusMetrics("test", CollectorRegistry()))
    await relay.start()
    try:
        async with asyncio.timeout(5):
            await broker.asked.wait()
            relay._lose_lease()
            broker.let.set()
            while not broker.sent:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        assert relay._waiting == 0
    finally:
        await relay.stop()
