"""A ruleset: versioned data that says what counts, and when and where it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.triage.domain.factors import Factor, Input
from services.triage.domain.facts import GradingFacts
from shared.vocabulary import Grade, Sector, Theme


@dataclass(frozen=True, slots=True)
class UnknownsRule:
    """When too little is known while somebody is ill, the grade goes one step up, to `at_most`."""

    share_above: float
    at_most: Grade
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """So many linked infections make the grade at least `at_least`, and under conditions critical."""

    infections: int
    at_least: Grade
    critical_from_impact: int
    critical_from_share: float
    confidence_z: float
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """What a detected cluster does to the cases in it, if chance makes one no oftener than every `recurrence_days`.

    `impact_at_least` is a band, `at_least` a grade; a rule has one of them or both.
    """

    recurrence_days: float
    rule: str
    source: str
    impact_at_least: int | None = None
    at_least: Grade | None = None


class Rules(Protocol):
    """Where the rules for a day and a region are found."""

    def at(self, day: date, region: str | None) -> "Ruleset":
        """The one set that holds then and there; `region` is a safety region, None where it is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything a grade follows from, and when and where it holds.

    `valid_until` is its last day, None while no end is set; without `regions` it is for the whole country. A draft
    grades nothing: it is there to be tried on past cases. Without a `cluster` rule a detected cluster moves no grade.
    """

    version: str
    title: str
    valid_from: date
    window_days: int
    linking_days: int
    high_risk_sectors: frozenset[Sector]
    likelihood_from: tuple[int, ...]
    impact_from: tuple[int, ...]
    impact_when_unknown: int
    linked_sites_for_highest_impact: int
    matrix: tuple[tuple[Grade, ...], ...]
    unknowns: UnknownsRule
    trigger: TriggerRule
    inputs: Mapping[str, Input]
    factors: tuple[Factor, ...]
    valid_until: date | None = None
    regions: frozenset[str] = frozenset()
    draft: bool = False
    cluster: ClusterRule | None = None

    def at(self, day: date, region: str | None) -> "Ruleset":
        """Itself: one set alone holds always and everywhere."""
        return self

    def holds_on(self, day: date) -> bool:
        """Whether this day lies between its first and its last."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def inputs_of(self, themes: Sequence[Theme]) -> tuple[Input, ...]:
        """The likelihood inputs that belong to these themes, those of every theme included."""
        return tuple(entry for entry in self.inputs.values() if entry.theme is None or entry.theme in themes)

    def sector_points(self, sector: Sector) -> int:
        """What a sector alone gives."""
        given = (factor.kind.counted(GradingFacts((), sector=sector)) for factor in self.factors)
        return sum(counted.points for counted in given if counted)
