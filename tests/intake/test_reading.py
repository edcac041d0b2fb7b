"""A reader sees a text with its numbers hidden, and beside it what was recognised and is no person's."""

from datetime import date

from services.intake.reading import all_hints, hints_in, reading

TODAY = date(2020, 11, 23)
TEXT = "KvK 12345678, sinds 1 november. Bel Jan, 06-12345678. Zijn btw-nummer is NL111222333B01."


def test_hints_name_companies_and_dates_and_keep_to_what_the_text_shows() -> None:
    shown = reading(TEXT, TODAY, in_full=False)
    assert shown.text == "KvK 12345678, sinds 1 november. Bel Jan, [telefoonnummer]. Zijn btw-nummer is [btw-nummer]."
    assert shown.hints == (("KvK-nummer", "12345678"), ("Datum", "zondag 1 november 2020"))
    assert (shown.hides, shown.code, shown.language) == (True, "nl", "Nederlands")


def test_telephone_numbers_are_known_of_the_country_where_the_language_is_spoken() -> None:
    shown = reading("Zadzwoń do mnie jutro wieczorem: 512 345 678", TODAY, in_full=False)
    assert (shown.text, shown.code) == ("Zadzwoń do mnie jutro wieczorem: [telefoonnummer]", "pl")


def test_in_full_nothing_is_hidden() -> None:
    shown = reading(TEXT, TODAY, in_full=True)
    assert (shown.text, shown.hides) == (TEXT, False)
    assert ("Btw-nummer", "NL111222333B01") in shown.hints


def test_what_stands_in_a_text_twice_is_hinted_at_once() -> None:
    assert hints_in("1 november, 1-11-2020 en kvk 12345678, KvK: 1234 5678", TODAY) == (
        ("KvK-nummer", "12345678"),
        ("Datum", "zondag 1 november 2020"),
    )
    one = reading("1 november", TODAY, in_full=False)
    assert all_hints([one, one]) == one.hints


def test_a_language_that_cannot_be_told_is_said_to_be_so() -> None:
    assert reading("ziek", TODAY, in_full=False).language == "niet te bepalen"
