"""The Knox test: whether events that are close in space are close in time more often than chance makes them.

After Knox (1964): pairs of events at most `space` apart and at most `time` apart are counted, and
expected = pairs close in space * pairs close in time / all pairs. Two probabilities say how surprising the count is:

- by the Poisson approximation, more pairs than were seen, as R's `surveillance::knox` and PySAL's `pointpats` give it;
- by permutation of the times (Mantel 1967), as many pairs or more: (1 + as high) / (permutations + 1). It is the one
  to trust where many pairs are close, as the package's manual says too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 512
"""Events compared with all others at a time, so that many events need little memory."""


@dataclass(frozen=True, slots=True)
class Knox:
    """The outcome of the test."""

    close_pairs: int
    expected: float
    p: float
    p_by_permutation: float


def knox(
    points: Sequence[tuple[float, float]],
    times: Sequence[float],
    *,
    space: float,
    time: float,
    permutations: int = 999,
    seed: int = 1,
) -> Knox:
    """Test these events; raises ValueError when there are too few or a distance is negative."""
    if len(points) < 2:
        raise ValueError("a pair needs two events")
    if space < 0 or time < 0:
        raise ValueError("a distance is never negative")
    moments = np.asarray(times, dtype=float)
    one, other = _pairs_close_in_space(np.asarray(points, dtype=float), space)
    seen = _close_in_time(moments, one, other, time)
    expected = len(one) * _pairs_close_in_time(moments, time) / math.comb(len(points), 2)
    random = np.random.default_rng(seed)
    as_high = sum(_close_in_time(random.permutation(moments), one, other, time) >= seen for _ in range(permutations))
    return Knox(seen, expected, more_than(seen, expected), (1 + as_high) / (permutations + 1))


def more_than(count: int, expected: float) -> float:
    """The probability that a Poisson count passes this one."""
    if expected == 0:
        return 0.0
    if count < expected:
        return 1 - math.fsum(_poisson(n, expected) for n in range(count + 1))
    # Above the mean the terms fall: adding the tail itself keeps a small probability exact.
    tail, n, term = 0.0, count + 1, _poisson(count + 1, expected)
    while term > tail * 1e-17:
        tail += term
        n += 1
        term *= expected / n
    return tail


def _poisson(n: int, expected: float) -> float:
    return math.exp(n * math.log(expected) - expected - math.lgamma(n + 1))


def _pairs_close_in_space(points: NDArray[np.float64], space: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    ones, others = [], []
    for start in range(0, len(points), _BLOCK):
        away = points[start : start + _BLOCK, None, :] - points[None, :, :]
        one, other = np.nonzero(np.hypot(away[..., 0], away[..., 1]) <= space)
        once = one + start < other
        ones.append(one[once] + start)
        others.append(other[once])
    return np.concatenate(ones), np.concatenate(others)


def _pairs_close_in_time(moments: NDArray[np.float64], time: float) -> int:
    pairs = 0
    for start in range(0, len(moments), _BLOCK):
        away = np.abs(moments[start : start + _BLOCK, None] - moments[None, :])
        pairs += int(np.count_nonzero(away <= time))
    return (pairs - len(moments)) // 2


def _close_in_time(moments: NDArray[np.float64], one: NDArray[np.intp], other: NDArray[np.intp], time: float) -> int:
    return int(np.count_nonzero(np.abs(moments[one] - moments[other]) <= time))
