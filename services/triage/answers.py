"""How a case is answered to programs."""

from dataclasses import asdict
from datetime import date, datetime

from pydantic import Field

from services.triage.domain.assessment import FactorPoints
from services.triage.domain.case import Case, ClosureReason, Event
from services.triage.domain.clock import StopReason, Threshold
from services.triage.domain.facts import conflicts_among
from services.triage.domain.linkage.relation import Relation
from services.triage.domain.merging import CaseSignal, Linked
from services.triage.domain.numbers import CaseRef
from services.triage.domain.projection import Outlook
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


class CaseLinkBody(ApiModel):
    """Another case, by its id and by the number that people say."""

    id: str
    number: str


class FactorBody(ApiModel):
    """A factor that counted; `because` is the fact it rests on, in Dutch."""

    factor: str
    points: int
    theme: Theme | None
    because: str
    source: str
    valid_from: date | None
    valid_until: date | None
    signals: list[str] = Field(description="the signals that tell this fact")


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
    cluster: str | None
    conflicts: list[str] = Field(description="facts that cannot both be so and what the rules make of them, in Dutch")


class StageBody(ApiModel):
    """A stage of the clock; `at` is null while it is still to come."""

    stage: ClockStage
    at: datetime | None


class EscalationBody(ApiModel):
    """A threshold that a clock passed with nobody on site."""

    threshold: Threshold
    passed_at: datetime


class ExpectedBody(ApiModel):
    """When a stage will likely be reached (the median), and by when nine in ten had reached it."""

    stage: ClockStage
    likely_at: datetime
    at_latest: datetime


class ProjectionBody(ApiModel):
    """What finished clocks let expect: `alike` of `runs` stayed as long at this stage, `late` of those came too late.

    Without an outlook there are too few of them.
    """

    outlook: Outlook | None
    runs: int
    alike: int
    late: int
    stages: list[ExpectedBody]


class ClockBody(ApiModel):
    """The 24-hour clock that runs, or the last that was stopped."""

    started_at: datetime
    due_at: datetime
    started_by: str
    stopped_at: datetime | None
    stopped_for: StopReason | None
    stages: list[StageBody]
    escalations: list[EscalationBody]
    projection: ProjectionBody | None


class AgreementBody(ApiModel):
    """How far one field of two signals agrees, in Dutch; each of its bits doubles the odds, below zero halves them."""

    field: str
    level: str
    says: str
    bits: float


class SignalLinkBody(ApiModel):
    """Why a signal came into its case without a person: the signal it is like, and how likely both are the same."""

    to: str
    relation: Relation
    probability: float
    weights: str = Field(description="the version of the weights it was compared by")
    agreements: list[AgreementBody]


class SignalBody(ApiModel):
    """A signal of the case; `dataref` leads a person with the right role to the rest."""

    id: str
    channel: Channel
    party: str | None
    received_at: datetime
    withdrawn_at: datetime | None
    dataref: str
    situation: Situation
    came_by: str | None = Field(
        description="the merged case that holds the signal it is like, and that it goes back with"
    )
    moved_from: CaseLinkBody | None = Field(description="where it was before a person moved it")
    link: SignalLinkBody | None = Field(description="why it came without a person; null for the first of a case")


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
    other: CaseLinkBody | None = Field(description="the case that signals went to or came from")
    signals: list[str] = Field(description="which signals")


class ClosureBody(ApiModel):
    """Who closed the case, and why."""

    at: datetime
    by: str
    organisation: str
    reason: ClosureReason
    note: str | None


class MergedBody(ApiModel):
    """Where all signals of a case went, by whom and why; `turn` is what an undoing of this very merge names."""

    into: CaseLinkBody
    at: datetime
    by: str
    organisation: str
    reason: str
    signals: list[str]
    turn: int


class NotTheSameBody(ApiModel):
    """A case that a person found to be about something else."""

    other: CaseLinkBody
    at: datetime
    by: str
    organisation: str
    reason: str


