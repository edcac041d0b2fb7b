"""What looks odd about a signal is marked; nothing is refused for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.following import supplemented
from services.intake.domain.marks import MOST_PLAUSIBLE, marks_of_numbers, marks_of_words
from services.intake.domain.signal import Mark
from shared.situation import Observations
from tests.intake.builders import QUARTER, signal

LETTERS = st.text(st.characters(whitelist_categories=("Ll", "Lu", "Lo")), min_size=2)


def numbers(**seen: float) -> set[Mark]:
    return set(marks_of_numbers(Observations(**seen)))  # type: ignore[arg-type]


def words(text: str) -> set[Mark]:
    return set(marks_of_words(text))


def test_more_sick_people_than_people_is_marked() -> None:
    assert numbers(people_exposed=10, confirmed_infections=11) == {Mark.MORE_THAN_ALL}
    assert numbers(people_exposed=10, people_with_symptoms=10) == set()
    assert numbers(confirmed_infections=11) == set()


@pytest.mark.parametrize("name", MOST_PLAUSIBLE)
def test_a_number_beyond_all_that_was_seen_is_marked(name: str) -> None:
    assert numbers(**{name: MOST_PLAUSIBLE[name] + 1}) == {Mark.IMPLAUSIBLE_NUMBER}
    assert numbers(**{name: MOST_PLAUSIBLE[name]}) == set()


def test_links_are_marked_and_one_is_not() -> None:
    assert words("zie https://krant.example/a") == set()
    assert words("https://a.example www.b.example") == {Mark.LINKS}


@pytest.mark.parametrize("text", ["😷😷😷", "!!! ???", "1 2 3", "a b c"])
def test_a_text_without_words_is_marked(text: str) -> None:
    assert words(text) == {Mark.NO_WORDS}


@pytest.mark.parametrize("text", ["", "  ", "Няма място", "ام السلام", "工人很多", "za dużo ludzi 😷", "İş yeri"])
def test_words_in_any_script_and_none_at_all_are_not(text: str) -> None:
    assert words(text) == set()


@given(LETTERS)
def test_a_word_of_any_letters_is_a_word(text: str) -> None:
    assert Mark.NO_WORDS not in words(text)


@given(st.text())
def test_any_text_is_looked_at_without_fault(text: str) -> None:
    assert words(text) <= {Mark.LINKS, Mark.NO_WORDS}


def test_new_facts_are_marked_anew_and_what_else_was_noticed_stays() -> None:
    before = replace(signal(), marks=(Mark.MANY_FROM_ONE_SOURCE,))
    odd = supplemented(before, Observations(people_exposed=1, tested=2), None, QUARTER)
    assert odd.marks == (Mark.MANY_FROM_ONE_SOURCE, Mark.MORE_THAN_ALL)
    mended = supplemented(odd, Observations(people_exposed=3, tested=2), None, QUARTER)
    assert mended.marks == (Mark.MANY_FROM_ONE_SOURCE,)
