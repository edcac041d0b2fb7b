"""Which signals are candidates: a key in common that counts for both, within twelve weeks."""

import random

import pytest
from hypothesis import given

from services.triage.domain.linkage.agreement import Record
from services.triage.domain.linkage.blocks import MOST_PIECES, is_candidate, keys_of, pieces, places_to_look
from tests.triage.builders import HOUSING, WORK, after
from tests.triage.domain.linkage.builders import LINKS, record, records

AT = {"postcode": "7141AB", "house_number": "12"}
LONG = "Pluimveeslachterij Wisniewski en Bonev"


def candidate(one: Record, other: Record) -> bool:
    assert is_candidate(one, other, LINKS) == is_candidate(other, one, LINKS)
    return is_candidate(one, other, LINKS)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (record(WORK, **AT), True),
        (record(WORK, HOUSING, postcode="7141AB", house_number="14"), True),
        (record(WORK, postcode="7141AB"), True),
        (record(WORK, postcode="7141AB", house_number="15"), False),
        (record(HOUSING, **AT), True),
        (record(HOUSING, postcode="7141AB", house_number="14"), False),
        (record(HOUSING, postcode="7141AB"), False),
        (record(WORK, **AT, at=after(days=84)), True),
        (record(WORK, **AT, at=after(days=85)), False),
        (record(WORK, postcode="7141"), False),
    ],
)
def test_an_address_block_has_the_same_number_and_neighbours_of_the_same_theme_within_twelve_weeks(
    other: Record, found: bool
) -> None:
    assert candidate(record(WORK, **AT), other) == found


def test_a_registration_is_a_block_wherever_the_site_is() -> None:
    assert candidate(record(registration="12345678", **AT), record(HOUSING, registration="12345678"))


def test_names_much_alike_are_candidates_within_their_municipality() -> None:
    misspelt = record(name="Pluimveeslachterij Wisnieuwski en Bonev", municipality="Oost Gelre")
    assert candidate(record(name=LONG, municipality="Oost Gelre"), misspelt)
    assert not candidate(record(name=LONG, municipality="Winterswijk"), misspelt)
    assert not candidate(record(name="Uitzendbureau Actief", municipality="Oost Gelre"), misspelt)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Camping De Boshoek", "Camping Boshoek"), ("Het Anker", "Anker B.V."), ("Hotel De Wouw", "Wouw")],
)
def test_an_article_parts_no_short_names(one: str, other: str) -> None:
    assert candidate(record(name=one, municipality="Barneveld"), record(name=other, municipality="Barneveld"))


def test_a_name_of_nothing_but_an_article_is_looked_for_by_it() -> None:
    assert candidate(record(name="De", municipality="Barneveld"), record(name="De", municipality="Barneveld"))
    assert not candidate(record(name="De", municipality="Barneveld"), record(name="Het", municipality="Barneveld"))


def test_a_signal_has_few_keys() -> None:
    known = record(name=LONG, municipality="Oost Gelre", registration="12345678", **AT)
    assert 5 <= len(keys_of(known, LINKS)) <= 8
    assert len(places_to_look(known, LINKS)) <= 8
    assert keys_of(record(), LINKS) == ()


@given(records(), records())
def test_whoever_looks_finds_every_candidate(one: Record, other: Record) -> None:
    if is_candidate(one, other, LINKS):
        for left, right in ((one, other), (other, one)):
            assert {key for _, key in places_to_look(left, LINKS)} & set(keys_of(right, LINKS))


def test_a_number_looks_along_its_own_stretch_of_the_street_only() -> None:
    looked_at = {key for _, key in places_to_look(record(WORK, **AT), LINKS)}
    assert looked_at == {"address/7141AB/12-15", "address/7141AB/10-13", "address/7141AB/?"}
    assert {key for _, key in places_to_look(record(WORK, postcode="7141AB"), LINKS)} == {"address/7141AB"}


def test_nearly_every_misspelling_shares_a_piece_and_hardly_any_other_name_does() -> None:
    chance = random.Random(2020)
    letters = "aaabcddeeeefghiijklmnnoopqrrssttuvwxyz"
    names = ["".join(chance.choices(letters, k=7)) + " " + "".join(chance.choices(letters, k=8)) for _ in range(400)]
    shared = unrelated = 0
    for name, other in zip(names, reversed(names), strict=True):
        place = chance.randrange(len(name))
        misspelt = name[:place] + chance.choice(letters) + name[place + 1 :]
        shared += not set(pieces(name, 4)).isdisjoint(pieces(misspelt, 4))
        unrelated += not set(pieces(name, 4)).isdisjoint(pieces(other, 4))
    assert shared > 0.85 * len(names)
    assert unrelated < 0.05 * len(names)


def test_as_many_pieces_as_there_are_orders_can_be_made() -> None:
    assert len(pieces(LONG, MOST_PIECES)) > 4
