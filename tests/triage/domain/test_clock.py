"""The 24-hour clock: when it starts, restarts and stops, in every season."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.triage.domain.clock import Clock, StopReason, breached, moved, stages, start
from shared.vocabulary import ClockStage, Grade
from tests.triage.builders import NOON, after

LOW, MODERATE, HIGH, CRITICAL = Grade


def clocks_after(*grades: Grade) -> tuple[Clock, ...]:
    """The clocks of a case that got these grades, an hour apart, each by a signal of its own."""
    clocks: tuple[Clock, ...] = ()
    for hour, grade in enumerate(grades):
        clocks = moved(clocks, grade, f"s{hour}", after(hours=hour), after(hours=hour, minutes=1))
    return clocks


@pytest.mark.plan("S08")
@pytest.mark.parametrize("grade", [HIGH, CRITICAL])
def test_high_and_critical_start_24_hours_from_the_receipt_of_the_signal(grade: Grade) -> None:
    (clock,) = clocks_after(grade)
    assert (clock.started_at, clock.due_at, clock.started_by) == (NOON, after(hours=24), "s0")
    assert clock.graded_at == after(minutes=1)


@pytest.mark.parametrize("grade", [LOW, MODERATE])
def test_below_high_there_is_no_clock(grade: Grade) -> None:
    assert clocks_after(grade) == ()


def test_the_signal_that_raises_the_grade_starts_the_clock_not_the_first_one() -> None:
    (clock,) = clocks_after(LOW, MODERATE, HIGH)
    assert (clock.started_by, clock.started_at) == ("s2", after(hours=2))


def test_from_high_to_critical_and_back_the_same_clock_runs_on() -> None:
    assert clocks_after(HIGH, CRITICAL, HIGH) == clocks_after(HIGH)


def test_a_fall_below_high_stops_the_clock_on_record() -> None:
    (clock,) = clocks_after(HIGH, MODERATE)
    assert not clock.runs
    assert (clock.stopped_at, clock.stopped_for) == (after(hours=1, minutes=1), StopReason.GRADE_FELL)


def test_a_new_rise_starts_a_new_clock_and_keeps_the_old_one() -> None:
    first, second = clocks_after(HIGH, LOW, CRITICAL)
    assert (first.runs, second.runs) == (False, True)
    assert second.started_at == after(hours=2)


def test_a_fall_of_a_stopped_clock_changes_nothing() -> None:
    assert clocks_after(HIGH, LOW, LOW) == clocks_after(HIGH, LOW)


@pytest.mark.plan("S08")
def test_the_night_of_25_hours_gives_no_hour_away() -> None:
    received = datetime.fromisoformat("2020-10-24T20:00+02:00")
    due = start(received, "s", received).due_at
    assert due == datetime.fromisoformat("2020-10-25T19:00+01:00")
    assert due.astimezone(ZoneInfo("Europe/Amsterdam")).hour == 19


def test_the_night_of_23_hours_takes_none_away() -> None:
    received = datetime.fromisoformat("2021-03-27T20:00+01:00")
    assert start(received, "s", received).due_at == datetime.fromisoformat("2021-03-28T21:00+02:00")


def test_stages_come_in_order_and_say_what_is_still_to_come() -> None:
    (clock,) = clocks_after(HIGH)
    reached = stages(clock, {ClockStage.CONSULTED: after(hours=2)})
    assert [stage.stage for stage in reached] == list(ClockStage)
    assert [stage.at for stage in reached] == [NOON, after(minutes=1), after(hours=2), None, None, None]


@pytest.mark.plan("S08")
@pytest.mark.parametrize(
    ("on_site", "now", "late"),
    [
        (None, timedelta(hours=24), False),
        (None, timedelta(hours=24, seconds=1), True),
        (timedelta(hours=23), timedelta(hours=40), False),
        (timedelta(hours=25), timedelta(hours=40), True),
    ],
)
def test_a_clock_is_breached_when_nobody_is_on_site_in_time(
    on_site: timedelta | None, now: timedelta, late: bool
) -> None:
    (clock,) = clocks_after(HIGH)
    assert breached(clock, NOON + on_site if on_site else None, NOON + now) is late


def test_a_clock_that_stopped_in_time_is_never_breached() -> None:
    (clock,) = clocks_after(HIGH, LOW)
    assert not breached(clock, None, after(days=9))
