"""Earlier cases that were alike in what counted: how alike, and in what.

Two cases are compared by the features that grading looks at, each with a weight: every factor with the points it gave,
the sector (10), each theme (5), each impact band above the first (8), the trigger (20). Likeness is what both have of
these weights over what either has (Ruzicka 1958): 1 for the same features, 0 for none in common. Nothing else of a case
enters: no place, no name, no date, and not how it was decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.triage.domain.assessment import Assessment
from services.triage.domain.case import ClosureReason
from shared.vocabulary import ConsultationOutcome, Grade, Sector, Theme

LEAST = 0.3
"""Less alike is not worth a look."""

MOST_SHOWN = 3

_SECTOR, _THEME, _IMPACT_BAND, _TRIGGER = 10, 5, 8, 20


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a case: weights by feature, the factors among them as people read them, and its sector."""

    weights: Mapping[str, int]
    factors: tuple[str, ...]
    sector: Sector | None


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """An earlier case: how it was graded when it was closed, and why it was closed.

    `parts` are the ids under which planning and visits know it: its own, and those of what was merged into it.
    """

    id: str
    parts: tuple[str, ...]
    number: str
    profile: Profile
    grade: Grade
    closed_at: datetime
    reason: ClosureReason
    note: str | None


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier case with how alike it is, from 0 to 1, and the factors that both, only this or only that one has."""

    case: ClosedCase
    likeness: float
    both: tuple[str, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    same_sector: bool


@dataclass(frozen=True, slots=True)
class Precedent:
    """What came of an earlier case: what consultations decided, how many visits there were, what reports found.

    `infringements` is None where no report is in.
    """

    alike: Alike
    outcomes: tuple[ConsultationOutcome, ...] = ()
    visits: int = 0
    infringements: int | None = None


def profile_of(assessment: Assessment, themes: Sequence[Theme], sector: Sector | None) -> Profile:
    """What of a case is compared."""
    # By their short name: of one factor, the sector, it tells which one it was.
    weights = {f"factor {given.short}": given.points for given in assessment.factors}
    weights |= {f"theme {theme}": _THEME for theme in themes}
    weights |= {f"impact {band}": _IMPACT_BAND for band in range(2, assessment.impact + 1)}
    if sector is not None:
        weights[f"sector {sector}"] = _SECTOR
    if assessment.trigger:
        weights["trigger"] = _TRIGGER
    return Profile(weights, tuple(given.short for given in assessment.factors), sector)


def most_alike(mine: Profile, others: Iterable[ClosedCase]) -> list[Alike]:
    """The earlier cases most alike, at most three; of equals those closed last.

    One that shares neither a factor nor the sector is no precedent, however little else is known of either.
    """
    compared = (compare(mine, other) for other in others)
    worth_it = [alike for alike in compared if alike.likeness >= LEAST and (alike.both or alike.same_sector)]
    return sorted(worth_it, key=lambda alike: (-alike.likeness, -alike.case.closed_at.timestamp()))[:MOST_SHOWN]


def compare(mine: Profile, other: ClosedCase) -> Alike:
    """How alike an earlier case is, and in what."""
    here, there = mine.factors, other.profile.factors
    return Alike(
        case=other,
        likeness=likeness(mine.weights, other.profile.weights),
        both=tuple(factor for factor in here if factor in there),
        only_here=tuple(factor for factor in here if factor not in there),
        only_there=tuple(factor for factor in there if factor not in here),
        same_sector=mine.sector is not None and mine.sector is other.profile.sector,
    )


def likeness(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """The weight that both have, over the weight that either has; 0 where neither has any."""
    features = one.keys() | other.keys()
    either = sum(max(one.get(name, 0), other.get(name, 0)) for name in features)
    both = sum(min(one.get(name, 0), other.get(name, 0)) for name in features)
    return both / either if either else 0.0
