"""Loading cases: for a batch, for a person's decision, for a page, for ops."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.triage.domain.case import Case
from services.triage.domain.clock import TERM, Threshold
from services.triage.domain.linking import block_key
from services.triage.domain.numbers import case_id
from services.triage.domain.progress import Progress
from services.triage.store.documents import BLOCK_CLAIMS, CASES, PROGRESS, VISITS, BlockClaim, Room
from services.triage.store.urgency import CLOCK, HOLDS, MOST_URGENT
from shared.bus.documents import Document
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.intake import SignalReceived, SignalSupplemented, SignalWithdrawn
from shared.contracts.planning import ConsultationFact, InterventionCompleted, InterventionSnapshot
from shared.contracts.reporting import ReportFact
from shared.contracts.situations import situation_of
from shared.mongo import Database
from shared.situation import Site
from shared.vocabulary import Grade, Theme

_SIGNAL_FACTS = (SignalReceived, SignalSupplemented, SignalWithdrawn)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of cases is narrowed down to; `open` None means open and closed alike."""

    signal: str | None = None
    grade: Grade | None = None
    region: str | None = None
    theme: Theme | None = None
    open: bool | None = None
    text: str = ""

    def query(self) -> dict[str, Any]:
        """The same as a query on stored documents."""
        fields = {
            "state.signals.id": self.signal,
            "state.signals.situation.site.region": self.region,
            "state.situation.themes": self.theme and self.theme.value,
        }
        query: dict[str, Any] = {path: value for path, value in fields.items() if value}
        if self.open is not None:
            query["state.closure"] = None if self.open else {"$ne": None}
        if self.grade:
            # A grade that a person set goes before that of the rules; older documents have no place for one.
            query["$expr"] = {"$eq": [HOLDS, self.grade.value]}
        if self.text:
            pattern = {"$regex": re.escape(self.text), "$options": "i"}
            query["$or"] = [{path: pattern} for path in _SEARCHED]
        return query


_SEARCHED = (
    "state.number",
    "state.situation.site.name",
    "state.situation.site.place",
    "state.situation.site.municipality",
    "state.situation.site.postcode",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many open cases there are per grade, and how many clocks run and ran out."""

    open_by_grade: dict[Grade, int]
    clocks_running: int
    clocks_breached: int


class Cases:
    """Cases with their claims and progress."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_batch(self, messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> Room:
        """What a batch touches, in four queries at most, however long it is: claims, cases, progress, visits."""
        facts = [message.fact for message in messages]
        situations = [
            situation_of(fact.situation) for fact in facts if isinstance(fact, SignalReceived | SignalSupplemented)
        ]
        signals = [message.subject for message in messages if isinstance(message.fact, _SIGNAL_FACTS)]
        planned = {fact.case for fact in facts if isinstance(fact, InterventionSnapshot | ConsultationFact)}
        visited = {message.subject for message in messages if isinstance(message.fact, InterventionCompleted)}
        visited.update(fact.intervention for fact in facts if isinstance(fact, ReportFact))
        claims = await self._claims(situation.site for situation in situations)
        cases = {case_id(signal) for signal in signals}.union(claim.state.case for claim in claims)
        found = await self._database.find(
            CASES, {"$or": [{"_id": {"$in": sorted(cases)}}, {"state.signals.id": {"$in": signals}}]}
        )
        progress = await self._database.find(PROGRESS, {"_id": {"$in": sorted(case for case in planned if case)}})
        visits = await self._database.find(VISITS, {"_id": {"$in": sorted(visited)}}) if visited else []
        return Room([*claims, *found, *progress, *visits])

    async def load_one(self, id_: str) -> Room:
        """One case, for a person's decision."""
        return Room(await self._database.find(CASES, {"_id": id_}))

    async def get(self, id_: str) -> Document[Case] | None:
        """One case."""
        return await self._database.get(CASES, id_)

    async def with_thresholds_due(self, now: datetime) -> list[str]:
        """Open cases whose clock runs, and has passed something that was not told."""
        due = [
            {
                "state.clocks": {
                    "$elemMatch": {
                        "stopped_at": None,
                        "started_at": {"$lte": now - TERM * threshold.share},
                        "escalated": {"$ne": threshold.value},
                    }
                }
            }
            for threshold in Threshold
        ]
        query = {"state.closure": None, "$or": due}
        return [row["_id"] async for row in self._raw.find(query, {"_id": 1})]

    async def progress(self, ids: Iterable[str]) -> dict[str, Progress]:
        """What planning made of these cases, as far as it made anything."""
        found = await self._database.find(PROGRESS, {"_id": {"$in": list(ids)}})
        return {document.id: document.state for document in found}

    async def page(self, wanted: Filter, skip: int, limit: int) -> tuple[list[Document[Case]], int]:
        """One page of cases, what burns first: by grade, then by time left, then the newest."""
        query = wanted.query()
        ids = [
            row["_id"]
            async for row in self._raw.aggregate([{"$match": query}, *MOST_URGENT, {"$skip": skip}, {"$limit": limit}])
        ]
        found = {document.id: document for document in await self._database.find(CASES, {"_id": {"$in": ids}})}
        return [found[id_] for id_ in ids if id_ in found], await self._database.count(CASES, query)

    async def figures(self, now: datetime) -> Figures:
        """The numbers that ops watch."""
        by_grade = dict.fromkeys(Grade, 0)
        async for row in self._raw.aggregate(
            [{"$match": {"state.closure": None}}, {"$group": {"_id": HOLDS, "n": {"$sum": 1}}}]
        ):
            by_grade[Grade(row["_id"])] = row["n"]
        clocks = [{"$match": {"state.closure": None}}, *CLOCK, {"$match": {"running": True}}]
        rows = [row async for row in self._raw.aggregate([*clocks, {"$project": {"started_at": 1, "on_site": 1}}])]
        waiting = [row["started_at"] for row in rows if not row["on_site"]]
        return Figures(by_grade, len(waiting), sum(started_at + TERM < now for started_at in waiting))

    async def _claims(self, sites: Iterable[Site]) -> list[Document[BlockClaim]]:
        blocks = {block for site in sites if (block := block_key(site))}
        return await self._database.find(BLOCK_CLAIMS, {"_id": {"$in": sorted(blocks)}})

    @property
    def _raw(self) -> Any:
        return self._database.raw[CASES.name]
