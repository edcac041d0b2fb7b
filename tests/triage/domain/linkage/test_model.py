"""What fields weigh together: symmetric, rising with agreement, silent about what is not known."""

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.linkage.agreement import Record
from services.triage.domain.linkage.likeness import Verdict
from services.triage.domain.linkage.model import Comparison, Pattern
from tests.triage.builders import HOUSING, WORK
from tests.triage.domain.linkage.builders import LINKS, record, records


@given(records(), records())
def test_it_is_the_same_both_ways_round(one: Record, other: Record) -> None:
    assert LINKS.compare(one, other) == LINKS.compare(other, one)


@given(records(), records())
def test_the_explanation_adds_up_to_the_probability(one: Record, other: Record) -> None:
    found = LINKS.compare(one, other)
    bits = math.log2(LINKS.prior / (1 - LINKS.prior)) + sum(agreement.bits for agreement in found.agreements)
    assert found.probability == pytest.approx(1 / (1 + 2**-bits), abs=0.02)


PATTERNS = st.tuples(*(st.none() | st.integers(0, len(each.levels) - 1) for each in LINKS.comparisons))


@given(PATTERNS, st.integers(0, len(LINKS.comparisons) - 1))
def test_a_field_that_agrees_more_never_lowers_the_probability(pattern: Pattern, field: int) -> None:
    levels = range(len(LINKS.comparisons[field].levels))
    found = [LINKS.probability((*pattern[:field], level, *pattern[field + 1 :])) for level in levels]
    assert found == sorted(found, reverse=True)


@given(PATTERNS)
def test_what_is_not_known_weighs_nothing(pattern: Pattern) -> None:
    known = sum(
        comparison.levels[place].bits
        for comparison, place in zip(LINKS.comparisons, pattern, strict=True)
        if place is not None
    )
    assert LINKS.bits(pattern) == pytest.approx(math.log2(LINKS.prior / (1 - LINKS.prior)) + known)


@given(records(), records(), st.sampled_from(["sector", "day", "themes"]))
def test_a_field_left_out_gives_what_the_others_give(one: Record, other: Record, field: str) -> None:
    without = LINKS.compare({key: value for key, value in one.items() if key != field}, other)
    assert without.agreements == tuple(found for found in LINKS.compare(one, other).agreements if found.field != field)


def test_a_record_is_never_less_like_itself_than_like_another() -> None:
    known: dict[str, Any] = {"postcode": "7141AB", "house_number": "12", "municipality": "Oost Gelre"}
    itself = record(name="De Groot", **known)
    likeliest = LINKS.compare(itself, itself).probability
    for name, number in product(["De Groot", "De Grot", "Bonev"], ["12", "12a", "14"]):
        assert LINKS.compare(itself, record(name=name, **{**known, "house_number": number})).probability <= likeliest


AT = {"postcode": "7141AB", "municipality": "Oost Gelre"}
DE_GROOT = {"name": "Slachterij De Groot B.V."}


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        # the same address, next door or with another addition
        (record(**AT, house_number="12"), record(**AT, house_number="12"), Verdict.AUTOMATIC),
        (record(**AT, house_number="12"), record(**AT, house_number="14"), Verdict.SUGGESTED),
        (record(**AT, house_number="12", **DE_GROOT), record(**AT, house_number="14", **DE_GROOT), Verdict.AUTOMATIC),
        (record(**AT, house_number="12"), record(**AT, house_number="12a"), Verdict.SUGGESTED),
        (record(**AT, house_number="12", **DE_GROOT), record(**AT, house_number="12a", **DE_GROOT), Verdict.AUTOMATIC),
        (record(**AT, house_number="12a", **DE_GROOT), record(**AT, house_number="12b", **DE_GROOT), Verdict.SUGGESTED),
        (record(**AT, house_number="12"), record(**AT, house_number="112"), Verdict.APART),
        # a letter of the postcode or of the name is wrong
        (
            record(postcode="7141AB", house_number="12", **DE_GROOT),
            record(postcode="7141AV", house_number="12", name="Slachterij de Grot"),
            Verdict.AUTOMATIC,
        ),
        # without an address in common a person looks
        (record(**AT, house_number="12", **DE_GROOT), record(municipality="Oost Gelre", **DE_GROOT), Verdict.SUGGESTED),
        (record(municipality="Oost Gelre", name="Bonev"), record(municipality="Oost Gelre", **DE_GROOT), Verdict.APART),
        # two sites of one company are two; one branch is one
        (
            record(**AT, house_number="12", registration="12345678"),
            record(postcode="5912CD", house_number="3", registration="12345678"),
            Verdict.APART,
        ),
        (record(registration="000012345678"), record(registration="000012345678"), Verdict.AUTOMATIC),
        (
            record(**AT, house_number="12", registration="000012345678"),
            record(postcode="5912CD", house_number="3", registration="000012345678"),
            Verdict.SUGGESTED,
        ),
    ],
)
@pytest.mark.plan("S07")
def test_what_links_by_itself_what_a_person_is_asked_and_what_stays_apart(
    one: Record, other: Record, verdict: Verdict
) -> None:
    found = LINKS.compare(one, other)
    assert found.verdict is verdict, found


def test_housing_next_door_without_more_is_asked_of_a_person() -> None:
    one = record(HOUSING, sector=None, **AT, house_number="12")
    assert LINKS.compare(one, record(HOUSING, sector=None, **AT, house_number="14")).verdict is Verdict.SUGGESTED
    assert LINKS.compare(one, record(WORK, sector=None, **AT, house_number="14")).verdict is Verdict.APART


def test_an_explanation_says_in_words_what_agrees_and_what_it_weighs() -> None:
    found = LINKS.compare(record(**AT, house_number="12a", **DE_GROOT), record(**AT, house_number="12b", **DE_GROOT))
    assert [(agreement.label, agreement.says) for agreement in found.agreements[:2]] == [
        ("Naam", "dezelfde naam"),
        ("Adres", "hetzelfde huisnummer met een andere toevoeging"),
    ]
    assert found.asks == ("hetzelfde huisnummer met een andere toevoeging",)
    assert found.probability > LINKS.automatic_from
    assert all(low.bits <= 20 for low in found.agreements)
    assert found.model == "2020.1"


def test_levels_of_the_shipped_weights_fall() -> None:
    for comparison in LINKS.comparisons:
        assert all(before.bits >= after.bits for before, after in pairwise(comparison.levels))


@given(records(), records())
def test_comparing_no_further_than_may_matter_finds_what_comparing_all_finds(one: Record, other: Record) -> None:
    pattern = LINKS.pattern(one, other)
    assert LINKS.likely_pattern(one, other) == (None if LINKS.verdict(pattern) is Verdict.APART else pattern)


def test_another_company_down_the_street_is_compared_by_name_and_address_alone() -> None:
    asked = Counter[str]()
    watched = replace(LINKS, comparisons=tuple(_watched(each, asked) for each in LINKS.comparisons))
    one, other = (
        record(name=name, postcode="7141AB", house_number=number)
        for name, number in (("Slachterij De Groot", "12"), ("Uitzendbureau Actief", "14"))
    )
    assert watched.likely_pattern(one, other) is None
    assert set(asked) == {"registration", "name", "address"}


def _watched(comparison: Comparison, asked: Counter[str]) -> Comparison:
    def degree(one: Record, other: Record) -> float | None:
        asked[comparison.field] += 1
        return comparison.degree(one, other)

    return replace(comparison, degree=degree)
