"""How long finished clocks took: what is expected of running ones rests on it. Two queries, however many there are."""

from datetime import datetime, timedelta

from pydantic import TypeAdapter

from services.triage.domain.clock import Clock
from services.triage.domain.progress import Progress
from services.triage.domain.projection import Run, run_of
from services.triage.store.documents import CASES, PROGRESS
from shared.mongo import Database
from shared.vocabulary import ClockStage

DAYS_BACK = 365
MOST_CASES = 200
"""The newest so many cases that somebody came on site for; older ones say less of how it goes now."""

_CLOCKS = TypeAdapter(tuple[Clock, ...])


class LeadTimes:
    """Loading the runs of finished clocks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(self, now: datetime) -> list[Run]:
        """Those of the last year, of the newest cases at most so many."""
        lately = {"stage": ClockStage.ON_SITE.value, "at": {"$gte": now - timedelta(days=DAYS_BACK)}}
        visited = await self._database.find(
            PROGRESS, {"state.marks": {"$elemMatch": lately}}, sort=[("state.marks.at", -1)], limit=MOST_CASES
        )
        progress = {document.id: document.state for document in visited}
        cases = self._database.raw[CASES.name].find({"_id": {"$in": list(progress)}}, {"state.clocks": 1})
        return [run async for case in cases for run in _runs(case["state"]["clocks"], progress[case["_id"]])]


def _runs(stored: object, progress: Progress) -> list[Run]:
    clocks = _CLOCKS.validate_python(stored)
    return [run for clock in clocks if (run := run_of(clock, progress.since(clock)))]
