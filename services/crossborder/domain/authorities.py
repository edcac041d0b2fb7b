"""Foreign authorities: under which region they fall, whom to call there, and how fresh that knowledge is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.crossborder.domain.history import Entry, Happening
from shared.people import Person

FRESH_FOR = timedelta(days=90)
"""How long a confirmation holds; a working agreement of the platform, not a legal term."""


class Freshness(StrEnum):
    """How far what we know of an authority can be relied on."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER_CONFIRMED = "never_confirmed"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a foreign authority; stays inside this service."""

    id: str
    name: str
    role: str
    languages: tuple[str, ...]
    email: str


@dataclass(frozen=True, slots=True)
class TaskForce:
    """A standing consultation of one safety region with foreign authorities; `regions` take part, the lead first."""

    name: str
    lead: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """A foreign district's authority as the region in charge knows it.

    `code` is the district's AGS (Germany) or NIS number (Belgium), `language` the one its letters are written in.
    """

    party: str
    name: str
    country: str
    code: str
    office: str
    language: str
    region: str
    task_force: TaskForce | None = None
    contacts: tuple[Contact, ...] = ()
    confirmed_at: datetime | None = None
    history: tuple[Entry, ...] = ()

    @property
    def regions(self) -> tuple[str, ...]:
        """The safety regions whose people may act towards this authority, the one in charge first."""
        others = self.task_force.regions if self.task_force else ()
        return (self.region, *(region for region in others if region != self.region))

    def freshness(self, now: datetime) -> Freshness:
        """Whether somebody confirmed these data lately."""
        if self.confirmed_at is None:
            return Freshness.NEVER_CONFIRMED
        return Freshness.FRESH if now - self.confirmed_at <= FRESH_FOR else Freshness.STALE

    def contact(self, id_: str) -> Contact | None:
        """One contact of this authority."""
        return next((contact for contact in self.contacts if contact.id == id_), None)


def entered(authority: Authority, at: datetime) -> Authority:
    """The authority as it first enters the books, from the start data."""
    return replace(authority, history=(Entry(at, Happening.ENTERED),))


def confirmed(authority: Authority, by: Person, at: datetime, note: str = "") -> Authority:
    """The same authority, checked by a person: everything shown of it still holds."""
    entry = Entry(at, Happening.CONFIRMED, by, note)
    return replace(authority, confirmed_at=at, history=(*authority.history, entry))
