"""A grade with its whole explanation: what counted, what is unknown, and what would alter it."""

from dataclasses import dataclass
from datetime import date

from shared.vocabulary import Grade, Theme


@dataclass(frozen=True, slots=True)
class FactorPoints:
    """One factor that counted, with the fact it rests on and the source of its norm."""

    factor: str
    points: int
    theme: Theme | None
    because: str
    short: str
    source: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that nobody told yet; `asks` is the question in words."""

    input: str
    asks: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The same facts under the same ruleset always give the same assessment."""

    grade: Grade
    ruleset: str
    points: int
    likelihood: int
    impact: int
    impact_assumed: bool
    factors: tuple[FactorPoints, ...]
    unknowns: tuple[Unknown, ...]
    raised_for_unknowns: bool
    trigger: str | None
    smallest_change: str | None
    summary: str
    input_hash: str
    cluster: str | None = None

    def points_by_theme(self, themes: tuple[Theme, ...]) -> dict[Theme, int]:
        """The points of each of these themes and of every other theme that has any."""
        points = dict.fromkeys(themes, 0)
        for counted in self.factors:
            if counted.theme is not None:
                points[counted.theme] = points.get(counted.theme, 0) + counted.points
        return points
