"""Rulesets side by side: on every day each region has one, and a book with a hole or an overlap is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.rulebook import Rulebook, rulebook
from services.triage.domain.ruleset import Ruleset
from services.triage.domain.ruleset_faults import InvalidRuleset
from tests.triage.builders import RULES

FIRST = date(2020, 7, 1)
REGIONS = ("VR01", "VR06", "VR23")


def version(name: str, start: date = FIRST, end: date | None = None, *regions: str, draft: bool = False) -> Ruleset:
    return replace(RULES, version=name, valid_from=start, valid_until=end, regions=frozenset(regions), draft=draft)


def day(month: int, number: int) -> date:
    return date(2020, month, number)


@pytest.mark.plan("S22")
def test_each_day_has_the_rules_that_were_published_for_it() -> None:
    book = rulebook([version("b", day(11, 1)), version("a", FIRST, day(10, 31))])
    assert [book.at(on, None).version for on in (FIRST, day(10, 31), day(11, 1), date(2030, 1, 1))] == list("aabb")
    assert [one.version for one in book.rulesets] == ["a", "b"]


@pytest.mark.plan("S22")
def test_a_set_for_a_region_goes_before_that_of_the_country_while_it_holds() -> None:
    book = rulebook([version("all"), version("east", day(10, 1), day(10, 31), "VR06")])
    assert book.at(day(10, 1), "VR06").version == "east"
    assert book.at(day(11, 1), "VR06").version == "all"
    assert book.at(day(10, 1), "VR01").version == "all"
    assert book.at(day(10, 1), None).version == "all"


def test_what_is_older_than_the_first_set_is_graded_by_it() -> None:
    assert rulebook([version("a", FIRST)]).at(day(1, 1), "VR06").version == "a"


def test_a_draft_never_holds_and_is_found_by_its_name() -> None:
    book = rulebook([version("a"), version("draft", day(8, 1), draft=True)])
    assert book.at(day(9, 1), None).version == "a"
    assert book.named("draft") in book.rulesets
    assert book.named("nothing") is None


@pytest.mark.parametrize(
    ("rulesets", "fault"),
    [
        (
            [version("a"), version("b", day(11, 1))],
            "a, b: both hold for NL from 2020-11-01 to …",
        ),
        (
            [version("a", FIRST, day(10, 31)), version("b", day(10, 31))],
            "a, b: both hold for NL from 2020-10-31 to 2020-10-31",
        ),
        (
            [version("a"), version("b", FIRST, None, "VR01", "VR06"), version("c", day(9, 1), None, "VR06")],
            "b, c: both hold for VR06 from 2020-09-01 to …",
        ),
        (
            [version("a", FIRST, day(10, 31)), version("b", day(11, 3))],
            "a, b: none holds for the whole country from 2020-11-01 to 2020-11-02",
        ),
        ([version("a", FIRST, day(10, 31))], "a: none holds for the whole country from 2020-11-01 on"),
        ([version("b", FIRST, None, "VR06")], "no ruleset holds for the whole country"),
        ([version("a", draft=True)], "no ruleset holds for the whole country"),
        ([version("a"), version("a", draft=True)], "a: there are two of this version"),
    ],
)
def test_holes_and_overlaps_are_named_with_their_days_and_regions(rulesets: list[Ruleset], fault: str) -> None:
    with pytest.raises(InvalidRuleset) as refused:
        rulebook(rulesets)
    assert fault in map(str, refused.value.faults)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidRuleset) as refused:
        rulebook([version("a", FIRST, day(10, 31)), version("b", day(10, 1), day(12, 31))])
    assert len(refused.value.faults) == 2


_STARTS = st.integers(0, 12)
_SETS = st.lists(
    st.tuples(_STARTS, st.none() | st.integers(0, 6), st.sets(st.sampled_from(REGIONS), max_size=2)),
    min_size=1,
    max_size=4,
)


@given(_SETS)
def test_a_book_is_accepted_exactly_if_every_day_and_region_has_one_set(
    drawn: list[tuple[int, int | None, set[str]]],
) -> None:
    sets = [
        version(
            f"v{number}",
            FIRST + timedelta(days=start),
            None if length is None else FIRST + timedelta(days=start + length),
            *regions,
        )
        for number, (start, length, regions) in enumerate(drawn)
    ]
    try:
        book = rulebook(sets)
    except InvalidRuleset:
        book = None
    assert (book is not None) == all(_one_each(sets))
    if book is not None:
        _holds_what_it_should(book, sets)


def _one_each(sets: list[Ruleset]) -> Iterator[bool]:
    """Worked out day by day, not by comparing ends."""
    national = [one for one in sets if not one.regions]
    yield bool(national)
    begin = min((one.valid_from for one in national), default=FIRST)
    for number in range(25):
        on = FIRST + timedelta(days=number)
        count = sum(one.holds_on(on) for one in national)
        yield count == 1 if on >= begin else count == 0
        for region in REGIONS:
            yield sum(region in one.regions and one.holds_on(on) for one in sets) <= 1


def _holds_what_it_should(book: Rulebook, sets: list[Ruleset]) -> None:
    for number in range(25):
        on = FIRST + timedelta(days=number)
        for region in (*REGIONS, None):
            found = book.at(on, region)
            own = [one for one in sets if region in one.regions and one.holds_on(on)]
            assert found == (own or [found])[0]
            assert region in found.regions or not found.regions
