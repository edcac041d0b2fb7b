"""What is said and shown about a signal after it came in; the words and pixels themselves lie sealed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_LINES = 60
"""Enough for a long talk about one place, and an end to what somebody can pile up."""
MOST_PICTURES = 12


class Author(StrEnum):
    """Who wrote a line; of the reporter nothing else is known."""

    PLATFORM = "platform"
    REPORTER = "reporter"


@dataclass(frozen=True, slots=True)
class Line:
    """One question, answer or remark. `sealed` opens with the signal's key alone; `who` is a member's organisation.

    `language`, sealed like the words, is what a member says a question is written in: most often the reporter's own.
    """

    id: str
    author: Author
    at: datetime
    sealed: str
    who: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its own name, and what a scanner said of the file it was made from."""

    id: str
    scanned: str
