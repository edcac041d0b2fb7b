"""Earlier cases that may be alike, and what came of them: a bounded number of queries, each for a bounded number."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from services.triage.domain.assessment import Assessment
from services.triage.domain.case import Case, ClosureReason
from services.triage.domain.precedents import Alike, ClosedCase, Precedent, profile_of
from services.triage.domain.progress import Progress
from services.triage.domain.visits import Visit
from services.triage.store.documents import CASES, PROGRESS, VISITS
from shared.mongo import Database
from shared.vocabulary import Grade, Sector, Theme

MOST_OF_EACH = 100
"""The last closed so many of each factor, and of the sector: older ones say less of how it goes now."""

MOST_FACTORS = 3

_ASSESSMENT = TypeAdapter(Assessment)
_CLOSED = {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}
_NEEDED = {
    "state.number": 1,
    "state.situation.themes": 1,
    "state.situation.sector": 1,
    "state.assessment": 1,
    "state.closure": 1,
    "state.absorbed": 1,
}


class Precedents:
    """Loading them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def like(self, id_: str, case: Case) -> list[ClosedCase]:
        """Closed cases that share the sector of a case, or one of the three factors that weigh most in it."""
        factors = [given.factor for given in case.assessment.factors[:MOST_FACTORS]]
        shared: list[dict[str, Any]] = [{"state.assessment.factors.factor": factor} for factor in factors]
        if case.situation.sector is not None:
            shared.append({"state.situation.sector": case.situation.sector.value})
        found = await asyncio.gather(*(self._newest(one) for one in shared))
        rows = {row["_id"]: row for some in found for row in some if row["_id"] != id_}
        return [_closed(row) for row in rows.values()]

    async def outcomes(self, alike: Sequence[Alike]) -> list[Precedent]:
        """The same cases with what consultations decided and visits found."""
        ids = [part for one in alike for part in one.case.parts]
        progress = [one.state for one in await self._database.find(PROGRESS, {"_id": {"$in": ids}})]
        visits = [one.state for one in await self._database.find(VISITS, {"state.case": {"$in": ids}})]
        return [_with_outcome(one, progress, visits) for one in alike]

    async def _newest(self, shared: Mapping[str, Any]) -> list[dict[str, Any]]:
        query = {**shared, "state.closure.at": _CLOSED, "state.closure.reason": {"$ne": ClosureReason.MERGED.value}}
        found = self._database.raw[CASES.name].find(query, _NEEDED, sort=[("state.closure.at", -1)], limit=MOST_OF_EACH)
        return list(await found.to_list(MOST_OF_EACH))


def _with_outcome(alike: Alike, progress: Sequence[Progress], visits: Sequence[Visit]) -> Precedent:
    parts = alike.case.parts
    interventions = [it for of_case in progress if of_case.case in parts for it in of_case.interventions]
    own = [visit for visit in visits if visit.case in parts]
    found = [visit.infringements for visit in own if visit.infringements is not None]
    return Precedent(
        alike=alike,
        outcomes=tuple(it.outcome for it in interventions if it.outcome),
        visits=sum(visit.completed_at is not None for visit in own),
        infringements=sum(found) if found else None,
    )


def _closed(row: Mapping[str, Any]) -> ClosedCase:
    state = row["state"]
    situation, closure = state["situation"], state["closure"]
    sector = Sector(situation["sector"]) if situation.get("sector") else None
    assessment = _ASSESSMENT.validate_python(state["assessment"])
    return ClosedCase(
        id=row["_id"],
        parts=(row["_id"], *state.get("absorbed", ())),
        number=state["number"],
        profile=profile_of(assessment, [Theme(theme) for theme in situation["themes"]], sector),
        grade=Grade(closure["grade"]),
        closed_at=closure["at"],
        reason=ClosureReason(closure["reason"]),
        note=closure.get("note"),
    )
