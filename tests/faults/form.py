"""How long and how hard the suite goes: the short form with every `make test`, the full one on request."""

import os
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Form:
    """The measures of one run; times in seconds."""

    kills_per_point: int
    signals: int
    absence: float
    freeze: float
    storm_signals: int
    platform_kills: int
    full: bool


SHORT = Form(kills_per_point=1, signals=300, absence=3, freeze=5, storm_signals=300, platform_kills=0, full=False)
FULL = Form(
    kills_per_point=13, signals=10_000, absence=15, freeze=30, storm_signals=3_000, platform_kills=20, full=True
)
FORM = FULL if os.environ.get("BRANDMEESTER_FAULTS", "short") == "full" else SHORT

only_in_full = pytest.mark.skipif(not FORM.full, reason="in the full form: BRANDMEESTER_FAULTS=full")

PROMISE = 60.0
"""Within so many seconds after a fault is over everything is at work again, without hands."""
