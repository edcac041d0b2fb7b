"""A member sets a grade in place of the rules: both stay, and new facts that say otherwise are told."""

from dataclasses import replace

import pytest

from services.triage.domain.case import (
    Case,
    ClosureReason,
    Event,
    NotAllowed,
    closed,
    found,
    overridden,
    override_lifted,
    with_supplement,
)
from services.triage.use_cases.telling import tell_assessed
from shared.contracts.triage import CaseAssessed
from shared.vocabulary import Grade, Sector
from tests.triage.builders import MEMBER, NOON, RULES, after, signal, situation

WHY = "De GGD kent dit adres."
QUIET = found("Z-2020-ABCDEF", signal(), RULES, NOON)


def told(before: Case, case: Case) -> CaseAssessed:
    (telling,) = tell_assessed(before, case, after(hours=1), after(hours=1))
    fact = telling.fact
    assert isinstance(fact, CaseAssessed)
    return fact


@pytest.mark.plan("S22")
def test_a_member_sets_a_grade_and_that_of_the_rules_stays_beside_it() -> None:
    case = overridden(QUIET, Grade.HIGH, WHY, MEMBER, after(hours=1))
    assert (case.grade, case.assessment.grade) == (Grade.HIGH, Grade.LOW)
    assert case.override is not None and case.override.assessed == Grade.LOW
    last = case.grade_line[-1]
    assert (last.grade, last.who, last.why) == (Grade.HIGH, MEMBER, WHY)
    assert Event.OVERRIDDEN in [entry.event for entry in case.history]


@pytest.mark.plan("S08")
def test_a_clock_that_a_member_starts_runs_from_then() -> None:
    case = overridden(QUIET, Grade.CRITICAL, WHY, MEMBER, after(hours=5))
    assert case.clock is not None and case.clock.started_at == after(hours=5)
    assert overridden(case, Grade.LOW, WHY, MEMBER, after(hours=6)).clock is None


def test_what_holds_and_what_the_rules_say_are_both_told_without_the_person() -> None:
    fact = told(QUIET, overridden(QUIET, Grade.HIGH, WHY, MEMBER, after(hours=1)))
    assert (fact.grade, fact.assessment.grade, fact.previous_grade) == (Grade.HIGH, Grade.LOW, Grade.LOW)
    assert MEMBER.name not in fact.model_dump_json() and WHY not in fact.model_dump_json()


def test_new_facts_that_say_something_else_are_told_and_the_members_grade_holds() -> None:
    case = overridden(QUIET, Grade.HIGH, WHY, MEMBER, after(hours=1))
    worse = situation(people_exposed=657, tested=212, positive=45)
    later = with_supplement(case, "s1", worse, after(hours=2), RULES, after(hours=2))
    assert (later.grade, later.assessment.grade, later.disputed) == (Grade.HIGH, Grade.CRITICAL, True)
    assert later.history[-1].event == Event.OVERRIDE_DISPUTED
    fact = told(case, later)
    assert fact.override is not None and fact.override.disputed


def test_facts_that_are_graver_under_a_grade_the_rules_keep_are_told_once_each_time() -> None:
    outbreak = situation(people_exposed=60, confirmed_infections=4)
    case = overridden(with_supplement(QUIET, "s1", outbreak, NOON, RULES, NOON), Grade.MODERATE, WHY, MEMBER, NOON)
    assert (case.assessment.grade, case.disputed) == (Grade.CRITICAL, False)
    same = with_supplement(case, "s1", outbreak, after(hours=1), RULES, after(hours=1))
    assert not same.disputed
    worse = situation(people_exposed=60, confirmed_infections=4, tested=200, positive=60)
    later = with_supplement(same, "s1", worse, after(hours=2), RULES, after(hours=2))
    assert (later.grade, later.assessment.grade, later.disputed) == (Grade.MODERATE, Grade.CRITICAL, True)
    colder = with_supplement(later, "s1", replace(worse, sector=Sector.MEAT), after(hours=3), RULES, after(hours=3))
    again = with_supplement(colder, "s1", outbreak, after(hours=4), RULES, after(hours=4))
    told = [entry.at for entry in again.history if entry.event == Event.OVERRIDE_DISPUTED]
    assert told == [after(hours=2), after(hours=3)]
    assert not again.disputed


def test_graver_facts_dispute_no_grade_that_is_graver_still() -> None:
    case = overridden(QUIET, Grade.CRITICAL, WHY, MEMBER, after(hours=1))
    later = with_supplement(case, "s1", situation(people_exposed=60, shared_breaks=True), NOON, RULES, after(hours=2))
    assert later.severity.exceeds(case.severity)
    assert (later.assessment.grade, later.disputed) == (Grade.LOW, False)


def test_new_facts_that_agree_dispute_nothing() -> None:
    case = overridden(QUIET, Grade.HIGH, WHY, MEMBER, after(hours=1))
    later = with_supplement(case, "s1", situation(confirmed_infections=1), after(hours=2), RULES, after(hours=2))
    assert later.disputed == (later.assessment.grade not in (Grade.HIGH, Grade.LOW))


def test_the_rules_hold_again_when_a_member_takes_it_back() -> None:
    case = override_lifted(overridden(QUIET, Grade.HIGH, WHY, MEMBER, after(hours=1)), WHY, MEMBER, after(hours=2))
    assert (case.grade, case.override, case.clock) == (Grade.LOW, None, None)
    assert len(case.clocks) == 1


def test_the_same_grade_a_closed_case_and_nothing_to_take_back_are_refused() -> None:
    with pytest.raises(NotAllowed):
        overridden(QUIET, QUIET.grade, WHY, MEMBER, NOON)
    with pytest.raises(NotAllowed):
        override_lifted(QUIET, WHY, MEMBER, NOON)
    with pytest.raises(NotAllowed):
        overridden(closed(QUIET, ClosureReason.VISITED, None, MEMBER, NOON), Grade.HIGH, WHY, MEMBER, NOON)


def test_worse_facts_reopen_what_was_closed_at_a_members_lower_grade() -> None:
    case = overridden(QUIET, Grade.MODERATE, WHY, MEMBER, NOON)
    shut = closed(replace(case), ClosureReason.VISITED, None, MEMBER, NOON)
    worse = situation(people_exposed=657, tested=212, positive=45)
    later = with_supplement(shut, "s1", worse, after(hours=2), RULES, after(hours=2))
    assert later.is_open and later.disputed


def test_facts_that_are_no_worse_leave_what_was_closed_at_a_members_lower_grade_closed() -> None:
    outbreak = situation(people_exposed=20, confirmed_infections=4)
    case = overridden(with_supplement(QUIET, "s1", outbreak, NOON, RULES, NOON), Grade.LOW, WHY, MEMBER, after(hours=1))
    shut = closed(case, ClosureReason.UNFOUNDED, None, MEMBER, after(hours=2))
    assert not with_supplement(shut, "s1", outbreak, after(hours=3), RULES, after(hours=3)).is_open
