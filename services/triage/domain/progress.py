"""What planning makes of a case: its interventions, and the clock stages they reached."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.triage.domain.clock import Clock
from shared.vocabulary import ClockStage, ConsultationOutcome, InterventionKind, InterventionState


@dataclass(frozen=True, slots=True)
class Mark:
    """A stage that an intervention reached, and by whom as far as that is told."""

    stage: ClockStage
    at: datetime
    intervention: str


@dataclass(frozen=True, slots=True)
class LinkedIntervention:
    """An intervention as planning last described it; until then only its id is known."""

    id: str
    number: str | None = None
    kind: InterventionKind | None = None
    state: InterventionState | None = None
    coordinator: str | None = None
    outcome: ConsultationOutcome | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Kept apart from the case, so that news may come before the case does and never contends with signals."""

    case: str
    interventions: tuple[LinkedIntervention, ...] = ()
    marks: tuple[Mark, ...] = ()

    def split(self, intervention: str) -> "tuple[Progress, Progress]":
        """Without one of its interventions, and that one alone with its marks."""
        left = Progress(
            self.case,
            tuple(entry for entry in self.interventions if entry.id != intervention),
            tuple(mark for mark in self.marks if mark.intervention != intervention),
        )
        part = Progress(
            self.case,
            tuple(entry for entry in self.interventions if entry.id == intervention),
            tuple(mark for mark in self.marks if mark.intervention == intervention),
        )
        return left, part

    def after(self, earlier: "Progress") -> "Progress":
        """With what was made of another case that is part of this one now; what is its own comes last."""
        return Progress(self.case, (*earlier.interventions, *self.interventions), (*earlier.marks, *self.marks))

    def with_intervention(self, changed: LinkedIntervention) -> "Progress":
        """With the newest of an intervention; what a consultation decided about it stays."""
        known = {entry.id: entry for entry in self.interventions}
        before = known.get(changed.id)
        if before and changed.outcome is None:
            changed = replace(changed, outcome=before.outcome)
        return replace(self, interventions=tuple({**known, changed.id: changed}.values()))

    def with_outcome(self, intervention: str, outcome: ConsultationOutcome) -> "Progress":
        """With go or no-go for an intervention, whether or not planning described it yet."""
        known = {entry.id: entry for entry in self.interventions}
        decided = replace(known.get(intervention, LinkedIntervention(intervention)), outcome=outcome)
        return replace(self, interventions=tuple({**known, intervention: decided}.values()))

    def with_mark(self, stage: ClockStage, at: datetime, intervention: str) -> "Progress":
        """With a stage reached; the first time counts."""
        if any(mark.stage == stage and mark.intervention == intervention for mark in self.marks):
            return self
        return replace(self, marks=(*self.marks, Mark(stage, at.astimezone(UTC), intervention)))

    def since(self, clock: Clock) -> dict[ClockStage, datetime]:
        """The first time each stage was reached after this clock was set going."""
        reached: dict[ClockStage, datetime] = {}
        for mark in sorted(self.marks, key=lambda mark: mark.at):
            if mark.at >= clock.graded_at:
                reached.setdefault(mark.stage, mark.at)
        return reached
