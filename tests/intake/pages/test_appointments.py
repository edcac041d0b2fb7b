"""The moment of a call-back, as somebody types it while a caller talks."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.pages.appointments import moment
from shared.calendar import AMSTERDAM

NOW = datetime(2020, 11, 26, 15, 20, tzinfo=AMSTERDAM)  # a Thursday


@pytest.mark.parametrize(
    ("typed", "day", "hour"),
    [
        ("16:30", 26, (16, 30)),
        ("1630", 26, (16, 30)),
        ("16.30 uur", 26, (16, 30)),
        ("om 16 uur", 26, (16, 0)),
        ("9", 27, (9, 0)),
        ("morgen 10", 27, (10, 0)),
        ("Morgen om 10:15", 27, (10, 15)),
        ("overmorgen 9u30", 28, (9, 30)),
        ("vr 9:00", 27, (9, 0)),
        ("maandag 8", 30, (8, 0)),
        ("do 16", 26, (16, 0)),
        ("27-11 14:00", 27, (14, 0)),
        ("27/11/2020 14:00", 27, (14, 0)),
        ("2020-11-27T14:05", 27, (14, 5)),
        ("over 2 uur", 26, (17, 20)),
        ("over een uur", 26, (16, 20)),
        ("over 15 min", 26, (15, 35)),
    ],
)
def test_a_moment_is_read_as_it_is_said(typed: str, day: int, hour: tuple[int, int]) -> None:
    assert moment(typed, NOW) == datetime(2020, 11, day, *hour, tzinfo=AMSTERDAM)


def test_a_day_or_hour_that_went_by_is_the_next_of_its_name() -> None:
    assert moment("do 15", NOW) == datetime(2020, 12, 3, 15, 0, tzinfo=AMSTERDAM)
    assert moment("2-1 12:00", NOW) == datetime(2021, 1, 2, 12, 0, tzinfo=AMSTERDAM)
    assert moment("25-10-2021 02:30", NOW) == datetime(2021, 10, 25, 2, 30, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    "typed",
    ["", "morgen", "straks", "vandaag 9", "25:00", "31-2 12:00", "27-13 9", "26-11", "2020-11-26", "ma", "163", "xx 9"],
)
def test_what_is_no_moment_to_come_is_none(typed: str) -> None:
    assert moment(typed, NOW) is None


@pytest.mark.parametrize("typed", ["25-10 02:30", "26-11 15:00", "1-6 9:00"])
def test_a_day_that_went_by_is_rather_a_slip_than_a_day_next_year(typed: str) -> None:
    assert moment(typed, NOW) is None


@given(st.text(max_size=30) | st.from_regex(r"[a-z]{0,5} ?\d{0,2}[-/:]?\d{0,2} ?\d{0,4}", fullmatch=True))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    found = moment(typed, NOW)
    assert found is None or found.tzinfo is not None


@given(st.datetimes(min_value=datetime(2020, 11, 26, 15, 21), max_value=datetime(2021, 5, 26)))
def test_a_day_and_hour_to_come_are_found(wanted: datetime) -> None:
    found = moment(f"{wanted.day}-{wanted.month} {wanted:%H:%M}", NOW)
    assert found is not None
    assert found.replace(tzinfo=None) == wanted.replace(second=0, microsecond=0)
    assert found - NOW < timedelta(days=184)
