"""The kinds of factors a ruleset can hold: when each counts, and what would make it count otherwise.

Those that rest on a choice say the facts with which they would count (`stronger`) or no longer count (`gone`), those
that rest on a number where it begins to count otherwise (`starts`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.triage.domain.facts import GradingFacts
from shared.vocabulary import Sector, Theme


@dataclass(frozen=True, slots=True)
class Counted:
    """What a factor gave for certain facts: its points, the sentence and the short name to show."""

    points: int
    because: str
    short: str


@dataclass(frozen=True, slots=True)
class Change:
    """One fact being otherwise: "als blijkt dat {found}"."""

    input: str
    facts: GradingFacts
    found: str


class Kind(Protocol):
    """How one kind of factor reads the facts."""

    def counted(self, facts: GradingFacts) -> Counted | None:
        """What it gives, or None when it does not count."""
        ...

    def rows(self) -> Sequence[tuple[str, int]]:
        """When it counts, going on after "als", and for how much; weakest first."""
        ...


@dataclass(frozen=True, slots=True)
class Input:
    """One fact asked for; without a theme it belongs to every case.

    `asks` goes on after "onbekend is", `gone` and `found` after "als blijkt dat".
    """

    name: str
    theme: Theme | None
    asks: str
    gone: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Yes:
    """Counts when any of its yes/no inputs is true."""

    inputs: tuple[Input, ...]
    points: int
    because: str
    short: str

    def counted(self, facts: GradingFacts) -> Counted | None:
        if any(getattr(facts, entry.name) for entry in self.inputs):
            return Counted(self.points, self.because, self.short)
        return None

    def stronger(self, facts: GradingFacts) -> Iterator[Change]:
        if not self.counted(facts):
            for entry in self.inputs:
                yield Change(entry.name, facts.otherwise(**{entry.name: True}), entry.found)

    def gone(self, facts: GradingFacts) -> Iterator[Change]:
        true = [entry for entry in self.inputs if getattr(facts, entry.name)]
        if true:
            otherwise = facts.otherwise(**{entry.name: False for entry in true})
            yield Change(true[0].name, otherwise, " en ".join(entry.gone for entry in true))

    def rows(self) -> Sequence[tuple[str, int]]:
        return [(" of ".join(entry.found for entry in self.inputs), self.points)]


@dataclass(frozen=True, slots=True)
class Step:
    """From this count on, so many points; `one` is the sentence for a count of exactly one."""

    start: int
    points: int
    because: str
    found: str
    one: str = ""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Counts by the highest step that a count reaches."""

    input: Input
    steps: tuple[Step, ...]
    short: str

    def counted(self, facts: GradingFacts) -> Counted | None:
        count = getattr(facts, self.input.name) or 0
        reached = [step for step in self.steps if count >= step.start]
        if not reached:
            return None
        step = reached[-1]
        sentence = step.one if count == 1 and step.one else step.because
        return Counted(step.points, sentence.format(n=_said(count)), self.short)

    def starts(self, _facts: GradingFacts) -> Sequence[int]:
        return [step.start for step in self.steps]

    def rows(self) -> Sequence[tuple[str, int]]:
        return [(step.found, step.points) for step in self.steps]


@dataclass(frozen=True, slots=True)
class Norm:
    """Counts when a number lies beyond a norm; `under` tells on which side it is wrong."""

    input: Input
    points: int
    norm: int
    under: bool
    because: str
    short: str
    found: str
    norm_in_high_risk_sector: int | None = None
    high_risk_sectors: frozenset[Sector] = frozenset()

    def counted(self, facts: GradingFacts) -> Counted | None:
        number, norm = getattr(facts, self.input.name), self.norm_for(facts)
        if number is None or (number >= norm if self.under else number <= norm):
            return None
        return Counted(self.points, self.because.format(n=_said(number), norm=norm), self.short)

    def starts(self, facts: GradingFacts) -> Sequence[int]:
        norm = self.norm_for(facts)
        return [norm if self.under else norm + 1]

    def rows(self) -> Sequence[tuple[str, int]]:
        strict = self.norm_in_high_risk_sector
        stricter = "" if strict is None else f" (in risicosectoren: meer dan {strict})"
        return [(self.found.format(norm=self.norm) + stricter, self.points)]

    def norm_for(self, facts: GradingFacts) -> int:
        """The norm that holds in this sector."""
        strict = self.norm_in_high_risk_sector
        return strict if strict is not None and facts.sector in self.high_risk_sectors else self.norm


@dataclass(frozen=True, slots=True)
class SectorPoints:
    """What one sector gives."""

    points: int
    because: str
    short: str
    found: str


@dataclass(frozen=True, slots=True)
class BySector:
    """Counts by the sector; a known sector is not supposed to turn out another."""

    input: Input
    sectors: Mapping[Sector, SectorPoints]

    def counted(self, facts: GradingFacts) -> Counted | None:
        found = self.sectors.get(facts.sector) if facts.sector else None
        return Counted(found.points, found.because, found.short) if found else None

    def stronger(self, facts: GradingFacts) -> Iterator[Change]:
        if facts.sector is None:
            for sector, given in self.sectors.items():
                yield Change(self.input.name, facts.otherwise(sector=sector), given.found)

    def gone(self, facts: GradingFacts) -> Iterator[Change]:
        yield from ()

    def rows(self) -> Sequence[tuple[str, int]]:
        return [(given.found, given.points) for given in self.sectors.values()]


@dataclass(frozen=True, slots=True)
class Factor:
    """One row of the points table with where it comes from and since when that norm holds."""

    id: str
    theme: Theme | None
    inputs: tuple[Input, ...]
    kind: Kind
    source: str
    valid_from: date | None = None
    valid_until: date | None = None


def _said(number: float) -> str:
    return f"{number:g}".replace(".", ",") if isinstance(number, float) else f"{number:,}".replace(",", ".")
