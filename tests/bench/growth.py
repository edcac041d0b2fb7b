"""(d) What a signal costs triage with a thousand, a hundred thousand and a million cases in its database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from prometheus_client import CollectorRegistry
from pymongo import ReplaceOne, WriteConcern

from services.triage import consumers
from services.triage.domain import case as cases
from services.triage.domain.merging import CaseSignal
from services.triage.domain.numbers import case_id, case_number
from services.triage.domain.ruleset import Ruleset
from services.triage.metrics import Metrics
from services.triage.store import BLOCK_CLAIMS, CASES, COLLECTIONS, Cases, load_ruleset
from shared.bus.bus import Bus
from shared.bus.documents import Document, WorkingSet
from shared.contracts import catalogue
from shared.contracts.common import Observations as WireObservations
from shared.contracts.common import Site as WireSite
from shared.contracts.common import Situation as WireSituation
from shared.contracts.envelope import Envelope, source_of
from shared.contracts.intake import SignalReceived
from shared.mongo import Database
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Channel, Sector, Theme
from tests.bench.figures import Figure, figure
from tests.bench.situations import ADDRESSES, address
from tests.bench.stage import Course, count_answers
from tests.shared.bus.tally import settings_for
from tests.stack import Stack

SIZES = (1_000, 100_000, 1_000_000)
MOST_CASES = int(os.environ.get("BRANDMEESTER_BENCH_CASES", "1000000"))
JOINING, FOUNDING = 1_000, 3_000
"""Signals of one turn: so many at addresses of known cases, each another one, and so many at new addresses."""
AT_ONCE = 2_000
AT = datetime(2020, 10, 20, 12, 0, tzinfo=UTC)
Stored = dict[str, Any]


def signal_id(number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"bench/{number}"))


def block(number: int) -> str:
    return "nl/" + "/".join(address(number))


class World:
    """A triage database of a certain size, which every turn finds as it was."""

    def __init__(self, stack: Stack, size: int, rules: Ruleset) -> None:
        self.size = size
        self.name = f"bench{uuid4().hex[:10]}"
        self.settings = settings_for(stack, "triage", self.name)
        self.database = Database(stack.mongo_url, self.name, COLLECTIONS)
        self._rules = rules
        self._template: Stored = {}
        self._lazily = self.database.raw.with_options(write_concern=WriteConcern(1))

    async def build(self) -> None:
        """Fill it with copies of one case as triage itself stores it."""
        await self.database.start()
        self._template = await self._stored_by_triage()
        for begin in range(0, self.size, AT_ONCE):
            numbers = range(begin, min(begin + AT_ONCE, self.size))
            await self._lazily[CASES.name].insert_many([self._case(number) for number in numbers], ordered=False)
            await self._lazily[BLOCK_CLAIMS.name].insert_many([_claim(number) for number in numbers], ordered=False)

    async def restore(self, joined: Sequence[int], founded: Sequence[int]) -> None:
        """Take out what a turn added."""
        originals = [ReplaceOne({"_id": case["_id"]}, case) for case in map(self._case, joined)]
        await self._lazily[CASES.name].bulk_write(originals, ordered=False)
        new = [case_id(signal_id(number)) for number in founded]
        await self._lazily[CASES.name].delete_many({"_id": {"$in": new}})
        await self._lazily[BLOCK_CLAIMS.name].delete_many({"_id": {"$in": [block(number) for number in founded]}})

    async def drop(self) -> None:
        await self.database.raw.client.drop_database(self.name)
        await self.database.stop()

    async def _stored_by_triage(self) -> Stored:
        situation = Situation((Theme.WORK,), Sector.MEAT, Site(place="Groenlo", region="VR06"), Observations(120, 1))
        signal = CaseSignal("template", Channel.WEB, None, situation, AT, AT, "http://localhost/signals/1")
        document: Document[cases.Case] = Document(CASES.name, str(uuid4()))
        room = WorkingSet()
        room.apply([document.becomes(cases.found("Z", signal, self._rules, AT))])
        await self.database.save(room.changed)
        stored: Stored = await self.database.raw[CASES.name].find_one_and_delete({"_id": document.id})
        return stored

    def _case(self, number: int) -> Stored:
        signal, state = signal_id(number), self._template["state"]
        postcode, house_number = address(number)
        site = {**state["situation"]["site"], "postcode": postcode, "house_number": house_number}
        situation = {**state["situation"], "site": site}
        signals = [{**state["signals"][0], "id": signal, "situation": situation}]
        named = {"number": case_number(case_id(signal), AT), "situation": situation, "signals": signals}
        return {
            **self._template,
            "_id": case_id(signal),
            "taken": {f"intake:{signal}": 1},
            "state": {**state, **named},
        }


def _claim(number: int) -> Stored:
    state = {"case": case_id(signal_id(number))}
    return {"_id": block(number), "version": 1, "sequence": 0, "taken": {}, "unpublished": [], "state": state}


def record_of(number: int, subject: str) -> dict[str, Any]:
    """A signal about an address, as intake tells it."""
    postcode, house_number = address(number)
    fact = SignalReceived(
        channel=Channel.WEB,
        situation=WireSituation(
            themes=(Theme.WORK,),
            sector=Sector.MEAT,
            site=WireSite(postcode=postcode, house_number=house_number, place="Groenlo", region="VR06"),
            observations=WireObservations(people_exposed=120, confirmed_infections=1, distance_not_kept=True),
        ),
        received_at=AT,
        dataref="http://localhost/signals/1",
    )
    envelope = Envelope(f"{subject}-1", source_of("intake"), fact.TYPE, AT, subject, 1)
    return {
        "value": fact.model_dump_json(by_alias=True).encode(),
        "key": subject.encode(),
        "headers": envelope.headers(),
    }


class Turn:
    """Which addresses one turn is about; those of new cases lie beyond every stored one."""

    def __init__(self, size: int, turn: int) -> None:
        self.joined = [(turn * JOINING + step * max(1, size // JOINING)) % size for step in range(min(JOINING, size))]
        begin = ADDRESSES - (turn + 1) * FOUNDING
        self.founded = range(begin, begin + FOUNDING)

    def records(self) -> list[dict[str, Any]]:
        joining = [record_of(number, str(uuid4())) for number in self.joined]
        founding = [record_of(number, signal_id(number)) for number in self.founded]
        # Mixed, so that every batch has some of both.
        step = max(1, len(founding) // len(joining))
        mixed = []
        for place, one in enumerate(joining):
            mixed += [one, *founding[place * step : (place + 1) * step]]
        return mixed + founding[len(joining) * step :]


async def signals_a_second(course: Course, world: World, rules: Ruleset, turn: Turn) -> float:
    """Through triage's own stage, from the first answer to the last."""
    begin = await course.ends(catalogue.SIGNALS.name, catalogue.SIGNALS.partitions)
    records = turn.records()
    await _produced(course, records)
    registry = CollectorRegistry()
    reader = consumers.reader(Cases(world.database), rules, Metrics(registry))
    bus = Bus(world.settings, world.database, reader, registry)
    await bus.store.keep_offsets("triage", {(place.topic, place.partition): at for place, at in begin.items()})
    async with course.watching_answers() as answers:
        await bus.start()
        took = await count_answers(answers, len(records))
    await bus.stop()
    await world.restore(turn.joined, turn.founded)
    return len(records) / took


async def _produced(course: Course, records: Sequence[dict[str, Any]]) -> None:
    producer = course.producer()
    await producer.start()
    await asyncio.gather(*[await producer.send(catalogue.SIGNALS.name, **record) for record in records])
    await producer.stop()


async def figures(stack: Stack, repetitions: int) -> list[Figure]:
    """All of (d): the sizes by turns, after one turn that only warms up."""
    course, rules = Course(stack), load_ruleset("2020-1")
    worlds = [World(stack, size, rules) for size in sorted({min(size, MOST_CASES) for size in SIZES})]
    rates: list[list[float]] = []
    try:
        for world in worlds:
            await world.build()
        for turn in range(repetitions + 1):
            rates.append([await signals_a_second(course, world, rules, Turn(world.size, turn)) for world in worlds])
    finally:
        for world in worlds:
            await world.drop()
    costs = [[1e6 / rate for rate in row] for row in rates[1:]]
    peer = f"with {worlds[0].size:,} cases"
    return [
        figure(
            f"a signal in triage with {world.size:,} cases", peer, "microseconds", [(row[n], row[0]) for row in costs]
        )
        for n, world in enumerate(worlds)
        if n
    ]
