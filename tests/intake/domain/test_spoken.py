"""A code is read out in groups, and every sign a code can have has a word."""

import os

import pytest

from services.intake.domain.receipt import code_of, normal
from services.intake.domain.spoken import DUTCH, INTERNATIONAL, spoken


def test_a_code_is_read_out_in_groups() -> None:
    assert spoken("K7QF-2MZ0-9XTC-41RD")[:2] == [
        ("K7QF", "Karel zeven Quotiënt Ferdinand"),
        ("2MZ0", "twee Maria Zaandam nul"),
    ]
    assert spoken("K7QF-2MZ0-9XTC-41RD", INTERNATIONAL)[0] == ("K7QF", "Kilo seven Quebec Foxtrot")


@pytest.mark.parametrize("alphabet", [DUTCH, INTERNATIONAL])
def test_every_sign_has_a_word_of_its_own(alphabet: dict[str, str]) -> None:
    assert set(alphabet) >= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert len(set(alphabet.values())) == len(alphabet)


def test_what_is_read_out_can_be_written_down_again() -> None:
    code = code_of(os.urandom(10))
    heard = "".join(
        {word: sign for sign, word in DUTCH.items()}[word] for _, words in spoken(code) for word in words.split()
    )
    assert normal(heard) == normal(code)
