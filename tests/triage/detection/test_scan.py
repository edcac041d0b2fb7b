"""The prospective space-time permutation scan, against a slow one and what must hold of any."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.detection.scan import EARTH_RADIUS_METRES, Cases, Limits, Place, distances, scan

END = date(2020, 6, 28)
START = END - timedelta(days=27)
GRID = [Place(f"{x}-{y}", (x * 1000.0, y * 1000.0)) for x in range(4) for y in range(4)]
LIMITS = Limits(most_metres=1500, most_days=7, least_cases=3, replications=99, seed=5)


def days_before(days: int) -> date:
    return END - timedelta(days=days)


BACKGROUND = [Cases(place.name, days_before(age)) for n, place in enumerate(GRID) for age in (2 + n % 5, 9, 16, 23)]
OUTBREAK = [Cases(place, days_before(age), 3) for place in ("1-1", "1-2") for age in (0, 1)]

few_cases = st.lists(
    st.builds(Cases, st.sampled_from([place.name for place in GRID]), st.integers(0, 27).map(days_before), st.just(1)),
    min_size=1,
    max_size=40,
)


def slow_best(cases: Sequence[Cases], limits: Limits) -> float:
    """The highest log-likelihood ratio, by looking at each cylinder by itself."""
    total = sum(case.count for case in cases)
    best = 0.0
    for centre in GRID:
        for edge in GRID:
            radius = math.dist(centre.position, edge.position)
            if radius > limits.most_metres:
                continue
            inside = {place.name for place in GRID if math.dist(centre.position, place.position) <= radius}
            for days in range(1, limits.most_days + 1):
                best = max(best, slow_ratio(cases, inside, days_before(days - 1), total, limits.least_cases))
    return best


def slow_ratio(cases: Sequence[Cases], inside: set[str], since: date, total: int, least: int) -> float:
    observed = sum(case.count for case in cases if case.place in inside and case.day >= since)
    of_places = sum(case.count for case in cases if case.place in inside)
    of_days = sum(case.count for case in cases if case.day >= since)
    expected = of_places * of_days / total
    if observed < least or observed <= expected:
        return 0.0
    rest = (total - observed) * math.log((total - observed) / (total - expected)) if observed < total else 0.0
    return observed * math.log(observed / expected) + rest


@pytest.mark.plan("S02")
def test_an_outbreak_is_found_where_and_when_it_is() -> None:
    cluster, *_ = scan(GRID, [*BACKGROUND, *OUTBREAK], START, END, LIMITS)
    assert {"1-1", "1-2"} <= set(cluster.places)
    assert (cluster.start, cluster.end, cluster.p) == (days_before(1), END, 0.04)
    assert cluster.recurrence_days == 25
    assert cluster.observed == 12
    total = sum(case.count for case in [*BACKGROUND, *OUTBREAK])
    ratio = slow_ratio([*BACKGROUND, *OUTBREAK], set(cluster.places), cluster.start, total, 3)
    assert cluster.log_likelihood_ratio == pytest.approx(ratio)


@given(few_cases, st.sampled_from([0.0, 1000.0, 1500.0, 9000.0]), st.integers(1, 7), st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_the_likeliest_cluster_is_the_one_that_a_slow_search_finds(
    cases: list[Cases], metres: float, days: int, least: int
) -> None:
    limits = Limits(metres, days, least, replications=1)
    found = scan(GRID, cases, START, END, limits)
    best = slow_best(cases, limits)
    assert (found[0].log_likelihood_ratio if found else 0.0) == pytest.approx(best)
    assert bool(found) == (best > 0)


@given(few_cases)
@settings(deadline=None, max_examples=30)
def test_clusters_share_no_place_and_hold_what_they_say(cases: list[Cases]) -> None:
    found = scan(GRID, cases, START, END, Limits(1500, 7, 1, replications=19))
    named = [place for cluster in found for place in cluster.places]
    assert len(named) == len(set(named))
    for cluster in found:
        inside = [case for case in cases if case.place in cluster.places and case.day >= cluster.start]
        assert len(inside) == cluster.observed > cluster.expected
        assert cluster.places[0] == cluster.centre
        assert (END - cluster.start).days < 7
    assert [cluster.p for cluster in found] == sorted(cluster.p for cluster in found)


def test_what_differs_by_place_or_by_day_alone_is_no_cluster() -> None:
    by_place = [Cases(place.name, days_before(age), n + 1) for n, place in enumerate(GRID) for age in range(28)]
    by_day = [Cases(place.name, days_before(age), 28 - age) for place in GRID for age in range(28)]
    assert scan(GRID, by_place, START, END, LIMITS) == []
    assert scan(GRID, by_day, START, END, LIMITS) == []


def test_chance_alone_seldom_looks_like_an_outbreak() -> None:
    random = np.random.default_rng(1)
    alarms = 0
    for seed in range(60):
        cases = [
            Cases(GRID[int(place)].name, days_before(int(age)))
            for place, age in zip(random.integers(16, size=80), random.integers(28, size=80), strict=True)
        ]
        found = scan(GRID, cases, START, END, Limits(1500, 7, 1, replications=39, seed=seed))
        alarms += bool(found) and found[0].p <= 0.1
    assert alarms <= 13  # 6 expected; 14 or more come once in five hundred times


def test_the_same_seed_gives_the_same_answer() -> None:
    cases = [*BACKGROUND, Cases("3-3", days_before(0), 2)]
    assert scan(GRID, cases, START, END, LIMITS) == scan(GRID, cases, START, END, LIMITS)


def test_cases_outside_the_period_do_not_count() -> None:
    older = [Cases("1-1", START - timedelta(days=1), 50), Cases("1-1", END + timedelta(days=1), 50)]
    inside = [*BACKGROUND, *OUTBREAK]
    assert scan(GRID, [*inside, *older], START, END, LIMITS) == scan(GRID, inside, START, END, LIMITS)


def test_nothing_reported_is_nothing_found() -> None:
    assert scan(GRID, [], START, END, LIMITS) == []


def test_degrees_are_measured_along_the_globe() -> None:
    quarter = distances(np.array([[0.0, 0.0]]), np.array([[0.0, 90.0], [90.0, 10.0], [0.0, 0.0]]), on_globe=True)
    assert quarter[0] == pytest.approx([EARTH_RADIUS_METRES * math.pi / 2] * 2 + [0.0])
    amsterdam, utrecht = np.array([[52.3731, 4.8922]]), np.array([[52.0907, 5.1214]])
    assert distances(amsterdam, utrecht, on_globe=True)[0, 0] == pytest.approx(35_060, abs=100)


@pytest.mark.parametrize(
    "limits", [Limits(-1, 7), Limits(1, 0), Limits(1, 7, least_cases=0), Limits(1, 7, replications=0)]
)
def test_limits_that_make_no_sense_are_refused(limits: Limits) -> None:
    with pytest.raises(ValueError, match=r"never negative|1 or more"):
        scan(GRID, BACKGROUND, START, END, limits)
    with pytest.raises(ValueError, match="ends before it starts"):
        scan(GRID, BACKGROUND, END, START, LIMITS)
