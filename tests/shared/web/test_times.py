"""Times as people say them, on a Dutch clock, also in the nights that have one hour more or less."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web import times

NOW = datetime(2020, 11, 23, 16, 40, tzinfo=UTC)  # 17:40 in the Netherlands


def test_moments_are_said_by_their_dutch_date() -> None:
    assert times.said(NOW - timedelta(hours=1), NOW) == "vandaag 16:40"
    assert times.said(NOW - timedelta(days=1), NOW) == "gisteren 17:40"
    assert times.said(NOW + timedelta(days=1), NOW) == "morgen 17:40"
    assert times.said(NOW - timedelta(days=8), NOW) == "zo 15 nov 17:40"
    assert times.said(NOW - timedelta(days=365), NOW) == "24 nov 2019 17:40"


def test_late_in_the_utc_evening_it_is_already_tomorrow_here() -> None:
    assert times.said(datetime(2020, 11, 23, 23, 30, tzinfo=UTC), NOW) == "morgen 00:30"


def test_the_exact_moment_is_written_in_full() -> None:
    assert times.exact(NOW) == "maandag 23 november 2020 om 17:40"
    assert times.rfc3339(NOW) == "2020-11-23T17:40:00+01:00"
    assert times.full_day(date(2020, 11, 23)) == "maandag 23 november 2020"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(hours=21, minutes=14, seconds=59), "nog 21 u 14 min"),
        (timedelta(hours=24), "nog 24 u 0 min"),
        (timedelta(minutes=59), "nog 59 min"),
        (timedelta(seconds=30), "nog minder dan 1 min"),
        (timedelta(0), "minder dan 1 min over tijd"),
        (timedelta(minutes=-35), "35 min over tijd"),
        (timedelta(days=3, hours=2), "nog 3 dagen 2 u"),
        (timedelta(days=2), "nog 2 dagen"),
    ],
)
def test_time_left_is_told_to_the_minute(left: timedelta, said: str) -> None:
    assert times.remaining(NOW + left, NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "zojuist"), (-5, "zojuist"), (12, "12 s geleden"), (300, "5 min geleden"), (10_800, "3 u geleden"),
     (86_400, "24 u geleden"), (172_800, "2 dagen geleden")],
)  # fmt: skip
def test_time_passed_is_told_coarsely(seconds: int, said: str) -> None:
    assert times.ago(NOW - timedelta(seconds=seconds), NOW) == said


@pytest.mark.plan("S08")
def test_twenty_four_hours_over_the_autumn_night_end_an_hour_earlier_on_the_clock() -> None:
    start = datetime(2020, 10, 24, 20, 0, tzinfo=timezone(timedelta(hours=2)))
    due = start.astimezone(UTC) + timedelta(hours=24)
    assert times.rfc3339(due) == "2020-10-25T19:00:00+01:00"
    assert times.remaining(due, start) == "nog 24 u 0 min"
    assert times.said(due, start) == "morgen 19:00"


def test_the_hour_that_comes_twice_says_which_one_it_is() -> None:
    first, second = (datetime(2020, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert times.said(first, NOW) == "zo 25 okt 02:30 (zomertijd)"
    assert times.said(second, NOW) == "zo 25 okt 02:30 (wintertijd)"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        times.exact(datetime(2020, 11, 23))


def test_numbers_have_dutch_separators() -> None:
    assert times.number(12_345) == "12.345"
    assert times.number(12_345.678, 1) == "12.345,7"
    assert times.percent(0.163, 1) == "16,3%"
    assert times.percent(0.5) == "50%"


@given(st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_showing_a_moment_never_moves_it(moment: datetime) -> None:
    assert datetime.fromisoformat(times.rfc3339(moment)) == moment.replace(microsecond=0)
