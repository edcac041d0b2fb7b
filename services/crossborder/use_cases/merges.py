"""Cases merged and brought back by people: their notices go along, and no authority is told the same twice.

Both cases tell of it, and each also which cases its picture holds; that news may come in any order. Whatever comes
last of each leaves every notice with the case that holds the one it was drafted for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.crossborder.domain import notices
from services.crossborder.domain.notices import Notice, NoticeRef
from services.crossborder.domain.picture import Picture
from services.crossborder.store import Merge, Room
from services.crossborder.use_cases.facts import tell_notice
from shared.bus.documents import Change, Document
from shared.bus.message import Message
from shared.contracts.crossborder import NoticeDrafted, NoticeFact, NoticeRevised
from shared.contracts.triage import CaseMerged, CaseMergeUndone, Regrouped
from shared.vocabulary import NoticeState


def take_in_merge(room: Room, message: Message[CaseMerged], now: datetime) -> Sequence[Change[Any]]:
    """The notices of the case that went are about the one that stays."""
    fact, gone = message.fact, message.fact.gone.case
    if message.subject != gone:
        return noted(room, message.subject)
    desk = Regrouping.of(room, {gone, fact.stays.case}, fact.happened_at)
    for id_, notice in desk.about(gone):
        desk.after[id_] = notices.moves(notice, fact.stays.case, fact.stays.number, fact.happened_at, _why(fact))
    desk.settle(fact.stays.case)
    return [*desk.changes(now), *noted(room, gone)]


def take_in_merge_undone(room: Room, message: Message[CaseMergeUndone], now: datetime) -> Sequence[Change[Any]]:
    """The notices that were drafted for the case that came back are about it again."""
    fact, back = message.fact, message.fact.gone.case
    if message.subject != back:
        return noted(room, message.subject)
    desk = Regrouping.of(room, {back, fact.stays.case}, fact.happened_at)
    for id_, notice in desk.away(back):
        desk.after[id_] = notices.returns(notice, fact.happened_at, _why(fact))
    desk.settle(back)
    desk.settle(fact.stays.case)
    return [*desk.changes(now), *noted(room, back)]


def noted(room: Room, case: str, absorbed: tuple[str, ...] | None = None) -> Sequence[Change[Any]]:
    """The news of a case that takes part in a merge, noted as taken in, whatever it changes.

    Without that a replay would carry notices to and fro once more.
    """
    document = room.merge(case)
    if absorbed == () and not document.exists:
        return []
    known = document.state if document.exists else Merge()
    return [document.becomes(known if absorbed is None else Merge(absorbed))]


@dataclass
class Regrouping:
    """The notices near some cases, as a decision leaves them."""

    documents: dict[str, Document[Notice]]
    after: dict[str, Notice]
    at: datetime

    @classmethod
    def of(cls, room: Room, cases: Collection[str], at: datetime) -> "Regrouping":
        documents = {document.id: document for document in room.notices_near(cases)}
        return cls(documents, {id_: document.state for id_, document in documents.items()}, at)

    def about(self, case: str) -> list[tuple[str, Notice]]:
        """Every notice about a case now."""
        return [(id_, notice) for id_, notice in self.after.items() if notice.case == case]

    def away(self, case: str) -> list[tuple[str, Notice]]:
        """Every notice that was drafted for a case and is about another now."""
        return [(id_, notice) for id_, notice in self.after.items() if notice.home and notice.home.case == case]

    def notices(self, case: str, party: str) -> list[tuple[str, Notice]]:
        """The notices about a case to one authority."""
        return [(id_, notice) for id_, notice in self.about(case) if notice.to.party == party]

    def going_on(self, case: str) -> list[tuple[str, Notice]]:
        """The notices about a case that no other takes the place of."""
        return [(id_, notice) for id_, notice in self.about(case) if notice.instead is None]

    def add(self, document: Document[Notice], notice: Notice) -> None:
        """Put a new notice among them."""
        self.documents[document.id] = document
        self.after[document.id] = notice

    def gather(self, case: str, number: str, holds: Collection[str]) -> None:
        """Let each notice that was drafted for a case held here be about this one, and send home whatever is not."""
        for id_, notice in list(self.after.items()):
            if notice.home and notice.home.case == case:
                self.after[id_] = notices.returns(notice, self.at)
            elif notice.case != case and notice.drafted_for in holds:
                self.after[id_] = notices.moves(notice, case, number, self.at)
            elif notice.case == case and notice.drafted_for not in holds:
                self.after[id_] = notices.returns(notice, self.at)
        for left in {notice.case for notice in self.after.values()} - {case}:
            self.settle(left)

    def settle(self, case: str) -> None:
        """Of several notices about a case to one authority one goes on: what was sent, or the case's own draft."""
        to: dict[str, list[str]] = defaultdict(list)
        for id_, notice in self.about(case):
            to[notice.to.party].append(id_)
        for ids in to.values():
            stays = min(ids, key=lambda id_: _place(self.after[id_]))
            ref = NoticeRef(stays, self.after[stays].number)
            for id_ in ids:
                self.after[id_] = notices.gives_way(self.after[id_], None if id_ == stays else ref, self.at)

    def changes(self, now: datetime) -> list[Change[Notice]]:
        """What became different, each told as far as others see it."""
        return list(self._changes(now))

    def _changes(self, now: datetime) -> Iterator[Change[Notice]]:
        for id_, document in self.documents.items():
            after = self.after[id_]
            if not document.exists or document.state != after:
                fact = _news(document.content, after)
                yield document.becomes(after, *([tell_notice(fact, after, now, self.at)] if fact else []))


def _place(notice: Notice) -> tuple[bool, bool, datetime]:
    return notice.state == NoticeState.DRAFT, notice.home is not None, notice.drafted_at


def _news(before: Notice | None, after: Notice) -> type[NoticeFact] | None:
    if before is None:
        return NoticeDrafted
    drafted_otherwise = after.state == NoticeState.DRAFT and _told(before.picture) != _told(after.picture)
    return NoticeRevised if drafted_otherwise or before.case != after.case else None


def _told(picture: Picture) -> tuple[object, ...]:
    return picture.grade, picture.themes, picture.sector


def _why(fact: Regrouped) -> str:
    return f"{fact.reason} ({fact.organisation})"
