"""The day on which something was seen, as it is chosen, typed and shown again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.moments import MOST_DAYS_AGO
from services.intake.pages import days
from services.intake.pages.answers import Answers
from tests.intake.builders import TODAY

YESTERDAY = date(2020, 10, 23)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("Vandaag", TODAY), ("gisteren", YESTERDAY), ("eergisteren", date(2020, 10, 22))),
        *(("vr", YESTERDAY), ("zaterdag", date(2020, 10, 17)), ("zo", date(2020, 10, 18))),
        *(
            ("24-10", TODAY),
            ("25-10", date(2020, 10, 25)),
            ("31-12", date(2019, 12, 31)),
            ("3.2", date(2020, 2, 3)),
            ("29/2", date(2020, 2, 29)),
        ),
        *(("23-10-2020", YESTERDAY), ("2020-10-23", YESTERDAY), ("23.10.20", YESTERDAY)),
        *(("12 oktober", date(2020, 10, 12)), ("12 października", date(2020, 10, 12))),
        *(
            (said, None)
            for said in ("v", "31-02", "32-1-2020", "2020-02-30", "toen", "12", "1 mei of 2 mei", "²-³-2020")
        ),
    ],
)
def test_a_day_is_typed_as_it_is_said(typed: str, meant: date | None) -> None:
    assert days.said(typed, TODAY) == meant


def test_yesterday_stays_the_same_day_when_it_is_read_again_after_midnight() -> None:
    kept = Answers("", {"day": ["gisteren"]}).with_day_in_full(TODAY)
    assert days.meant(kept.with_day_in_full(TODAY + timedelta(1)).typed) == YESTERDAY


@pytest.mark.parametrize(
    ("when", "day", "wrong"),
    [
        *(("", "", []), ("2020-10-24", "", []), ("earlier", "2020-10-01", []), ("", "2019-10-24", [])),
        ("earlier", "", [("day", "which_day")]),
        ("", "toen", [("day", "day")]),
        ("", "2020-10-25", [("day", "day_to_come")]),
        ("2020-10-25", "", [("when", "day_to_come")]),
        ("earlier", "2019-10-23", [("day", "day_long_ago")]),
    ],
)
def test_a_day_is_one_that_was_within_a_year_or_is_left_out(when: str, day: str, wrong: list[tuple[str, str]]) -> None:
    faults = days.faults_of({"when": [when], "day": [day]}, TODAY)
    assert [(fault.field, fault.code) for fault in faults] == wrong


def test_who_chooses_a_day_says_it_anew() -> None:
    kept = Answers("", {"when": ["2020-10-24"], "day": ["2020-10-01"]}).with_day_in_full(TODAY)
    assert (days.meant(kept.typed), kept.value("day")) == (TODAY, "")


@given(st.none() | st.integers(0, MOST_DAYS_AGO).map(lambda ago: TODAY - timedelta(ago)))
def test_a_day_shown_again_and_sent_back_is_the_same(day: date | None) -> None:
    shown = days.typed_again(day, TODAY)
    assert (days.meant(shown), days.faults_of(shown, TODAY)) == (day, [])
