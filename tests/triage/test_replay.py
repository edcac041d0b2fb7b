"""A replay of all topics gives the same grades: on the real Kafka and MongoDB, and in whatever order partitions come.

What is compared is what the rules say. What people decide on pages is kept in triage's own database and told, but not
read back: a grade that somebody set, a closing and a merge come back with the database, not with the topics.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.app import create_app
from services.triage.domain.assessment import Assessment
from services.triage.domain.case import Case
from services.triage.settings import Settings
from services.triage.store import CASES, COLLECTIONS, RULESETS
from shared.bus import bus as bus_module
from shared.bus.documents import Document
from shared.contracts.envelope import Fact
from shared.mongo import Database
from shared.settings import ServiceSettings
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Channel, Sector
from tests.members import LENA
from tests.service_harness import eventually, fresh_database, running, settings_for, tell
from tests.stack import Stack
from tests.triage.builders import HOUSING, TRANSPORT, WORK, message, received, situation, supplemented, withdrawn
from tests.triage.memory import Memory
from tests.triage.strategies import SITUATIONS

SHIPPED = (RULESETS / "ruleset-2020-1.toml").read_text(encoding="utf-8")
ENDS = "valid_from = 2020-07-01\nvalid_until = 2020-10-31"
STRICTER = """
based_on = "2020.1"
version = "streng"
title = "Voorbeeld voor heel het land"
valid_from = 2020-11-01
likelihood_from = [0, 8, 20, 40]
"""
OF_A_REGION = """
based_on = "2020.1"
version = "noord"
title = "Voorbeeld voor een regio"
valid_from = 2020-10-10
regions = ["VR23"]
[[factors]]
id = "no_distance"
points = 25
"""
BEFORE, SWITCH = datetime(2020, 10, 6, 12, tzinfo=UTC), datetime(2020, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    """Three versions side by side: until November, from then on, and one of a region."""
    written = SHIPPED.replace("valid_from = 2020-07-01", ENDS, 1)
    for name, content in (("2020-1", written), ("streng", STRICTER), ("noord", OF_A_REGION)):
        (tmp_path / f"ruleset-{name}.toml").write_text(content, encoding="utf-8")
    return tmp_path


@dataclass(frozen=True)
class Told:
    """A fact about a signal; a signal's facts are told in order."""

    signal: str
    sequence: int
    fact: Fact


def street(region: str) -> Site:
    """An address that no other test reports from, and nobody takes for another."""
    chance = uuid4().hex
    letters = "".join("ABEGHJKLNPRTVWXZ"[int(digit, 16)] for digit in chance[:2])
    code, place, municipality = {"VR06": ("7141", "Groenlo", "Oost Gelre"), "VR23": ("5911", "Venlo", "Venlo")}[region]
    return Site(
        f"Herhaal {chance[:8]}", f"{code}{letters}", str(int(chance[8:12], 16) + 1), place, municipality, region
    )


