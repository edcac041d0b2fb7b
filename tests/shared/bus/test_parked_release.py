"""Taking a parked record off the shelf, cut in two by a crash: what waits behind it is never forgotten."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.bus.parked import ParkedRow
from shared.bus.stage import ParkedRecord
from shared.bus.store import BusStore
from shared.mongo import Database
from tests.shared.bus.tally import PARKED_KEY
from tests.stack import Stack

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Record:
    """A record of one subject."""

    offset: int
    topic: str = "t"
    partition: int = 0
    key: bytes | None = b"s1"
    value: bytes | None = b"{"
    headers: tuple[tuple[str, bytes], ...] = field(default=())


class Cut(Exception):
    """The process ends here."""


class CutBeforeDeletion:
    """A database whose collections die as something is deleted from them."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> Any:
        collection = self._raw[name]

        class Cutting:
            def __getattr__(self, operation: str) -> Any:
                if operation == "delete_one":
                    raise Cut
                return getattr(collection, operation)

        return Cutting()


@pytest.fixture
async def database(platform_stack: Stack, mongo_database: str) -> AsyncIterator[Database]:
    database = Database(platform_stack.mongo_url, mongo_database, [])
    yield database
    await database.stop()


@pytest.fixture
async def store(database: Database) -> BusStore:
    """One parked record with two behind it."""
    store = BusStore(database, PARKED_KEY)
    await store.start()
    await store.park([ParkedRecord(Record(n), "t/s1", "broken", behind_other=n > 0) for n in range(3)])
    return store


async def test_a_crash_as_a_record_leaves_the_shelf_strands_nothing_behind_it(
    store: BusStore, database: Database
) -> None:
    dying = BusStore(database, PARKED_KEY)
    dying._raw = CutBeforeDeletion(database.raw)  # type: ignore[assignment]
    with pytest.raises(Cut):
        await dying.forget(await _row(store, 0))
    await store.forget(await _row(store, 0))
    assert [row.offset for row in await store.asked_back()] == [1]
    await store.forget(await _row(store, 1))
    assert [row.offset for row in await store.asked_back()] == [2]
    await store.forget(await _row(store, 2))
    assert await store.parked() == []


async def test_what_follows_a_discarded_one_still_waits_for_the_earlier_one(store: BusStore) -> None:
    """Taken in first, it would hide the earlier one, whose sequence counts as taken in from then on."""
    assert await store.discard("t/0/1", "ops", "sent twice")
    assert await store.asked_back() == []
    assert not await store.ask_back("t/0/2")
    assert await store.ask_back("t/0/0")
    await store.forget(await _row(store, 0))
    assert [row.offset for row in await store.asked_back()] == [2]


async def test_two_that_leave_at_the_same_time_strand_nothing_behind_them(store: BusStore) -> None:
    first, second = await _row(store, 0), await _row(store, 1)
    await asyncio.gather(store.forget(first), store.forget(second))
    assert [row.offset for row in await store.asked_back()] == [2]


async def test_what_waits_behind_one_that_expired_can_be_asked_back(store: BusStore, database: Database) -> None:
    await database.raw["bus_parked"].delete_one({"_id": "t/0/0"})
    assert not await store.ask_back("t/0/2")
    assert await store.ask_back("t/0/1")
    assert [row.offset for row in await store.asked_back()] == [1]


async def test_one_that_is_delivered_again_keeps_its_reason_and_the_wish_to_take_it_in(store: BusStore) -> None:
    """After a rebalance it meets its own hold, and would say that it waits for another."""
    assert await store.ask_back("t/0/0")
    before = await _row(store, 0)
    await store.park([ParkedRecord(Record(0), "t/s1", "waits behind a parked message", behind_other=True)])
    assert await _row(store, 0) == before
    assert before.asked_back


async def test_one_that_waited_and_then_fails_itself_waits_for_a_person(store: BusStore) -> None:
    await store.forget(await _row(store, 0))
    await store.park([ParkedRecord(Record(1), "t/s1", "broken as well")])
    row = await _row(store, 1)
    assert (row.behind_other, row.error, row.attempts, row.asked_back) == (False, "broken as well", 2, False)
    assert await store.asked_back() == []


async def _row(store: BusStore, offset: int) -> ParkedRow:
    row = await store.parked_row(f"t/0/{offset}")
    assert row is not None
    return row
