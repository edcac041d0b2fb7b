"""Between the facts on the wire and reporting's own words."""

from dataclasses import asdict
from datetime import datetime
from typing import TypeVar

from services.reporting.domain.people import Party
from services.reporting.domain.picture import Seen
from services.reporting.domain.report import Delivery, Report
from services.reporting.domain.telling import Fault, RejectionNotice, site_told, whole_hour
from services.reporting.domain.visit import Involved, PlanStep, Power, Visit
from shared.bus.documents import Telling, tell, tell_coarsely
from shared.contracts import intake, planning
from shared.contracts.catalogue import REPORTS, partner_topic
from shared.contracts.reporting import (
    NoticeSite,
    ReportFact,
    ReportNotice,
    ReportOpened,
    ReportShared,
    ReportSubmitted,
    SignalRejectionNotice,
)
from shared.contracts.situations import known_of, site_of

ReportFactOf = TypeVar("ReportFactOf", bound=ReportFact)


def visit_of(intervention: str, fact: planning.InterventionCompleted) -> Visit:
    """The visit that a report is prefilled with."""
    situation = fact.situation
    people = {staffed.party: staffed.people for staffed in fact.staffing}
    return Visit(
        intervention=intervention,
        number=fact.number,
        kind=fact.kind,
        case=fact.case,
        case_number=fact.case_number,
        grade=fact.grade,
        themes=situation.themes,
        sector=situation.sector,
        site=site_of(situation.site),
        region=fact.region,
        coordinator=fact.coordinator,
        coordinator_name=fact.coordinator_name,
        coordinator_reason=fact.coordinator_reason,
        completed_at=fact.completed_at or fact.happened_at,
        started_at=fact.started_at,
        due_at=fact.due_at,
        parties=tuple(_involved(party, people.get(party.party)) for party in fact.parties),
        plan=tuple(PlanStep(step.party, step.theme, step.what, step.legal_base) for step in fact.plan),
        observations=known_of(situation.observations),
    )


def seen_of(fact: planning.InterventionSnapshot) -> Seen:
    """An intervention for the operational picture."""
    return Seen(
        number=fact.number,
        kind=fact.kind,
        state=fact.state,
        grade=fact.grade,
        region=fact.region,
        municipality=fact.situation.site.municipality,
        coordinator_name=fact.coordinator_name,
        due_at=fact.due_at,
        changed_at=fact.happened_at,
    )


def party_of(fact: planning.PartyDescribed) -> Party:
    return Party(fact.name, fact.kind, fact.region, fact.member)


def rejection_of(fact: intake.SignalRejected, at: datetime) -> RejectionNotice:
    faults = tuple(Fault(fault.field, fault.reason) for fault in fact.faults)
    return RejectionNotice(fact.party, fact.message_id, fact.topic, fact.partition, fact.offset, faults, at)


def tell_opened(report: Report, now: datetime) -> Telling:
    return tell(REPORTS, _about(ReportOpened, report, report.opened_at), now)


def tell_submitted(report: Report, now: datetime) -> Telling:
    """Measures go as their wire values: what was typed in words stays in the report."""
    filling = report.filling
    measures = tuple(measure.value for measure in filling.measures)
    fact = _about(ReportSubmitted, report, now, infringements=filling.infringements, measures=measures)
    return tell(REPORTS, fact, now)


def tell_shared(report: Report, now: datetime) -> Telling:
    return tell(REPORTS, _about(ReportShared, report, now, shared_with=report.shared_with), now)


def tell_partner(report: Report, dataref: str, delivery: Delivery, region: str | None, now: datetime) -> Telling:
    """That a report naming this partner is ready; `region` is where the partner belongs, None for nowhere."""
    visit, filling = report.visit, report.filling
    notice = ReportNotice(
        party=delivery.party,
        report=dataref.rpartition("/")[2],
        number=report.number,
        intervention_number=visit.number,
        kind=visit.kind,
        grade=visit.grade,
        themes=visit.themes,
        sector=visit.sector,
        site=NoticeSite(**asdict(site_told(visit, region))),
        coordinator=visit.coordinator,
        coordinator_name=visit.coordinator_name,
        infringements=filling.infringements,
        measures=tuple(measure.value for measure in filling.measures),
        visited_at=whole_hour(visit.visited_at),
        shared_at=whole_hour(delivery.shared_at),
        dataref=dataref,
    )
    return tell_coarsely(partner_topic(delivery.party), notice, whole_hour(now))


def tell_sender(notice: RejectionNotice, now: datetime) -> Telling:
    """Which message of the sender's own was refused, and why."""
    fact = SignalRejectionNotice(
        party=notice.party,
        message_id=notice.message_id,
        topic=notice.topic,
        partition=notice.partition,
        offset=notice.offset,
        faults=tuple(intake.Fault(field=fault.field, reason=fault.reason) for fault in notice.faults),
    )
    return tell_coarsely(partner_topic(notice.party), fact, whole_hour(now))


def _about(cls: type[ReportFactOf], report: Report, at: datetime, **more: object) -> ReportFactOf:
    return cls.model_validate(
        {
            "number": report.number,
            "state": report.state,
            "intervention": report.visit.intervention,
            "intervention_number": report.visit.number,
            "case": report.visit.case,
            "coordinator": report.visit.coordinator,
            "happened_at": at,
            **more,
        }
    )


def _involved(party: planning.InvolvedParty, people: int | None) -> Involved:
    powers = tuple(Power(power.what, power.legal_base) for power in party.competences)
    return Involved(party.party, party.name, party.role, powers, people)
