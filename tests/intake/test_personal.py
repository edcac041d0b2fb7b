"""Numbers that give somebody away are found in free text and masked; other numbers stay."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.bg import egn

from services.intake.personal import Kind, find_personal, masked


@pytest.mark.parametrize(
    ("text", "kinds", "shown"),
    [
        ("mijn bsn is 111222333, echt", [Kind.BSN], "mijn bsn is [burgerservicenummer], echt"),
        ("1112.22.333", [Kind.BSN], "[burgerservicenummer]"),
        ("bel 06-12345678 of +48 512 345 678", [Kind.PHONE] * 2, "bel [telefoonnummer] of [telefoonnummer]"),
        ("op NL91 ABNA 0417 1643 00 ALTIJD", [Kind.ACCOUNT], "op [rekeningnummer] ALTIJD"),
        ("mail jan.w@voorbeeld.example.", [Kind.E_MAIL], "mail [e-mailadres]."),
    ],
)
def test_what_gives_somebody_away_is_named_instead_of_shown(text: str, kinds: list[Kind], shown: str) -> None:
    assert [found.kind for found in find_personal(text)] == kinds
    assert masked(text) == shown


@pytest.mark.parametrize("language", ["nl", "uk", None])
@pytest.mark.parametrize(
    "number",
    [
        *("44051401359", "1800101221144", "7523169263", "10000000146", "36574261809", "36 574 261 809"),
        *("12345678Z", "12345678-z", "X1234567L"),
    ],
)
def test_the_number_of_a_person_in_another_country_is_found_in_any_language(number: str, language: str | None) -> None:
    assert masked(f"Dossier Иван {number}.", language=language) == "Dossier Иван [buitenlands persoonsnummer]."


def test_ten_digits_are_a_ukrainians_number_in_a_text_in_ukrainian() -> None:
    found = [find_personal("мій номер 3184710691", language) for language in ("uk", "nl")]
    assert [[one.kind for one in each] for each in found] == [[Kind.NATIONAL], []]


@pytest.mark.parametrize("number", ["2011240001", "20112400010", "201124093000"])
def test_a_number_that_begins_with_a_date_of_this_year_is_nobodys(number: str) -> None:
    numbers = [f"order {number[:-1]}{digit}" for digit in range(10)]
    assert [one for one in numbers if find_personal(one)] == []


def test_a_telephone_number_stays_one_whatever_its_digits_prove() -> None:
    assert egn.is_valid("0652128010")
    assert [one.kind for one in find_personal("bel 0652128010")] == [Kind.PHONE]


def test_few_of_all_numbers_are_taken_for_that_of_a_person() -> None:
    chance = Random(1)
    for length, most in {8: 0, 10: 20, 11: 40, 12: 0, 13: 10}.items():
        numbers = [str(chance.randrange(10 ** (length - 1), 10**length)) for _ in range(1000)]
        assert sum(is_national(number) for number in numbers) <= most


def is_national(number: str) -> bool:
    return Kind.NATIONAL in {one.kind for one in find_personal(number)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "111222334",
        "120 mensen, 3 ziek",
        "7141 AB 12",
        "op 24-10-2020 om 12:30",
        "NL00 ABNA 0417 1643 00",
        "kvk 12345678",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=300))
def test_in_any_text_what_is_found_stands_apart_and_in_order(text: str) -> None:
    found = find_personal(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
