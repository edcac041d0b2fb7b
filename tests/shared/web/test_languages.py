"""Ten languages for those who report, Dutch words for every wire value."""

from enum import StrEnum
from inspect import getmembers, isclass
from pathlib import Path

import pytest

from shared import vocabulary
from shared.web.i18n import Translations, preferred
from shared.web.words import choices, word

VOCABULARIES = [
    kind for _, kind in getmembers(vocabulary, isclass) if issubclass(kind, StrEnum) and kind is not StrEnum
]


def test_the_shell_speaks_every_language_without_gaps() -> None:
    translations = Translations.load()
    assert list(translations.languages) == ["nl", "bg", "de", "en", "es", "hu", "pl", "ro", "tr", "uk"]
    assert {language: translations.missing(language) for language in translations.languages} == {
        language: set() for language in translations.languages
    }


def test_a_language_is_added_by_adding_a_file_and_falls_back_to_dutch(tmp_path: Path) -> None:
    (tmp_path / "nl.toml").write_text('[form]\nsend = "Verstuur melding"\nhello = "Dag {name}"\n', "utf-8")
    (tmp_path / "hu.toml").write_text('[language]\nname = "Magyar"\n[form]\nhello = "Szia {name}"\n', "utf-8")
    translations = Translations.load(tmp_path)
    t = translations.of("hu")
    assert t("form.hello", name="Éva") == "Szia Éva"
    assert t("form.send") == "Verstuur melding"
    assert "form.send" in translations.missing("hu")
    assert translations.languages["hu"] == "Magyar"


def test_the_address_goes_before_the_form_and_the_form_before_the_browser() -> None:
    choose = Translations.load().choose
    assert choose("pl", "ro", "de") == "pl"
    assert choose("xx", "ro", "de") == "ro"
    assert choose(None, None, "fr, bg;q=0.8, en;q=0.9") == "en"
    assert choose(None, None, None) == "nl"


@pytest.mark.parametrize(
    ("header", "order"),
    [
        ("pl-PL,pl;q=0.9,en;q=0.8", ["pl", "pl", "en"]),
        ("en;q=0.1, ro", ["ro", "en"]),
        ("de;q=0", []),
        ("de;q=much", []),
        ("", [""]),
    ],
)
def test_the_browsers_wishes_are_read_by_weight(header: str, order: list[str]) -> None:
    assert preferred(header) == order


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda kind: kind.__name__)
def test_every_wire_value_has_a_dutch_word(vocabulary: type[StrEnum]) -> None:
    for value, words in choices(vocabulary):
        assert words
        assert word(value, vocabulary.__name__) == word(vocabulary(value)) == words
