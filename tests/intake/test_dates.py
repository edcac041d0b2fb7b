"""Dates are found as reporters write them, in their own languages, and what is none is left alone."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from services.intake.dates import find_dates

TODAY = date(2020, 11, 23)
LANGUAGES = ("nl", "en", "pl", "ro", "bg", "de", "es", "tr", "hu", "uk")


def days(text: str) -> list[date]:
    return [found.day for found in find_dates(text, TODAY)]


@pytest.mark.parametrize("language", LANGUAGES)
@given(day=st.dates(TODAY - timedelta(days=700), TODAY + timedelta(days=60)))
def test_a_date_in_full_is_found_in_every_language(language: str, day: date) -> None:
    assert days(f"? {format_date(day, 'long', locale=language)}!") == [day]


@given(st.dates(TODAY - timedelta(days=700), TODAY + timedelta(days=60)), st.sampled_from("-./"))
def test_a_date_in_digits_is_found(day: date, sign: str) -> None:
    for text in (f"{day.day}{sign}{day.month}{sign}{day.year}", day.strftime(f"%d{sign}%m{sign}%y"), day.isoformat()):
        assert days(f"op {text}, om 12:30") == [day]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sinds 1e november", date(2020, 11, 1)),
        ("sinds 24. Oktober", date(2020, 10, 24)),
        ("od 3 listopada", date(2020, 11, 3)),
        ("24 decembrie", date(2020, 12, 24)),
        ("op 2 april", date(2020, 4, 2)),
        ("the 24th of October", date(2020, 10, 24)),
        ("October 24th", date(2020, 10, 24)),
        ("29 februari", date(2020, 2, 29)),
    ],
)
def test_a_date_without_a_year_is_the_latest_or_soon(text: str, expected: date) -> None:
    assert days(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["", "31-02-2020", "31 november", "8.5 m2", "06-12-34-56-78", "192.168.10.20", "1.2.20.1", "kamer 3.2.10",
     "2 may be sick", "24-10-1987", "3 van de 10", "12:30"],
)  # fmt: skip
def test_what_is_no_date_of_these_years_is_left_alone(text: str) -> None:
    assert days(text) == []


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert all(0 <= one.start < one.end <= len(text) for one in find_dates(text, TODAY))
