"""Company numbers in free text are found by their register's rules; other numbers are not taken for one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.companies import Kind, find_companies
from services.intake.personal import masked

VAT, OF_A_TRADER = "NL123456789B13", "NL111222333B01"


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("kvk 12345678", Kind.KVK, "12345678"),
        ("KvK-nummer: 1234 5678.", Kind.KVK, "12345678"),
        ("Kamer van Koophandel nr. 69599084, 12 mensen", Kind.KVK, "69599084"),
        ("vestiging 000012345678", Kind.BRANCH, "000012345678"),
        ("0000 1234 5678", Kind.BRANCH, "000012345678"),
        ("RSIN: 111222333", Kind.RSIN, "111222333"),
        (f"btw {VAT} staat op de bon", Kind.VAT, VAT),
        ("BE 0403.019.261 EN DAN", Kind.VAT, "BE0403019261"),
        ("USt-IdNr. DE136695976", Kind.VAT, "DE136695976"),
        ("NIP PL 8567346215", Kind.VAT, "PL8567346215"),
    ],
)
def test_a_company_number_is_found_in_its_normal_form(text: str, kind: Kind, number: str) -> None:
    assert [(found.kind, found.number) for found in find_companies(text)] == [(kind, number)]


@pytest.mark.parametrize(
    "text",
    ["", "12345678", "kvk 123456789", "kvk weet ik niet, 12 mensen", "bel 06-12345678", "NL91 ABNA 0417 1643 00",
     "rsin 111222334", "NL123456789B14", "VAN DE BAAS EN DE REST", "24-10-2020"],
)  # fmt: skip
def test_what_is_no_company_number_is_left_alone(text: str) -> None:
    assert find_companies(text) == ()


def test_a_number_said_to_be_a_companys_is_shown_and_one_that_may_be_a_persons_is_not() -> None:
    assert masked("RSIN 111222333, bsn 111222333") == "RSIN 111222333, bsn [burgerservicenummer]"
    assert masked(f"btw {OF_A_TRADER} of {VAT}") == f"btw [btw-nummer] of {VAT}"


@given(st.text(max_size=300))
def test_in_any_text_what_is_found_stands_apart_and_in_order(text: str) -> None:
    found = find_companies(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
