"""Builders of cases, interventions and messages, with a believable default for everything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.planning.domain.case import Case
from services.planning.domain.draft import draft
from services.planning.domain.identity import intervention_id, intervention_number
from services.planning.domain.intervention import Intervention, StaffAnswer, VisitOutcome, proposed
from services.planning.domain.network import Network
from services.planning.start_data import StartData
from shared.bus.message import Message
from shared.contracts.catalogue import CASES, REPORTS
from shared.contracts.common import Observations, Situation
from shared.contracts.common import Site as WireSite
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.contracts.reporting import ReportOpened, ReportSubmitted
from shared.contracts.triage import CaseAssessed, CaseClosed
from shared.people import Person
from shared.situation import Site
from shared.vocabulary import Grade, InterventionState, ReportState, Sector, Theme
from tests.assessments import an_assessment

NOON = datetime(2020, 11, 23, 12, 0, tzinfo=UTC)
DUE = NOON + timedelta(hours=23)
CASE = str(uuid5(NAMESPACE_URL, "case/groenlo"))
REPORT = str(uuid5(NAMESPACE_URL, "report/groenlo"))
LENA = Person("lotc", "Lena Otten", "lotc", "LOT-C")
GIJS = Person("ggd-vr06", "Gijs Dijkstra", "ggd-vr06", "GGD Noord- en Oost-Gelderland")
ILSE = Person("iszw", "Ilse Zwaan", "iszw", "Inspectie SZW")
VICTOR = Person("vr23", "Victor Raaijmakers", "vr23", "Veiligheidsregio Limburg-Noord")

_PLANT = Case(
    id=CASE,
    number="Z-2020-3M8TX",
    grade=Grade.CRITICAL,
    summary="Er zijn 45 besmettingen onder 212 geteste mensen.",
    themes=(Theme.WORK,),
    sector=Sector.MEAT,
    site=Site("Vleesbedrijf De Voorbeeldhoeve", "7141DC", "12", "Groenlo", "Oost Gelre", "VR06"),
    regions=("VR06",),
    points_by_theme={Theme.WORK: 30},
    infections=45,
    observations={"people_exposed": 657, "tested": 212, "positive": 45},
    due_at=DUE,
)


def a_case(**changes: Any) -> Case:
    """The meat plant in Groenlo with 45 infections, unless said otherwise."""
    return replace(_PLANT, **changes)


def without_infections(**changes: Any) -> Case:
    return a_case(**{"infections": 0, "grade": Grade.HIGH, **changes})


def an_intervention(start: StartData, case: Case | None = None) -> Intervention:
    """Proposed just now, with the draft that the start data give."""
    case = case or a_case()
    id_ = intervention_id(case.id, 1)
    drafted = draft(case, Network.of(start.parties.values()), start.plan_rules, NOON.date())
    return proposed(id_, intervention_number(id_, 2020), case, drafted, NOON, None, "Inschatting")


def answers_of_all(intervention: Intervention) -> list[StaffAnswer]:
    return [StaffAnswer(party.party, 2) for party in intervention.asked_for_staff]


def in_state(intervention: Intervention, state: InterventionState) -> Intervention:
    """The same intervention, brought to a state by the steps that lead there."""
    decided = intervention.decided(NOON, LENA, "Besmettingen nemen toe.")
    match state:
        case InterventionState.PROPOSED:
            return intervention
        case InterventionState.DECIDED:
            return decided
        case InterventionState.STOOD_DOWN:
            return intervention.stood_down(NOON, LENA, "Geen gevaar.")
        case InterventionState.CANCELLED:
            return decided.cancelled(NOON, LENA, "Bedrijf is gesloten.")
    prepared = decided.prepared(NOON, LENA)
    staffed = prepared.staffed_by(answers_of_all(prepared), NOON, LENA)
    under_way = staffed.started(NOON, LENA)
    completed = under_way.completed(NOON, LENA, VisitOutcome.CARRIED_OUT, None)
    return {
        InterventionState.PREPARED: prepared,
        InterventionState.STAFFED: staffed,
        InterventionState.UNDER_WAY: under_way,
        InterventionState.COMPLETED: completed,
        InterventionState.REPORTED: completed.reported(NOON, REPORT),
    }[state]


def assessed(grade: Grade = Grade.CRITICAL, *, number: str = "Z-2020-3M8TX", **changes: Any) -> CaseAssessed:
    """The meat plant in Groenlo as triage tells it."""
    site = WireSite(
        name="Vleesbedrijf De Voorbeeldhoeve",
        postcode="7141DC",
        house_number="12",
        place="Groenlo",
        municipality="Oost Gelre",
        region="VR06",
    )
    seen = Observations(people_exposed=657, tested=212, positive=45) if grade.calls_for_visit else Observations()
    situation = Situation(themes=(Theme.WORK,), sector=Sector.MEAT, site=site, observations=seen)
    values = {
        "number": number,
        "situation": situation,
        "signals": ("signal-1",),
        "assessment": an_assessment(grade),
        "previous_grade": None,
        "points_by_theme": {Theme.WORK: 30},
        "regions": ("VR06",),
        "clock_started_at": NOON if grade.calls_for_visit else None,
        "clock_due_at": DUE if grade.calls_for_visit else None,
        "assessed_at": NOON,
    }
    return CaseAssessed.model_validate({**values, **changes})


def closed() -> CaseClosed:
    return CaseClosed(number="Z-2020-3M8TX", reason="Het bleek een dubbele melding.", closed_at=NOON)


def report_opened(intervention: str) -> ReportOpened:
    return ReportOpened(**_report(intervention), state=ReportState.OPEN)


def report_submitted(intervention: str) -> ReportSubmitted:
    return ReportSubmitted(**_report(intervention), state=ReportState.SUBMITTED, infringements=2, measures=())


def message(fact: Fact, sequence: int = 1, subject: str = CASE) -> Message[Any]:
    """A fact as it comes in by Kafka."""
    owner, topic = ("reporting", REPORTS) if isinstance(fact, ReportOpened | ReportSubmitted) else ("triage", CASES)
    envelope = Envelope(f"{subject}-{sequence}", source_of(owner), fact.TYPE, NOON, subject, sequence)
    return Message(envelope, fact, topic.name)


def _report(intervention: str) -> dict[str, Any]:
    return {
        "number": "R-2020-9D2FA",
        "intervention": intervention,
        "intervention_number": "I-2020-7K4Q2",
        "case": CASE,
        "coordinator": "ggd-vr06",
        "happened_at": NOON,
    }
