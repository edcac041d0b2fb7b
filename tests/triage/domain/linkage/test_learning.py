"""Weights learned from pairs without labels come near the ones the pairs were made with."""

import random
from collections import Counter

import pytest

from services.triage.domain.linkage.learning import learned
from services.triage.domain.linkage.model import LinkModel, Pattern
from services.triage.domain.linkage.model_data import read_link_model

TRUE_M, TRUE_U, TRUE_SHARE = 0.9, 0.1, 0.2


def model() -> LinkModel:
    """Five fields that are the same or not, with weights that are only half right."""
    return read_link_model(
        {
            "version": "test",
            "title": "test",
            "prior": 0.5,
            "automatic_from": 0.95,
            "suggested_from": 0.5,
            "days": 1,
            "blocks": [{"name": "a", "by": ["a"]}],
            "comparisons": [
                {
                    "field": field,
                    "label": field,
                    "kind": "exact",
                    "levels": [
                        {"name": "same", "m": 0.6, "u": 0.4, "says": ""},
                        {"name": "other", "m": 0.4, "u": 0.6, "says": ""},
                    ],
                }
                for field in "abcde"
            ],
        }
    )


def drawn(pairs: int, unknown: float = 0.0) -> Counter[Pattern]:
    chance = random.Random(1969)
    found: Counter[Pattern] = Counter()
    for _ in range(pairs):
        agrees = TRUE_M if chance.random() < TRUE_SHARE else TRUE_U
        found[tuple(None if chance.random() < unknown else int(chance.random() >= agrees) for _ in range(5))] += 1
    return found


@pytest.mark.parametrize("unknown", [0.0, 0.2])
def test_the_weights_behind_the_pairs_are_found(unknown: float) -> None:
    after = learned(model(), drawn(20_000, unknown))
    assert after.prior == pytest.approx(TRUE_SHARE, abs=0.02)
    for comparison in after.comparisons:
        assert comparison.levels[0].m == pytest.approx(TRUE_M, abs=0.03)
        assert comparison.levels[0].u == pytest.approx(TRUE_U, abs=0.02)


def test_what_was_never_seen_is_unlikely_and_not_impossible() -> None:
    after = learned(model(), Counter({(0, 0, 0, 0, 0): 50, (1, 1, 1, 1, 0): 50}))
    assert 0 < after.probability((1, 1, 1, 1, 1)) < 0.5


def test_nothing_can_be_learned_from_nothing() -> None:
    with pytest.raises(ValueError, match="no pairs to learn from"):
        learned(model(), {})


def test_fields_that_are_never_known_stay_silent() -> None:
    after = learned(model(), Counter({(0, 0, 0, None, None): 30, (1, 1, 1, None, None): 70}))
    assert after.comparisons[3].levels[0].bits == pytest.approx(0, abs=1e-9)
