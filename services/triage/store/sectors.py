"""What is counted of each sector and region, in three queries, and the pictures made of it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from services.triage.domain.detection.watch import SAME_WITHIN, first_day
from services.triage.domain.picture import Counts, SectorPicture
from services.triage.domain.sectors import VISITS_DAYS, SectorCount
from services.triage.domain.visits import Visit
from services.triage.store.clusters import CLUSTERS
from services.triage.store.documents import CASES, VISITS
from shared.bus.documents import Document, WorkingSet
from shared.calendar import day_of
from shared.mongo import Collection, Database
from shared.vocabulary import Grade, Sector

SECTORS = Collection("sectors", TypeAdapter(SectorPicture))

_TESTS_DAYS = 14


@dataclass(slots=True)
class _Tally:
    """The counts of one sector in one region while they are made; `sums` by the names of SectorCount."""

    open_cases: Counter[Grade] = field(default_factory=Counter)
    clusters: set[str] = field(default_factory=set)
    sums: Counter[str] = field(default_factory=Counter)

    def counted(self) -> SectorCount:
        return SectorCount(open_cases=dict(self.open_cases), clusters=tuple(sorted(self.clusters)), **self.sums)


_Tallies = defaultdict[tuple[Sector, str | None], _Tally]


class SectorRoom(WorkingSet):
    """The pictures as they were last told."""

    def picture(self, sector: Sector) -> Document[SectorPicture]:
        """A sector's picture, stored or new."""
        return self.find_or_new(SECTORS.name, sector.value)


class Sectors:
    """Loading what the ranking needs, and what was made of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def room(self) -> SectorRoom:
        """Every picture."""
        return SectorRoom(await self._database.find(SECTORS, {}))

    async def pictures(self) -> list[SectorPicture]:
        """The same to show."""
        return [document.state for document in await self._database.find(SECTORS, {})]

    async def counts(self, now: datetime) -> Counts:
        """What is counted of each sector and region at this moment."""
        since = now - timedelta(days=VISITS_DAYS)
        visits = [
            document.state for document in await self._database.find(VISITS, {"state.completed_at": {"$gte": since}})
        ]
        clusters_of = await self._clusters_of_cases(now)
        cases = await self._cases(now).to_list(None)
        # In a thread: there may be many, and the loop has messages to take in.
        return await asyncio.to_thread(_counted, cases, visits, clusters_of, now)

    def _cases(self, now: datetime) -> Any:
        recent = {"$gte": now - timedelta(days=VISITS_DAYS)}
        return self._database.raw[CASES.name].find(
            {
                "state.situation.sector": {"$ne": None},
                # Whatever was merged away counts once, in the case that it is part of.
                "state.merged": None,
                "$or": [{"state.closure": None}, {"state.opened_at": recent}, {"state.signals.received_at": recent}],
            },
            {
                "state.situation.sector": 1,
                "state.situation.site.region": 1,
                "state.situation.observations.tested": 1,
                "state.situation.observations.positive": 1,
                "state.assessment.grade": 1,
                "state.override.grade": 1,
                "state.opened_at": 1,
                "state.closure.at": 1,
                "state.signals.received_at": 1,
                "state.signals.withdrawn_at": 1,
                "state.absorbed": 1,
            },
        )

    async def _clusters_of_cases(self, now: datetime) -> dict[str, set[str]]:
        since = (day_of(now) - SAME_WITHIN).isoformat()
        clusters_of: dict[str, set[str]] = defaultdict(set)
        for document in await self._database.find(CLUSTERS, {"state.end": {"$gte": since}}):
            for member in document.state.members:
                clusters_of[member.case].add(document.id)
        return clusters_of


def _counted(
    cases: Iterable[dict[str, Any]], visits: Sequence[Visit], clusters_of: dict[str, set[str]], now: datetime
) -> Counts:
    visited = {visit.case for visit in visits if visit.case}
    tallies: _Tallies = defaultdict(_Tally)
    for case in cases:
        _count_case(tallies, case, visited, clusters_of, now)
    for visit in visits:
        _count_visit(tallies, visit)
    return {key: tally.counted() for key, tally in tallies.items()}


def _count_visit(tallies: _Tallies, visit: Visit) -> None:
    if visit.sector is not None:
        sums = tallies[visit.sector, visit.region].sums
        sums["visits"] += 1
        sums["reported"] += visit.infringements is not None
        sums["infringements"] += visit.infringements or 0


def _count_case(
    tallies: _Tallies, case: dict[str, Any], visited: set[str], clusters_of: dict[str, set[str]], now: datetime
) -> None:
    state = case["state"]
    situation = state["situation"]
    one = tallies[Sector(situation["sector"]), situation["site"].get("region")]
    live = [signal["received_at"] for signal in state["signals"] if signal.get("withdrawn_at") is None]
    one.sums["signals"] += sum(day_of(at) >= first_day(day_of(now)) for at in live)
    if state.get("closure") is None:
        # A grade that a person set goes before that of the rules.
        one.open_cases[Grade((state.get("override") or state["assessment"])["grade"])] += 1
    holds = {case["_id"], *state.get("absorbed", ())}
    for id_ in holds:
        one.clusters |= clusters_of.get(id_, set())
    if state["opened_at"] >= now - timedelta(days=VISITS_DAYS):
        one.sums["cases"] += 1
        one.sums["visited"] += not holds.isdisjoint(visited)
    if live and max(live) >= now - timedelta(days=_TESTS_DAYS):
        _count_tests(one.sums, situation.get("observations", {}))


def _count_tests(sums: Counter[str], seen: dict[str, Any]) -> None:
    positive, tested = seen.get("positive"), seen.get("tested")
    if positive is not None and tested and positive <= tested:
        sums["tested"] += tested
        sums["positive"] += positive
