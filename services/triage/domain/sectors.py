"""Which sectors are at risk: points from signals, grades, clusters, findings of visits, and what nobody looked at.

The points are a proposal of ours, plain enough to be argued with: each part adds up to a limit, so that no part alone
decides. What a sector gets it gets for things that were told or seen, never for its name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.triage.domain.wilson import lower_bound
from shared.vocabulary import Grade, Sector

VISITS_DAYS = 84

_POINTS_OF_GRADE = {Grade.LOW: 0, Grade.MODERATE: 1, Grade.HIGH: 3, Grade.CRITICAL: 5}
_POINTS_PER_CLUSTER = 10
_POINTS_PER_INFRINGEMENT = 5
_Z = 1.96
_SPREADS_FROM = 0.1
_FEW_TESTED = 20


class Part(StrEnum):
    """What gives a sector points."""

    SIGNALS = "signals"
    GRADES = "grades"
    CLUSTERS = "clusters"
    FINDINGS = "findings"
    COVERAGE = "coverage"


MOST_POINTS: Mapping[Part, int] = {
    Part.SIGNALS: 20,
    Part.GRADES: 30,
    Part.CLUSTERS: 20,
    Part.FINDINGS: 20,
    Part.COVERAGE: 10,
}


class RoleOfTesting(StrEnum):
    """What testing is for in a sector now."""

    START = "start"
    EVERYONE = "everyone"
    CONTACTS = "contacts"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class SectorCount:
    """What is counted of a sector, in the country or in one region.

    `cases` are those of the time that visits are looked at, `visited` how many of them had a visit; `reported` are
    the visits with a report, `infringements` those found in them. `clusters` are ids: one may lie in two regions.
    """

    signals: int = 0
    open_cases: Mapping[Grade, int] = field(default_factory=dict)
    clusters: tuple[str, ...] = ()
    visits: int = 0
    reported: int = 0
    infringements: int = 0
    cases: int = 0
    visited: int = 0
    tested: int = 0
    positive: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A sector's place in a ranking, with its points by part and the counts that they come from."""

    sector: Sector
    rank: int
    points: int
    parts: Mapping[Part, int]
    counted: SectorCount
    testing: RoleOfTesting


def ranking(counts: Mapping[Sector, SectorCount]) -> list[Standing]:
    """The sectors by their points, the riskiest first; equal points share a rank."""
    standings = [_standing(sector, counts.get(sector, SectorCount())) for sector in Sector]
    standings.sort(key=lambda one: -one.points)
    return [replace(one, rank=_rank(one, standings)) for one in standings]


def role_of_testing(counted: SectorCount) -> RoleOfTesting:
    """What testing should do: find out, find everyone, follow contacts, or keep watch.

    Everyone where the Wilson 95% lower bound of positives over tested is 10% or more, as in the grading rules.
    """
    if counted.tested and lower_bound(counted.positive, counted.tested, _Z) >= _SPREADS_FROM:
        return RoleOfTesting.EVERYONE
    if counted.positive:
        return RoleOfTesting.CONTACTS
    return RoleOfTesting.SAMPLE if counted.tested >= _FEW_TESTED else RoleOfTesting.START


def added(counts: Iterable[SectorCount]) -> SectorCount:
    """Several regions as one."""
    total = SectorCount()
    for one in counts:
        total = SectorCount(
            signals=total.signals + one.signals,
            open_cases={grade: total.open_cases.get(grade, 0) + one.open_cases.get(grade, 0) for grade in Grade},
            clusters=tuple(sorted({*total.clusters, *one.clusters})),
            visits=total.visits + one.visits,
            reported=total.reported + one.reported,
            infringements=total.infringements + one.infringements,
            cases=total.cases + one.cases,
            visited=total.visited + one.visited,
            tested=total.tested + one.tested,
            positive=total.positive + one.positive,
        )
    return total


def _standing(sector: Sector, counted: SectorCount) -> Standing:
    parts = {part: min(MOST_POINTS[part], points) for part, points in _points(counted).items()}
    return Standing(sector, 0, sum(parts.values()), parts, counted, role_of_testing(counted))


def _points(counted: SectorCount) -> dict[Part, int]:
    unseen = counted.cases - counted.visited
    return {
        Part.SIGNALS: counted.signals,
        Part.GRADES: sum(_POINTS_OF_GRADE[grade] * number for grade, number in counted.open_cases.items()),
        Part.CLUSTERS: _POINTS_PER_CLUSTER * len(counted.clusters),
        Part.FINDINGS: _share(_POINTS_PER_INFRINGEMENT * counted.infringements, counted.reported),
        Part.COVERAGE: _share(MOST_POINTS[Part.COVERAGE] * unseen, counted.cases),
    }


def _share(of: int, among: int) -> int:
    return round(of / among) if among else 0


def _rank(one: Standing, sorted_: Sequence[Standing]) -> int:
    return 1 + sum(other.points > one.points for other in sorted_)
