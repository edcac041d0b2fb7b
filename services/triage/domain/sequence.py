"""The order in which things happened to a case: that of its history, not that of the moments it bears.

What a signal led to bears the quarter hour it happened in, what a person did its minute; so a later entry may bear the
earlier moment. What is not in the history, such as a clock that ran out, finds its place among the entries by its time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TypeVar

from services.triage.domain.case import Event, HistoryEntry
from services.triage.domain.clock import Clock

T = TypeVar("T")

_STOPS = frozenset({Event.CLOCK_STOPPED, Event.CLOCK_GOES_ON})


def place_of(history: Sequence[HistoryEntry], at: datetime) -> int:
    """How many of these entries came before a moment; of the same moment comes first what is not in the history."""
    return bisect_left([*accumulate((entry.at for entry in history), max)], at)


def place_before_stop(history: Sequence[HistoryEntry], at: datetime, clock: Clock) -> int:
    """The same for what befell a clock while it ran: before all that bears the moment at which it stopped."""
    place = place_of(history, at)
    stops = (n for n, one in enumerate(history) if one.event in _STOPS and one.at == clock.stopped_at)
    stop = next(stops, len(history))
    while 0 < stop < len(history) and history[stop - 1].at == clock.stopped_at:
        stop -= 1
    return min(place, stop)


def woven(entries: Sequence[T], more: Iterable[tuple[int, T]]) -> Iterator[T]:
    """The entries in their order, and between them the others, each with how many entries come before it."""
    waiting = sorted(more, key=lambda placed: placed[0])
    for number, entry in enumerate(entries):
        yield from (one for place, one in waiting if place == number)
        yield entry
    yield from (one for place, one in waiting if place >= len(entries))
