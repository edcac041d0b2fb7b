"""What looks odd about a signal. A mark refuses nothing: who reads the signal weighs it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from services.intake.domain.signal import Mark, Signal
from shared.situation import Observations

MOST_PLAUSIBLE = {
    "people_exposed": 20_000,
    "confirmed_infections": 5_000,
    "people_with_symptoms": 5_000,
    "tested": 20_000,
    "positive": 5_000,
    "people_per_bedroom": 40,
    "people_per_toilet_or_shower": 200,
    "square_metres_per_person": 200,
}
"""More than this at one place was not seen in the Netherlands; bounds of our own, wide on purpose."""
MOST_LINKS = 1
"""Somebody may well point to a message in a newspaper."""
_PARTS_OF_ALL = ("confirmed_infections", "people_with_symptoms", "tested", "positive")
_LINK = re.compile(r"(?:https?://|www\.)\S", re.IGNORECASE)
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}")


def marks_of_numbers(seen: Observations) -> Iterable[Mark]:
    """What the numbers say that cannot well be so."""
    if any(_above(getattr(seen, name), most) for name, most in MOST_PLAUSIBLE.items()):
        yield Mark.IMPLAUSIBLE_NUMBER
    if any(_above(getattr(seen, name), seen.people_exposed) for name in _PARTS_OF_ALL):
        yield Mark.MORE_THAN_ALL


def marks_of_words(words: str) -> Iterable[Mark]:
    """What is odd about a text, in any language and script; says nothing of what it is about."""
    if len(_LINK.findall(words)) > MOST_LINKS:
        yield Mark.LINKS
    if words.strip() and not _TWO_LETTERS.search(words):
        yield Mark.NO_WORDS


def with_numbers_marked(signal: Signal) -> Signal:
    """The same signal, whose numbers are looked at as they stand now."""
    others = [mark for mark in signal.marks if mark not in (Mark.IMPLAUSIBLE_NUMBER, Mark.MORE_THAN_ALL)]
    return replace(signal, marks=tuple(sorted({*others, *marks_of_numbers(signal.situation.observations)})))


def _above(value: float | None, most: float | None) -> bool:
    return value is not None and most is not None and value > most
