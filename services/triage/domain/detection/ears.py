"""EARS C1, C2 and C3: whether a count is higher than the few before it let expect.

As R's `surveillance::earsC` computes them, after Hutwagner and others (2003) and Fricker, Hegler and Dunfee (2008):

- C1 compares with the `baseline` counts right before, C2 with as many that end three before, so that the start of an
  outbreak does not hide the rest of it. Upper bound: mean + z * standard deviation (of a sample, n - 1).
- C3 adds up how far C2 was passed: upper bound = count + sd * (z - the sum, over the two positions before, of
  max(0, C2 - 1)), mean and sd being those of C2. The package's manual writes its mean where the package itself uses
  the count; we follow the package, against which the tests compare.

An upper bound is never below zero; an alarm is a count above it. Where a count is missing, or C3 divides by a
standard deviation of zero, there is neither bound nor alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

LEAST_BASELINE = 3
_LAG = 2
_POSITIONS_ADDED = 2


class Method(StrEnum):
    """The three methods, from mild to sensitive."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"

    @property
    def usual_alpha(self) -> float:
        """The level that the CDC works with."""
        return 0.025 if self is Method.C3 else 0.001


@dataclass(frozen=True, slots=True)
class Verdict:
    """One position, counted from 1; `upper` and `alarm` are None where nothing can be said."""

    position: int
    count: int | None
    upper: float | None
    alarm: bool | None


def first_position(method: Method, baseline: int) -> int:
    """The first position with enough counts before it."""
    return baseline + {Method.C1: 1, Method.C2: 1 + _LAG, Method.C3: 1 + _LAG + _POSITIONS_ADDED}[method]


def ears(
    counts: Sequence[int | None],
    method: Method,
    *,
    baseline: int = 7,
    alpha: float | None = None,
    first: int | None = None,
    last: int | None = None,
    least_sigma: float = 0.0,
) -> list[Verdict]:
    """A verdict on each position from `first` to `last`; raises ValueError for what cannot be computed.

    `least_sigma` is the least standard deviation to reckon with; Burkom advises 0.5 or 1 for sparse counts.
    """
    earliest = first_position(method, baseline)
    first, last = earliest if first is None else first, len(counts) if last is None else last
    _check(baseline, alpha, first, last, earliest, len(counts))
    observed = np.array([np.nan if count is None else count for count in counts], dtype=float)
    z = NormalDist().inv_cdf(1 - (method.usual_alpha if alpha is None else alpha))
    upper = _upper_bounds(observed, method, baseline, z, least_sigma)
    return [_verdict(position, counts[position - 1], upper[position - 1]) for position in range(first, last + 1)]


def _check(baseline: int, alpha: float | None, first: int, last: int, earliest: int, length: int) -> None:
    if baseline < LEAST_BASELINE:
        raise ValueError(f"the baseline needs at least {LEAST_BASELINE} counts")
    if alpha is not None and not 0 < alpha < 1:
        raise ValueError("alpha lies between 0 and 1")
    if first < earliest:
        raise ValueError(f"position {first} has too few counts before it; the first that can be judged is {earliest}")
    if last > length:
        raise ValueError(f"there are {length} counts; position {last} lies behind them")
    if length < earliest:
        raise ValueError(f"{length} counts are too few: the first that can be judged is at position {earliest}")
    if last < first:
        raise ValueError(f"nothing to judge: position {last} lies before position {first}")


def _upper_bounds(observed: Numbers, method: Method, baseline: int, z: float, least_sigma: float) -> Numbers:
    lag = 0 if method is Method.C1 else _LAG
    mean, sigma = _baselines(observed, baseline, lag, least_sigma)
    # A standard deviation of zero makes infinities and what is no number, both meant.
    with np.errstate(divide="ignore", invalid="ignore"):
        if method is Method.C3:
            upper = observed + sigma * (z - _passed_before((observed - mean) / sigma))
        else:
            upper = mean + z * sigma
    return np.where(upper < 0, 0.0, upper)


def _baselines(observed: Numbers, baseline: int, lag: int, least_sigma: float) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation of each position's baseline; not a number where it has none."""
    mean, sigma = np.full((2, len(observed)), np.nan)
    windows = sliding_window_view(observed, baseline)[: len(observed) - baseline - lag]
    mean[baseline + lag :] = windows.mean(axis=1)
    sigma[baseline + lag :] = np.maximum(windows.std(axis=1, ddof=1), least_sigma)
    return mean, sigma


def _passed_before(c2: Numbers) -> Numbers:
    passed = np.maximum(0, c2 - 1)
    before = np.full(len(c2), np.nan)
    before[_POSITIONS_ADDED:] = passed[1:-1] + passed[:-2]
    return before


def _verdict(position: int, count: int | None, upper: np.float64) -> Verdict:
    if np.isnan(upper):
        return Verdict(position, count, None, None)
    return Verdict(position, count, float(upper), None if count is None else bool(count > upper))
