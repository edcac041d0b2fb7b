"""What a virus scanner says of a file; without one a file is marked, never trusted in silence."""

from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    """What is known of a file before anybody opens it."""

    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


class Scanner(Protocol):
    """Looks through a file as it came in; answers NOT_SCANNED, and never raises, when it cannot look."""

    async def verdict(self, data: bytes) -> Verdict: ...


class NoScanner:
    """Where none is set up."""

    async def verdict(self, data: bytes) -> Verdict:
        return Verdict.NOT_SCANNED
