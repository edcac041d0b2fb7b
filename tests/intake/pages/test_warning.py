"""Words that give somebody away are told of once, and can go on as they are or without it."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.signal import MOST_WORDS
from services.intake.pages.answers import Answers
from services.intake.pages.questions import Step
from services.intake.pages.warning import FIELD, TOLD_OF, UNCLEAR, Seen, to_warn_of, warned, without_numbers_on
from services.intake.personal import Kind
from tests.intake.test_locales import TRANSLATIONS

NUMBERS = {
    Kind.BSN: "111222333",
    Kind.ACCOUNT: "NL91 ABNA 0417 1643 00",
    Kind.E_MAIL: "jan.w@voorbeeld.example",
    Kind.PHONE: "06-12345678",
    Kind.NATIONAL: "44051401359",
}


def seen_in_words(answers: Answers, language: str) -> Sequence[Seen]:
    return to_warn_of(Step.WORDS, answers, language)


def without_numbers(answers: Answers, language: str) -> Answers:
    return without_numbers_on(Step.WORDS, answers, language)


def written(words: str, **more: Any) -> Answers:
    return Answers("t-1", {name: [value] for name, value in {"words": words, **more}.items()})


@pytest.mark.plan("S06")
@pytest.mark.parametrize("kind", TOLD_OF)
def test_each_kind_is_shown_as_it_was_written(kind: Kind) -> None:
    (seen,) = seen_in_words(written(f"Ik ben het, {NUMBERS[kind]}."), "nl")
    assert (seen.kind, seen.text) == (kind, NUMBERS[kind])


@pytest.mark.parametrize(("language", "words"), [("pl", "Zadzwoń 512 345 678"), ("de", "ruf an: 0151 23456789")])
def test_a_number_as_people_write_it_at_home_is_seen(language: str, words: str) -> None:
    (seen,) = seen_in_words(written(words), language)
    assert seen.kind is Kind.PHONE
    assert seen_in_words(written(words), "en") == ()


def test_who_was_told_goes_on_until_something_of_another_kind_is_written() -> None:
    answers = written("Bel 06-12345678")
    told = warned(answers, seen_in_words(answers, "nl"))
    assert seen_in_words(told, "nl") == ()
    more = told.with_value("words", "Bel 06-12345678, mijn bsn is 111222333")
    assert [seen.kind for seen in seen_in_words(more, "nl")] == [Kind.PHONE, Kind.BSN]
    assert seen_in_words(warned(more, seen_in_words(more, "nl")), "nl") == ()


def test_the_number_of_the_next_person_is_told_of_too() -> None:
    told = warned(answers := written("BSN 111222333"), seen_in_words(answers, "nl"))
    assert seen_in_words(told.with_value("words", "bsn 111.222.333"), "nl") == ()
    (seen,) = seen_in_words(told.with_value("words", "BSN 123456782"), "nl")
    assert seen.text == "123456782"
    assert "111222333" not in str(told.typed[FIELD]), "it may yet be taken out"


def test_who_gives_a_number_to_be_reached_at_knows_that_one_alone() -> None:
    assert not seen_in_words(written("Bel mij op 06-12345678", contact="+31 6 1234 5678"), "nl")
    (seen,) = seen_in_words(written("Bel Jan op 06-87654321", contact="0612345678"), "nl")
    assert seen.text == "06-87654321"
    assert [seen.field for seen in seen_in_words(written("BSN 111222333", contact="111222333"), "nl")] == [
        "words",
        "contact",
    ]


@pytest.mark.parametrize("contact", ["06-12345678", "06 30 123 4567", "0888 123 456", "512 345 678", "+31612345678"])
def test_a_whole_number_of_any_country_that_people_come_from_is_one_to_be_reached_at(contact: str) -> None:
    assert seen_in_words(written("Wij zijn met acht", contact=contact), "nl") == ()


@pytest.mark.parametrize(
    ("contact", "kind", "left"),
    [
        ("111222333", Kind.BSN, ""),
        ("jan.w@voorbeeld.example, NL91 ABNA 0417 1643 00", Kind.ACCOUNT, "jan.w@voorbeeld.example, […]"),
        ("12345", UNCLEAR, ""),
        ("na vijven", UNCLEAR, ""),
        ("061234567", UNCLEAR, ""),
        ("06 - 12 34 56", UNCLEAR, ""),
    ],
)
def test_what_is_no_address_is_told_of_where_one_is_asked_for(contact: str, kind: str, left: str) -> None:
    answers = written("Wij zijn met acht", contact=contact)
    (seen,) = seen_in_words(answers, "nl")
    assert (seen.field, seen.kind) == ("contact", kind)
    assert not seen_in_words(warned(answers, [seen]), "nl")
    out = without_numbers(answers, "nl")
    assert (out.value("contact"), out.value("words")) == (left, "Wij zijn met acht")


@pytest.mark.parametrize("contact", ["06-12345678", "512 345 678", "0888 123 456", "jan@voorbeeld.example", ""])
def test_an_address_of_any_country_is_nothing_to_tell_of(contact: str) -> None:
    assert not seen_in_words(written("", contact=contact), "nl")


def test_a_number_is_taken_out_of_the_words_and_the_way_to_be_reached_stays() -> None:
    left = without_numbers(written("BSN 111222333", contact="via de kapper"), "nl")
    assert (left.value("words"), left.value("contact")) == ("BSN […]", "via de kapper")


def test_taken_out_it_is_gone_and_the_rest_stands() -> None:
    left = without_numbers(written(f"Jestem {NUMBERS[Kind.PHONE]}, śpimy w ośmiu"), "pl")
    assert left.value("words") == "Jestem […], śpimy w ośmiu"


def test_a_number_in_the_line_of_a_name_is_told_of_there_whatever_language_is_spoken() -> None:
    answers = written("", name="Хотел Слънце 0888 123 456", place="Groenlo")
    (seen,) = to_warn_of(Step.WHERE, answers, "en")
    assert (seen.field, seen.kind, seen.text) == ("name", Kind.PHONE, "0888 123 456")
    told = warned(answers, [seen])
    assert to_warn_of(Step.WHERE, told, "en") == ()
    in_words = told.with_value("words", "0888 123 456")
    assert to_warn_of(Step.WORDS, in_words, "bg")
    left = without_numbers_on(Step.WHERE, answers, "en")
    assert (left.value("name"), left.value("place")) == ("Хотел Слънце […]", "Groenlo")


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(list(NUMBERS.values()))), max_size=12))
def test_taking_out_never_makes_words_too_long_and_leaves_nothing_seen_in_words(parts: list[str]) -> None:
    answers = written(" ".join(parts)[:MOST_WORDS])
    left = without_numbers(answers, "nl")
    assert len(left.value("words")) <= len(answers.value("words"))
    assert seen_in_words(warned(answers, seen_in_words(answers, "nl")), "nl") == ()


@pytest.mark.parametrize("language", TRANSLATIONS.languages)
def test_every_kind_has_its_name_in_every_language(language: str) -> None:
    assert all(f"personal.{kind}" in TRANSLATIONS.of(language) for kind in TOLD_OF)
