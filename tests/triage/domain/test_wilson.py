"""Wilson's lower bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.wilson import lower_bound

Z = 1.959963984540054


@pytest.mark.parametrize(
    ("positive", "tested", "percent"), [(3, 10, 10.8), (3, 20, 5.2), (45, 212, 16.3), (0, 10, 0.0), (10, 10, 72.2)]
)
def test_the_published_values_come_out(positive: int, tested: int, percent: float) -> None:
    assert lower_bound(positive, tested, Z) * 100 == pytest.approx(percent, abs=0.05)


@given(st.integers(1, 5000).flatmap(lambda tested: st.tuples(st.integers(0, tested), st.just(tested))))
def test_the_bound_lies_between_nothing_and_the_share_itself(pair: tuple[int, int]) -> None:
    positive, tested = pair
    assert 0 <= lower_bound(positive, tested, Z) <= positive / tested + 1e-12


@given(st.integers(1, 500).flatmap(lambda tested: st.tuples(st.integers(0, tested - 1), st.just(tested))))
def test_one_positive_more_never_lowers_the_bound(pair: tuple[int, int]) -> None:
    positive, tested = pair
    assert lower_bound(positive + 1, tested, Z) >= lower_bound(positive, tested, Z)


@given(st.integers(1, 200), st.integers(2, 20))
def test_the_same_share_of_more_people_says_more(positive: int, times: int) -> None:
    assert lower_bound(positive * times, 2 * positive * times, Z) > lower_bound(positive, 2 * positive, Z)


@pytest.mark.parametrize(("positive", "tested"), [(0, 0), (4, 3), (-1, 3)])
def test_numbers_that_are_no_share_are_refused(positive: int, tested: int) -> None:
    with pytest.raises(ValueError, match="somebody tested"):
        lower_bound(positive, tested, Z)
