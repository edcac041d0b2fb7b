"""Planning's collections, and how the documents that a decision needs are loaded."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.planning.domain.case import Case
from services.planning.domain.consultation import Consultation
from services.planning.domain.intervention import BEFORE_VISIT, OVER, Intervention
from services.planning.domain.network import Network, Party
from services.planning.start_data import StartData
from shared.bus.documents import Document, WorkingSet
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.reporting import ReportFact
from shared.mongo import Collection, Database
from shared.vocabulary import InterventionState

PARTIES = Collection("parties", TypeAdapter(Party), indexes=([("state.region", 1)], [("state.kind", 1)]))
CASES = Collection("cases", TypeAdapter(Case))
INTERVENTIONS = Collection(
    "interventions",
    TypeAdapter(Intervention),
    indexes=([("state.case.id", 1)], [("state.state", 1), ("state.proposed_at", -1)], [("state.draft.region", 1)]),
)
CONSULTATIONS = Collection(
    "consultations",
    TypeAdapter(Consultation),
    indexes=([("state.intervention", 1)], [("state.convened_at", -1)]),
)
COLLECTIONS = (PARTIES, CASES, INTERVENTIONS, CONSULTATIONS)


class Room(WorkingSet):
    """What a decision of planning looks at: cases, their interventions and consultations, and the network map."""

    def __init__(self, documents: Iterable[Document[Any]] = (), network: Network | None = None) -> None:
        self.network = network or Network({})
        self._by_case: dict[str, dict[str, Document[Intervention]]] = {}
        super().__init__(documents)

    def on_change(self, document: Document[Any]) -> None:
        if document.collection == INTERVENTIONS.name:
            self._by_case.setdefault(document.state.case.id, {})[document.id] = document

    def case(self, id_: str) -> Document[Case]:
        return self.find_or_new(CASES.name, id_)

    def intervention(self, id_: str) -> Document[Intervention] | None:
        return self.find(INTERVENTIONS.name, id_)

    def consultation(self, id_: str) -> Document[Consultation] | None:
        return self.find(CONSULTATIONS.name, id_)

    def interventions_of(self, case: str) -> list[Document[Intervention]]:
        """All interventions of a case, those that are over included."""
        return list(self._by_case.get(case, {}).values())

    def open_intervention(self, case: str) -> Document[Intervention] | None:
        """The one intervention of a case that is not over, if any."""
        return next((found for found in self.interventions_of(case) if not found.state.over), None)

    def open_consultation(self, intervention: str) -> Document[Consultation] | None:
        """The consultation about an intervention that has not decided yet, if any."""
        consultations = (found for found in self if found.collection == CONSULTATIONS.name)
        return next(
            (f for f in consultations if f.state.intervention == intervention and f.state.decision is None), None
        )


class Store:
    """Planning's database. The start data stand in for parties that are not stored yet."""

    def __init__(self, database: Database, start_data: StartData) -> None:
        self._database = database
        self._start_data = start_data

    async def load_batch(self, messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> Room:
        """Everything a batch touches: cases and their interventions, interventions of reports, the network map."""
        reports = [message.fact for message in messages if isinstance(message.fact, ReportFact)]
        cases = [message.subject for message in messages if not isinstance(message.fact, ReportFact)]
        interventions = [report.intervention for report in reports]
        regions = {region for message in messages for region in getattr(message.fact, "regions", ())}
        either = {"$or": [_in("state.case.id", cases), _in("_id", interventions)]}
        return await self._room(cases, either, regions=regions)

    async def load_case(self, case: str) -> Room:
        """One case with its interventions and their consultations."""
        return await self._room([case], {"state.case.id": case}, {"state.case": case})

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
        """One page of interventions, the newest first, and how many there are in all."""
        query = _filled(
            {
                "state.case.id": case,
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


def _in(field: str, values: Iterable[str]) -> dict[str, Any]:
    return {field: {"$in": sorted(set(values))}}


def _in_if_any(field: str, values: Sequence[str]) -> dict[str, Any]:
    return _in(field, values) if values else {}


def _filled(query: Mapping[str, Any]) -> dict[str, Any]:
    return {field: wanted for field, wanted in query.items() if wanted is not None}
