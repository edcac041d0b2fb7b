"""A signal from its receipt on, and the rejection of a message that could not become one."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.intake.domain.dialogue import Line, Picture
from shared.situation import Situation
from shared.vocabulary import Channel

NATIONAL_TEAM = "lotc"
_SAFETY_REGION = re.compile(r"vr\d\d")


class Status(StrEnum):
    """Where a signal stands with its reporter."""

    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


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

    `corroborates` is an earlier signal about the same, told by somebody else; `official` a finding by who is competent.
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


def may_read_words(organisation: str, region: str | None, signal: Signal) -> bool:
    """Only the region concerned, or LOT-C, reads what a reporter wrote; without a region only LOT-C."""
    concerned = signal.situation.site.region
    return organisation == NATIONAL_TEAM or (concerned is not None and region == concerned)
