"""A signal from its receipt on, and the rejection of a message that could not become one."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.intake.domain.dialogue import Line, Picture
from shared.situation import Situation
from shared.vocabulary import Channel

NATIONAL_TEAM = "lotc"
PLACED = "placed"
MOST_WORDS = 4000
"""How many characters of somebody's own words one signal takes in, the same at every door."""
_SAFETY_REGION = re.compile(r"vr\d\d")


class Status(StrEnum):
    """Where a signal stands with its reporter."""

    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


class Mark(StrEnum):
    """What looks odd about a signal, for whoever reads it; never a reason to refuse it."""

    IMPLAUSIBLE_NUMBER = "implausible_number"
    LINKS = "links"
    MANY_FROM_ONE_SOURCE = "many_from_one_source"
    MORE_THAN_ALL = "more_than_all"
    NO_WORDS = "no_words"
    SAME_WORDS = "same_words"


class NotAllowed(Exception):
    """The signal's state does not allow this."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to a signal; `at` is rounded to the quarter hour where a reporter did it."""

    at: datetime
    what: str
    who: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One report. `receipt` and `fingerprint` are keyed hashes; `has_words` says that more lies encrypted apart.

    `corroborates` is an earlier signal about the same, told by somebody else; `official` a finding by who is competent;
    `marks` what looks odd about it; `visited_on` the days of visits to its place that answered it and are over.
    """

    situation: Situation
    channel: Channel
    received_at: datetime
    party: str | None = None
    reference: str | None = None
    receipt: str | None = None
    fingerprint: str | None = None
    has_words: bool = False
    status: Status = Status.RECEIVED
    history: tuple[Entry, ...] = ()
    dialogue: tuple[Line, ...] = ()
    pictures: tuple[Picture, ...] = ()
    corroborates: str | None = None
    official: bool = False
    marks: tuple[Mark, ...] = ()
    visited_on: tuple[date, ...] = ()

    @property
    def is_nowhere(self) -> bool:
        """Whether nobody knows yet in which region it is, so that nobody is competent."""
        return self.situation.site.country == "NL" and self.situation.site.region is None

    @property
    def was_placed(self) -> bool:
        """Whether a member said where it is."""
        return any(entry.what == PLACED for entry in self.history)

    @property
    def has_more(self) -> bool:
        """Whether there is anything of the reporter's own to read."""
        return self.has_words or bool(self.dialogue) or bool(self.pictures)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message on an inbound topic that was refused: where it lies and why, never what it said."""

    party: str
    topic: str
    partition: int
    offset: int
    message_id: str | None
    faults: tuple[tuple[str, str], ...]
    at: datetime


def channel_of(organisation: str | None, operator: bool, program: bool = False) -> Channel:
    """The door by which somebody or some program of this organisation hands a signal in; nobody's is the web."""
    if organisation is None:
        return Channel.WEB
    if program:
        return Channel.INTEGRATION
    if operator:
        return Channel.HOTLINE
    return Channel.REGION if _SAFETY_REGION.fullmatch(organisation) else Channel.MEMBER


def withdraw(signal: Signal, at: datetime) -> Signal:
    """Taken back by the reporter: the facts stay, what the reporter wrote and showed goes."""
    if signal.status is Status.WITHDRAWN:
        raise NotAllowed("withdrawn already")
    entry = Entry(at, "withdrawn")
    return replace(
        signal,
        status=Status.WITHDRAWN,
        has_words=False,
        dialogue=(),
        pictures=(),
        history=(*signal.history, entry),
    )


def may_place(organisation: str, signal: Signal) -> bool:
    """LOT-C says where a signal from nowhere known is, and may correct itself."""
    return (
        organisation == NATIONAL_TEAM and signal.status is Status.RECEIVED and (signal.is_nowhere or signal.was_placed)
    )


def may_read_words(organisation: str, region: str | None, signal: Signal) -> bool:
    """Only the region concerned, or LOT-C, reads what a reporter wrote; without a region only LOT-C."""
    concerned = signal.situation.site.region
    return organisation == NATIONAL_TEAM or (concerned is not None and region == concerned)