class ClusterBody(ApiModel):
    """A detected cluster that the case lies in, as last seen; `triage.clusters.v1` tells the rest of it.

    Being near is no tie: no grade follows from it unless the rules say so, and then `assessment.cluster` does.
    """

    id: str
    theme: Theme
    centre: str = Field(description="the postcode in its middle, four digits")
    start: date
    end: date
    observed: int
    expected: float
    recurrence_days: float


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
    merged_into: CaseLinkBody | None
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
    merged: MergedBody | None
    absorbed: list[str] = Field(description="the cases whose signals are here now, by id")
    split_from: CaseLinkBody | None
    not_the_same: list[NotTheSameBody]
    clusters: list[ClusterBody] = Field(description="detected clusters that it lies or lay in, the last seen first")


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
        merged_into=_link(case.merged.into) if case.merged else None,
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
        assessment=_assessment(file),
        override=_override(case),
        situation=wire_situation(case.situation),
        signals=[_signal(signal) for signal in case.signals],
        clock=_clock(file),
        interventions=_interventions(file),
        grade_line=[GradeStepBody.model_validate(step) for step in case.grade_line],
        history=_history(case),
        closure=_closure(case),
        merged=_merged(case),
        absorbed=list(case.absorbed),
        split_from=_link(case.split_from) if case.split_from else None,
        not_the_same=[
            NotTheSameBody(
                other=_link(mark.other),
                at=mark.at,
                by=mark.by.name,
                organisation=mark.by.organisation,
                reason=mark.reason,
            )
            for mark in case.not_the_same
        ],
        clusters=[
            ClusterBody(
                id=id_,
                theme=found.theme,
                centre=found.centre,
                start=found.start,
                end=found.end,
                observed=found.observed,
                expected=found.expected,
                recurrence_days=found.recurrence_days,
            )
            for id_, found in file.clusters.items()
        ],
    )


def _merged(case: Case) -> MergedBody | None:
    if case.merged is None:
        return None
    merged = case.merged
    return MergedBody(
        into=_link(merged.into),
        at=merged.at,
        by=merged.by.name,
        organisation=merged.by.organisation,
        reason=merged.reason,
        signals=list(merged.signals),
        turn=case.turn,
    )


def _link(ref: CaseRef) -> CaseLinkBody:
    return CaseLinkBody(id=ref.id, number=ref.number)


def _assessment(file: CaseFile) -> AssessmentBody:
    found, seen = file.case.assessment, file.case.situation.observations
    factors = [_factor(file, one) for one in found.factors]
    conflicts = list(conflicts_among(seen))
    return AssessmentBody.model_validate({**asdict(found), "factors": factors, "conflicts": conflicts})


def _factor(file: CaseFile, factor: FactorPoints) -> FactorBody:
    return FactorBody(
        factor=factor.factor,
        points=factor.points,
        theme=factor.theme,
        because=factor.because,
        source=factor.source,
        valid_from=factor.valid_from,
        valid_until=factor.valid_until,
        signals=[signal.id for signal in file.evidence.get(factor.factor, ())],
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
        escalations=[EscalationBody(threshold=one, passed_at=clock.passes_at(one)) for one in clock.escalated],
        projection=ProjectionBody.model_validate(file.outlook) if file.outlook else None,
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
        came_by=signal.came_by,
        moved_from=_link(signal.moved_from.case) if signal.moved_from else None,
        link=_signal_link(signal.link) if signal.link else None,
    )


def _signal_link(link: Linked) -> SignalLinkBody:
    return SignalLinkBody(
        to=link.to,
        relation=link.relation,
        probability=round(link.likeness.probability, 4),
        weights=link.likeness.model,
        agreements=[AgreementBody.model_validate(agreement) for agreement in link.likeness.agreements],
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
            other=_link(entry.other) if entry.other else None,
            signals=list(entry.signals),
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
