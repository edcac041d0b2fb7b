"""A receipt code survives being read aloud, copied by hand and typed on a phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.receipt import code_of, normal

random_bytes = st.binary(min_size=10, max_size=10)


@given(random_bytes)
def test_a_code_is_four_groups_of_four_signs_that_nobody_mixes_up(random: bytes) -> None:
    code = code_of(random)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert not set(code) & set("ILOU")


@given(random_bytes, random_bytes)
def test_eighty_bits_make_different_codes(one: bytes, other: bytes) -> None:
    assert (code_of(one) == code_of(other)) == (one == other)


@given(random_bytes)
def test_sloppy_typing_gives_the_same_code(random: bytes) -> None:
    code = code_of(random)
    sloppy = f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    assert normal(sloppy) == normal(code) == code.replace("-", "")


def test_signs_of_another_alphabet_or_width_are_read_as_they_look() -> None:
    code = "ABCE-HKMP-TXYS-0123"
    for typed in ("АВСЕ НКМР ТХУЅ О123", "авсе–нкмр–тхуѕ–оі2З", "ＡＢＣＥＨＫＭＰＴＸＹＳ０１２３"):
        assert normal(typed) == code.replace("-", "")


@pytest.mark.parametrize("typed", ["", "K7QF", "K7QF-2MZ0-9XTC-41RU", "K7QF-2MZ0-9XTC-41RD-0"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normal(typed) is None
