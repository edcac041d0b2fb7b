"""How a figure is taken: ours and its peer by turns, several times, told as a ratio with its range."""

from __future__ import annotations

import json
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

OUTPUT = Path("build/bench.json")

Measure = Callable[[], Awaitable[float]]
"""One repetition: answers a rate or a time, the same for both sides."""


@dataclass(frozen=True)
class Figure:
    """Ours over the peer's, with what each measured (medians, in `unit`)."""

    name: str
    peer: str
    unit: str
    median: float
    minimum: float
    maximum: float
    repetitions: int
    ours: float
    theirs: float

    def __str__(self) -> str:
        spread = f"{self.minimum:.3f} to {self.maximum:.3f}, {self.repetitions} repetitions"
        measured = f"{self.ours:,.1f} against {self.theirs:,.1f} {self.unit}"
        return f"{self.name} / {self.peer}: {self.median:.3f} ({spread}; {measured})"


async def compare(name: str, peer: str, unit: str, ours: Measure, theirs: Measure, repetitions: int) -> Figure:
    """Take both by turns, so that what else the machine does touches both alike."""
    pairs = [(await ours(), await theirs()) for _ in range(repetitions)]
    return figure(name, peer, unit, pairs)


def figure(name: str, peer: str, unit: str, pairs: list[tuple[float, float]]) -> Figure:
    """A figure from measured pairs (ours, theirs)."""
    ratios = [ours / theirs for ours, theirs in pairs]
    return Figure(
        name,
        peer,
        unit,
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        len(pairs),
        statistics.median(ours for ours, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
    )


def keep(figures: list[Figure]) -> None:
    """Write them where CI and people look."""
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps([asdict(one) for one in figures], indent=2) + "\n")


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of them lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))]
