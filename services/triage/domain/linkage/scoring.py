"""How good links are, held against what somebody knows: precision, recall, F1 and calibration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_EDGES = (0.0, 0.05, 0.25, 0.75, 0.99)


@dataclass(frozen=True, slots=True)
class Score:
    """Of pairs: how many are the `same`, how many were `found` to be, and how many of those `rightly`."""

    same: int
    found: int
    rightly: int

    @property
    def precision(self) -> float | None:
        """The share of what was found that is right; None where nothing was found."""
        return self.rightly / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what is there that was found; None where nothing is there."""
        return self.rightly / self.same if self.same else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both (van Rijsbergen, 1979); None where there is nothing to find and nothing found."""
        return 2 * self.rightly / (self.same + self.found) if self.same or self.found else None


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs whose probability lies from `least` up to, and not at, `most`; at 1 too in the last band.

    `expected` is how many of them are the same if the probabilities keep their word, `same` how many are.
    """

    least: float
    most: float
    pairs: int
    same: int
    expected: float

    @property
    def share(self) -> float | None:
        """The share that is the same; None where no pair is."""
        return self.same / self.pairs if self.pairs else None


def calibration(judged: Iterable[tuple[float, bool]], thresholds: Sequence[float]) -> list[Band]:
    """The bands of these probabilities, each with whether its pair is the same; the thresholds part bands as well."""
    edges = sorted({*_EDGES, *thresholds, 1.0})
    pairs = list(judged)
    return [_band(pairs, least, most) for least, most in pairwise(edges)]


def _band(pairs: Sequence[tuple[float, bool]], least: float, most: float) -> Band:
    within = [one for one in pairs if least <= one[0] < most or one[0] == most == 1.0]
    return Band(
        least, most, len(within), sum(same for _, same in within), sum(probability for probability, _ in within)
    )
