"""People and notices: look them up, read the letters, record what was sent and what came back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.crossborder.domain import notices
from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.letters import Letter, Occasion, compose
from services.crossborder.domain.notices import Answer, AnswerKind, Dispatch, Invalid, Manner, Notice
from services.crossborder.domain.people import Actor
from services.crossborder.start_data import StartData
from services.crossborder.store import AUTHORITIES, NEWEST_FIRST, NOTICES, Room, counted_by, room_of
from services.crossborder.use_cases.facts import tell_notice
from services.crossborder.use_cases.refusals import NotFound, NotYours
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document
from shared.contracts.crossborder import NoticeAnswered, NoticeSent
from shared.mongo import Database
from shared.vocabulary import NoticeState
from shared.web.times import local

DUTCH = "nl"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which notices a list shows; None leaves a filter open."""

    case: str | None = None
    state: NoticeState | None = None
    region: str | None = None
    country: str | None = None
    authority: str | None = None
    waiting: bool = False

    def query(self) -> Mapping[str, Any]:
        asked = {
            "state.case": self.case,
            "state.state": self.state.value if self.state else None,
            "state.to.regions": self.region,
            "state.to.country": self.country,
            "state.to.party": self.authority,
            "state.need": {"$ne": None} if self.waiting else None,
        }
        return {field: value for field, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Sending:
    """What a person says of a sending; without a moment it was just now."""

    manner: Manner
    sent_at: datetime | None = None
    contact: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person says of an answer; without a moment it came just now."""

    manner: Manner
    kind: AnswerKind
    answered_at: datetime | None = None
    summary: str = ""


@dataclass(frozen=True)
class NoticeDesk:
    """What people do with notices."""

    database: Database
    bus: Bus
    start: StartData

    async def find(self, selection: Selection, skip: int = 0, limit: int = 0) -> tuple[list[Document[Notice]], int]:
        """The selected notices, newest first, and how many there are in all."""
        query = selection.query()
        found = await self.database.find(NOTICES, query, sort=NEWEST_FIRST, skip=skip, limit=limit)
        return found, await self.database.count(NOTICES, query)

    async def get(self, id_: str) -> Document[Notice]:
        """One notice; raises NotFound."""
        found = await self.database.get(NOTICES, id_)
        if found is None:
            raise NotFound
        return found

    async def authority_of(self, notice: Notice) -> Authority | None:
        """The authority a notice is for; None when nobody described it yet."""
        found = await self.database.get(AUTHORITIES, notice.to.party)
        return found.state if found else self.start.authorities.get(notice.to.party)

    async def counts(self) -> tuple[dict[str | None, int], dict[str | None, int]]:
        """How many notices there are by state, and how many wait by need."""
        return await counted_by(self.database, NOTICES, "state"), await counted_by(self.database, NOTICES, "need")

    async def send(self, id_: str, sending: Sending, actor: Actor) -> Document[Notice]:
        """Record that the notice was sent; raises NotFound, NotYours, NotAllowed or Invalid."""

        def decide(room: Room) -> Sequence[Change[Any]]:
            document = _mine(room, id_, actor)
            before, now = document.state, self.bus.now()
            authority = room.authority(before.to.party) or self.start.authorities.get(before.to.party)
            _check_contact(authority, sending.contact)
            sent_at = sending.sent_at or now
            letters = self.letters(before, authority)
            dispatch = Dispatch(
                sent_at, sending.manner, sending.contact, letters, before.picture, actor.person, sending.note
            )
            after = notices.send(before, dispatch, now)
            return [document.becomes(after, tell_notice(NoticeSent, after, now, sent_at))]

        return await self._decide(id_, decide)

    async def record_answer(self, id_: str, reply: Reply, actor: Actor) -> Document[Notice]:
        """Record what the authority answered; raises NotFound, NotYours, NotAllowed or Invalid."""

        def decide(room: Room) -> Sequence[Change[Any]]:
            document, now = _mine(room, id_, actor), self.bus.now()
            answered_at = reply.answered_at or now
            answer = Answer(answered_at, reply.manner, reply.kind, reply.summary, actor.person)
            after = notices.record_answer(document.state, answer, now)
            return [document.becomes(after, tell_notice(NoticeAnswered, after, now, answered_at))]

        return await self._decide(id_, decide)

    def letters(self, notice: Notice, authority: Authority | None) -> tuple[Letter, ...]:
        """What would be sent now: in Dutch, and in the language of the authority when that is another."""
        earlier = notice.dispatches[-1].sent_at if notice.dispatches else None
        occasion = Occasion(
            number=notice.number,
            case=notice.case_number,
            district=notice.to.name,
            region=self.start.region_name(notice.to.region) or "",
            site_region=self.start.region_name(notice.picture.region),
            task_force=notice.to.task_force,
            sent=local(earlier).date() if earlier else None,
        )
        languages = dict.fromkeys([DUTCH, authority.language if authority else DUTCH])
        return tuple(compose(occasion, notice.picture, self.start.phrases[language]) for language in languages)

    async def _decide(self, id_: str, decide: Callable[[Room], Sequence[Change[Any]]]) -> Document[Notice]:
        changed = await self.bus.decide(room_of(self.database, id_), decide)
        return changed[0]


def _mine(room: Room, id_: str, actor: Actor) -> Document[Notice]:
    document = room.find(NOTICES.name, id_)
    if document is None:
        raise NotFound
    if not actor.may_act_for(document.state.to.regions):
        raise NotYours
    return document


def _check_contact(authority: Authority | None, contact: str | None) -> None:
    if contact is not None and (authority is None or authority.contact(contact) is None):
        raise Invalid([("contact", "Deze contactpersoon staat niet bij de instantie.")])