def history(chance: random.Random) -> Iterator[Told]:
    """Half a year of one address: a case, those who confirm it, what is learnt, what is taken back, and a new case."""
    site = street(chance.choice(["VR06", "VR23"]))
    ids = [str(uuid4()) for _ in range(5)]
    first = situation(
        WORK, sector=Sector.GREENHOUSE, site=site, people_exposed=chance.choice([20, 90, 400]), distance_not_kept=True
    )
    other = situation(
        HOUSING,
        WORK,
        sector=Sector.FOOD,
        site=site,
        people_per_bedroom=2,
        sick_people_at_work=chance.choice([True, None]),
    )
    begin = BEFORE + timedelta(days=chance.randrange(10))
    yield Told(ids[0], 1, received(first, begin))
    yield Told(ids[1], 1, received(other, begin + timedelta(days=3), Channel.HOTLINE))
    tested = chance.randrange(10, 60)
    seen = replace(first.observations, tested=tested, positive=chance.randrange(tested // 2))
    yield Told(ids[0], 2, supplemented(replace(first, observations=seen), begin + timedelta(days=4)))
    yield Told(ids[2], 1, received(situation(TRANSPORT, site=site, confirmed_infections=9), begin + timedelta(days=5)))
    yield Told(ids[2], 2, withdrawn(begin + timedelta(days=6)))
    if chance.random() < 0.6:
        yield Told(ids[3], 1, received(replace(other, sector=None), SWITCH + timedelta(days=chance.randrange(10))))
    if chance.random() < 0.8:
        # So long after the last news that it founds a case of its own: read too early, it would not.
        late = datetime(2021, 3, 1 + chance.randrange(20), 9, tzinfo=UTC)
        yield Told(ids[4], 1, received(replace(first, sector=Sector.MEAT), late))


def many_histories(count: int, seed: int) -> list[Told]:
    """Those of many addresses, in the order of their time."""
    chance = random.Random(seed)
    return sorted((told for _ in range(count) for told in history(chance)), key=when)


def when(told: Told) -> datetime:
    fact: Any = told.fact
    moment: datetime = getattr(fact, "received_at", None) or fact.withdrawn_at
    return moment


@dataclass(frozen=True)
class Outcome:
    """What the rules made of the case of a signal; no moment of reckoning is among it."""

    case: str
    number: str
    signals: tuple[str, ...]
    assessment: Assessment
    grades: tuple[tuple[Any, ...], ...]
    clocks: tuple[tuple[datetime, str], ...]

    @classmethod
    def of(cls, document: Document[Case]) -> Outcome:
        case = document.state
        return cls(
            document.id,
            case.number,
            tuple(signal.id for signal in case.signals),
            case.assessment,
            tuple((step.grade, step.points, step.ruleset, step.input_hash, step.signal) for step in case.grade_line),
            tuple((clock.started_at, clock.started_by) for clock in case.clocks),
        )


async def outcomes(database: Database, signals: set[str]) -> dict[str, Outcome]:
    cases = await database.find(CASES, {"state.signals.id": {"$in": sorted(signals)}})
    return {signal.id: Outcome.of(case) for case in cases for signal in case.state.signals}


async def have_come(database: Database, told: Sequence[Told]) -> bool:
    """Whether the last fact about each of these signals was taken in."""
    last = {one.signal: one for one in told}
    cases = await database.find(CASES, {"state.signals.id": {"$in": sorted(last)}})
    known = {signal.id: signal for case in cases for signal in case.state.signals}
    return all(
        id_ in known and when(one) in (known[id_].known_at, known[id_].withdrawn_at) for id_, one in last.items()
    )


def a_year_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on services think that it is another day, and another year."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(days=400)

    monkeypatch.setattr(bus_module, "datetime", Later)


@pytest.mark.stack
@pytest.mark.plan("S22")
@pytest.mark.usefixtures("platform_broker")
async def test_a_triage_that_starts_anew_on_another_day_comes_to_the_same_cases_and_grades(
    platform_stack: Stack, rulesets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = many_histories(6, seed=4)
    ids = {one.signal for one in told}

    async def first_time(database: Database, own: ServiceSettings) -> dict[str, Outcome]:
        async with running(create_app, own) as visit:
            # Told over half a year, no two of them were read at once.
            for one in told:
                await tell(platform_stack, one.signal, one.fact, first=one.sequence)
                await eventually(partial(have_come, database, [one]), within=120)
            found = await outcomes(database, ids)
            async with visit(LENA) as lena:
                await people_decide(lena, sorted({one.case for one in found.values()}))
            assert await outcomes(database, ids) != found
            return found

    async def anew(database: Database, own: ServiceSettings) -> dict[str, Outcome]:
        async with running(create_app, own):
            await eventually(partial(have_come, database, told), within=120)
            return await outcomes(database, ids)

    before = await on_a_database_of_its_own(platform_stack, rulesets, first_time)
    a_year_goes_by(monkeypatch)
    after = await on_a_database_of_its_own(platform_stack, rulesets, anew)
    assert {id_: after[id_] for id_ in before if after[id_] != before[id_]} == {}
    is_varied(before)


async def people_decide(lena: httpx.AsyncClient, cases: Sequence[str]) -> None:
    """What people do stands in this database: it is no part of a replay."""
    overridden, closed, merged, other = cases[:4]
    low_or_high = "low" if (await lena.get(f"/v1/cases/{overridden}")).json()["grade"] != "low" else "high"
    for path, body in (
        (f"{overridden}/override", {"grade": low_or_high, "reason": "Wij waren er al."}),
        (f"{closed}/closure", {"reason": "unfounded"}),
        (f"{merged}/merge", {"into": other, "reason": "Een en dezelfde loods."}),
    ):
        answer = await lena.post(f"/v1/cases/{path}", json=body)
        assert answer.is_success, answer.text


async def on_a_database_of_its_own(
    stack: Stack,
    rulesets: Path,
    look: Callable[[Database, ServiceSettings], Awaitable[dict[str, Outcome]]],
) -> dict[str, Outcome]:
    own = settings_for(Settings, stack, fresh_database(), rulesets=rulesets)
    return await look(Database(own.mongo_url, own.mongo_database, COLLECTIONS), own)


def is_varied(found: Mapping[str, Outcome]) -> None:
    """Otherwise the comparison would say little."""
    cases = {one.case: one for one in found.values()}.values()
    assert {one.assessment.ruleset for one in cases} == {"2020.1", "streng", "noord"}
    assert len({one.assessment.grade for one in cases}) >= 3
    assert len({one.assessment.input_hash for one in cases}) >= 8
    assert {len(one.signals) for one in cases} >= {1, 4}
    assert any(one.clocks for one in cases)


@pytest.mark.plan("S22")
@settings(deadline=None)
@given(st.lists(SITUATIONS, min_size=2, max_size=4), st.data())
def test_in_whatever_order_partitions_come_the_grade_is_the_same(seen: list[Situation], data: st.DataObject) -> None:
    """Signals of one address within a quarter hour, so that nothing tells which was first; each is supplemented."""
    site = Site("Slachterij Bonev", "7141AB", "12", "Groenlo", "Oost Gelre", "VR06")
    gone = data.draw(st.sets(st.sampled_from([f"s{n}" for n in range(1, len(seen))])))
    told: dict[str, list[Fact]] = {
        f"s{n}": [
            received(replace(one, site=site, observations=Observations())),
            supplemented(replace(one, site=site)),
            *([withdrawn()] if f"s{n}" in gone else []),
        ]
        for n, one in enumerate(seen)
    }
    turns = [id_ for id_, facts in told.items() for _ in facts]
    found = set()
    for order in (turns, turns[::-1], data.draw(st.permutations(turns))):
        memory, next_ = Memory(), dict.fromkeys(told, 0)
        for id_ in order:
            memory.take(message(told[id_][next_[id_]], id_, next_[id_] + 1))
            next_[id_] += 1
        case = memory.case("s0").state
        assert {signal.id for signal in case.signals} >= told.keys() - gone
        started = tuple(clock.started_at for clock in case.clocks if clock.runs)
        found.add((case.assessment, case.situation.sector, started))
    assert len(found) == 1
