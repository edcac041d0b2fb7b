"""(f) What linking one signal costs with a thousand and with a million cases, in a country where names recur."""

from __future__ import annotations

import os
import time
from uuid import uuid4

from services.triage.store import Batches, load_ruleset
from services.triage.use_cases.linking import Linking
from services.triage.use_cases.taking_in import signal_of
from shared.bus.message import Message
from shared.contracts.catalogue import SIGNALS
from shared.contracts.envelope import Envelope
from shared.contracts.intake import SignalReceived
from shared.situation import Situation
from tests.bench.country import Country
from tests.bench.figures import Figure, figure
from tests.bench.worlds import World, record_of
from tests.stack import Stack

SIZES = (1_000, 1_000_000)
MOST_CASES = int(os.environ.get("BRANDMEESTER_BENCH_CASES", "1000000"))
SIGNALS_OF_A_TURN = 1_000


def message_about(about: Situation) -> Message[SignalReceived]:
    """A new signal as triage reads it."""
    subject = str(uuid4())
    record = record_of(about, subject)
    fact = SignalReceived.model_validate_json(record["value"])
    return Message(Envelope.of_headers(record["headers"]), fact, SIGNALS.name)


async def microseconds(world: World, country: Country, turn: int) -> float:
    """Of one signal, from its message to its links: half are about known situations, half about what is next door."""
    batches, linking = Batches(world.database, world.links), Linking(world.links, load_ruleset("2020-1"))
    step = max(1, world.size // SIGNALS_OF_A_TURN)
    numbers = [(turn + place * step) % world.size for place in range(min(SIGNALS_OF_A_TURN, world.size))]
    messages = [
        message_about(country.situation(number) if place % 2 else country.next_door(number))
        for place, number in enumerate(numbers)
    ]
    began = time.perf_counter()
    for message in messages:
        room = await batches.load([message], [])
        signal = signal_of(message)
        found = linking.matches(room, signal)
        linking.file(room, signal, found[0].case if found else str(uuid4()))
    return (time.perf_counter() - began) / len(messages) * 1e6


async def figures(stack: Stack, repetitions: int) -> list[Figure]:
    """All of (f): both sizes by turns, after one turn that only warms up."""
    country = Country(MOST_CASES)
    sizes = [min(size, MOST_CASES) for size in SIZES]
    worlds = [World(stack, size, country.situation, country.municipalities(size)) for size in sizes]
    try:
        for world in worlds:
            await world.build()
        costs = [[await microseconds(world, country, turn) for world in worlds] for turn in range(repetitions + 1)]
    finally:
        for world in worlds:
            await world.drop()
    small, large = worlds
    pairs = [(of_large, of_small) for of_small, of_large in costs[1:]]
    return [figure(f"linking a signal with {large.size:,} cases", f"with {small.size:,} cases", "microseconds", pairs)]
