"""The Knox test, against counting by hand and the Poisson distribution."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.detection.knox import knox, more_than

events = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=25)


@given(events, st.integers(0, 10), st.integers(0, 10))
@settings(deadline=None, max_examples=60)
def test_close_pairs_and_their_expectation_are_those_counted_by_hand(
    seen: list[tuple[int, int, int]], space: int, time: int
) -> None:
    found = knox([(x, y) for x, y, _ in seen], [t for *_, t in seen], space=space, time=time, permutations=9)
    pairs = list(combinations(seen, 2))
    near = [(one, other) for one, other in pairs if math.dist(one[:2], other[:2]) <= space]
    soon = [(one, other) for one, other in pairs if abs(one[2] - other[2]) <= time]
    assert found.close_pairs == len([pair for pair in near if pair in soon])
    assert found.expected == pytest.approx(len(near) * len(soon) / len(pairs))
    assert 0.1 <= found.p_by_permutation <= 1


def test_events_that_come_in_groups_are_told_from_those_that_do_not() -> None:
    groups = [(float(10 * g), float(g % 3), float(20 * g + n)) for g in range(8) for n in range(4)]
    found = knox([event[:2] for event in groups], [event[2] for event in groups], space=2, time=4)
    assert (found.close_pairs, found.p_by_permutation) == (48, 0.001)
    assert found.p < 1e-6


def test_the_poisson_tail_is_exact_above_and_below_the_mean() -> None:
    # Given by R 4.2: ppois(q, lambda, lower.tail = FALSE).
    assert more_than(16, 18.9830508474576) == pytest.approx(0.706655148775208, rel=1e-12)
    for count, expected in [(0, 0.5), (3, 0.5), (10, 4.0), (60, 50.0)]:
        below = math.fsum(math.exp(n * math.log(expected) - expected - math.lgamma(n + 1)) for n in range(count + 1))
        assert more_than(count, expected) == pytest.approx(1 - below, abs=1e-12)
    assert more_than(0, 0.0) == 0.0


def test_one_event_makes_no_pair() -> None:
    with pytest.raises(ValueError, match="two events"):
        knox([(0, 0)], [0], space=1, time=1)
    with pytest.raises(ValueError, match="never negative"):
        knox([(0, 0), (1, 1)], [0, 1], space=-1, time=1)
