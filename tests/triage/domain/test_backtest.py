"""Past cases under two sets of rules: what is graded, what a visit proves, and what is counted."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.assessing import InCluster
from services.triage.domain.backtest import (
    ClusterSeen,
    Graded,
    PastCase,
    StoredCase,
    Tally,
    VisitMade,
    replayed,
    replayed_from_store,
)
from services.triage.domain.rulebook import rulebook
from services.triage.domain.ruleset import ClusterRule
from shared.calendar import day_of
from shared.vocabulary import Grade, Sector
from tests.triage.builders import NOON, RULES, after, facts, signal, situation

LOW, MODERATE, HIGH, CRITICAL = Grade
BOOK = rulebook([RULES])
STRICT = replace(RULES, version="strict", likelihood_from=(0, 5, 10, 20))
SMALL = situation(people_exposed=20, distance_not_kept=True)
OUTBREAK = situation(people_exposed=500, confirmed_infections=9)


def stored(*signals: object, **more: object) -> StoredCase:
    return StoredCase("c1", "Z-1", tuple(signals), **more)  # type: ignore[arg-type]


@pytest.mark.plan("S22")
def test_a_case_of_a_file_is_graded_by_both() -> None:
    case = PastCase("plant", facts(sector=Sector.MEAT, people_exposed=60, distance_not_kept=True), found=True)
    assert replayed(case, RULES, STRICT) == Graded("plant", "plant", MODERATE, HIGH, True)


@pytest.mark.plan("S22")
def test_what_came_after_the_visit_does_not_foretell_what_it_found() -> None:
    visit = VisitMade(after(hours=20), found=True)
    before, later = signal("s1", NOON, SMALL), signal("s2", after(hours=21), OUTBREAK)
    graded = replayed_from_store(stored(before, later, visits=(visit,)), BOOK, RULES)
    assert (graded.before, graded.found) == (LOW, True)
    assert replayed_from_store(stored(before, later), BOOK, RULES).before == CRITICAL


def test_a_case_of_which_all_was_said_anew_after_the_visit_proves_nothing() -> None:
    supplemented = signal("s1", NOON, OUTBREAK, known_at=after(hours=21))
    graded = replayed_from_store(stored(supplemented, visits=(VisitMade(after(hours=20), True),)), BOOK, RULES)
    assert (graded.before, graded.found) == (CRITICAL, None)


def test_of_several_visits_the_first_bounds_what_was_known_and_any_may_find_something() -> None:
    visits = (VisitMade(after(days=9), True), VisitMade(after(days=2), False))
    one, other = signal("s1", NOON, SMALL), signal("s2", after(days=3), OUTBREAK)
    graded = replayed_from_store(stored(one, other, visits=visits), BOOK, RULES)
    assert (graded.before, graded.found) == (LOW, True)


def test_each_case_has_the_rules_of_its_day_on_the_one_side() -> None:
    early = replace(RULES, version="early", valid_until=day_of(NOON))
    late = replace(STRICT, valid_from=day_of(NOON) + timedelta(days=1))
    book = rulebook([early, late])
    assert replayed_from_store(stored(signal("s1", NOON, SMALL)), book, early).before == LOW
    assert replayed_from_store(stored(signal("s1", after(days=2), SMALL)), book, early).before == MODERATE


def test_a_cluster_counts_where_the_other_rules_say_so() -> None:
    clause = ClusterRule(100, "-", "-", at_least=HIGH)
    case = stored(signal("s1", NOON, SMALL), clusters=(ClusterSeen(after(hours=1), InCluster("k", day_of(NOON), 200)),))
    graded = replayed_from_store(case, BOOK, replace(RULES, cluster=clause))
    assert (graded.before, graded.after) == (LOW, HIGH)


def test_a_cluster_that_was_seen_after_the_visit_does_not_foretell_what_it_found() -> None:
    clustering = replace(RULES, cluster=ClusterRule(100, "-", "-", at_least=HIGH))
    seen = (ClusterSeen(after(hours=21), InCluster("k", day_of(NOON), 200)),)
    case = stored(signal("s1", NOON, SMALL), clusters=seen, visits=(VisitMade(after(hours=20), found=True),))
    assert replayed_from_store(case, BOOK, clustering).after == LOW
    assert replayed_from_store(replace(case, visits=()), BOOK, clustering).after == HIGH


def test_of_several_clusters_the_one_seen_last_counts_and_of_those_the_rarest() -> None:
    clustering = replace(RULES, cluster=ClusterRule(100, "-", "-", at_least=HIGH))
    since, today = after(hours=1), day_of(NOON)
    old, common, rare = (
        ClusterSeen(since, InCluster(id_, day, days))
        for id_, day, days in (("o", today - timedelta(days=3), 900), ("c", today, 50), ("r", today, 200))
    )
    one = stored(signal("s1", NOON, SMALL), clusters=(old, common))
    assert replayed_from_store(one, BOOK, clustering).after == LOW
    assert replayed_from_store(replace(one, clusters=(common, rare, old)), BOOK, clustering).after == HIGH


GRADES = st.sampled_from(Grade)
GRADED = st.lists(
    st.builds(Graded, st.uuids().map(str), st.just("Z"), GRADES, GRADES, st.none() | st.booleans()), max_size=60
)


@given(GRADED, st.none() | st.integers(1, 10))
def test_a_tally_says_what_counting_all_at_once_says(some: list[Graded], most: int | None) -> None:
    tally = Tally(most)
    tally.add(some[:7])
    tally.add(some[7:])
    moved = [one for one in some if one.before != one.after]
    visited = [one for one in some if one.found is not None]
    assert (tally.cases, tally.changed, tally.looked_at) == (len(some), len(moved), len(visited))
    assert tally.pairs == Counter((one.before, one.after) for one in some)
    assert tally.changes() == sorted(moved, key=lambda one: -abs(one.move))[:most]
    for side, score in zip(("before", "after"), tally.scores(), strict=True):
        called = [one.found for one in visited if getattr(one, side).rank >= HIGH.rank]
        found = [one for one in visited if one.found]
        assert score.precision == (sum(map(bool, called)) / len(called) if called else None)
        assert score.recall == (sum(map(bool, called)) / len(found) if found else None)
        for grade in Grade:
            rows = [one.found for one in visited if getattr(one, side) == grade]
            assert score.calibration[grade].visited == len(rows)
            assert score.calibration[grade].found == sum(map(bool, rows))
