"""Triage databases of a certain size, made of copies of one case as triage itself stores it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from pymongo import ReplaceOne, WriteConcern

from services.triage.domain import case as cases
from services.triage.domain.linkage.blocks import keys_of
from services.triage.domain.linkage.claims import MOST, BlockClaim, Entry
from services.triage.domain.linkage.records import record_of as compared_of
from services.triage.domain.merging import CaseSignal
from services.triage.domain.numbers import case_id, case_number
from services.triage.store import BLOCK_CLAIMS, CASES, COLLECTIONS, LINK_SUGGESTIONS, load_link_model, load_ruleset
from shared.bus.documents import Document, WorkingSet
from shared.contracts.envelope import Envelope, source_of
from shared.contracts.intake import SignalReceived
from shared.contracts.situations import wire_situation
from shared.mongo import Database
from shared.situation import Situation
from shared.vocabulary import Channel
from tests.shared.bus.tally import settings_for
from tests.stack import Stack

AT_ONCE = 2_000
AT = datetime(2020, 10, 20, 12, 0, tzinfo=UTC)
Stored = dict[str, Any]


def signal_id(number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"bench/{number}"))


class World:
    """A triage database with a case for each number below its size, which every turn finds as it was.

    `together` has these numbers, with all that may share a claim in one group.
    """

    def __init__(
        self, stack: Stack, size: int, situation: Callable[[int], Situation], together: Iterable[Sequence[int]]
    ) -> None:
        self.size = size
        self._together = together
        self.name = f"bench{uuid4().hex[:10]}"
        self.settings = settings_for(stack, "triage", self.name)
        self.database = Database(stack.mongo_url, self.name, COLLECTIONS)
        self.links = load_link_model("2020-1")
        self._situation = situation
        self._template: Stored = {}
        self._lazily = self.database.raw.with_options(write_concern=WriteConcern(1, j=False))

    async def build(self) -> None:
        """Make its cases and what new signals are compared with."""
        self._template = await self._stored_by_triage()
        for group in self._together:
            claims = list(self._claims(group).items())
            for some in range(0, len(group), AT_ONCE):
                made = [self._case(number) for number in group[some : some + AT_ONCE]]
                await self._lazily[CASES.name].insert_many(made, ordered=False)
            for some in range(0, len(claims), AT_ONCE):
                stored = [_stored_claim(key, claim) for key, claim in claims[some : some + AT_ONCE]]
                await self._lazily[BLOCK_CLAIMS.name].insert_many(stored, ordered=False)
        # Indexes of what is there are made faster than they are kept while it comes.
        await self.database.start()

    async def restore(self, joined: Sequence[int], founded: Iterable[int]) -> None:
        """Take out what a turn added."""
        originals = [ReplaceOne({"_id": case["_id"]}, case) for case in map(self._case, joined)]
        await self._lazily[CASES.name].bulk_write(originals, ordered=False)
        new = [case_id(signal_id(number)) for number in founded]
        await self._lazily[CASES.name].delete_many({"_id": {"$in": new}})
        await self._lazily[BLOCK_CLAIMS.name].delete_many({"_id": {"$in": list(self._claims(founded))}})
        await self._lazily[LINK_SUGGESTIONS.name].delete_many({})

    async def drop(self) -> None:
        await self.database.raw.client.drop_database(self.name)
        await self.database.stop()

    async def _stored_by_triage(self) -> Stored:
        signal = CaseSignal("template", Channel.WEB, None, self._situation(0), AT, AT, "http://localhost/signals/1")
        document: Document[cases.Case] = Document(CASES.name, str(uuid4()))
        room = WorkingSet()
        room.apply([document.becomes(cases.found("Z", signal, load_ruleset("2020-1"), AT))])
        await self.database.save(room.changed)
        stored: Stored = await self.database.raw[CASES.name].find_one_and_delete({"_id": document.id})
        return stored

    def _case(self, number: int) -> Stored:
        signal, state = signal_id(number), self._template["state"]
        situation = {**state["situation"], "site": asdict(self._situation(number).site)}
        signals = [{**state["signals"][0], "id": signal, "situation": situation}]
        named = {"number": case_number(case_id(signal), AT), "situation": situation, "signals": signals}
        return {
            **self._template,
            "_id": case_id(signal),
            "taken": {f"intake:{signal}": 1},
            "state": {**state, **named},
        }

    def _claims(self, numbers: Iterable[int]) -> dict[str, BlockClaim]:
        # Of one signal a case, all of one day, `filed` keeps the newest under each key.
        newest: dict[str, deque[Entry]] = defaultdict(lambda: deque(maxlen=MOST))
        for number in numbers:
            signal, record = signal_id(number), compared_of(self._situation(number), AT, self.links.folding)
            entry = Entry(signal, case_id(signal), AT, record)
            for key in keys_of(record, self.links):
                newest[key].append(entry)
        return {key: BlockClaim(tuple(entries)) for key, entries in newest.items()}


def _stored_claim(key: str, claim: BlockClaim) -> Stored:
    state = BLOCK_CLAIMS.adapter.dump_python(claim, mode="json")
    for entry in state["entries"]:
        entry["known_at"] = AT
    return {"_id": key, "version": 1, "sequence": 0, "taken": {}, "unpublished": [], "state": state}


def record_of(situation: Situation, subject: str) -> dict[str, Any]:
    """A signal about a situation as a record of intake's."""
    fact = SignalReceived(
        channel=Channel.WEB,
        situation=wire_situation(situation),
        received_at=AT,
        dataref="http://localhost/signals/1",
    )
    envelope = Envelope(f"{subject}-1", source_of("intake"), fact.TYPE, AT, subject, 1)
    return {
        "value": fact.model_dump_json(by_alias=True).encode(),
        "key": subject.encode(),
        "headers": envelope.headers(),
    }
