"""What a detected cluster does to a grade: nothing by the published rules, and what a clause says where one is."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.assessing import InCluster
from services.triage.domain.case import Case, ClosureReason, Event, closed, found, in_cluster, with_signal
from services.triage.domain.explanation import assess
from services.triage.domain.facts import GradingFacts, facts_of
from services.triage.domain.grading import judge
from services.triage.domain.ruleset import ClusterRule, Ruleset
from shared.situation import Situation
from shared.vocabulary import Grade, Sector
from tests.triage.builders import MEMBER, NOON, RULES, after, known_facts, signal, situation
from tests.triage.strategies import SITUATIONS

NOW = after(hours=5)
CLUSTER = InCluster("c1", date(2020, 10, 20), 400.0)


def with_clause(**effects: object) -> Ruleset:
    clause = {"recurrence_days": 365, "rule": "Een cluster telt mee.", "source": "proef", **effects}
    return replace(RULES, version="trial", cluster=ClusterRule(**clause))  # type: ignore[arg-type]


MODERATE = with_clause(at_least=Grade.MODERATE)
LARGE = with_clause(impact_at_least=3)


def in_a(days: float, **known: object) -> GradingFacts:
    return known_facts(cluster_recurrence_days=days, **known)


@given(SITUATIONS, st.floats(1, 100_000))
def test_the_published_rules_let_no_cluster_move_a_grade(one: Situation, days: float) -> None:
    plain = facts_of(one)
    assert judge(plain, RULES) == judge(plain.otherwise(cluster_recurrence_days=days), RULES)


@pytest.mark.plan("S22")
def test_a_clause_raises_the_grade_to_what_it_says() -> None:
    assert judge(in_a(365), MODERATE).grade == Grade.MODERATE
    assert judge(in_a(364), MODERATE).grade == Grade.LOW
    assert judge(known_facts(), MODERATE).grade == Grade.LOW
    assert judge(in_a(400, infections=4, people_exposed=60), MODERATE).grade == Grade.CRITICAL


def test_a_clause_raises_the_impact_before_the_matrix_is_read() -> None:
    raised = judge(in_a(400), LARGE)
    assert (raised.impact, raised.grade, raised.clustered) == (3, Grade.MODERATE, True)
    unknown = judge(in_a(400, people_exposed=None), LARGE)
    assert (unknown.impact, unknown.impact_assumed) == (3, False)


@given(SITUATIONS, st.floats(1, 1_000))
def test_no_clause_ever_lowers_a_grade(one: Situation, days: float) -> None:
    plain, both = facts_of(one), with_clause(at_least=Grade.HIGH, impact_at_least=2)
    assert judge(plain.otherwise(cluster_recurrence_days=days), both).grade.rank >= judge(plain, both).grade.rank


def test_the_explanation_says_what_the_cluster_does_and_what_would_be_without_it() -> None:
    told = assess(in_a(1234.4), with_clause(at_least=Grade.MODERATE, impact_at_least=2))
    assert told.cluster == (
        "De locatie ligt in een cluster van meldingen (bij toeval eens in 1.234 dagen): "
        "omvang minstens 2 en inschatting minstens matig."
    )
    assert told.summary.endswith("De locatie ligt in een cluster van meldingen.")
    assert told.smallest_change == (
        "Als blijkt dat de locatie niet in een cluster van meldingen ligt, wordt de inschatting laag."
    )
    triggered = assess(in_a(400, infections=4), LARGE)
    assert "Kritiek, omdat de locatie in een cluster van meldingen ligt" in (triggered.trigger or "")
    assert assess(in_a(10), MODERATE).cluster is None


def test_a_hash_of_before_clusters_were_a_fact_stays_what_it_was() -> None:
    known = GradingFacts((), sector=Sector.MEAT)
    assert known.digest("2020.1") == "73abca6300a226156831ddcd79736aad4d6805008f6484040cde16c6a449d044"
    assert known.otherwise(cluster_recurrence_days=400).digest("2020.1") != known.digest("2020.1")


def quiet_case(rules: Ruleset) -> Case:
    return found("Z-1", signal(about=situation(people_exposed=20)), rules, NOON)


@pytest.mark.plan("S22")
def test_a_case_seen_in_a_cluster_is_assessed_anew_and_its_clock_runs_from_then() -> None:
    rules = with_clause(at_least=Grade.HIGH)
    raised = in_cluster(quiet_case(rules), CLUSTER, rules, NOW)
    assert raised.grade == Grade.HIGH
    assert [entry.event for entry in raised.history[-3:]] == [Event.IN_CLUSTER, Event.GRADED, Event.CLOCK_STARTED]
    assert raised.clock is not None
    assert raised.clock.started_at == NOW
    assert raised.grade_line[-1].grade == Grade.HIGH


def test_rules_without_a_clause_leave_a_case_untouched() -> None:
    case = quiet_case(RULES)
    assert in_cluster(case, CLUSTER, RULES, NOW) is case


def test_a_closed_case_and_one_that_is_known_to_lie_there_stay_as_they_are() -> None:
    case = quiet_case(MODERATE)
    shut = closed(case, ClosureReason.UNFOUNDED, None, MEMBER, NOW)
    assert in_cluster(shut, CLUSTER, MODERATE, NOW) is shut
    once = in_cluster(case, CLUSTER, MODERATE, NOW)
    assert in_cluster(once, CLUSTER, MODERATE, NOW) is once
    again = in_cluster(once, replace(CLUSTER, until=date(2020, 10, 21)), MODERATE, NOW)
    assert (again.cluster, again.history) == (replace(CLUSTER, until=date(2020, 10, 21)), once.history)


def test_a_cluster_counts_as_long_as_infections_do() -> None:
    case = in_cluster(quiet_case(MODERATE), CLUSTER, MODERATE, NOW)
    soon, late = (signal(f"s{days}", after(days=days), situation(people_exposed=20)) for days in (14, 15))
    assert with_signal(case, soon, MODERATE, NOW).grade == Grade.MODERATE
    assert with_signal(case, late, MODERATE, NOW).grade == Grade.LOW
