"""The weights by which signals link, and what follows from them for two records.

Fellegi and Sunter (1969): a level of agreement that is found in a share m of the pairs that are about the same, and in
a share u of those that are not, multiplies the odds by m/u.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, log2

from services.triage.domain.linkage.agreement import Degree, Record
from services.triage.domain.linkage.likeness import Agreement, Likeness, Verdict
from services.triage.domain.linkage.records import Folding

Pattern = tuple[int | None, ...]
"""The place of the level that each comparison found, None where the field is not known."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of agreement: pairs whose degree reaches `bound`. `asks` is a doubt that only a person can end."""

    name: str
    bound: float
    m: float
    u: float
    says: str
    asks: bool = False

    @property
    def bits(self) -> float:
        """The weight of evidence, log2(m/u)."""
        return log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one field is compared; its levels go from the most agreement to none.

    It says nothing where one of the comparisons in `unless` has spoken: what the one tells, the other would repeat.
    """

    field: str
    label: str
    degree: Degree
    levels: tuple[Level, ...]
    unless: frozenset[str]

    def level(self, one: Record, other: Record) -> int | None:
        """The place of the level two records are on, or None when the field is not known on both sides."""
        degree = self.degree(one, other)
        if degree is None:
            return None
        for place, level in enumerate(self.levels):
            if degree >= level.bound:
                return place
        raise AssertionError("the last level takes whatever is left")


@dataclass(frozen=True, slots=True)
class Block:
    """Where candidates come from: records that share a key made `by` these fields.

    `pieces` of two three-letter pieces each are made of the last field when it is set. Of those records, only the ones
    whose house numbers lie within `numbers_within` where both are known, and when `same_theme`, only those that share
    a theme; at the same number any theme does.
    """

    name: str
    by: tuple[str, ...]
    pieces: int = 0
    same_theme: bool = False
    numbers_within: int | None = None


@dataclass(frozen=True)
class LinkModel:
    """Everything a link follows from. `days` is how far apart two signals about one situation can be."""

    version: str
    title: str
    prior: float
    automatic_from: float
    suggested_from: float
    days: int
    legal_forms: tuple[str, ...]
    trade_words: frozenset[str]
    blocks: tuple[Block, ...]
    comparisons: tuple[Comparison, ...]

    @cached_property
    def folding(self) -> Folding:
        """How names are folded for these comparisons."""
        return Folding(self.legal_forms, self.trade_words)

    def pattern(self, one: Record, other: Record) -> Pattern:
        """On which level each comparison finds two records."""
        return tuple(self._places(one, other))

    def likely_pattern(self, one: Record, other: Record) -> Pattern | None:
        """The same where it is not apart; None as soon as whatever is still to be compared could not mend that.

        Most records under a key of a busy street are other companies: after name and address nothing of them can.
        """
        found: list[int | None] = []
        spoken: set[str] = set()
        bits, apart_below = self._prior_bits, self._apart_below
        for comparison, levels, best in self._steps:
            place = comparison.level(one, other) if comparison.unless.isdisjoint(spoken) else None
            found.append(place)
            if place is not None:
                spoken.add(comparison.field)
                bits += levels[place]
            if bits + best < apart_below:
                return None
        pattern = tuple(found)
        return None if self.verdict(pattern) is Verdict.APART else pattern

    def _places(self, one: Record, other: Record) -> Iterator[int | None]:
        spoken: set[str] = set()
        for comparison in self.comparisons:
            place = comparison.level(one, other) if comparison.unless.isdisjoint(spoken) else None
            if place is not None:
                spoken.add(comparison.field)
            yield place

    @cached_property
    def _prior_bits(self) -> float:
        return log2(self.prior / (1 - self.prior))

    @cached_property
    def _steps(self) -> tuple[tuple[Comparison, tuple[float, ...], float], ...]:
        """Each comparison with the bits of its levels, and the most that those after it can add.

        One that says nothing adds nothing.
        """
        bits = [tuple(level.bits for level in comparison.levels) for comparison in self.comparisons]
        best = [max(0.0, *levels) for levels in bits]
        rests = [sum(best[place + 1 :]) for place in range(len(best))]
        return tuple(zip(self.comparisons, bits, rests, strict=True))

    @cached_property
    def _apart_below(self) -> float:
        """The bits of the least that a person is asked about, less what adding in another order may take away."""
        least = self.suggested_from
        return log2(least / (1 - least)) - 1e-6 if 0 < least < 1 else -inf

    def bits(self, pattern: Pattern) -> float:
        """The logarithm to base 2 of the odds, of the prior and all that is known."""
        return self._prior_bits + sum(level.bits for _, level in self._levels(pattern))

    def probability(self, pattern: Pattern) -> float:
        """Between 0 and 1."""
        return self._judged(pattern)[0]

    def compare(self, one: Record, other: Record) -> Likeness:
        """How alike two records are, and why."""
        return self.likeness(self.pattern(one, other))

    def likeness(self, pattern: Pattern) -> Likeness:
        """What a pattern says, in numbers and words."""
        known = self._likenesses.get(pattern)
        if known is None:
            known = self._likenesses[pattern] = self._likeness(pattern)
        return known

    def _likeness(self, pattern: Pattern) -> Likeness:
        levels = list(self._levels(pattern))
        asks = tuple(level.says for _, level in levels if level.asks)
        agreements = tuple(
            Agreement(comparison.field, comparison.label, level.name, level.says, round(level.bits, 2))
            for comparison, level in levels
        )
        return Likeness(self.probability(pattern), self.verdict(pattern), agreements, asks, self.version)

    def verdict(self, pattern: Pattern) -> Verdict:
        """What follows from a pattern."""
        return self._judged(pattern)[1]

    def weighed(self, prior: float, weights: Mapping[str, Sequence[tuple[float, float]]]) -> "LinkModel":
        """The same comparisons with another prior and, per field, other (m, u) of its levels."""
        comparisons = tuple(
            replace(
                comparison,
                levels=tuple(
                    replace(level, m=m, u=u)
                    for level, (m, u) in zip(comparison.levels, weights[comparison.field], strict=True)
                ),
            )
            for comparison in self.comparisons
        )
        return replace(self, prior=prior, comparisons=comparisons)

    @cached_property
    def _judgements(self) -> dict[Pattern, tuple[float, Verdict]]:
        """Of the patterns that were met: there are few, and a busy key has many pairs on each."""
        return {}

    @cached_property
    def _likenesses(self) -> dict[Pattern, Likeness]:
        return {}

    def _judged(self, pattern: Pattern) -> tuple[float, Verdict]:
        known = self._judgements.get(pattern)
        if known is None:
            probability = 1 / (1 + 2 ** -max(-1000.0, min(1000.0, self.bits(pattern))))
            known = self._judgements[pattern] = probability, self._verdict(pattern, probability)
        return known

    def _verdict(self, pattern: Pattern, probability: float) -> Verdict:
        if probability >= self.automatic_from and not any(level.asks for _, level in self._levels(pattern)):
            return Verdict.AUTOMATIC
        return Verdict.SUGGESTED if probability >= self.suggested_from else Verdict.APART

    def _levels(self, pattern: Pattern) -> Iterator[tuple[Comparison, Level]]:
        for comparison, place in zip(self.comparisons, pattern, strict=True):
            if place is not None:
                yield comparison, comparison.levels[place]
