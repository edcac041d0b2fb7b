"""The network map: parties, their people, and which of them may act on a theme, in a sector, somewhere, on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import chain

from shared.reference.names import fold
from shared.vocabulary import PartyKind, Sector, Theme

LOTC = "lotc"
"""The party through which consultations are called; it may act for every other."""

NEVER_ON_SITE = frozenset({PartyKind.HEALTH_INSTITUTE, PartyKind.NATIONAL_TEAM, PartyKind.FOREIGN_AUTHORITY})
"""Parties that advise, convene or are told, but have no powers at a Dutch site."""


class ContactRole(StrEnum):
    """A member and the substitutes take part in the platform; others are reached at a desk."""

    MEMBER = "member"
    SUBSTITUTE = "substitute"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or desk that speaks for a party; whoever is on duty gets the invitations."""

    name: str
    role: ContactRole
    email: str
    on_duty: bool = False


@dataclass(frozen=True, slots=True)
class Competence:
    """One power: for which theme and sector (None: all), on which legal base, from and until which day.

    `verified` tells whether the legal base was seen in a source, or is general knowledge still to be checked.
    """

    key: str
    what: str
    legal_base: str
    theme: Theme | None = None
    sector: Sector | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    verified: bool = True

    def holds_on(self, day: date) -> bool:
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_until is None or day <= self.valid_until)

    def covers(self, theme: Theme, sector: Sector | None) -> bool:
        return self.theme in (None, theme) and self.sector in (None, sector)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case plays: the safety regions it touches, the work site's first, and its municipality."""

    regions: tuple[str, ...]
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation of the network: national, of one region, or of one municipality."""

    id: str
    name: str
    kind: PartyKind
    region: str | None = None
    municipality: str | None = None
    member: bool = False
    competences: tuple[Competence, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @property
    def on_duty(self) -> Contact | None:
        """Who gets the invitations now."""
        return next((contact for contact in self.contacts if contact.on_duty), None)

    @property
    def visits(self) -> bool:
        return self.kind not in NEVER_ON_SITE

    def serves(self, place: Place) -> bool:
        """Whether a place lies in this party's area."""
        if self.municipality is not None:
            return _same_name(self.municipality, place.municipality) and self.region in place.regions
        return self.region is None or self.region in place.regions

    def powers(self, themes: Iterable[Theme], sector: Sector | None, day: date) -> tuple[Competence, ...]:
        """What it may do about these themes in this sector on this day."""
        asked = tuple(themes)
        return tuple(
            competence
            for competence in self.competences
            if competence.holds_on(day) and any(competence.covers(theme, sector) for theme in asked)
        )


@dataclass(frozen=True)
class Network:
    """All parties that a decision may need."""

    parties: Mapping[str, Party]

    @classmethod
    def of(cls, parties: Iterable[Party]) -> "Network":
        return cls({party.id: party for party in parties})

    def party(self, kind: PartyKind, region: str | None = None) -> Party:
        """The one party of a kind, national or of a region; LookupError when the map lacks it."""
        for party in self._by_region.get(region, ()):
            if party.kind is kind:
                return party
        raise LookupError(f"the network map has no {kind} for {region or 'the country'}")

    def competent(self, themes: Iterable[Theme], sector: Sector | None, place: Place, day: date) -> list[Party]:
        """The parties that may act on site, each with only the competences that count here."""
        asked = tuple(themes)
        able = (
            replace(party, competences=party.powers(asked, sector, day))
            for party in self._around(place)
            if party.visits and party.serves(place)
        )
        return sorted((party for party in able if party.competences), key=_by_kind)

    def gaps(self, themes: Iterable[Theme], sector: Sector | None, place: Place, day: date) -> tuple[Theme, ...]:
        """The themes that no party here has a power of its own for; a power over all themes does not fill a gap."""
        asked = tuple(themes)
        able = self.competent(asked, sector, place, day)
        filled = {competence.theme for party in able for competence in party.competences}
        return tuple(theme for theme in asked if theme not in filled)

    def _around(self, place: Place) -> Iterable[Party]:
        """The national parties and those of the regions of a place: of hundreds the few that may serve it."""
        return chain.from_iterable(self._by_region.get(region, ()) for region in (None, *dict.fromkeys(place.regions)))

    @cached_property
    def _by_region(self) -> Mapping[str | None, Sequence[Party]]:
        found: dict[str | None, list[Party]] = {}
        for party in self.parties.values():
            found.setdefault(party.region, []).append(party)
        return found


@dataclass(frozen=True, slots=True)
class Selection:
    """Which parties somebody looks for; None means all.

    A region also has the national parties; `text` is a part of the name, also as it is typed without marks.
    """

    theme: Theme | None = None
    sector: Sector | None = None
    region: str | None = None
    kind: PartyKind | None = None
    members_only: bool = False
    text: str = ""

    def of(self, network: Network, day: date) -> list[Party]:
        """Those parties, national ones first, each with the competences that hold on the day for what is asked."""
        themes = [self.theme] if self.theme else list(Theme)
        able = (replace(party, competences=self._powers(party, themes, day)) for party in network.parties.values())
        return sorted((party for party in able if self._wants(party)), key=_by_area)

    def _powers(self, party: Party, themes: list[Theme], day: date) -> tuple[Competence, ...]:
        if self.sector is not None:
            return party.powers(themes, self.sector, day)
        return tuple(power for power in party.competences if power.holds_on(day) and power.theme in (None, *themes))

    def _wants(self, party: Party) -> bool:
        return (
            ((self.theme is None and self.sector is None) or bool(party.competences))
            and (self.region is None or party.region in (None, self.region))
            and self.kind in (None, party.kind)
            and (party.member or not self.members_only)
            and _named_so(party.name, self.text)
        )


def _named_so(name: str, text: str) -> bool:
    """Whether a name has what was typed in it as it stands, or every word of it without marks and case."""
    if text.casefold() in name.casefold():
        return True
    words, folded = fold(text).split(), fold(name)
    return bool(words) and all(word in folded for word in words)


def _by_area(party: Party) -> tuple[bool, str, int, str]:
    return party.region is not None, party.region or "", *_by_kind(party)


def _by_kind(party: Party) -> tuple[int, str]:
    return tuple(PartyKind).index(party.kind), party.id


def _same_name(one: str, other: str | None) -> bool:
    return other is not None and one.casefold() == other.casefold()
