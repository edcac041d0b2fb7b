"""Crossborder's collections, and what is loaded of them for a decision or a page."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from collections.abc import Collection as Ids
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import TypeAdapter

from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.notices import Notice
from services.crossborder.domain.parties import Party
from shared.bus.documents import Document, Groups, WorkingSet
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.planning import PartyDescribed
from shared.contracts.triage import CaseAssessed, CaseMerged, CaseMergeUndone
from shared.mongo import Collection, Database

NOTICES = Collection(
    "notices",
    TypeAdapter(Notice),
    indexes=(
        [("state.case", 1)],
        [("state.home.case", 1)],
        [("state.need", 1), ("state.drafted_at", -1)],
        [("state.to.party", 1), ("state.drafted_at", -1)],
    ),
)


@dataclass(frozen=True, slots=True)
class Merge:
    """The cases that a case holds, as it told last."""

    absorbed: tuple[str, ...] = ()


AUTHORITIES = Collection("authorities", TypeAdapter(Authority))
PARTIES = Collection("parties", TypeAdapter(Party))

MERGES = Collection("merges", TypeAdapter(Merge))
"""Each case that ever took part in a merge: how far its news is taken in, though no notice changed by it."""

COLLECTIONS = (NOTICES, AUTHORITIES, PARTIES, MERGES)

NEWEST_FIRST = (("state.drafted_at", -1), ("_id", 1))


def notice_id(case: str, authority: str) -> str:
    """The one notice of a case to an authority; derived, so that a rebuild repeats it."""
    return str(uuid5(NAMESPACE_URL, f"notice/{case}/{authority}"))


class Room(WorkingSet):
    """Notices, authorities and parties that a batch or a person's decision touches."""

    def __init__(self, documents: Iterable[Document[Any]] = ()) -> None:
        self._of_case: Groups[Notice] = Groups()
        super().__init__(documents)

    def on_change(self, document: Document[Any]) -> None:
        if document.collection == NOTICES.name:
            self._of_case.put(document.state.case, document)

    def notices_of(self, case: str) -> list[Document[Notice]]:
        """Every notice about a case."""
        return self._of_case.of(case)

    def notices_near(self, cases: Ids[str]) -> list[Document[Notice]]:
        """Every notice that is about one of these cases, or was drafted for one."""
        return [one for one in self._of_case if one.state.case in cases or one.state.drafted_for in cases]

    def merge(self, case: str) -> Document[Merge]:
        """What a case holds, stored or new."""
        return self.find_or_new(MERGES.name, case)

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


_CASES = ("state.case", "state.home.case")


def _concerned(fact: Fact) -> set[str]:
    """The cases beside its subject that a fact is about."""
    if isinstance(fact, CaseMerged | CaseMergeUndone):
        return {fact.gone.case, fact.stays.case}
    return {*fact.absorbed} if isinstance(fact, CaseAssessed) else set()


def loader(database: Database) -> Callable[[Sequence[Message[Fact]], Sequence[Refusal]], Awaitable[Room]]:
    """Loads a batch in four queries, however many messages it holds."""

    async def load(messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> Room:
        facts = [message.fact for message in messages]
        cases = {message.subject for message in messages if not isinstance(message.fact, PartyDescribed)}
        for fact in facts:
            cases |= _concerned(fact)
        described = [message.subject for message in messages if isinstance(message.fact, PartyDescribed)]
        districts = {party for fact in facts if isinstance(fact, CaseAssessed) for party in districts_of(fact)}
        return Room(
            [
                *await database.find(MERGES, {"_id": {"$in": sorted(cases)}}),
                *await database.find(NOTICES, {"$or": [{path: {"$in": sorted(cases)}} for path in _CASES]}),
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
