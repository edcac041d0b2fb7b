"""The letters: the same facts in each language, and nothing else."""

from datetime import date

import pytest

from services.crossborder.domain.letters import Letter, Occasion, compose
from services.crossborder.start_data import LANGUAGES, StartData
from shared.vocabulary import Grade, Sector, Theme
from tests.crossborder.builders import picture

OCCASION = Occasion(
    "N-2020-AAAAAA", "Z-2020-7K4Q2M", "Kreis Borken", "Noord- en Oost-Gelderland", "Noord- en Oost-Gelderland"
)


def text_of(letter: Letter) -> str:
    facts = [f"{label}: {value}" for label, value in letter.facts]
    return "\n".join([letter.subject, *letter.opening, *facts, *letter.closing, letter.signature])


def test_a_german_letter_says_where_how_many_and_how_serious(start: StartData) -> None:
    letter = compose(OCCASION, picture(tested=212, positive=45), start.phrases["de"])
    text = text_of(letter)
    assert "N-2020-AAAAAA" in letter.subject
    assert "Oost Gelre, 714.." in text
    assert "Schlachthof und Fleischverarbeitung" in text
    assert "45 positiv von 212 getestet" in text
    assert "kritisch" in text


def test_unknown_is_said_to_be_unknown(start: StartData) -> None:
    letter = compose(OCCASION, picture(people_exposed=None, sector=None), start.phrases["nl"])
    values = dict(letter.facts)
    assert values["Mensen die risico lopen"] == "niet bekend"
    assert values["Sector"] == "niet bekend"
    assert values["Tests"] == "niet bekend"


def test_only_a_case_that_calls_for_a_visit_announces_the_decision(start: StartData) -> None:
    phrases = start.phrases["nl"]
    assert phrases.visit in compose(OCCASION, picture(Grade.HIGH), phrases).opening
    assert phrases.visit not in compose(OCCASION, picture(Grade.MODERATE), phrases).opening


def test_no_dutch_visit_is_announced_for_a_site_across_the_border(start: StartData) -> None:
    phrases = start.phrases["nl"]
    opening = compose(OCCASION, picture(Grade.HIGH, site_here=True), phrases).opening
    assert phrases.visit not in opening
    assert "De locatie ligt in Kreis Borken." in opening[0]


def test_a_second_letter_says_which_it_supplements(start: StartData) -> None:
    later = Occasion(OCCASION.number, OCCASION.case, OCCASION.district, OCCASION.region, sent=date(2020, 11, 23))
    assert "vom 23.11.2020" in compose(later, picture(), start.phrases["de"]).opening[0]


def test_the_task_force_is_named_where_there_is_one(start: StartData) -> None:
    within = Occasion(OCCASION.number, OCCASION.case, OCCASION.district, OCCASION.region, task_force="Grens")
    assert "Taskforce „Grens“" in text_of(compose(within, picture(), start.phrases["de"]))
    assert "Taskforce" not in text_of(compose(OCCASION, picture(), start.phrases["de"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_fills_every_name(start: StartData, language: str) -> None:
    phrases = start.phrases[language]
    for grade in Grade:
        for sector in Sector:
            letter = compose(OCCASION, picture(grade, sector=sector, themes=tuple(Theme)), phrases)
            assert not {"{", "}"} & set(text_of(letter))
            assert letter.language == language
