"""(d) What a signal costs triage with a thousand, a hundred thousand and a million cases in its database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from prometheus_client import CollectorRegistry

from services.triage import consumers
from services.triage.domain.ruleset import Ruleset
from services.triage.metrics import Metrics
from services.triage.store import Batches, load_ruleset
from shared.bus.bus import Bus
from shared.contracts import catalogue
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Sector, Theme
from tests.bench.figures import Figure, figure
from tests.bench.situations import ADDRESSES, address, streets
from tests.bench.stage import Course, count_answers
from tests.bench.worlds import World, record_of, signal_id
from tests.stack import Stack

SIZES = (1_000, 100_000, 1_000_000)
MOST_CASES = int(os.environ.get("BRANDMEESTER_BENCH_CASES", "1000000"))
JOINING, FOUNDING = 1_000, 3_000
"""Signals of one turn: so many at addresses of known cases, each another one, and so many at new addresses."""


def situation(number: int) -> Situation:
    """What is known of the situation at an address."""
    postcode, house_number = address(number)
    site = Site(postcode=postcode, house_number=house_number, place="Groenlo", region="VR06")
    return Situation((Theme.WORK,), Sector.MEAT, site, Observations(people_exposed=120, confirmed_infections=1))


class Turn:
    """Which addresses one turn is about; those of new cases lie beyond every stored one."""

    def __init__(self, size: int, turn: int) -> None:
        self.joined = [(turn * JOINING + step * max(1, size // JOINING)) % size for step in range(min(JOINING, size))]
        begin = ADDRESSES - (turn + 1) * FOUNDING
        self.founded = range(begin, begin + FOUNDING)

    def records(self) -> list[dict[str, Any]]:
        joining = [record_of(situation(number), str(uuid4())) for number in self.joined]
        founding = [record_of(situation(number), signal_id(number)) for number in self.founded]
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
    reader = consumers.reader(Batches(world.database, world.links), rules, Metrics(registry))
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
    sizes = sorted({min(size, MOST_CASES) for size in SIZES})
    worlds = [World(stack, size, situation, streets(size)) for size in sizes]
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
