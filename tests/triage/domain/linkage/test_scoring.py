"""Precision, recall and F1 as everybody reckons them, and bands that leave no pair out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.linkage.scoring import Score, calibration

JUDGED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


def test_shares_of_a_worked_example() -> None:
    score = Score(same=8, found=5, rightly=4)
    assert (score.precision, score.recall) == (0.8, 0.5)
    assert score.f1 == pytest.approx(2 * 0.8 * 0.5 / (0.8 + 0.5))


def test_a_share_of_nothing_is_not_known() -> None:
    assert (Score(3, 0, 0).precision, Score(3, 0, 0).recall, Score(3, 0, 0).f1) == (None, 0, 0)
    assert (Score(0, 2, 0).precision, Score(0, 2, 0).recall, Score(0, 2, 0).f1) == (0, None, 0)
    assert Score(0, 0, 0).f1 is None


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(1, 1000))
def test_f1_is_the_harmonic_mean(rightly: int, missed: int, wrongly: int) -> None:
    score = Score(rightly + missed, rightly + wrongly, rightly)
    precision, recall = Fraction(rightly, rightly + wrongly), Fraction(rightly, rightly + missed)
    assert score.f1 == pytest.approx(float(2 * precision * recall / (precision + recall)))


@given(JUDGED, st.lists(st.floats(0.01, 0.99), max_size=2))
def test_each_pair_is_in_one_band_and_the_thresholds_part_bands(
    judged: list[tuple[float, bool]], thresholds: list[float]
) -> None:
    bands = calibration(judged, thresholds)
    assert sum(band.pairs for band in bands) == len(judged)
    assert sum(band.same for band in bands) == sum(same for _, same in judged)
    assert (bands[0].least, bands[-1].most) == (0, 1)
    assert [band.most for band in bands[:-1]] == [band.least for band in bands[1:]]
    assert set(thresholds) <= {band.least for band in bands}
    for band in bands:
        assert band.least * band.pairs - 1e-9 <= band.expected <= band.most * band.pairs + 1e-9


def test_a_band_says_how_many_were_to_be_expected_and_how_many_are() -> None:
    band = calibration([(0.6, True), (0.7, False), (0.2, True), (1.0, True)], (0.5,))[3]
    assert (band.least, band.most, band.pairs, band.same) == (0.5, 0.75, 2, 1)
    assert (band.expected, band.share) == (pytest.approx(1.3), 0.5)
    last = calibration([(1.0, True)], (0.5,))[-1]
    assert (last.pairs, last.share) == (1, 1)
    assert calibration([], (0.5,))[0].share is None
