"""Between planning's own words and the facts on the wire."""

from datetime import datetime
from typing import Any, TypeVar

from services.planning.domain import network
from services.planning.domain.case import Case
from services.planning.domain.consultation import Consultation, Decision
from services.planning.domain.draft import Involved
from services.planning.domain.intervention import Intervention
from shared.contracts import planning as wire
from shared.contracts.common import Observations, Situation
from shared.contracts.situations import known_of, site_of, wire_site
from shared.contracts.triage import CaseAssessed

Snapshot = TypeVar("Snapshot", bound=wire.InterventionSnapshot)


def case_of(id_: str, fact: CaseAssessed) -> Case:
    """The picture of a case that triage told; positives of a test count as infections."""
    situation, seen = fact.situation, fact.situation.observations
    return Case(
        id=id_,
        number=fact.number,
        grade=fact.grade,
        summary=fact.assessment.summary,
        themes=situation.themes,
        sector=situation.sector,
        site=site_of(situation.site),
        regions=fact.regions or ((situation.site.region,) if situation.site.region else ()),
        points_by_theme=fact.points_by_theme,
        infections=max(seen.confirmed_infections or 0, seen.positive or 0),
        trigger=fact.assessment.trigger,
        workers_live_in=situation.workers_live_in,
        observations=known_of(seen),
        due_at=fact.clock_due_at,
        absorbed=fact.absorbed,
    )


def snapshot(cls: type[Snapshot], intervention: Intervention, now: datetime) -> Snapshot:
    """The whole intervention, as the fact that carries it."""
    case, draft = intervention.case, intervention.draft
    return cls(
        number=intervention.number,
        kind=intervention.kind,
        state=intervention.state,
        case=case.id,
        case_number=case.number,
        grade=case.grade,
        situation=situation_of(case),
        region=draft.region,
        coordinator=draft.coordinator,
        coordinator_name=draft.coordinator_name,
        coordinator_reason=draft.coordinator_reason,
        parties=tuple(_involved(party) for party in draft.parties),
        plan=tuple(
            wire.PlanStep(party=step.party, theme=step.theme, what=step.what, legal_base=step.legal_base)
            for step in draft.plan
        ),
        staffing=tuple(wire.StaffedParty(party=answer.party, people=answer.people) for answer in intervention.staffing),
        consultation=intervention.consultation,
        due_at=case.due_at,
        started_at=intervention.started_at,
        completed_at=intervention.completed_at,
        reason=intervention.reason,
        happened_at=now,
    )


def situation_of(case: Case) -> Situation:
    """What the visit is about, in the words that services share."""
    return Situation(
        themes=case.themes,
        sector=case.sector,
        site=wire_site(case.site),
        observations=Observations.model_validate(dict(case.observations)),
        workers_live_in=case.workers_live_in,
    )


def competence(power: network.Competence) -> wire.Competence:
    return wire.Competence(
        theme=power.theme,
        sector=power.sector,
        what=power.what,
        legal_base=power.legal_base,
        valid_from=power.valid_from,
        valid_until=power.valid_until,
    )


def described(party: network.Party) -> wire.PartyDescribed:
    """A party as others may know it: its people stay here."""
    return wire.PartyDescribed(
        name=party.name,
        kind=party.kind,
        region=party.region,
        member=party.member,
        competences=tuple(competence(power) for power in party.competences),
    )


def convened(consultation: Consultation) -> wire.ConsultationConvened:
    return wire.ConsultationConvened(**_consultation(consultation))


def decided(consultation: Consultation, decision: Decision) -> wire.ConsultationDecided:
    return wire.ConsultationDecided(
        **_consultation(consultation),
        outcome=decision.outcome,
        reason=decision.reason,
        participants=decision.participants,
        decided_at=decision.at,
    )


def _consultation(consultation: Consultation) -> dict[str, Any]:
    return {
        "intervention": consultation.intervention,
        "case": consultation.case,
        "convened_by": consultation.convened_by.organisation,
        "convened_through": consultation.convened_through,
        "invited": tuple(invitation.party for invitation in consultation.invited),
        "convened_at": consultation.convened_at,
    }


def _involved(party: Involved) -> wire.InvolvedParty:
    return wire.InvolvedParty(
        party=party.party,
        name=party.name,
        role=party.role,
        competences=tuple(competence(power) for power in party.competences),
    )
