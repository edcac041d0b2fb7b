"""How a case is answered to programs."""

from dataclasses import asdict
from datetime import date, datetime

from services.triage.domain.case import Case, ClosureReason, Event
from services.triage.domain.clock import StopReason
from services.triage.domain.merging import CaseSignal
from services.triage.use_cases.desk import CaseFile
from shared.contracts.common import Situation
from shared.contracts.situations import wire_situation
from shared.vocabulary import (
    Channel,
    ClockStage,
    ConsultationOutcome,
    Grade,
    InterventionKind,
    InterventionState,
    Sector,
    Theme,
)
from shared.web.models import ApiModel


class FactorBody(ApiModel):
    """A factor that counted; `because` is the fact it rests on, in Dutch."""

    factor: str
    points: int
    theme: Theme | None
    because: str
    source: str
    valid_from: date | None
    valid_until: date | None


class UnknownBody(ApiModel):
    """A fact nobody told yet; `asks` is the question, in Dutch."""

    input: str
    asks: str


class AssessmentBody(ApiModel):
    """A grade with its whole explanation."""

    grade: Grade
    ruleset: str
    points: int
    likelihood: int
    impact: int
    impact_assumed: bool
    factors: list[FactorBody]
    unknowns: list[UnknownBody]
    raised_for_unknowns: bool
    trigger: str | None
    smallest_change: str | None
    summary: str
    input_hash: str


class StageBody(ApiModel):
    """A stage of the clock; `at` is null while it is still to come."""

    stage: ClockStage
    at: datetime | None


class ClockBody(ApiModel):
    """The 24-hour clock that runs, or the last that was stopped."""

    started_at: datetime
    due_at: datetime
    started_by: str
    stopped_at: datetime | None
    stopped_for: StopReason | None
    stages: list[StageBody]


class SignalBody(ApiModel):
    """A signal of the case; `dataref` leads a person with the right role to the rest."""

    id: str
    channel: Channel
    party: str | None
    received_at: datetime
    withdrawn_at: datetime | None
    dataref: str
    situation: Situation


class LinkedInterventionBody(ApiModel):
    """An intervention of the case, as planning last told it."""

    id: str
    number: str | None
    kind: InterventionKind | None
    state: InterventionState | None
    coordinator: str | None
    outcome: ConsultationOutcome | None


class GradeStepBody(ApiModel):
    """One point of the grade line."""

    at: datetime
    grade: Grade
    points: int
    ruleset: str
    input_hash: str
    signal: str


class OverrideBody(ApiModel):
    """A grade that a member set in place of the rules', and whether the rules have come to another since."""

    at: datetime
    by: str
    organisation: str
    grade: Grade
    reason: str
    assessed: Grade
    disputed: bool


class HistoryBody(ApiModel):
    """One thing that happened to the case; `who` only for what a person did."""

    at: datetime
    event: Event
    signal: str | None
    grade: Grade | None
    who: str | None
    organisation: str | None
    reason: ClosureReason | None
    why: str | None


class ClosureBody(ApiModel):
    """Who closed the case, and why."""

    at: datetime
    by: str
    organisation: str
    reason: ClosureReason
    note: str | None


class CaseSummary(ApiModel):
    """A case in a list."""

    id: str
    number: str
    grade: Grade
    summary: str
    themes: list[Theme]
    sector: Sector | None
    place: str | None
    region: str | None
    regions: list[str]
    signals: list[str]
    opened_at: datetime
    open: bool
    clock: ClockBody | None
    interventions: list[LinkedInterventionBody]


class CaseBody(ApiModel):
    """A case in full."""

    id: str
    number: str
    grade: Grade
    opened_at: datetime
    region: str | None
    regions: list[str]
    assessment: AssessmentBody
    override: OverrideBody | None
    situation: Situation
    signals: list[SignalBody]
    clock: ClockBody | None
    interventions: list[LinkedInterventionBody]
    grade_line: list[GradeStepBody]
    history: list[HistoryBody]
    closure: ClosureBody | None


def case_summary(file: CaseFile) -> CaseSummary:
    """A case as a list shows it."""
    case, site = file.case, file.case.situation.site
    return CaseSummary(
        id=file.id,
        number=case.number,
        grade=case.grade,
        summary=case.assessment.summary,
        themes=list(case.situation.themes),
        sector=case.situation.sector,
        place=site.place or site.municipality,
        region=site.region,
        regions=list(case.regions),
        signals=[signal.id for signal in case.signals],
        opened_at=case.opened_at,
        open=case.is_open,
        clock=_clock(file),
        interventions=_interventions(file),
    )


def case_body(file: CaseFile) -> CaseBody:
    """A case with all that is known of it."""
    case = file.case
    return CaseBody(
        id=file.id,
        number=case.number,
        grade=case.grade,
        opened_at=case.opened_at,
        region=case.situation.site.region,
        regions=list(case.regions),
        assessment=_assessment(case),
        override=_override(case),
        situation=wire_situation(case.situation),
        signals=[_signal(signal) for signal in case.signals],
        clock=_clock(file),
        interventions=_interventions(file),
        grade_line=[GradeStepBody.model_validate(step) for step in case.grade_line],
        history=_history(case),
        closure=_closure(case),
    )


def _assessment(case: Case) -> AssessmentBody:
    return AssessmentBody.model_validate(
        {
            **asdict(case.assessment),
            "factors": [FactorBody.model_validate(factor) for factor in case.assessment.factors],
        }
    )


def _override(case: Case) -> OverrideBody | None:
    if case.override is None:
        return None
    set_by = case.override
    return OverrideBody(
        at=set_by.at,
        by=set_by.by.name,
        organisation=set_by.by.organisation,
        grade=set_by.grade,
        reason=set_by.reason,
        assessed=set_by.assessed,
        disputed=case.disputed,
    )


def _clock(file: CaseFile) -> ClockBody | None:
    clock = file.clock
    if clock is None:
        return None
    return ClockBody(
        started_at=clock.started_at,
        due_at=clock.due_at,
        started_by=clock.started_by,
        stopped_at=clock.stopped_at,
        stopped_for=clock.stopped_for,
        stages=[StageBody.model_validate(stage) for stage in file.stages],
    )


def _signal(signal: CaseSignal) -> SignalBody:
    return SignalBody(
        id=signal.id,
        channel=signal.channel,
        party=signal.party,
        received_at=signal.received_at,
        withdrawn_at=signal.withdrawn_at,
        dataref=signal.dataref,
        situation=wire_situation(signal.situation),
    )


def _interventions(file: CaseFile) -> list[LinkedInterventionBody]:
    return [LinkedInterventionBody.model_validate(entry) for entry in file.progress.interventions]


def _history(case: Case) -> list[HistoryBody]:
    return [
        HistoryBody(
            at=entry.at,
            event=entry.event,
            signal=entry.signal,
            grade=entry.grade,
            who=entry.who.name if entry.who else None,
            organisation=entry.who.organisation if entry.who else None,
            reason=entry.reason,
            why=entry.why,
        )
        for entry in case.history
    ]


def _closure(case: Case) -> ClosureBody | None:
    if case.closure is None:
        return None
    closed = case.closure
    return ClosureBody(
        at=closed.at, by=closed.by.name, organisation=closed.by.organisation, reason=closed.reason, note=closed.note
    )
