"""(f) What linking one signal costs with a thousand and with a million cases, in a country where names recur."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from services.triage.store import Batches, load_ruleset
from services.triage.use_cases.linking import Linking
from services.triage.use_cases.taking_in import signal_of
from shared.bus.message import Message
from shared.contracts.catalogue import SIGNALS
from shared.contracts.envelope import Envelope
from shared.contracts.intake import SignalReceived
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Sector, Theme
from tests.bench.figures import Figure, figure
from tests.bench.situations import ADDRESSES, HOUSES, address
from tests.bench.worlds import World, record_of
from tests.stack import Stack

SIZES = (1_000, 1_000_000)
MOST_CASES = int(os.environ.get("BRANDMEESTER_BENCH_CASES", "1000000"))
SIGNALS_OF_A_TURN = 1_000
_BEGINNINGS = ("Bra", "Dor", "Fel", "Gro", "Hal", "Kem", "Lun", "Mor", "Nij", "Osk", "Pre", "Rod", "Stel", "Ter", "Vol")
_ENDINGS = ("berg", "dijk", "ema", "escu", "horst", "ing", "kamp", "man", "nik", "ov", "sen", "ski", "stra", "veld")
_MIDDLES = ("", "ba", "de", "fi", "go", "le", "ma", "no", "re", "ti", "vu")


def spread(size: int) -> Callable[[int], Situation]:
    """The situations of a world of this size, as evenly over the country as all of them: a street is a municipality."""
    apart = max(1, min(MOST_CASES, ADDRESSES) // size)
    return lambda number: situation(number * apart)


def situation(number: int) -> Situation:
    """At an address, with the name of a company that it shares with three others of its municipality."""
    postcode, house_number = address(number)
    site = Site(
        name=f"Slachterij {_core(number)} B.V.",
        postcode=postcode,
        house_number=house_number,
        place="Groenlo",
        municipality=f"Gemeente {postcode[-2:]}",
        region="VR06",
    )
    return Situation((Theme.WORK,), Sector.MEAT, site, Observations(people_exposed=120, confirmed_infections=1))


def _core(number: int) -> str:
    rest, beginning = divmod(number % HOUSES, len(_BEGINNINGS))
    rest, middle = divmod(rest, len(_MIDDLES))
    return _BEGINNINGS[beginning] + _MIDDLES[middle] + _ENDINGS[rest % len(_ENDINGS)]


def next_door(there: Situation, number: int) -> Situation:
    """Another company, two numbers on: the one that asks most to be compared."""
    house_number = str(int(there.site.house_number or 1) + 2)
    return replace(there, site=replace(there.site, name=f"{_core(number + 7)} Vlees", house_number=house_number))


def message_about(about: Situation) -> Message[SignalReceived]:
    """A new signal as triage reads it."""
    subject = str(uuid4())
    record = record_of(about, subject)
    fact = SignalReceived.model_validate_json(record["value"])
    return Message(Envelope.of_headers(record["headers"]), fact, SIGNALS.name)


async def microseconds(world: World, about: Callable[[int], Situation], turn: int) -> float:
    """Of one signal, from its message to its links: half are about known situations, half about what is next door."""
    batches, linking = Batches(world.database, world.links), Linking(world.links, load_ruleset("2020-1"))
    step = max(1, world.size // SIGNALS_OF_A_TURN)
    numbers = [(turn + place * step) % world.size for place in range(min(SIGNALS_OF_A_TURN, world.size))]
    known = [about(number) for number in numbers]
    messages = [
        message_about(one if place % 2 else next_door(one, number))
        for place, (number, one) in enumerate(zip(numbers, known, strict=True))
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
    places = [spread(size) for size in SIZES]
    worlds = [World(stack, min(size, MOST_CASES), about) for size, about in zip(SIZES, places, strict=True)]
    try:
        for world in worlds:
            await world.build()
        costs = [
            [await microseconds(world, about, turn) for world, about in zip(worlds, places, strict=True)]
            for turn in range(repetitions + 1)
        ]
    finally:
        for world in worlds:
            await world.drop()
    small, large = worlds
    pairs = [(of_large, of_small) for of_small, of_large in costs[1:]]
    return [figure(f"linking a signal with {large.size:,} cases", f"with {small.size:,} cases", "microseconds", pairs)]
