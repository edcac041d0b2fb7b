"""Learning the weights from pairs that nobody labelled: expectation maximisation over patterns of agreement."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.triage.domain.linkage.model import LinkModel, Pattern

Floats = NDArray[np.float64]

_ROUNDS = 500
_SETTLED = 1e-9
_NEVER_QUITE = 0.5
"""Counted to each level of each side (Jeffreys), so that what was not seen is unlikely and not impossible."""


def learned(model: LinkModel, patterns: Mapping[Pattern, int]) -> LinkModel:
    """The model with the weights under which these candidate pairs are the likeliest, starting from its own.

    `patterns` says how many pairs agree in which way. Fields are taken to be independent among the pairs that match,
    and among those that do not (Winkler 1988; Herzog, Scheuren and Winkler 2007, chapter 9). Raises ValueError when
    there is nothing to learn from.
    """
    if not patterns:
        raise ValueError("there are no pairs to learn from")
    counts = np.array(list(patterns.values()), dtype=np.float64)
    levels = [_placed(list(patterns), place, len(each.levels)) for place, each in enumerate(model.comparisons)]
    m = [np.array([level.m for level in each.levels]) for each in model.comparisons]
    u = [np.array([level.u for level in each.levels]) for each in model.comparisons]
    prior = model.prior
    for _ in range(_ROUNDS):
        matches = _posterior(levels, m, u, prior) * counts
        before, prior = prior, float(matches.sum() / counts.sum())
        changed = [_shares(level, matches) for level in levels]
        moved = max(float(np.abs(new - old).max()) for new, old in zip(changed, m, strict=True))
        m = changed
        u = [_shares(level, counts - matches) for level in levels]
        if max(moved, abs(prior - before)) < _SETTLED:
            break
    weights = {
        comparison.field: [(float(a), float(b)) for a, b in zip(m[place], u[place], strict=True)]
        for place, comparison in enumerate(model.comparisons)
    }
    return model.weighed(min(max(prior, 1e-12), 1 - 1e-12), weights)


def _placed(patterns: list[Pattern], comparison: int, levels: int) -> NDArray[np.bool_]:
    """Pattern by level: which it is on; a row of nothing where the field is not known."""
    on = np.array([-1 if pattern[comparison] is None else pattern[comparison] for pattern in patterns])
    found: NDArray[np.bool_] = on[:, None] == np.arange(levels)
    return found


def _posterior(levels: list[NDArray[np.bool_]], m: list[Floats], u: list[Floats], prior: float) -> Floats:
    bits: Any = np.log(prior) - np.log1p(-prior)
    for on, match, other in zip(levels, m, u, strict=True):
        bits = bits + on @ np.log(match / other)
    return np.asarray(1 / (1 + np.exp(-np.clip(bits, -700, 700))))


def _shares(on: NDArray[np.bool_], weights: Floats) -> Floats:
    seen = weights @ on + _NEVER_QUITE
    return np.asarray(seen / seen.sum())
