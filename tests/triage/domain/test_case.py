"""A case through its life: signals join, change and go, grades and clocks follow, a person closes it."""

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import Case, ClosureReason, Event, NotAllowed
from services.triage.domain.clock import StopReason
from services.triage.domain.merging import CaseSignal
from services.triage.domain.numbers import case_id, case_number
from shared.situation import Site
from shared.vocabulary import Grade
from tests.triage.builders import HOUSING, MEMBER, NOON, RULES, after, signal, situation

QUIET = situation(people_exposed=20, distance_not_kept=False, confirmed_infections=0)
OUTBREAK = situation(people_exposed=20, confirmed_infections=4)


def founded(first: CaseSignal | None = None) -> Case:
    return cases.found("Z-2020-7K4Q2M", first or signal("s1", about=QUIET), RULES, NOON)


def events(case: Case) -> list[Event]:
    return [entry.event for entry in case.history]


def test_a_first_signal_founds_a_graded_case() -> None:
    case = founded()
    assert (case.grade, case.clock, case.is_open) == (Grade.LOW, None, True)
    assert events(case) == [Event.OPENED, Event.GRADED]
    assert [step.grade for step in case.grade_line] == [Grade.LOW]


@pytest.mark.plan("S07")
def test_a_worse_signal_raises_the_grade_and_starts_the_clock_from_its_receipt() -> None:
    case = cases.with_signal(founded(), signal("s2", after(hours=3), OUTBREAK), RULES, after(hours=3, minutes=1))
    assert [one.id for one in case.signals] == ["s1", "s2"]
    assert [step.grade for step in case.grade_line] == [Grade.LOW, Grade.HIGH]
    assert case.clock is not None
    assert (case.clock.started_at, case.clock.started_by) == (after(hours=3), "s2")
    assert events(case)[2:] == [Event.SIGNAL_JOINED, Event.GRADED, Event.CLOCK_STARTED]


def test_a_signal_that_says_nothing_new_leaves_the_grade_line_alone() -> None:
    case = cases.with_signal(founded(), signal("s2", after(hours=1), QUIET), RULES, after(hours=1))
    assert len(case.grade_line) == 1
    assert events(case)[-1] == Event.SIGNAL_JOINED


def test_a_supplement_replaces_what_the_signal_said() -> None:
    case = cases.with_supplement(founded(), "s1", OUTBREAK, after(hours=2), RULES, after(hours=2))
    assert case.situation == OUTBREAK
    assert case.clock is not None
    assert case.clock.started_at == after(hours=2)
    assert case.signals[0].received_at == NOON


def test_a_withdrawal_lowers_the_grade_and_stops_the_clock_on_record() -> None:
    case = cases.with_signal(founded(), signal("s2", about=OUTBREAK), RULES, NOON)
    case = cases.with_withdrawal(case, "s2", after(hours=1), RULES, after(hours=1))
    assert case.grade == Grade.LOW
    assert case.clock is None
    assert case.clocks[-1].stopped_for == StopReason.GRADE_FELL
    assert events(case)[-3:] == [Event.SIGNAL_WITHDRAWN, Event.GRADED, Event.CLOCK_STOPPED]
    assert case.is_open


def test_a_withdrawal_of_everything_leaves_an_open_case() -> None:
    case = cases.with_withdrawal(founded(signal("s1", about=OUTBREAK)), "s1", after(hours=1), RULES, after(hours=1))
    assert (case.grade, case.is_open) == (Grade.LOW, True)


def test_a_person_closes_a_case_with_a_reason_on_record() -> None:
    case = cases.closed(founded(signal(about=OUTBREAK)), ClosureReason.VISITED, "Bezocht.", MEMBER, after(hours=9))
    assert not case.is_open
    assert case.closure is not None
    assert (case.closure.by, case.closure.reason, case.closure.grade) == (MEMBER, ClosureReason.VISITED, Grade.HIGH)
    assert case.clocks[-1].stopped_for == StopReason.CASE_CLOSED
    closed = case.history[-2]
    assert (closed.event, closed.who, closed.why) == (Event.CLOSED, MEMBER, "Bezocht.")


def test_a_closed_case_cannot_be_closed_again_and_takes_no_new_signal() -> None:
    case = cases.closed(founded(), ClosureReason.UNFOUNDED, None, MEMBER, after(hours=1))
    assert not case.takes_up(after(hours=2), RULES)
    with pytest.raises(NotAllowed, match="al gesloten"):
        cases.closed(case, ClosureReason.UNFOUNDED, None, MEMBER, after(hours=2))
    with pytest.raises(NotAllowed, match="gesloten"):
        cases.with_signal(case, signal("s2"), RULES, after(hours=2))


def test_worse_facts_about_its_own_signal_reopen_a_closed_case() -> None:
    case = cases.closed(founded(), ClosureReason.UNFOUNDED, None, MEMBER, after(hours=1))
    case = cases.with_supplement(case, "s1", OUTBREAK, after(hours=5), RULES, after(hours=5))
    assert case.is_open
    assert case.clock is not None
    assert Event.REOPENED in events(case)


def test_facts_that_are_no_worse_leave_a_closed_case_closed_and_without_a_clock() -> None:
    case = cases.closed(founded(signal(about=OUTBREAK)), ClosureReason.VISITED, None, MEMBER, after(hours=1))
    case = cases.with_supplement(case, "s1", OUTBREAK, after(hours=5), RULES, after(hours=5))
    assert not case.is_open
    assert case.clock is None


def test_an_open_case_takes_up_signals_for_twelve_weeks_after_its_newest() -> None:
    case = cases.with_signal(founded(), signal("s2", after(days=80), QUIET), RULES, after(days=80))
    assert case.takes_up(after(days=80 + 84), RULES)
    assert not case.takes_up(after(days=80 + 85), RULES)


def test_a_signal_that_is_not_part_of_it_is_refused() -> None:
    with pytest.raises(NotAllowed, match="hoort niet bij deze zaak"):
        cases.with_withdrawal(founded(), "other", NOON, RULES, NOON)


def test_the_work_sites_region_comes_first() -> None:
    case = founded(signal("s1", about=situation(site=Site(region="VR06"))))
    case = cases.with_signal(case, signal("s2", about=situation(HOUSING, site=Site(region="VR23"))), RULES, NOON)
    assert case.regions == ("VR06", "VR23")


def test_id_and_number_follow_from_the_founding_signal() -> None:
    assert case_id("s1") == case_id("s1") != case_id("s2")
    number = case_number(case_id("s1"), NOON)
    assert number == case_number(case_id("s1"), NOON)
    assert number.startswith("Z-2020-")
    assert not set(number.removeprefix("Z-2020-")) & set("ILOU")
