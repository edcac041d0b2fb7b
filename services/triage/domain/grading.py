"""The evaluator: facts and rules in, a grade with its reasons out; nothing else is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.domain.assessment import FactorPoints, Unknown
from services.triage.domain.facts import GradingFacts
from services.triage.domain.ruleset import ClusterRule, Ruleset
from services.triage.domain.wilson import lower_bound
from shared.vocabulary import Grade

GRADES = tuple(Grade)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a grade came about, step by step: matrix, then unknowns, then trigger.

    `clustered` says that the rules have a clause for a detected cluster and that this one is rare enough for it.
    `positive_share` is the lower bound of the share of positive tests, None when it cannot be told.
    """

    points: int
    likelihood: int
    impact: int
    impact_assumed: bool
    clustered: bool
    by_matrix: Grade
    with_unknowns: Grade
    triggered: bool
    positive_share: float | None
    grade: Grade

    @property
    def raised_for_unknowns(self) -> bool:
        return self.with_unknowns != self.by_matrix


def judge(facts: GradingFacts, rules: Ruleset) -> Verdict:
    """The grade of these facts, in the order that the ruleset lays down."""
    points = points_of(facts, rules)
    impact, assumed = impact_of(facts, rules)
    likelihood = _band(points, rules.likelihood_from)
    by_matrix = rules.matrix[likelihood - 1][impact - 1]
    with_unknowns = _with_unknowns(facts, rules, by_matrix)
    triggered = (facts.infections or 0) >= rules.trigger.infections
    share = positive_share(facts, rules)
    clause = cluster_clause(facts, rules)
    grade = with_unknowns
    if triggered:
        by_share = share is not None and share >= rules.trigger.critical_from_share
        critical = by_share or impact >= rules.trigger.critical_from_impact
        grade = _highest(grade, Grade.CRITICAL if critical else rules.trigger.at_least)
    if clause and clause.at_least:
        grade = _highest(grade, clause.at_least)
    return Verdict(
        points=points,
        likelihood=likelihood,
        impact=impact,
        impact_assumed=assumed,
        clustered=clause is not None,
        by_matrix=by_matrix,
        with_unknowns=with_unknowns,
        triggered=triggered,
        positive_share=share,
        grade=grade,
    )


def counted_factors(facts: GradingFacts, rules: Ruleset) -> tuple[FactorPoints, ...]:
    """Every factor that counts, whatever the themes of the case; the heaviest first."""
    counted = [
        FactorPoints(
            factor.id,
            given.points,
            factor.theme,
            given.because,
            given.short,
            factor.source,
            factor.valid_from,
            factor.valid_until,
        )
        for factor in rules.factors
        if (given := factor.kind.counted(facts))
    ]
    return tuple(sorted(counted, key=lambda factor: -factor.points))


def points_of(facts: GradingFacts, rules: Ruleset) -> int:
    """The likelihood points of these facts."""
    return sum(given.points for factor in rules.factors if (given := factor.kind.counted(facts)))


def impact_of(facts: GradingFacts, rules: Ruleset) -> tuple[int, bool]:
    """The impact band, and whether it is assumed because nobody knows how many people are exposed."""
    band, assumed = _impact_alone(facts, rules)
    clause = cluster_clause(facts, rules)
    if clause and clause.impact_at_least and clause.impact_at_least > band:
        return clause.impact_at_least, False
    return band, assumed


def cluster_clause(facts: GradingFacts, rules: Ruleset) -> ClusterRule | None:
    """What the rules say of the detected cluster that a site lies in; None where they say nothing of it."""
    days, clause = facts.cluster_recurrence_days, rules.cluster
    return clause if clause and days is not None and days >= clause.recurrence_days else None


def _impact_alone(facts: GradingFacts, rules: Ruleset) -> tuple[int, bool]:
    if (facts.linked_sites or 0) >= rules.linked_sites_for_highest_impact:
        return len(rules.impact_from), False
    if facts.people_exposed is None:
        return rules.impact_when_unknown, True
    return _band(facts.people_exposed, rules.impact_from), False


def unknowns_of(facts: GradingFacts, rules: Ruleset) -> tuple[Unknown, ...]:
    """The likelihood inputs of the case's themes that nobody told yet."""
    return tuple(
        Unknown(entry.name, entry.asks) for entry in rules.inputs_of(facts.themes) if getattr(facts, entry.name) is None
    )


def mostly_unknown(facts: GradingFacts, rules: Ruleset) -> bool:
    """Whether more than the tolerated share of the inputs is unknown."""
    inputs = rules.inputs_of(facts.themes)
    unknown = sum(getattr(facts, entry.name) is None for entry in inputs)
    return unknown > rules.unknowns.share_above * len(inputs)


def positive_share(facts: GradingFacts, rules: Ruleset) -> float | None:
    """The lower bound of the share of positive tests; None without a usable pair of numbers."""
    if facts.positive is None or not facts.tested or facts.positive > facts.tested:
        return None
    return lower_bound(facts.positive, facts.tested, rules.trigger.confidence_z)


def _with_unknowns(facts: GradingFacts, rules: Ruleset, by_matrix: Grade) -> Grade:
    if facts.somebody_ill and mostly_unknown(facts, rules):
        return _one_up(by_matrix, rules.unknowns.at_most)
    return by_matrix


def _one_up(grade: Grade, at_most: Grade) -> Grade:
    return grade if grade.rank >= at_most.rank else GRADES[grade.rank + 1]


def _highest(*grades: Grade) -> Grade:
    return max(grades, key=lambda grade: grade.rank)


def _band(number: int, starts: Sequence[int]) -> int:
    return sum(number >= start for start in starts)
