"""Facts from the other services: which notices a case asks for, and how parties are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.crossborder.domain import notices
from services.crossborder.domain.notices import Addressee, Notice
from services.crossborder.domain.parties import Party
from services.crossborder.domain.picture import Picture, postcode_area
from services.crossborder.start_data import StartData
from services.crossborder.store import PARTIES, Room, districts_of
from services.crossborder.use_cases.merges import Regrouping, noted
from shared.bus.documents import Change
from shared.bus.message import Message
from shared.contracts.planning import PartyDescribed
from shared.contracts.triage import CaseAssessed, CaseClosed
from shared.vocabulary import PartyKind

UNKNOWN_COUNTRY = "ZZ"
"""ISO 3166 keeps this code free for private use; here: a district that nobody described yet."""

# Without I, L, O and U, which are misheard or misread: people read numbers aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH = 6


@dataclass(frozen=True)
class TakeInAssessment:
    """A case was assessed: draft, revise or quieten the notices it asks for."""

    start: StartData

    def __call__(self, room: Room, message: Message[CaseAssessed], now: datetime) -> Sequence[Change[Any]]:
        case, fact = message.subject, message.fact
        named = districts_of(fact)
        desk = Regrouping.of(room, {case, *fact.absorbed}, fact.assessed_at)
        desk.gather(case, fact.number, {case, *fact.absorbed})
        for party in named:
            picture = picture_of(fact, party)
            if not desk.notices(case, party) and picture.worth_telling:
                document = room.notice(case, party)
                desk.add(document, self._drafted(room, document.id, party, message))
        desk.settle(case)
        for id_, notice in desk.going_on(case):
            party = notice.to.party
            picture = picture_of(fact, party)
            desk.after[id_] = notices.revise(notice, picture, named=party in named, at=fact.assessed_at)
        return [*desk.changes(now), *noted(room, case, fact.absorbed)]

    def _drafted(self, room: Room, id_: str, party: str, message: Message[CaseAssessed]) -> Notice:
        fact = message.fact
        return notices.draft(
            number_of(id_, fact.assessed_at),
            message.subject,
            fact.number,
            self._addressee(room, party, fact),
            picture_of(fact, party),
            fact.assessed_at,
        )

    def _addressee(self, room: Room, party: str, fact: CaseAssessed) -> Addressee:
        """Who the notice is for; a district nobody knows falls to the region of the site, so that it is seen."""
        authority = room.authority(party) or self.start.authorities.get(party)
        if authority is not None:
            return Addressee.of(authority)
        known = room.party(party)
        region = next(iter(fact.regions), None)
        return Addressee(
            party,
            known.name if known else party,
            known.country if known else UNKNOWN_COUNTRY,
            region,
            (region,) if region else (),
        )


def take_in_closure(room: Room, message: Message[CaseClosed], _now: datetime) -> Sequence[Change[Any]]:
    """A case was closed: its notices no longer ask for attention."""
    return [
        document.becomes(notices.close_case(document.state, message.fact.closed_at))
        for document in room.notices_of(message.subject)
    ]


def take_in_party(room: Room, message: Message[PartyDescribed], _now: datetime) -> Sequence[Change[Any]]:
    """The network map says how a party is called."""
    fact = message.fact
    party = Party(fact.name, fact.country, fact.region, fact.kind == PartyKind.FOREIGN_AUTHORITY)
    return [room.find_or_new(PARTIES.name, message.subject).becomes(party)]


def picture_of(fact: CaseAssessed, party: str) -> Picture:
    """What of a case may be told to one authority."""
    situation = fact.situation
    site, seen = situation.site, situation.observations
    return Picture(
        grade=fact.grade,
        themes=tuple(sorted(situation.themes)),
        sector=situation.sector,
        site_here=site.district == party,
        municipality=site.municipality,
        region=site.region,
        postcode_area=postcode_area(site.postcode),
        people_exposed=seen.people_exposed,
        confirmed_infections=seen.confirmed_infections,
        tested=seen.tested,
        positive=seen.positive,
        people_with_symptoms=seen.people_with_symptoms,
    )


def number_of(id_: str, at: datetime) -> str:
    """The number people say, for example N-2020-7K4Q2M: the year, and letters that follow from the id."""
    value, letters = UUID(id_).int, ""
    for _ in range(_NUMBER_LENGTH):
        value, digit = divmod(value, len(_ALPHABET))
        letters += _ALPHABET[digit]
    return f"N-{at.year}-{letters}"
