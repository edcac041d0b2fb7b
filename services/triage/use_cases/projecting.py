"""What to expect of running clocks: the lead times of finished ones, kept at hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.triage.domain.case import Case
from services.triage.domain.progress import Progress
from services.triage.domain.projection import Projection, Run, projected
from services.triage.store import LeadTimes
from shared.vocabulary import ClockStage

READ_ANEW_AFTER = timedelta(minutes=1)


class Outlooks:
    """Lead times change with each visit, and are looked at with each page: they are read once a minute at most."""

    def __init__(self, lead_times: LeadTimes) -> None:
        self._lead_times = lead_times
        self._runs: Sequence[Run] = ()
        self._read_at: datetime | None = None

    async def runs(self, now: datetime) -> Sequence[Run]:
        """How long finished clocks took."""
        if self._read_at is None or now - self._read_at >= READ_ANEW_AFTER:
            self._runs, self._read_at = await self._lead_times.runs(now), now
        return self._runs


def outlook_of(case: Case, progress: Progress, runs: Sequence[Run], now: datetime) -> Projection | None:
    """What to expect of a case's running clock; None where none runs or somebody is on site."""
    if case.clock is None:
        return None
    reached = progress.since(case.clock)
    return None if ClockStage.ON_SITE in reached else projected(case.clock, reached, runs, now)
