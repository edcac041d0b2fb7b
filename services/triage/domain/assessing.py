"""Signals assessed together: by the rules of the day and the region that their newest facts are of.

A change of rules changes no grade by itself: who looked at a case yesterday finds it today as it was. New facts are
assessed by the rules of their day. The day is that of their receipt, not that of assessing, so that a replay of all
facts comes to the same grades.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.triage.domain.assessment import Assessment
from services.triage.domain.explanation import assess
from services.triage.domain.facts import GradingFacts, facts_of
from services.triage.domain.merging import CaseSignal, merge, newest, site_of
from services.triage.domain.ruleset import Rules, Ruleset
from shared.calendar import day_of
from shared.situation import Situation


@dataclass(frozen=True, slots=True)
class InCluster:
    """The detected cluster that a case lies in, as last seen: `until` is its last day."""

    id: str
    until: date
    recurrence_days: float


def ruleset_for(signals: Sequence[CaseSignal], rules: Rules) -> Ruleset:
    """The rules that a case with these signals is assessed by."""
    return rules.at(day_of(newest(signals)), site_of(signals).region)


def assessed(signals: Sequence[CaseSignal], rules: Rules, cluster: InCluster | None) -> tuple[Situation, Assessment]:
    """What these signals say together, and its assessment."""
    ruleset = ruleset_for(signals, rules)
    situation = merge(signals, ruleset)
    return situation, assess(facts_in(situation, cluster, signals, ruleset), ruleset)


def facts_in(
    situation: Situation, cluster: InCluster | None, signals: Sequence[CaseSignal], ruleset: Ruleset
) -> GradingFacts:
    """What of a situation counts; a cluster is a fact where the rules have a clause for it, and for their window."""
    facts = facts_of(situation)
    if cluster is None or ruleset.cluster is None or not signals:
        return facts
    horizon = day_of(newest(signals)) - timedelta(days=ruleset.window_days)
    return facts.otherwise(cluster_recurrence_days=cluster.recurrence_days) if cluster.until >= horizon else facts
