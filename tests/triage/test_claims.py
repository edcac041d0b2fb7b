"""Two consumers never make two cases of one address: on the real database, at once, cut off half-way, replayed."""

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
from services.triage.domain.numbers import case_id
from services.triage.metrics import Metrics
from services.triage.store import BLOCK_CLAIMS, CASES, COLLECTIONS, Cases
from shared.bus.documents import Document
from shared.bus.stage import ParkedRecord, Stage
from shared.contracts.catalogue import SIGNALS
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.mongo import Database
from shared.situation import Site, Situation
from tests.stack import Stack
from tests.triage.builders import NOON, RULES, received, situation

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


def at(number: int) -> Situation:
    """A situation at one of the addresses of a street."""
    return situation(site=Site(postcode="7141AB", house_number=str(number)), people_exposed=number)


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
    rules = reader(Cases(database), RULES, Metrics(CollectorRegistry()))
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
    assert {claim.state.case for claim in claims} == set(found)
    held = Counter(signal for signals in found.values() for signal in signals)
    assert held == Counter({f"s{n}": 1 for n in range(240)})


class CutOff(Database):
    """Loses the connection once, after the claims are written and before the cases are."""

    cuts_left = 1

    async def save(self, documents: Sequence[Document[Any]], *, as_one: bool = False) -> None:
        claims = [document for document in documents if document.is_claim]
        if claims and type(self).cuts_left:
            type(self).cuts_left -= 1
            await super().save(claims)
            raise AutoReconnect("cut off")
        await super().save(documents, as_one=as_one)


async def test_a_cut_between_claim_and_case_heals_and_loses_nothing(platform_stack: Stack, mongo_database: str) -> None:
    async with consumer(platform_stack, mongo_database, CutOff) as one:
        await one.take(record(received(at(1)), "s1"))
        assert await signals_by_case(one.database) == {case_id("s1"): ["s1"]}


async def test_another_consumer_founds_the_case_that_a_dead_one_claimed(
    platform_stack: Stack, mongo_database: str
) -> None:
    class Dies(CutOff):
        cuts_left = 1

    first, second = record(received(at(1)), "first"), record(received(at(1)), "second")
    async with consumer(platform_stack, mongo_database, Dies) as dying:
        dying.stage.pause = _never_again
        with pytest.raises(asyncio.CancelledError):
            await dying.take(first)
    async with consumer(platform_stack, mongo_database) as other:
        await other.take(second)
        await other.take(first)
        assert await signals_by_case(other.database) == {case_id("first"): ["second", "first"]}


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
