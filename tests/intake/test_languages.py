"""A reader is told in which language a text is written, and that it cannot be told where that is so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.languages import in_dutch, language_of


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("nl", "Wij staan de hele dag schouder aan schouder."),
        ("nl", "geen afstand, geen schermen, koud, veel zieken"),
        ("en", "They say we must work with fever"),
        ("pl", "Pracujemy w rzeźni, nikt nie nosi maseczek."),
        ("pl", "Szef mowi ze mamy pracowac nawet jak mamy goraczke"),
        ("ro", "Suntem opt oameni într-o cameră și doi sunt bolnavi."),
        ("ro", "Suntem opt oameni intr-o camera si doi sunt bolnavi"),
        ("bg", "Работим в оранжерия и няма разстояние между хората."),
        ("de", "Wir wohnen zu acht in einem Zimmer, zwei sind krank."),
        ("es", "Somos ocho personas en una habitación y dos están enfermas."),
        ("hu", "Nyolcan lakunk egy szobában, és ketten betegek."),
        ("tr", "Bir odada sekiz kişi kalıyoruz, iki kişi hasta."),
        ("uk", "Нас вісім людей в одній кімнаті, двоє хворі."),
    ],
)
def test_the_languages_of_the_workers_are_told(code: str, text: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize(
    "text", ["", "ziek", "болни", "chory", "help us", "7141 AB 12", "06-12345678 jan.w@voorbeeld.example", "!?" * 40]
)
def test_what_is_too_short_or_no_language_is_not_guessed(text: str) -> None:
    assert language_of(text) is None


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_a_language_with_a_name_or_none(text: str) -> None:
    code = language_of(text)
    assert code is None or in_dutch(code) != code
