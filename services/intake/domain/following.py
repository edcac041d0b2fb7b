"""What may still happen to a signal that is in: questions, answers, new facts and pictures, until it is withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from services.intake.domain.dialogue import MOST_LINES, MOST_PICTURES, Author, Line, Picture
from services.intake.domain.marks import with_numbers_marked
from services.intake.domain.signal import PLACED, Entry, NotAllowed, Signal, Status
from shared.situation import Observations, Site


def with_line(signal: Signal, line: Line) -> Signal:
    """One line more; a question needs somebody who can come back with a receipt. Sent twice it is there once."""
    _must_be_open(signal)
    if any(known.id == line.id for known in signal.dialogue):
        return signal
    if line.author is Author.PLATFORM and signal.receipt is None:
        raise NotAllowed("nobody has a receipt for it")
    if len(signal.dialogue) >= MOST_LINES:
        raise NotAllowed("too many lines")
    what = "asked" if line.author is Author.PLATFORM else "answered"
    return replace(
        signal,
        dialogue=(*signal.dialogue, line),
        history=(*signal.history, Entry(line.at, what, line.who)),
    )


def with_pictures(signal: Signal, pictures: Sequence[Picture], at: datetime) -> Signal:
    """The pictures that are new, as far as there is room."""
    _must_be_open(signal)
    known = {picture.id for picture in signal.pictures}
    fresh = [picture for picture in pictures if picture.id not in known]
    if not fresh:
        return signal
    if len(known) + len(fresh) > MOST_PICTURES:
        raise NotAllowed("too many pictures")
    return replace(signal, pictures=(*signal.pictures, *fresh), history=(*signal.history, Entry(at, "pictures_added")))


def supplemented(signal: Signal, observations: Observations, observed_on: date | None, at: datetime) -> Signal:
    """What is seen there now and when, instead of what was said before; unchanged when it says nothing new."""
    _must_be_open(signal)
    situation = replace(signal.situation, observations=observations, observed_on=observed_on)
    if situation == signal.situation:
        return signal
    after = replace(signal, situation=situation, history=(*signal.history, Entry(at, "supplemented")))
    return with_numbers_marked(after)


def placed_at(signal: Signal, site: Site, who: str, why: str, at: datetime) -> Signal:
    """Where it is, as a member found out; unchanged when that is known already."""
    _must_be_open(signal)
    if site == signal.situation.site:
        return signal
    entry = Entry(at, PLACED, who, why)
    return replace(signal, situation=replace(signal.situation, site=site), history=(*signal.history, entry))


def visited(signal: Signal, day: date) -> Signal:
    """Somebody went there since the signal came in; told twice it is there once."""
    if day in signal.visited_on:
        return signal
    return replace(signal, visited_on=tuple(sorted((*signal.visited_on, day))))


def days_to_tell(signal: Signal, today: date) -> tuple[date, ...]:
    """Visits whose day is over: before that, who looks again and again would learn the hour, and where a team still is.

    The same day it may yet go to a place that belongs with this one.
    """
    return tuple(day for day in signal.visited_on if day < today)


def waits_for_reporter(signal: Signal) -> bool:
    """Whether the last word is a question."""
    return bool(signal.dialogue) and signal.dialogue[-1].author is Author.PLATFORM


def _must_be_open(signal: Signal) -> None:
    if signal.status is not Status.RECEIVED:
        raise NotAllowed("withdrawn")
