"""Two consumers never make two cases of one situation: on the real database, at once, cut off half-way, replayed."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from pymongo.errors import AutoReconnect

from services.triage.consumers import reader
from services.triage.domain.linkage.claims import MOST
from services.triage.domain.numbers import case_id
from services.triage.metrics import Metrics
from services.triage.store import BLOCK_CLAIMS, CASES, COLLECTIONS, LINK_SUGGESTIONS, Batches
from shared.bus.documents import Document
from shared.bus.stage import ParkedRecord, Stage
from shared.contracts.catalogue import SIGNALS
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.mongo import Database
from shared.situation import Site, Situation
from shared.vocabulary import Sector
from tests.stack import Stack
from tests.triage.builders import NOON, RULES, received, situation
from tests.triage.domain.linkage.builders import LINKS

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Record:
    """A record as the consumer would hand it on."""

    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    topic: str = SIGNALS.name
    partition: int = 0
    offset: int = 0


def record(fact: Fact, subject: str, sequence: int = 1) -> Record:
    envelope = Envelope(str(uuid4()), source_of("intake"), fact.TYPE, NOON, subject, sequence)
    return Record(subject.encode(), fact.model_dump_json(by_alias=True).encode(), envelope.headers())


def at(number: int, **site: Any) -> Situation:
    """A situation at one of the addresses of a street, none of them next door to another."""
    address = {"postcode": "7141AB", "house_number": str(10 * number), "municipality": "Oost Gelre"}
    return situation(site=Site(**{**address, **site}), sector=Sector.MEAT, people_exposed=number)


SPELLINGS = ("Кланица Бонев", "Klanitsa Bonev EOOD", "Slachterij Bonev B.V.", "KLANITSA BONEV")


def told_otherwise(number: int, n: int) -> Situation:
    """The same as others tell it: spelt otherwise, or as the house next door."""
    return at(number, name=SPELLINGS[n % len(SPELLINGS)], house_number=str(10 * number + 2 * (n % 2)))


@dataclass
class Shelf:
    """Where a stage puts what it cannot take in."""

    parked: list[ParkedRecord] = field(default_factory=list)

    async def holds(self, keys: Sequence[str]) -> set[str]:
        return set()

    async def park(self, records: Sequence[ParkedRecord]) -> None:
        self.parked.extend(records)


class Outlet:
    """Publishes nothing: what is told stays in the documents."""

    async def offer(self, documents: Sequence[Document[Any]]) -> None:
        return None


@dataclass
class Consumer:
    """One triage process, as far as the database sees it."""

    database: Database
    shelf: Shelf
    stage: Stage[Any]

    async def take(self, *batch: Record) -> None:
        await self.stage.take(batch)
        assert not self.shelf.parked


@asynccontextmanager
async def consumer(stack: Stack, name: str, database_class: type[Database] = Database) -> AsyncIterator[Consumer]:
    database, shelf = database_class(stack.mongo_url, name, COLLECTIONS), Shelf()
    await database.start()
    rules = reader(Batches(database, LINKS), RULES, Metrics(CollectorRegistry()))
    try:
        yield Consumer(database, shelf, Stage(rules, database, shelf, Outlet(), lambda: NOON))
    finally:
        await database.stop()


async def signals_by_case(database: Database) -> dict[str, list[str]]:
    return {
        document.id: [signal.id for signal in document.state.signals] for document in await database.find(CASES, {})
    }


@pytest.mark.plan("S07")
async def test_consumers_that_decide_at_once_make_one_case_per_address(
    platform_stack: Stack, mongo_database: str
) -> None:
    chance = random.Random(20201)
    records = [record(received(at(n % 12 + 1)), f"s{n}") for n in range(240)]
    chance.shuffle(records)
    shares = [records[n::4] for n in range(4)]
    async with AsyncExitStack() as stack:
        consumers = [await stack.enter_async_context(consumer(platform_stack, mongo_database)) for _ in shares]

        async def work(one: Consumer, share: Sequence[Record]) -> None:
            for start in range(0, len(share), 7):
                await one.take(*share[start : start + 7])

        await asyncio.gather(*(work(one, share) for one, share in zip(consumers, shares, strict=True)))
        found = await signals_by_case(consumers[0].database)
        claims = await consumers[0].database.find(BLOCK_CLAIMS, {})
    assert len(found) == 12
    assert {entry.case for claim in claims for entry in claim.state.entries} == set(found)
    held = Counter(signal for signals in found.values() for signal in signals)
    assert held == Counter({f"s{n}": 1 for n in range(240)})


@pytest.mark.plan("S07")
async def test_consumers_that_decide_at_once_make_one_case_of_what_is_told_in_many_ways(
    platform_stack: Stack, mongo_database: str
) -> None:
    chance = random.Random(20202)
    records = [record(received(told_otherwise(n % 5 + 1, n)), f"s{n}") for n in range(120)]
    chance.shuffle(records)
    async with AsyncExitStack() as stack:
        consumers = [await stack.enter_async_context(consumer(platform_stack, mongo_database)) for _ in range(4)]

        async def work(one: Consumer, share: Sequence[Record]) -> None:
            for start in range(0, len(share), 3):
                await one.take(*share[start : start + 3])

        await asyncio.gather(*(work(one, records[n::4]) for n, one in enumerate(consumers)))
        found = await signals_by_case(consumers[0].database)
    assert sorted(len(signals) for signals in found.values()) == [24] * 5
    for signals in found.values():
        assert len({int(signal[1:]) % 5 for signal in signals}) == 1


async def test_consumers_that_decide_at_once_ask_about_a_pair_once(platform_stack: Stack, mongo_database: str) -> None:
    pairs = [(f"a{n}", at(n), f"b{n}", at(n, house_number=str(10 * n + 2))) for n in range(1, 13)]
    async with (
        consumer(platform_stack, mongo_database) as one,
        consumer(platform_stack, mongo_database) as other,
    ):
        for first, here, second, next_door in pairs:
            await asyncio.gather(
                one.take(record(received(here), first)), other.take(record(received(next_door), second))
            )
        asked = await one.database.find(LINK_SUGGESTIONS, {})
    assert {document.state.signals for document in asked} == {
        (first, second) if case_id(first) < case_id(second) else (second, first) for first, _, second, _ in pairs
    }
    assert len(asked) == len(pairs)


class CutOff(Database):
    """Loses the connection once, with the claims written and the case not."""

    cuts_left = 1

    async def _write(self, collection: Any, documents: Any, session: Any = None) -> None:
        await super()._write(collection, documents, session)
        if collection.name == BLOCK_CLAIMS.name and type(self).cuts_left:
            type(self).cuts_left -= 1
            raise AutoReconnect("cut off")


async def test_a_cut_between_claim_and_case_heals_and_loses_nothing(platform_stack: Stack, mongo_database: str) -> None:
    async with consumer(platform_stack, mongo_database, CutOff) as one:
        await one.take(record(received(at(1)), "s1"))
        assert await signals_by_case(one.database) == {case_id("s1"): ["s1"]}


async def test_a_consumer_that_dies_between_claim_and_case_leaves_neither(
    platform_stack: Stack, mongo_database: str
) -> None:
    class Dies(CutOff):
        cuts_left = 1

    first, second = record(received(at(1)), "first"), record(received(at(1)), "second")
    async with consumer(platform_stack, mongo_database, Dies) as dying:
        dying.stage.pause = _never_again
        with pytest.raises(asyncio.CancelledError):
            await dying.take(first)
        assert await dying.database.find(BLOCK_CLAIMS, {}) == []
    async with consumer(platform_stack, mongo_database) as other:
        await other.take(second)
        await other.take(first)
        assert await signals_by_case(other.database) == {case_id("second"): ["second", "first"]}


async def _never_again(_seconds: float) -> None:
    raise asyncio.CancelledError


async def test_a_replay_of_everything_changes_no_case(platform_stack: Stack, mongo_database: str) -> None:
    records = [record(received(at(n % 3 + 1)), f"s{n}") for n in range(30)]
    async with consumer(platform_stack, mongo_database) as one:
        await one.take(*records)
        before = await one.database.find(CASES, {})
        await one.take(*records)
        for single in records:
            await one.take(single)
        assert await one.database.find(CASES, {}) == before


async def test_a_replay_asks_nobody_anew(platform_stack: Stack, mongo_database: str) -> None:
    records = [record(received(at(1, house_number=str(10 + 2 * n))), f"s{n}") for n in range(6)]
    async with consumer(platform_stack, mongo_database) as one:
        await one.take(*records)
        before = await one.database.find(LINK_SUGGESTIONS, {})
        await one.take(*records)
        for single in records:
            await one.take(single)
        assert await one.database.find(LINK_SUGGESTIONS, {}) == before
    assert len(before) == 5


class Counting(Database):
    """Counts how often it is asked something."""

    asked = 0

    async def find(self, *arguments: Any, **options: Any) -> Any:
        type(self).asked += 1
        return await super().find(*arguments, **options)


async def test_a_batch_takes_a_fixed_number_of_queries_however_long_it_is(
    platform_stack: Stack, mongo_database: str
) -> None:
    async with consumer(platform_stack, mongo_database, Counting) as one:
        for size in (1, 10, 200):
            records = [record(received(told_otherwise(n % 7 + 1, n)), f"s{size}-{n}") for n in range(size)]
            Counting.asked = 0
            await one.take(*records)
            assert Counting.asked <= 7


async def test_a_busy_street_leaves_a_claim_no_longer_than_is_said(platform_stack: Stack, mongo_database: str) -> None:
    records = [record(received(at(1, house_number=str(10 * n))), f"s{n}") for n in range(1, 60)]
    async with consumer(platform_stack, mongo_database) as one:
        await one.take(*records)
        claims = await one.database.find(BLOCK_CLAIMS, {})
        assert max(len(claim.state.entries) for claim in claims) == MOST
        await one.take(record(received(at(1, house_number="590")), "again"))
        assert len(await signals_by_case(one.database)) == 59
