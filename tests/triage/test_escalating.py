"""A clock that passes half of its time, four fifths or all of it is told, once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.triage.domain.case import Case, ClosureReason, closed, found
from services.triage.domain.clock import Threshold
from services.triage.domain.progress import Progress
from services.triage.use_cases.escalating import escalated
from services.triage.use_cases.telling import tell_escalated
from shared.contracts.triage import CaseEscalated
from shared.vocabulary import ClockStage
from tests.triage.builders import MEMBER, NOON, RULES, after, signal, situation

HALF, FOUR_FIFTHS, BREACH = Threshold
NOBODY = Progress("c1")


def burning(at: datetime = NOON) -> Case:
    return found("Z-2020-ABCDEF", signal(at=at, about=situation(people_exposed=20, confirmed_infections=4)), RULES, at)


@pytest.mark.plan("S08")
@pytest.mark.parametrize(
    ("hours", "crossed"),
    [(11.99, ()), (12, (HALF,)), (19.19, (HALF,)), (19.2, (HALF, FOUR_FIFTHS)), (24, (HALF, FOUR_FIFTHS, BREACH))],
)
def test_each_threshold_is_passed_at_its_share_of_the_24_hours(hours: float, crossed: tuple[Threshold, ...]) -> None:
    assert escalated(burning(), NOBODY, after(hours=hours))[1] == crossed


def test_what_was_told_is_not_told_again() -> None:
    case, first = escalated(burning(), NOBODY, after(hours=13))
    assert escalated(case, NOBODY, after(hours=13))[1] == ()
    case, second = escalated(case, NOBODY, after(days=9))
    assert first + second == (HALF, FOUR_FIFTHS, BREACH)
    assert escalated(case, NOBODY, after(days=99)) == (case, ())


def test_nobody_is_told_once_somebody_is_on_site_or_the_case_is_closed() -> None:
    there = NOBODY.with_mark(ClockStage.ON_SITE, after(hours=3), "i1")
    assert escalated(burning(), there, after(hours=30))[1] == ()
    shut = closed(burning(), ClosureReason.VISITED, None, MEMBER, after(hours=1))
    assert escalated(shut, NOBODY, after(hours=30))[1] == ()


@pytest.mark.plan("S08")
@pytest.mark.parametrize("day", [(2020, 10, 24), (2020, 3, 28), (2020, 12, 25), (2021, 1, 2)])
def test_nights_of_25_and_23_hours_weekends_and_holidays_change_nothing(day: tuple[int, int, int]) -> None:
    start = datetime(*day, 20, tzinfo=ZoneInfo("Europe/Amsterdam"))
    case = burning(start)
    assert case.clock is not None
    breach = case.clock.due_at
    assert BREACH not in escalated(case, NOBODY, breach - timedelta(seconds=1))[1]
    assert BREACH in escalated(case, NOBODY, breach)[1]


def test_the_fact_says_what_was_passed_and_how_far_the_work_is() -> None:
    consulted = NOBODY.with_mark(ClockStage.CONSULTED, after(hours=3), "i1")
    case, _ = escalated(burning(), consulted, after(hours=12))
    fact = tell_escalated(case, HALF, consulted, after(hours=12)).fact
    assert isinstance(fact, CaseEscalated)
    assert (fact.threshold, fact.passed_at, fact.stage) == ("half", after(hours=12), ClockStage.CONSULTED)
