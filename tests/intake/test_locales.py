"""The form speaks the workers' languages, each whole."""

import re
from pathlib import Path
from string import Formatter

import pytest

import services.intake
from services.intake.pages.questions import QUESTIONS, Step
from shared.vocabulary import Sector, Theme
from shared.web.i18n import Messages, Translations

FOLDER = Path(services.intake.__file__).parent / "locales"
TRANSLATIONS = Translations.load(FOLDER)
USED = {
    *(f"{step}.title" for step in Step),
    *(f"theme.{theme}" for theme in Theme),
    *(f"sector.{sector}" for sector in Sector),
    *(f"{step}.{question.name}" for step, asked in QUESTIONS.items() for question in asked),
}


@pytest.mark.plan("S06")
def test_the_form_is_there_in_the_workers_languages() -> None:
    assert set(TRANSLATIONS.languages) == {"nl", "en", "pl", "ro", "bg", "de", "es", "tr", "hu", "uk"}


@pytest.mark.parametrize("language", TRANSLATIONS.languages)
def test_no_message_is_missing_in_any_language(language: str) -> None:
    assert TRANSLATIONS.missing(language) == set()


def test_every_question_and_choice_has_its_words() -> None:
    assert {key for key in USED if key not in TRANSLATIONS.of("nl")} == set()


@pytest.mark.parametrize("language", TRANSLATIONS.languages)
def test_keys_and_placeholders_are_the_same_in_every_language(language: str) -> None:
    assert placeholders(TRANSLATIONS.of(language)) == placeholders(TRANSLATIONS.of("nl"))


def placeholders(t: Messages) -> dict[str, set[str]]:
    return {key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in t.texts.items()}


@pytest.mark.parametrize("language", sorted(set(TRANSLATIONS.languages) - {"nl", "en"}))
def test_no_sentence_was_left_in_dutch_or_english(language: str) -> None:
    copied = [
        key
        for key, text in TRANSLATIONS.of(language).texts.items()
        if text.count(" ") > 2 and text in (TRANSLATIONS.of("nl")(key), TRANSLATIONS.of("en")(key))
    ]
    assert copied == []


def test_every_key_a_template_asks_for_exists() -> None:
    templates = (FOLDER.parent / "templates").glob("*.html")
    asked = {
        key for file in templates for key in re.findall(r'\b(?:t|asked_as)\("([a-z_.]+)"[,)]', file.read_text("utf-8"))
    }
    assert {key for key in asked if key not in TRANSLATIONS.of("nl")} == set()
