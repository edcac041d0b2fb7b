"""Numbers that give somebody away are found in free text and masked; other numbers stay."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.personal import Kind, find_personal, masked


@pytest.mark.parametrize(
    ("text", "kinds", "shown"),
    [
        ("mijn bsn is 111222333, echt", [Kind.BSN], "mijn bsn is [burgerservicenummer], echt"),
        ("1112.22.333", [Kind.BSN], "[burgerservicenummer]"),
        ("bel 06-12345678 of +48 512 345 678", [Kind.PHONE] * 2, "bel [telefoonnummer] of [telefoonnummer]"),
        ("op NL91 ABNA 0417 1643 00 ALTIJD", [Kind.ACCOUNT], "op [rekeningnummer] ALTIJD"),
        ("mail jan.w@voorbeeld.example.", [Kind.E_MAIL], "mail [e-mailadres]."),
    ],
)
def test_what_gives_somebody_away_is_named_instead_of_shown(text: str, kinds: list[Kind], shown: str) -> None:
    assert [found.kind for found in find_personal(text)] == kinds
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "111222334",
        "120 mensen, 3 ziek",
        "7141 AB 12",
        "op 24-10-2020 om 12:30",
        "NL00 ABNA 0417 1643 00",
        "kvk 12345678",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=300))
def test_in_any_text_what_is_found_stands_apart_and_in_order(text: str) -> None:
    found = find_personal(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
