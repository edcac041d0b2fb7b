"""What stands under a key: the newest, whichever order they came in, and never more than is said."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.linkage.blocks import places_to_look
from services.triage.domain.linkage.claims import (
    MOST,
    MOST_CANDIDATES,
    MOST_OF_A_CASE,
    BlockClaim,
    Compared,
    Entry,
    candidates,
    filed,
)
from tests.triage.builders import NOON, after
from tests.triage.domain.linkage.builders import LINKS, record

EMPTY = BlockClaim()


def entry(signal: str, case: str = "c", at: datetime = NOON, **site: Any) -> Entry:
    return Entry(signal, case, at, record(at=at, **{"postcode": "7141AB", "house_number": "12", **site}))


def claim(*entries: Entry) -> BlockClaim:
    found = EMPTY
    for one in entries:
        found = filed(found, one, LINKS.days)
    return found


def found(of: Entry, among: BlockClaim) -> list[str]:
    looked_at = [(block, among) for block, _ in places_to_look(of.record, LINKS)]
    return [one.entry.signal for one in candidates(of.record, looked_at, LINKS, Compared())]


def test_the_same_once_more_says_nothing_new() -> None:
    before = claim(entry("s1"))
    assert filed(before, entry("s1"), LINKS.days) is before
    assert filed(before, entry("s2"), LINKS.days) is before
    assert filed(before, entry("s2", at=after(days=-3)), LINKS.days) is before


def test_a_later_day_another_name_and_another_case_are_news() -> None:
    later, named, other = entry("s2", at=after(days=1)), entry("s3", name="De Groot"), entry("s4", case="d")
    assert [one.signal for one in claim(entry("s1"), later).entries] == ["s2"]
    assert [one.signal for one in claim(entry("s1"), named).entries] == ["s1", "s3"]
    assert [one.signal for one in claim(entry("s1"), other).entries] == ["s1", "s4"]


def test_what_a_signal_says_now_takes_the_place_of_what_it_said() -> None:
    after_supplement = claim(entry("s1"), entry("s2", case="d"), entry("s1", at=after(hours=1), name="De Groot"))
    assert {one.signal: one.record.get("name") for one in after_supplement.entries} == {"s1": "de groot", "s2": None}


def test_what_is_twelve_weeks_older_falls_out() -> None:
    kept = claim(entry("s1"), entry("s2", case="d", at=after(days=84)), entry("s3", case="e", at=after(days=85)))
    assert [one.signal for one in kept.entries] == ["s2", "s3"]


ENTRIES = st.builds(
    lambda number, case, days, name: entry(f"s{number}", f"c{case}", after(days=days), name=name),
    st.integers(0, 60),
    st.integers(0, 30),
    st.integers(0, 100),
    st.sampled_from([None, "De Groot", "Bonev", "Wisniewski", "Actief", "Kees"]),
)


@given(st.lists(ENTRIES, max_size=50))
def test_there_are_never_more_than_is_said_and_the_newest_is_among_them(entries: list[Entry]) -> None:
    kept = claim(*entries).entries
    days = [int(one.record["day"]) for one in kept]  # type: ignore[arg-type]
    assert len(kept) <= MOST
    assert days == sorted(days)
    assert not days or days[-1] - days[0] <= LINKS.days
    assert len({one.signal for one in kept}) == len(kept)
    for case in {one.case for one in kept}:
        assert sum(one.case == case for one in kept) <= MOST_OF_A_CASE
    if entries:
        assert max(int(one.record["day"]) for one in entries) >= days[-1]  # type: ignore[arg-type]


@given(st.lists(ENTRIES, max_size=50), ENTRIES)
def test_filing_twice_is_filing_once(entries: list[Entry], one: Entry) -> None:
    once = filed(claim(*entries), one, LINKS.days)
    assert filed(once, one, LINKS.days) == once


def test_the_likeliest_come_first_and_of_equals_the_one_heard_of_last() -> None:
    among = claim(
        entry("neighbour", "a", house_number="14"),
        entry("older", "b", after(days=1)),
        entry("newer", "c", after(days=2)),
        entry("elsewhere", "d", postcode="3011AA"),
    )
    assert found(entry("new", at=after(days=2)), among) == ["newer", "older", "neighbour"]


def test_only_the_likeliest_few_are_looked_at_closely() -> None:
    among = claim(*(entry(f"s{n}", f"c{n}") for n in range(MOST)))
    assert len(found(entry("new"), among)) == MOST_CANDIDATES


@pytest.mark.parametrize(("name", "count"), [("De Groot", 1), (None, 1)])
def test_a_crowd_of_one_case_leaves_room_for_others(name: str | None, count: int) -> None:
    crowd = [entry(f"s{n}", "crowded", after(hours=n), name=f"{name} {n}" if name else None) for n in range(40)]
    kept = claim(entry("alone", "other"), *crowd).entries
    assert sum(one.case == "other" for one in kept) == count


def test_what_was_compared_to_load_is_not_compared_again_to_decide() -> None:
    one, among, compared = entry("s1"), claim(entry("s2", "d")), Compared()
    looked_at = [(block, among) for block, _ in places_to_look(one.record, LINKS)]
    (first,) = candidates(one.record, looked_at, LINKS, compared)
    (again,) = candidates(dict(one.record), looked_at, LINKS, compared)
    (anew,) = candidates(one.record, looked_at, LINKS, Compared())
    assert again is first
    assert (anew is first, anew) == (False, first)
