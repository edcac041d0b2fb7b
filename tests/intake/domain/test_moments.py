"""No time is ever finer than the quarter hour."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.moments import quarter_of


def test_a_moment_is_rounded_down_to_its_quarter() -> None:
    assert quarter_of(datetime(2020, 10, 24, 12, 14, 59, 999, UTC)) == datetime(2020, 10, 24, 12, 0, tzinfo=UTC)


@pytest.mark.plan("S08")
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_clock_can_only_start_early_and_by_less_than_a_quarter(moment: datetime, offset: int) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    rounded = quarter_of(there)
    assert timedelta(0) <= there - rounded < timedelta(minutes=15)
    assert (rounded.minute % 15, rounded.second, rounded.microsecond) == (0, 0, 0)
