"""The JSON that planning answers with."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from services.planning import facts
from services.planning.domain import consultation as consultations
from services.planning.domain import network
from services.planning.domain.case import Case
from services.planning.domain.draft import Involved, PartyRole
from services.planning.domain.intervention import Event, Intervention, VisitOutcome
from services.planning.domain.wording import Step
from shared.contracts.common import Situation
from shared.vocabulary import (
    ConsultationOutcome,
    Grade,
    InterventionKind,
    InterventionState,
    PartyKind,
    Theme,
)
from shared.web.models import ApiModel


class CompetenceBody(ApiModel):
    """What a party may do; theme and sector are null for all."""

    theme: Theme | None
    sector: str | None
    what: str
    legal_base: str
    valid_from: date | None
    valid_until: date | None
    verified: bool = Field(description="false: general knowledge, to be checked before relying on it")


class InvolvedBody(ApiModel):
    """A party of a visit."""

    party: str
    name: str
    role: PartyRole
    competences: tuple[CompetenceBody, ...]


class PlanStepBody(ApiModel):
    """One step of the plan of approach."""

    party: str
    theme: Theme | None
    what: str
    legal_base: str


class StaffingBody(ApiModel):
    """A party's answer to the request for staff; `people` is null until it answered."""

    party: str
    name: str
    people: int | None
    lead: str | None
    reason: str | None


class EventBody(ApiModel):
    """A line of the history; `by` is null for what followed from the facts by itself."""

    at: datetime
    what: str
    state: InterventionState
    by: str | None
    organisation: str | None
    why: str | None


class InterventionBody(ApiModel):
    """An intervention with its draft, its progress and what can be done now."""

    id: str
    number: str
    kind: InterventionKind
    state: InterventionState
    possible: tuple[Step, ...] = Field(description="the steps that its state allows now")
    case_id: str
    case_number: str
    grade: Grade
    situation: Situation
    region: str | None
    coordinator: str
    coordinator_name: str
    coordinator_reason: str
    parties: tuple[InvolvedBody, ...]
    gaps: tuple[Theme, ...] = Field(description="themes that no party here has a power of its own for")
    plan: tuple[PlanStepBody, ...]
    staffing: tuple[StaffingBody, ...]
    consultation_id: str | None
    report_id: str | None
    due_at: datetime | None
    proposed_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    outcome: VisitOutcome | None
    reason: str | None
    history: tuple[EventBody, ...]


class InvitationBody(ApiModel):
    """A party asked to take part, through its contact on duty."""

    party: str
    name: str
    contact: str | None
    email: str | None


class ConsultationBody(ApiModel):
    """A consultation; `outcome` is null until it decided."""

    id: str
    intervention_id: str
    intervention_number: str
    case_id: str
    case_number: str
    convened_by: str
    convened_by_name: str
    convened_through: str
    convened_at: datetime
    invited: tuple[InvitationBody, ...]
    note: str | None
    outcome: ConsultationOutcome | None
    reason: str | None
    participants: tuple[str, ...]
    decided_at: datetime | None


class ContactBody(ApiModel):
    """Somebody who speaks for a party."""

    name: str
    role: network.ContactRole
    email: str
    on_duty: bool


class PartyBody(ApiModel):
    """A party of the network map with the competences that hold today."""

    id: str
    name: str
    kind: PartyKind
    region: str | None
    municipality: str | None
    member: bool
    competences: tuple[CompetenceBody, ...]
    contacts: tuple[ContactBody, ...]


def intervention_body(intervention: Intervention) -> InterventionBody:
    draft, case = intervention.draft, intervention.case
    return InterventionBody(
        **_case(case),
        id=intervention.id,
        number=intervention.number,
        kind=intervention.kind,
        state=intervention.state,
        possible=intervention.possible,
        region=draft.region,
        coordinator=draft.coordinator,
        coordinator_name=draft.coordinator_name,
        coordinator_reason=draft.coordinator_reason,
        parties=tuple(_involved(party) for party in draft.parties),
        gaps=draft.gaps,
        plan=tuple(PlanStepBody.model_validate(step) for step in draft.plan),
        staffing=staffing(intervention),
        consultation_id=intervention.consultation,
        report_id=intervention.report,
        proposed_at=intervention.proposed_at,
        started_at=intervention.started_at,
        completed_at=intervention.completed_at,
        outcome=intervention.outcome,
        reason=intervention.reason,
        history=tuple(_event(event) for event in intervention.history),
    )


def staffing(intervention: Intervention) -> tuple[StaffingBody, ...]:
    """One line for each party that takes part, answered or not."""
    answers = {answer.party: answer for answer in intervention.staffing}

    def line(party: Involved) -> StaffingBody:
        answer = answers.get(party.party)
        return StaffingBody(
            party=party.party,
            name=party.name,
            people=answer.people if answer else None,
            lead=answer.lead if answer else None,
            reason=answer.reason if answer else None,
        )

    return tuple(line(party) for party in intervention.asked_for_staff)


def consultation_body(consultation: consultations.Consultation) -> ConsultationBody:
    decision = consultation.decision
    return ConsultationBody(
        id=consultation.id,
        intervention_id=consultation.intervention,
        intervention_number=consultation.intervention_number,
        case_id=consultation.case,
        case_number=consultation.case_number,
        convened_by=consultation.convened_by.organisation,
        convened_by_name=consultation.convened_by.name,
        convened_through=consultation.convened_through,
        convened_at=consultation.convened_at,
        invited=tuple(InvitationBody.model_validate(invitation) for invitation in consultation.invited),
        note=consultation.note,
        outcome=decision.outcome if decision else None,
        reason=decision.reason if decision else None,
        participants=decision.participants if decision else (),
        decided_at=decision.at if decision else None,
    )


def party_body(party: network.Party) -> PartyBody:
    return PartyBody(
        id=party.id,
        name=party.name,
        kind=party.kind,
        region=party.region,
        municipality=party.municipality,
        member=party.member,
        competences=tuple(_competence(power) for power in party.competences),
        contacts=tuple(ContactBody.model_validate(contact) for contact in party.contacts),
    )


def _case(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "case_number": case.number,
        "grade": case.grade,
        "situation": facts.situation_of(case),
        "due_at": case.due_at,
    }


def _involved(party: Involved) -> InvolvedBody:
    powers = tuple(_competence(power) for power in party.competences)
    return InvolvedBody(party=party.party, name=party.name, role=party.role, competences=powers)


def _competence(power: network.Competence) -> CompetenceBody:
    return CompetenceBody(
        theme=power.theme,
        sector=power.sector,
        what=power.what,
        legal_base=power.legal_base,
        valid_from=power.valid_from,
        valid_until=power.valid_until,
        verified=power.verified,
    )


def _event(event: Event) -> EventBody:
    return EventBody(
        at=event.at,
        what=event.what,
        state=event.state,
        by=event.by.name if event.by else None,
        organisation=event.by.organisation if event.by else None,
        why=event.why,
    )
