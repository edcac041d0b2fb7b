"""What people and programs do with cases: find them, see how they stand, close them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.triage.domain import case as cases
from services.triage.domain import clock
from services.triage.domain.case import Actor, Case, ClosureReason
from services.triage.domain.clock import Clock, StageReached
from services.triage.domain.progress import Progress
from services.triage.domain.ruleset import Ruleset
from services.triage.store import Cases, Figures, Filter, Room
from services.triage.use_cases.telling import tell_assessed, tell_closed
from shared.bus.bus import Bus
from shared.bus.documents import Change
from shared.vocabulary import ClockStage, Grade


class UnknownCase(LookupError):
    """There is no case with this id."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case together with what planning made of it."""

    id: str
    case: Case
    progress: Progress

    @property
    def clock(self) -> Clock | None:
        """The clock that counts: the running one, or the last that was stopped."""
        return self.case.clocks[-1] if self.case.clocks else None

    @property
    def stages(self) -> tuple[StageReached, ...]:
        """How far the work has come within the clock that counts."""
        return clock.stages(self.clock, self._reached) if self.clock else ()

    @property
    def on_site_at(self) -> datetime | None:
        """When the team came, within the clock that counts."""
        return self._reached.get(ClockStage.ON_SITE)

    def breached(self, now: datetime) -> bool:
        """Whether 24 hours went by with nobody on site."""
        return self.clock is not None and clock.breached(self.clock, self.on_site_at, now)

    @property
    def _reached(self) -> Mapping[ClockStage, datetime]:
        return self.progress.since(self.clock) if self.clock else {}


@dataclass(frozen=True)
class Desk:
    """The verbs of members, with what they need."""

    bus: Bus
    cases: Cases
    rules: Ruleset

    async def page(self, wanted: Filter, skip: int, limit: int) -> tuple[list[CaseFile], int]:
        """One page of cases, what burns first, and how many there are in all."""
        found, total = await self.cases.page(wanted, skip, limit)
        progress = await self.cases.progress(document.id for document in found)
        files = [
            CaseFile(document.id, document.state, progress.get(document.id, Progress(document.id)))
            for document in found
        ]
        return files, total

    async def file(self, id_: str) -> CaseFile:
        """One case; raises UnknownCase."""
        document = await self.cases.get(id_)
        if document is None:
            raise UnknownCase(id_)
        progress = await self.cases.progress([id_])
        return CaseFile(id_, document.state, progress.get(id_, Progress(id_)))

    async def override(self, id_: str, grade: Grade | None, reason: str, who: Actor) -> CaseFile:
        """Set the grade, or with None let that of the rules hold again; raises UnknownCase or NotAllowed."""
        now = self.bus.now()

        def decision(room: Room) -> list[Change[Case]]:
            document = room.case(id_)
            if not document.exists:
                raise UnknownCase(id_)
            before = document.state
            if grade is None:
                after = cases.override_lifted(before, reason, who, now)
            else:
                after = cases.overridden(before, grade, reason, who, now)
            return [document.becomes(after, *tell_assessed(before, after, now, now))]

        await self.bus.decide(lambda: self.cases.load_one(id_), decision)
        return await self.file(id_)

    async def close(self, id_: str, reason: ClosureReason, note: str | None, who: Actor) -> CaseFile:
        """Close a case and tell it; raises UnknownCase, or NotAllowed when it is closed already."""
        now = self.bus.now()

        def decision(room: Room) -> list[Change[Case]]:
            document = room.case(id_)
            if not document.exists:
                raise UnknownCase(id_)
            after = cases.closed(document.state, reason, note, who, now)
            return [document.becomes(after, tell_closed(after, now))]

        await self.bus.decide(lambda: self.cases.load_one(id_), decision)
        return await self.file(id_)

    async def figures(self) -> Figures:
        """What ops watch."""
        return await self.cases.figures(self.bus.now())
