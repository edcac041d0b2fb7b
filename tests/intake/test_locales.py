"""The form speaks six languages, each whole."""

import re
import tomllib
from pathlib import Path

import pytest

import services.intake
from services.intake.pages.questions import QUESTIONS, Step
from shared.vocabulary import Sector, Theme
from shared.web.i18n import Translations

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
    assert set(TRANSLATIONS.languages) == {"nl", "en", "pl", "ro", "bg", "de"}


@pytest.mark.parametrize("language", TRANSLATIONS.languages)
def test_no_message_is_missing_in_any_language(language: str) -> None:
    assert TRANSLATIONS.missing(language) == set()


def test_every_question_and_choice_has_its_words() -> None:
    assert {key for key in USED if key not in TRANSLATIONS.of("nl")} == set()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_placeholders_are_the_same_in_every_language(file: Path) -> None:
    assert placeholders(file) == placeholders(FOLDER / "nl.toml")


def placeholders(file: Path) -> dict[str, set[str]]:
    tables = tomllib.loads(file.read_text("utf-8"))
    texts = {f"{table}.{key}": text for table, pairs in tables.items() for key, text in pairs.items()}
    return {key: set(re.findall(r"{\w+}", text)) for key, text in texts.items()}


def test_every_key_a_template_asks_for_exists() -> None:
    templates = (FOLDER.parent / "templates").glob("*.html")
    asked = {key for file in templates for key in re.findall(r'\bt\("([a-z_.]+)"[,)]', file.read_text("utf-8"))}
    assert {key for key in asked if key not in TRANSLATIONS.of("nl")} == set()
