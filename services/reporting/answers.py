"""JSON in and out: a report as programs see it, and what they may change in it."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from services.reporting.domain.filling import MOST_PEOPLE, TEXT_LENGTH, Amendment, Finding, Measure, VisitOutcome
from services.reporting.domain.report import DeliveryState, Report
from shared.bus.documents import Document
from shared.contracts.common import PartyId
from shared.situation import Observation
from shared.vocabulary import Grade, InterventionKind, ReportState, Sector, Theme
from shared.web.models import ApiModel

Text = Annotated[str, Field(max_length=TEXT_LENGTH)]
Count = Annotated[int, Field(ge=0, le=MOST_PEOPLE)]
Parties = Annotated[tuple[PartyId, ...], Field(max_length=100)]


class SiteBody(ApiModel):
    """Where the visit was; what is unknown is null."""

    name: str | None
    postcode: str | None
    house_number: str | None
    place: str | None
    municipality: str | None
    region: str | None
    country: str


class PowerBody(ApiModel):
    """What a party may do, on which legal base."""

    what: str
    legal_base: str


class InvolvedBody(ApiModel):
    """A party of the visit."""

    party: str
    name: str
    role: str
    people: int | None
    powers: tuple[PowerBody, ...]


class PlanStepBody(ApiModel):
    """One step of the plan of approach."""

    party: str
    theme: Theme | None
    what: str
    legal_base: str


class FindingBody(ApiModel):
    """What was seen on one theme."""

    theme: Theme
    text: Text = ""
    infringements: Count | None = None


class DeliveryBody(ApiModel):
    """A party the report is shared with; `waiting` means that it has no topic of its own yet."""

    party: str
    name: str
    shared_at: datetime
    state: DeliveryState
    notified_at: datetime | None


class ReportItem(ApiModel):
    """A report in a list."""

    id: str
    number: str
    state: ReportState
    intervention_id: str
    intervention_number: str
    case_id: str | None
    case_number: str | None
    kind: InterventionKind
    grade: Grade | None
    themes: tuple[Theme, ...]
    region: str | None
    coordinator: str
    coordinator_name: str
    opened_at: datetime
    submitted_at: datetime | None


class ReportBody(ReportItem):
    """A whole report: what the visit was, what was filled in, and whom it is shared with."""

    sector: Sector | None
    site: SiteBody
    coordinator_reason: str
    started_at: datetime | None
    completed_at: datetime
    observations: dict[str, Observation] = Field(description="what was known before the visit")
    parties: tuple[InvolvedBody, ...]
    plan: tuple[PlanStepBody, ...]
    outcome: VisitOutcome | None
    people_present: int | None
    tested: int | None
    positive: int | None
    findings: tuple[FindingBody, ...]
    infringements: int
    measures: tuple[Measure, ...]
    other_measures: str
    follow_up: str
    conclusion: str
    attention_points: str
    shared_with: tuple[str, ...] = Field(description="whom the coordinator wants to share it with")
    deliveries: tuple[DeliveryBody, ...] = Field(description="whom it is shared with: they may read it")


class ReportChanges(ApiModel):
    """Fields of an open report; what is left out stays as it is, null empties a field.

    A finding replaces the one on its own theme. No names of people or other personal data in the texts.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "carried_out",
                    "peoplePresent": 412,
                    "tested": 212,
                    "positive": 45,
                    "findings": [
                        {"theme": "work", "text": "Op de lijn is minder dan 1,5 meter afstand.", "infringements": 2}
                    ],
                    "measures": ["work_stopped", "testing"],
                    "conclusion": "De besmettingen hangen samen met de lijn.",
                }
            ]
        }
    )

    outcome: VisitOutcome | None = None
    people_present: Count | None = None
    tested: Count | None = None
    positive: Count | None = None
    findings: tuple[FindingBody, ...] | None = None
    measures: tuple[Measure, ...] | None = None
    other_measures: Text | None = Field(default=None, description="in words, one a line")
    follow_up: Text | None = None
    conclusion: Text | None = None
    attention_points: Text | None = None
    shared_with: Parties | None = None

    def amendment(self) -> Amendment:
        """The fields that were given, as the domain calls and types them."""
        changes: Amendment = {name: getattr(self, name) for name in self.model_fields_set}
        for name in {"other_measures", "follow_up", "conclusion", "attention_points"} & changes.keys():
            changes[name] = (changes[name] or "").strip()
        for name in {"measures", "shared_with"} & changes.keys():
            changes[name] = tuple(dict.fromkeys(changes[name] or ()))
        if "findings" in changes:
            changes["findings"] = _findings(self.findings)
        return changes


class SharingOrder(ApiModel):
    """The parties to share a submitted report with; each may then read it, and is told on its own topic."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sharedWith": ["ggd-vr06", "vr06"]}]})

    shared_with: Parties = Field(min_length=1)


def item(document: Document[Report]) -> ReportItem:
    return ReportItem(**_summary(document))


def body(document: Document[Report]) -> ReportBody:
    report = document.state
    visit, filling = report.visit, report.filling
    return ReportBody(
        **_summary(document),
        sector=visit.sector,
        site=SiteBody.model_validate(visit.site),
        coordinator_reason=visit.coordinator_reason,
        started_at=visit.started_at,
        completed_at=visit.completed_at,
        observations=dict(visit.observations),
        parties=tuple(InvolvedBody.model_validate(party) for party in visit.parties),
        plan=tuple(PlanStepBody.model_validate(step) for step in visit.plan),
        outcome=filling.outcome,
        people_present=filling.people_present,
        tested=filling.tested,
        positive=filling.positive,
        findings=tuple(FindingBody.model_validate(finding) for finding in filling.findings),
        infringements=filling.infringements,
        measures=filling.measures,
        other_measures=filling.other_measures,
        follow_up=filling.follow_up,
        conclusion=filling.conclusion,
        attention_points=filling.attention_points,
        shared_with=filling.shared_with,
        deliveries=tuple(DeliveryBody.model_validate(delivery) for delivery in report.deliveries),
    )


def _summary(document: Document[Report]) -> dict[str, object]:
    report = document.state
    visit = report.visit
    return {
        "id": document.id,
        "number": report.number,
        "state": report.state,
        "intervention_id": visit.intervention,
        "intervention_number": visit.number,
        "case_id": visit.case,
        "case_number": visit.case_number,
        "kind": visit.kind,
        "grade": visit.grade,
        "themes": visit.themes,
        "region": visit.region,
        "coordinator": visit.coordinator,
        "coordinator_name": visit.coordinator_name,
        "opened_at": report.opened_at,
        "submitted_at": report.submitted_at,
    }


def _findings(given: tuple[FindingBody, ...] | None) -> tuple[Finding, ...]:
    """The findings given; null empties those on every theme."""
    if given is None:
        return tuple(Finding(theme) for theme in Theme)
    return tuple(Finding(finding.theme, finding.text.strip(), finding.infringements) for finding in given)
