"""What people and programs do with cases: find them, see how they stand, close them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.triage.domain import case as cases
from services.triage.domain import clock
from services.triage.domain.assessing import facts_in
from services.triage.domain.case import Actor, Case, ClosureReason
from services.triage.domain.clock import Clock, StageReached
from services.triage.domain.detection.watch import DetectedCluster
from services.triage.domain.evidence import evidence
from services.triage.domain.merging import CaseSignal
from services.triage.domain.progress import Progress
from services.triage.domain.projection import Expected, Projection
from services.triage.domain.rulebook import Rulebook
from services.triage.domain.ruleset import Ruleset
from services.triage.domain.visits import Visit
from services.triage.domain.what_if import WhatIf, what_if
from services.triage.store import Cases, Clusters, Figures, Filter, Room
from services.triage.use_cases.projecting import Outlooks, outlook_of
from services.triage.use_cases.telling import tell_assessed, tell_closed
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document
from shared.calendar import day_of
from shared.situation import Situation
from shared.vocabulary import ClockStage, Grade


class UnknownCase(LookupError):
    """There is no case with this id."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case together with what planning made of it, and what is to be expected of its running clock.

    Where a file is looked at for itself, `parts` are the cases that were merged into it, by id, `evidence` the
    signals that each factor of its grade rests on, `visits` those that took place, by their intervention, and
    `clusters` the detected ones it lies in, by id, the last seen first.
    """

    id: str
    case: Case
    progress: Progress
    outlook: Projection | None = None
    parts: Mapping[str, Case] = field(default_factory=dict)
    evidence: Mapping[str, tuple[CaseSignal, ...]] = field(default_factory=dict)
    visits: Mapping[str, Visit] = field(default_factory=dict)
    clusters: Mapping[str, DetectedCluster] = field(default_factory=dict)

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

    def expected(self, stage: ClockStage) -> Expected | None:
        """When a stage is to be expected, as far as finished clocks tell."""
        stages = self.outlook.stages if self.outlook else ()
        return next((one for one in stages if one.stage is stage), None)

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
    rules: Rulebook
    outlooks: Outlooks
    clusters: Clusters

    async def page(self, wanted: Filter, skip: int, limit: int) -> tuple[list[CaseFile], int]:
        """One page of cases, what burns first, and how many there are in all."""
        found, total = await self.cases.page(wanted, skip, limit)
        return await self._files(found), total

    async def file(self, id_: str) -> CaseFile:
        """One case; raises UnknownCase."""
        document = await self.cases.get(id_)
        if document is None:
            raise UnknownCase(id_)
        (file,) = await self._files([document])
        parts = await self.known(document.state.absorbed) if document.state.absorbed else {}
        visits = await self.cases.visits(id_, *document.state.absorbed)
        found = await self.clusters.holding(id_, *document.state.absorbed)
        clusters = {cluster.id: cluster.state for cluster in found}
        return replace(file, parts=parts, evidence=self._evidence(document.state), visits=visits, clusters=clusters)

    def _evidence(self, case: Case) -> Mapping[str, tuple[CaseSignal, ...]]:
        rules = self.rules.named(case.assessment.ruleset)
        return evidence(case.signals, rules) if rules and case.signals else {}

    async def known(self, ids: Iterable[str]) -> dict[str, Case]:
        """These cases, as far as they are there."""
        return {document.id: document.state for document in await self.cases.several(ids)}

    async def numbered(self, number: str) -> str | None:
        """The id of the case that people call so; the last part of its number will do where it is the only one."""
        document = await self.cases.numbered(number.strip())
        return document.id if document else None

    def what_if(self, file: CaseFile, otherwise: Situation) -> WhatIf:
        """What the grade of a case would be with other facts, by the rules of today; nothing is stored."""
        case, rules = file.case, self.rules_today(file)
        known = facts_in(case.situation, case.cluster, case.signals, rules)
        return what_if(case.situation, otherwise, rules, known.cluster_recurrence_days)

    def rules_today(self, file: CaseFile) -> Ruleset:
        """The rules that new facts of a case would be assessed by now."""
        return self.rules.at(self.today(), file.case.situation.site.region)

    def today(self) -> date:
        """The day it is in the Netherlands."""
        return day_of(self.bus.now())

    async def override(
        self, id_: str, grade: Grade | None, reason: str, who: Actor, seen: Grade | None = None
    ) -> CaseFile:
        """Set the grade, or with None let that of the rules hold again; raises UnknownCase or NotAllowed.

        `seen` is the grade that the person had before them: GradeChanged if the case has another by now.
        """
        now = self.bus.now()

        def decision(room: Room) -> list[Change[Case]]:
            document = room.case(id_)
            if not document.exists:
                raise UnknownCase(id_)
            before = document.state
            if grade is None:
                after = cases.override_lifted(before, reason, who, now, seen)
            else:
                after = cases.overridden(before, grade, reason, who, now, seen)
            return [document.becomes(after, *tell_assessed(before, after, now, now))]

        await self.bus.decide(lambda: self.cases.load_one(id_), decision)
        return await self.file(id_)

    async def close(
        self, id_: str, reason: ClosureReason, note: str | None, who: Actor, seen: Grade | None = None
    ) -> CaseFile:
        """Close a case and tell it; raises UnknownCase, or NotAllowed when it is closed already.

        `seen` is the grade that the person had before them: GradeChanged if the case is graver by now.
        """
        now = self.bus.now()

        def decision(room: Room) -> list[Change[Case]]:
            document = room.case(id_)
            if not document.exists:
                raise UnknownCase(id_)
            after = cases.closed(document.state, reason, note, who, now, seen)
            return [document.becomes(after, tell_closed(after, now))]

        await self.bus.decide(lambda: self.cases.load_one(id_), decision)
        return await self.file(id_)

    async def figures(self) -> Figures:
        """What ops watch."""
        return await self.cases.figures(self.bus.now())

    async def _files(self, documents: Sequence[Document[Case]]) -> list[CaseFile]:
        now = self.bus.now()
        progress = await self.cases.progress(documents)
        runs = await self.outlooks.runs(now)
        files = []
        for document in documents:
            outlook = outlook_of(document.state, progress[document.id], runs, now)
            files.append(CaseFile(document.id, document.state, progress[document.id], outlook))
        return files
