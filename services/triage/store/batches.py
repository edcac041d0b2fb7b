"""What a batch of messages touches, loaded in a fixed number of queries however long the batch is."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from services.triage.domain.case import Case
from services.triage.domain.linkage.agreement import Record
from services.triage.domain.linkage.blocks import keys_of, places_to_look
from services.triage.domain.linkage.claims import BlockClaim, Compared, Entry, candidates
from services.triage.domain.linkage.model import LinkModel
from services.triage.domain.linkage.records import record_of
from services.triage.domain.progress import Progress
from services.triage.domain.suggestion import LinkSuggestion
from services.triage.domain.visits import Visit
from services.triage.store.documents import BLOCK_CLAIMS, CASES, LINK_SUGGESTIONS, PROGRESS, VISITS, Room
from shared.bus.documents import Document
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.intake import SignalReceived, SignalSupplemented, SignalWithdrawn
from shared.contracts.planning import ConsultationFact, InterventionCompleted, InterventionRevised, InterventionSnapshot
from shared.contracts.reporting import ReportFact
from shared.contracts.situations import situation_of
from shared.mongo import Database

_SIGNAL_FACTS = (SignalReceived, SignalSupplemented, SignalWithdrawn)
_OF_VISITS = (InterventionCompleted, InterventionRevised)


class Batches:
    """Loads the room that a batch is decided in; `links` are the weights by which signals are compared in it."""

    def __init__(self, database: Database, links: LinkModel) -> None:
        self._database = database
        self.links = links

    async def load(self, messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> Room:
        """At most seven queries: claims, cases, those merged into them, suggestions (two), progress, visits."""
        compared = Compared()
        claims, likely = await self._likely(messages, compared)
        # Nearly always the cases that entries name are the ones they lead to, so that neither waits for the other.
        named = {entry.case for entry in likely}
        cases, asked = await asyncio.gather(self._cases(messages, likely), self._suggestions(named))
        # Where nothing is like anything, nobody has been or will be asked.
        near = cases if likely else []
        absorbed = await self._absorbed(near)
        others = {case.id for case in (*near, *absorbed)} - named
        return Room(
            [
                *claims,
                *cases,
                *absorbed,
                *asked,
                *await self._suggestions(others),
                *await self._progress(messages),
                *await self._visits(messages),
            ],
            compared,
        )

    async def _likely(
        self, messages: Sequence[Message[Fact]], compared: Compared
    ) -> tuple[list[Document[BlockClaim]], list[Entry]]:
        """The claims of all signals, and the entries in them that a signal may well be about the same as."""
        records = [record for message in messages if (record := self._record(message))]
        keys = {key for record in records for key in keys_of(record, self.links)}
        places = [(record, places_to_look(record, self.links)) for record in records]
        keys.update(key for _, looked_at in places for _, key in looked_at)
        claims = await self._database.find(BLOCK_CLAIMS, {"_id": {"$in": sorted(keys)}})
        there = {claim.id: claim.state for claim in claims}
        likely = [
            one.entry
            for record, looked_at in places
            for one in candidates(
                record, [(block, there[key]) for block, key in looked_at if key in there], self.links, compared
            )
        ]
        return claims, likely

    def _record(self, message: Message[Fact]) -> Record | None:
        fact = message.fact
        if not isinstance(fact, SignalReceived | SignalSupplemented):
            return None
        return record_of(situation_of(fact.situation), fact.received_at, self.links.folding)

    async def _cases(self, messages: Sequence[Message[Fact]], likely: Sequence[Entry]) -> list[Document[Case]]:
        """Those that hold the signals, that hold what is like them or did when it was filed, and that were visited."""
        signals = {message.subject for message in messages if isinstance(message.fact, _SIGNAL_FACTS)}
        signals.update(entry.signal for entry in likely)
        facts = [message.fact for message in messages]
        # Whose signals a visit answers is told when it is over, or when its case became another.
        visited = {fact.case for fact in facts if isinstance(fact, _OF_VISITS) and fact.case}
        ids = visited.union(entry.case for entry in likely)
        query: list[dict[str, Any]] = [
            {"state.signals.id": {"$in": sorted(signals)}},
            {"_id": {"$in": sorted(ids)}},
            {"state.absorbed": {"$in": sorted(visited)}},
        ]
        return await self._database.find(CASES, {"$or": query})

    async def _absorbed(self, cases: Sequence[Document[Case]]) -> list[Document[Case]]:
        """Cases that were merged into these: what was marked on them still counts."""
        ids = {id_ for case in cases for id_ in case.state.absorbed}.difference(case.id for case in cases)
        return await self._database.find(CASES, {"_id": {"$in": sorted(ids)}})

    async def _suggestions(self, cases: Collection[str]) -> list[Document[LinkSuggestion]]:
        return await self._database.find(LINK_SUGGESTIONS, {"state.cases": {"$in": sorted(cases)}})

    async def _progress(self, messages: Sequence[Message[Fact]]) -> list[Document[Progress]]:
        facts = [message.fact for message in messages]
        planned = {fact.case for fact in facts if isinstance(fact, InterventionSnapshot | ConsultationFact)}
        interventions = {message.subject for message in messages if isinstance(message.fact, InterventionSnapshot)}
        interventions.update(fact.intervention for fact in facts if isinstance(fact, ConsultationFact))
        of_cases = {"_id": {"$in": sorted(case for case in planned if case)}}
        of_interventions = {"state.interventions.id": {"$in": sorted(interventions)}}
        return await self._database.find(PROGRESS, {"$or": [of_cases, of_interventions]})

    async def _visits(self, messages: Sequence[Message[Fact]]) -> list[Document[Visit]]:
        visited = {message.subject for message in messages if isinstance(message.fact, _OF_VISITS)}
        visited.update(message.fact.intervention for message in messages if isinstance(message.fact, ReportFact))
        return await self._database.find(VISITS, {"_id": {"$in": sorted(visited)}})
