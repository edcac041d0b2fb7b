"""What happened to a notice or an authority, when, by whom and why: only ever added to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.people import Person


class Happening(StrEnum):
    """The kinds of entries in a history."""

    DRAFTED = "drafted"
    REVISED = "revised"
    CHANGED_AFTER_SENDING = "changed_after_sending"
    NO_LONGER_NAMED = "no_longer_named"
    NAMED_AGAIN = "named_again"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"
    CASE_MERGED = "case_merged"
    CASE_BACK = "case_back"
    GIVES_WAY = "gives_way"
    STANDS_AGAIN = "stands_again"
    SENT = "sent"
    ANSWERED = "answered"
    ENTERED = "entered"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact that became another; wire values, None where it was or is unknown."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history; without a person the platform did it itself. `note` is the person's reason, or
    which case or notice it is about.
    """

    at: datetime
    what: Happening
    by: Person | None = None
    note: str = ""
    changes: tuple[Changed, ...] = ()
