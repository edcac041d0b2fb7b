"""Postcodes and house numbers meet in one form, however they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.addresses import HouseNumber, house_number, postcode

digits = st.integers(1000, 9999).map(str)
letters = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2).filter(
    lambda pair: pair not in {"SA", "SD", "SS"}
)
gap = st.sampled_from(["", " ", "  ", "-"])


@pytest.mark.parametrize("text", ["7141 AB", "7141ab", " 7141  aB ", "NL-7141AB", "nl 7141-ab"])
def test_a_postcode_is_understood_as_people_write_it(text: str) -> None:
    assert postcode(text) == "7141AB"


def test_four_digits_are_enough() -> None:
    assert postcode("7141") == "7141"


@pytest.mark.parametrize("text", ["", "714", "0141AB", "7141A", "7141ABC", "7141SS", "48683", "٧١٤١AB", "AB7141"])
def test_what_is_no_dutch_postcode_is_none(text: str) -> None:
    assert postcode(text) is None


@given(digits, gap, letters, st.booleans())
def test_gaps_and_case_make_no_difference(number: str, between: str, pair: str, lower: bool) -> None:
    assert postcode(number + between + (pair.lower() if lower else pair)) == number + pair


@given(st.text(max_size=12))
def test_a_normal_postcode_stays_as_it_is(text: str) -> None:
    normal = postcode(text)
    assert normal is None or postcode(normal) == normal


@pytest.mark.parametrize(
    ("text", "number", "addition", "written"),
    [
        ("12", 12, "", "12"),
        ("12a", 12, "a", "12a"),
        ("12 A", 12, "a", "12a"),
        ("12-a", 12, "a", "12a"),
        ("12-14", 12, "14", "12-14"),
        ("12 bis", 12, "bis", "12bis"),
        ("12/3 hoog", 12, "3hoog", "12-3hoog"),
        ("12 1-2", 12, "1-2", "12-1-2"),
    ],
)
def test_a_house_number_has_a_number_and_an_addition(text: str, number: int, addition: str, written: str) -> None:
    found = house_number(text)
    assert found == HouseNumber(number, addition)
    assert str(found) == written


@pytest.mark.parametrize("text", ["", "a12", "0", "-3", "123456", "12 ł"])
def test_what_is_no_house_number_is_none(text: str) -> None:
    assert house_number(text) is None


@given(st.from_regex(r"[1-9][0-9]{0,4}[ /.,-]{0,2}[a-zA-Z0-9 /.,-]{0,6}", fullmatch=True))
def test_a_written_house_number_reads_back(text: str) -> None:
    found = house_number(text)
    assert found is None or house_number(str(found)) == found
