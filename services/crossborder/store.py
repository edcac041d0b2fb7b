"""Crossborder's collections, and what is loaded of them for a decision or a page."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import TypeAdapter

from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.notices import Notice
from services.crossborder.domain.parties import Party
from shared.bus.documents import Document, WorkingSet
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.planning import PartyDescribed
from shared.contracts.triage import CaseAssessed
from shared.mongo import Collection, Database

NOTICES = Collection(
    "notices",
    TypeAdapter(Notice),
    indexes=(
        [("state.case", 1)],
        [("state.need", 1), ("state.drafted_at", -1)],
        [("state.to.party", 1), ("state.drafted_at", -1)],
    ),
)
AUTHORITIES = Collection("authorities", TypeAdapter(Authority))
PARTIES = Collection("parties", TypeAdapter(Party))

COLLECTIONS = (NOTICES, AUTHORITIES, PARTIES)

NEWEST_FIRST = (("state.drafted_at", -1), ("_id", 1))


def notice_id(case: str, authority: str) -> str:
    """The one notice of a case to an authority; derived, so that a rebuild repeats it."""
    return str(uuid5(NAMESPACE_URL, f"notice/{case}/{authority}"))


class Room(WorkingSet):
    """Notices, authorities and parties that a batch or a person's decision touches."""

    def __init__(self, documents: Iterable[Document[Any]] = ()) -> None:
        self._of_case: dict[str, dict[str, Document[Notice]]] = {}
        super().__init__(documents)

    def on_change(self, document: Document[Any]) -> None:
        if document.collection == NOTICES.name:
            self._of_case.setdefault(document.state.case, {})[document.id] = document

    def notices_of(self, case: str) -> list[Document[Notice]]:
        """Every notice about a case."""
        return list(self._of_case.get(case, {}).values())

    def notice(self, case: str, authority: str) -> Document[Notice]:
        """The notice of a case to an authority, stored or new."""
        return self.find_or_new(NOTICES.name, notice_id(case, authority))

    def authority(self, party: str) -> Authority | None:
        """An authority as stored."""
        document = self.find(AUTHORITIES.name, party)
        return document.state if document else None

    def party(self, party: str) -> Party | None:
        """A party of the network map as planning described it."""
        document = self.find(PARTIES.name, party)
        return document.state if document else None


def districts_of(fact: CaseAssessed) -> tuple[str, ...]:
    """The foreign districts a case concerns: where its workers live, and where the site lies; each once."""
    site = fact.situation.site.district
    return tuple(dict.fromkeys([*fact.situation.workers_live_in, *([site] if site else [])]))


def loader(database: Database) -> Callable[[Sequence[Message[Fact]], Sequence[Refusal]], Awaitable[Room]]:
    """Loads a batch in three queries, however many messages it holds."""

    async def load(messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> Room:
        facts = [message.fact for message in messages]
        cases = [message.subject for message in messages if not isinstance(message.fact, PartyDescribed)]
        described = [message.subject for message in messages if isinstance(message.fact, PartyDescribed)]
        districts = {party for fact in facts if isinstance(fact, CaseAssessed) for party in districts_of(fact)}
        return Room(
            [
                *await database.find(NOTICES, {"state.case": {"$in": cases}}),
                *await database.find(AUTHORITIES, {"_id": {"$in": sorted(districts)}}),
                *await database.find(PARTIES, {"_id": {"$in": sorted(districts.union(described))}}),
            ]
        )

    return load


def room_of(database: Database, notice: str) -> Callable[[], Awaitable[Room]]:
    """Loads one notice with its authority, for a person's decision."""

    async def load() -> Room:
        found = await database.get(NOTICES, notice)
        if found is None:
            return Room()
        authority = await database.get(AUTHORITIES, found.state.to.party)
        return Room([found, authority] if authority else [found])

    return load


def room_of_authority(database: Database, party: str) -> Callable[[], Awaitable[Room]]:
    """Loads one authority, for a person's decision."""

    async def load() -> Room:
        found = await database.get(AUTHORITIES, party)
        return Room([found] if found else [])

    return load


async def counted_by(database: Database, collection: Collection[Any], field: str) -> dict[str | None, int]:
    """How many documents there are for each value of a field of the state."""
    stages = [{"$group": {"_id": f"$state.{field}", "count": {"$sum": 1}}}]
    return {row["_id"]: row["count"] async for row in database.raw[collection.name].aggregate(stages)}
