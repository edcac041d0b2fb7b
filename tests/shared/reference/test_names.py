"""Spellings of one name meet in one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.names import fold, likeness, trigrams, without_qualifier


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Willebrord", "sint willebrord"),
        ("Súdwest-Fryslân", "SUDWEST FRIESLAND"),
        ("Capelle aan den IJssel", "capelle a/d ijssel"),
        ("Alphen a.d. Rijn", "Alphen aan den Rijn"),
        ("'t Harde", "Het Harde"),
        ("'s-Hertogenbosch", "s hertogenbosch"),
        ("Гронинген", "Groningen"),
        ("Łódź", "lodz"),
        ("Rĳswĳk", "Rijswijk"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=40))
def test_a_folded_name_stays_as_it_is(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(max_size=40))
def test_capitals_make_no_difference(name: str) -> None:
    assert fold(name.lower()) == fold(name.lower().casefold())


@pytest.mark.parametrize("name", ["Bergen (NH)", "Bergen L", "Bergen (L.)"])
def test_what_tells_namesakes_apart_can_be_left_out(name: str) -> None:
    assert without_qualifier(name) == "Bergen"


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_mutual_and_between_none_and_all(one: str, other: str) -> None:
    left, right = trigrams(one), trigrams(other)
    assert likeness(left, right) == likeness(right, left)
    assert 0 <= likeness(left, right) <= 1
    assert likeness(left, left) == 1
