"""Facts born of time: a clock passed half of its 24 hours, four fifths, or all of them, with nobody on site."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.triage.domain.case import Case
from services.triage.domain.clock import Threshold, passed
from services.triage.domain.progress import Progress
from services.triage.store import Cases, Room
from services.triage.use_cases.telling import tell_escalated
from shared.bus.bus import Bus
from shared.bus.documents import Change
from shared.vocabulary import ClockStage


@dataclass(frozen=True)
class Escalation:
    """Looks at every clock that runs and tells what it passed, each threshold of each clock once."""

    bus: Bus
    cases: Cases

    async def run(self) -> int:
        """Tell what is due; returns how many cases had something to tell."""
        now = self.bus.now()
        due = await self.cases.with_thresholds_due(now)
        told = 0
        for id_ in due:
            case = await self.cases.get(id_)
            if case is not None:
                progress = (await self.cases.progress([case]))[id_]
                told += bool(await self._tell(id_, progress, now))
        return told

    async def _tell(self, id_: str, progress: Progress, now: datetime) -> int:
        def decision(room: Room) -> list[Change[Case]]:
            document = room.case(id_)
            if not document.exists:
                return []
            before = document.state
            case, crossed = escalated(before, progress, now)
            facts = [tell_escalated(case, threshold, progress, now) for threshold in crossed]
            return [document.becomes(case, *facts)] if facts else []

        return len(await self.bus.decide(lambda: self.cases.load_one(id_), decision))


def escalated(case: Case, progress: Progress, now: datetime) -> tuple[Case, tuple[Threshold, ...]]:
    """The case with what its clock passed on record, and what is new of it.

    The mark is on the clock, in the document that carries the facts: one write, so each is told once.
    """
    clock = case.clock
    if clock is None or ClockStage.ON_SITE in progress.since(clock):
        return case, ()
    crossed = tuple(threshold for threshold in passed(clock, now) if threshold not in clock.escalated)
    if not crossed:
        return case, ()
    marked = replace(clock, escalated=(*clock.escalated, *crossed))
    return replace(case, clocks=(*case.clocks[:-1], marked)), crossed
