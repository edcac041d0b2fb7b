"""All cases with what their visits found, piece by piece, for replaying them under other rules."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.triage.domain.assessing import InCluster
from services.triage.domain.backtest import ClusterSeen, StoredCase, VisitMade
from services.triage.domain.merging import CaseSignal
from services.triage.store.clusters import Clusters
from services.triage.store.documents import CASES, PROGRESS, VISITS
from shared.mongo import Database
from shared.vocabulary import ClockStage

_SIGNALS = TypeAdapter(tuple[CaseSignal, ...])
_NEEDED = {"state.number": 1, "state.signals": 1, "state.absorbed": 1}


class PastCases:
    """Every case that has signals; those that were merged away are replayed as the one they are in now."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clusters = Clusters(database)

    async def count(self) -> int:
        """How many cases there are, about."""
        return int(await self._database.raw[CASES.name].estimated_document_count())

    async def pieces(self, size: int) -> AsyncIterator[list[StoredCase]]:
        """All of them, at most `size` at a time; what comes in meanwhile may be among them or not."""
        last = ""
        while True:
            # No cursor that stays open: whoever replays rests between pieces, and may take longer than it lives.
            found = self._database.raw[CASES.name].find({"_id": {"$gt": last}}, _NEEDED, sort=[("_id", 1)], limit=size)
            rows = await found.to_list(size)
            if not rows:
                return
            parts = [part for row in rows for part in _parts(row)]
            visits, clusters = await self._visits(parts), await self._seen(parts)
            yield [_stored(row, visits, clusters) for row in rows if row["state"]["signals"]]
            last = rows[-1]["_id"]

    async def _seen(self, cases: list[str]) -> Mapping[str, list[ClusterSeen]]:
        seen = defaultdict(list)
        for document in await self._clusters.holding(*cases):
            cluster = document.state
            lies_in = InCluster(document.id, cluster.end, cluster.recurrence_days)
            for case in {member.case for member in cluster.members}:
                seen[case].append(ClusterSeen(cluster.detected_at, lies_in))
        return seen

    async def _visits(self, cases: list[str]) -> Mapping[str, list[VisitMade]]:
        query = {
            "state.case": {"$in": cases},
            "state.completed_at": {"$ne": None},
            "state.infringements": {"$ne": None},
        }
        documents = await self._database.find(VISITS, query)
        if not documents:
            return {}
        arrivals = await self._arrivals({document.state.case for document in documents if document.state.case})
        visits = defaultdict(list)
        for document in documents:
            visit = document.state
            if visit.case and visit.completed_at and visit.infringements is not None:
                came_at = arrivals.get(document.id, visit.completed_at)
                visits[visit.case].append(VisitMade(came_at, visit.infringements > 0))
        return visits

    async def _arrivals(self, cases: set[str]) -> dict[str, datetime]:
        progress = await self._database.find(PROGRESS, {"_id": {"$in": sorted(cases)}})
        return {
            mark.intervention: mark.at
            for document in progress
            for mark in document.state.marks
            if mark.stage is ClockStage.ON_SITE
        }


def _parts(row: Mapping[str, Any]) -> list[str]:
    """A case and those that were merged into it: their visits found what they found for all of it."""
    return [row["_id"], *row["state"].get("absorbed", ())]


def _stored(
    row: Mapping[str, Any], visits: Mapping[str, list[VisitMade]], clusters: Mapping[str, list[ClusterSeen]]
) -> StoredCase:
    state, parts = row["state"], _parts(row)
    return StoredCase(
        id=row["_id"],
        number=state["number"],
        signals=_SIGNALS.validate_python(state["signals"]),
        clusters=tuple(seen for part in parts for seen in clusters.get(part, ())),
        visits=tuple(visit for part in parts for visit in visits.get(part, ())),
    )
