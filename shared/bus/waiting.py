"""How long the oldest record that is not taken in has waited: at least so long, by what is surely known of it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from shared.bus.message import Place

_QUARTER = 900.0


class Waiting:
    """Knows when polled records were sent, and since when a partition was seen to reach beyond what is taken in."""

    def __init__(self) -> None:
        # Each batch by its first offset and when that was sent; each end of the partition and when it was seen.
        self._polled: dict[Place, deque[tuple[int, float]]] = defaultdict(deque)
        self._ends: dict[Place, deque[tuple[int, float]]] = defaultdict(deque)

    def polled(self, place: Place, first: int, sent: float) -> None:
        """Note a batch from a partition: its first offset, and when that record says it was sent."""
        # A whole quarter is a moment rounded down, so that nobody learns when a signal came.
        self._polled[place].append((first, sent + _QUARTER if sent % _QUARTER == 0 else sent))

    def saw_end(self, place: Place, end: int, now: float) -> None:
        """Note where a partition ends now."""
        ends = self._ends[place]
        if not ends or ends[-1][0] < end:
            ends.append((end, now))

    def age(self, taken_in: Mapping[Place, int], now: float) -> float:
        """Seconds that the oldest record has waited, 0 when none waits; `taken_in` is the next offset per place."""
        return max((self._age(place, next_, now) for place, next_ in taken_in.items()), default=0.0)

    def forget(self, place: Place) -> None:
        """Another reads this partition now, or it is read from elsewhere."""
        self._polled.pop(place, None)
        self._ends.pop(place, None)

    def _age(self, place: Place, next_: int, now: float) -> float:
        polled, ends = self._polled[place], self._ends[place]
        while polled and polled[0][0] < next_:
            polled.popleft()
        while ends and ends[0][0] <= next_:
            ends.popleft()
        return max((now - since for first in (polled, ends) if first for _, since in [first[0]]), default=0.0)
