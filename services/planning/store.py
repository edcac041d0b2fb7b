"""Planning's collections, and how the documents that a decision needs are loaded."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.planning.domain.case import Case, CaseRef
from services.planning.domain.consultation import Consultation
from services.planning.domain.intervention import BEFORE_VISIT, OVER, Intervention
from services.planning.domain.network import Network, Party
from services.planning.start_data import StartData
from shared.bus.documents import Document, Groups, WorkingSet
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.reporting import ReportFact
from shared.contracts.triage import CaseAssessed, CaseMerged, CaseMergeUndone
from shared.mongo import Collection, Database
from shared.vocabulary import InterventionState

PARTIES = Collection("parties", TypeAdapter(Party), indexes=([("state.region", 1)], [("state.kind", 1)]))
CASES = Collection("cases", TypeAdapter(Case))
INTERVENTIONS = Collection(
    "interventions",
    TypeAdapter(Intervention),
    indexes=(
        [("state.case.id", 1)],
        [("state.came_from.id", 1)],
        [("state.state", 1), ("state.proposed_at", -1)],
        [("state.draft.region", 1)],
    ),
)
CONSULTATIONS = Collection(
    "consultations",
    TypeAdapter(Consultation),
    indexes=([("state.intervention", 1)], [("state.convened_at", -1)], [("state.case", 1)]),
)
COLLECTIONS = (PARTIES, CASES, INTERVENTIONS, CONSULTATIONS)


class Room(WorkingSet):
    """What a decision of planning looks at: cases, their interventions and consultations, and the network map."""

    def __init__(self, documents: Iterable[Document[Any]] = (), network: Network | None = None) -> None:
        self.network = network or Network({})
        self._by_case: Groups[Intervention] = Groups()
        super().__init__(documents)

    def on_change(self, document: Document[Any]) -> None:
        if document.collection == INTERVENTIONS.name:
            self._by_case.put(document.state.case.id, document)

    def case(self, id_: str) -> Document[Case]:
        return self.find_or_new(CASES.name, id_)

    def home_of(self, stated: CaseRef, moving: str) -> CaseRef:
        """The case that a case is part of now, for one that is moving: itself, or the one it was merged into.

        Where that leads back to the moving one, news of an undoing is still on its way, and what is stated holds.
        """
        seen, home = {moving}, stated
        while (known := self.case(home.id).content) and known.merged_into:
            seen.add(home.id)
            home = known.merged_into
            if home.id in seen:
                return stated
        return home

    def intervention(self, id_: str) -> Document[Intervention] | None:
        return self.find(INTERVENTIONS.name, id_)

    def consultation(self, id_: str) -> Document[Consultation] | None:
        return self.find(CONSULTATIONS.name, id_)

    def interventions_of(self, case: str) -> list[Document[Intervention]]:
        """All interventions of a case, those that are over included."""
        return self._by_case.of(case)

    def interventions_that_came_from(self, case: str) -> list[Document[Intervention]]:
        """Those that a case brought along when it was merged into another."""
        return [one for one in self._by_case if any(came.id == case for came in one.state.came_from)]

    def open_interventions(self, case: str) -> list[Document[Intervention]]:
        """Those of a case that are not over, what people have begun with first: mostly one, after a merge maybe two."""
        found = [found for found in self.interventions_of(case) if not found.state.over]
        return sorted(found, key=lambda one: one.state.is_mere_proposal)

    def open_intervention(self, case: str) -> Document[Intervention] | None:
        """The intervention of a case that is not over, if any."""
        return next(iter(self.open_interventions(case)), None)

    def open_consultation(self, intervention: str) -> Document[Consultation] | None:
        """The consultation about an intervention that has not decided yet, if any."""
        return next(iter(self.open_consultations(intervention)), None)

    def open_consultations(self, intervention: str) -> list[Document[Consultation]]:
        """Every consultation about an intervention that has not decided yet."""
        consultations = (found for found in self if found.collection == CONSULTATIONS.name)
        return [one for one in consultations if one.state.intervention == intervention and one.state.decision is None]


class Store:
    """Planning's database. The start data stand in for parties that are not stored yet."""

    def __init__(self, database: Database, start_data: StartData) -> None:
        self._database = database
        self._start_data = start_data

    async def load_batch(self, messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> Room:
        """Everything a batch touches: cases and their interventions, interventions of reports, the network map.

        What cases are merged into is looked up once for each time that it was merged itself.
        """
        reports = [message.fact for message in messages if isinstance(message.fact, ReportFact)]
        cases = {message.subject for message in messages if not isinstance(message.fact, ReportFact)}
        for message in messages:
            cases |= _concerned(message.fact)
        interventions = [report.intervention for report in reports]
        regroups = any(isinstance(message.fact, CaseMerged | CaseMergeUndone) for message in messages)
        regions = {region for message in messages for region in getattr(message.fact, "regions", ())}
        known = await self._with_homes(cases)
        cases |= {document.id for document in known}
        room = await self._room(
            [],
            {"$or": [*_of_cases(sorted(cases)), _in("_id", interventions)]},
            _in("state.case", cases) if regroups else None,
            regions=None if regroups else regions,
        )
        for document in known:
            room.add(document)
        return room

    async def load_case(self, case: str) -> Room:
        """One case with its interventions and their consultations."""
        return await self._room([case], {"$or": _of_cases([case])}, {"state.case": case})

    async def load_intervention(self, id_: str) -> Room:
        """One intervention with its consultations."""
        return await self._room([], {"_id": id_}, {"state.intervention": id_})

    async def load_consultation(self, id_: str) -> Room:
        """One consultation with the intervention it is about."""
        found = await self._database.get(CONSULTATIONS, id_)
        about = found.state.intervention if found else ""
        room = await self._room([], {"_id": about})
        if found:
            room.add(found)
        return room

    async def load_parties(self, ids: Sequence[str]) -> Room:
        """These parties as documents, to bring them up to date."""
        return Room(await self._database.find(PARTIES, _in("_id", ids)))

    async def network(self, regions: Iterable[str] | None = None) -> Network:
        """The network map as it is known now; with `regions` only theirs and the national parties are looked up."""
        query = {} if regions is None else {"state.region": {"$in": [None, *regions]}}
        stored = await self._database.find(PARTIES, query)
        return Network({**self._start_data.parties, **{document.id: document.state for document in stored}})

    async def intervention(self, id_: str) -> Intervention | None:
        found = await self._database.get(INTERVENTIONS, id_)
        return found.state if found else None

    async def interventions(
        self,
        *,
        case: str | None = None,
        states: Iterable[InterventionState] = (),
        region: str | None = None,
        party: str | None = None,
        skip: int = 0,
        limit: int = 0,
    ) -> tuple[list[Intervention], int]:
        """One page of interventions, the newest first, and how many there are in all.

        Those of a case are also those of the cases that were merged into it.
        """
        query = _filled(
            {
                "state.case.id": await self._held_by(case) if case else None,
                "state.draft.region": region,
                "state.draft.parties.party": party,
                **_in_if_any("state.state", [str(state) for state in states]),
            }
        )
        newest = [("state.proposed_at", -1), ("_id", 1)]
        found = await self._database.find(INTERVENTIONS, query, sort=newest, skip=skip, limit=limit)
        return [document.state for document in found], await self._database.count(INTERVENTIONS, query)

    async def open_interventions(self) -> list[Intervention]:
        """All interventions that are not over; whoever has least time left comes first."""
        query = {"state.state": {"$nin": [str(state) for state in OVER]}}
        found = await self._database.find(INTERVENTIONS, query, sort=[("state.case.due_at", 1), ("_id", 1)])
        return [document.state for document in found]

    async def beside(self, intervention: Intervention) -> list[Intervention]:
        """The other open interventions of its case: there are some where people began two before a merge."""
        states = {"$nin": [str(state) for state in OVER]}
        query = {"state.case.id": intervention.case.id, "state.state": states, "_id": {"$ne": intervention.id}}
        return [document.state for document in await self._database.find(INTERVENTIONS, query, sort=[("_id", 1)])]

    async def consultation(self, id_: str) -> Consultation | None:
        found = await self._database.get(CONSULTATIONS, id_)
        return found.state if found else None

    async def consultations(
        self, *, open_only: bool = False, skip: int = 0, limit: int = 0
    ) -> tuple[list[Consultation], int]:
        """One page of consultations, the newest first, and how many there are in all."""
        query = {"state.decision": None} if open_only else {}
        newest = [("state.convened_at", -1), ("_id", 1)]
        found = await self._database.find(CONSULTATIONS, query, sort=newest, skip=skip, limit=limit)
        return [document.state for document in found], await self._database.count(CONSULTATIONS, query)

    async def case(self, id_: str) -> Case | None:
        found = await self._database.get(CASES, id_)
        return found.state if found else None

    async def count_by_state(self) -> dict[str, int]:
        """How many interventions there are in each state."""
        groups = self._database.raw[INTERVENTIONS.name].aggregate(
            [{"$group": {"_id": "$state.state", "count": {"$sum": 1}}}]
        )
        return {group["_id"]: group["count"] async for group in groups}

    async def count_overdue(self, now: datetime) -> int:
        """How many interventions should have started by now, and did not."""
        waiting = _in("state.state", [str(state) for state in BEFORE_VISIT])
        return await self._database.count(INTERVENTIONS, {**waiting, "state.case.due_at": {"$lt": now}})

    async def _held_by(self, case: str) -> dict[str, list[str]]:
        found = await self.case(case)
        return {"$in": [case, *(found.absorbed if found else ())]}

    async def _with_homes(self, ids: Iterable[str]) -> list[Document[Case]]:
        """These cases, and where they were merged into."""
        found: list[Document[Case]] = []
        wanted = {*ids}
        asked = {*wanted}
        while wanted:
            more = await self._database.find(CASES, _in("_id", wanted))
            wanted = {one.state.merged_into.id for one in more if one.state.merged_into} - asked
            asked |= wanted
            found += more
        return found

    async def _room(
        self,
        cases: Sequence[str],
        interventions: Mapping[str, Any],
        consultations: Mapping[str, Any] | None = None,
        regions: Iterable[str] | None = None,
    ) -> Room:
        # All at once: none needs what another finds.
        known, visits, talks, network = await asyncio.gather(
            self._database.find(CASES, _in("_id", cases)),
            self._database.find(INTERVENTIONS, interventions),
            self._database.find(CONSULTATIONS, consultations or _in("_id", ())),
            self.network(regions),
        )
        return Room([*known, *visits, *talks], network)


def _concerned(fact: Fact) -> set[str]:
    """The cases beside its subject that a fact about a case is about."""
    if isinstance(fact, CaseMerged | CaseMergeUndone):
        return {fact.gone.case, fact.stays.case}
    return {*fact.absorbed} if isinstance(fact, CaseAssessed) else set()


def _of_cases(cases: Sequence[str]) -> list[dict[str, Any]]:
    """Interventions that are about one of these cases, or were before it was merged into another."""
    return [_in("state.case.id", cases), _in("state.came_from.id", cases)]


def _in(field: str, values: Iterable[str]) -> dict[str, Any]:
    return {field: {"$in": sorted(set(values))}}


def _in_if_any(field: str, values: Sequence[str]) -> dict[str, Any]:
    return _in(field, values) if values else {}


def _filled(query: Mapping[str, Any]) -> dict[str, Any]:
    return {field: wanted for field, wanted in query.items() if wanted is not None}
