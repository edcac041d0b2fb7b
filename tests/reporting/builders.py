"""Builders of visits, reports and messages, with a believable default for everything."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.reporting.domain import report as reports
from services.reporting.domain.filling import Amendment, Finding, Measure, VisitOutcome
from services.reporting.domain.identity import report_id, report_number
from services.reporting.domain.people import Party
from services.reporting.domain.report import Report
from services.reporting.domain.visit import Visit
from services.reporting.facts import visit_of
from shared.bus.message import Message
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.contracts.examples import examples
from shared.contracts.planning import InterventionCompleted, InterventionSnapshot
from shared.people import Person
from shared.vocabulary import InterventionState, PartyKind, Theme

NOON = datetime(2020, 6, 20, 12, 34, 56, tzinfo=UTC)
INTERVENTION = str(uuid5(NAMESPACE_URL, "intervention/groenlo"))
REPORT = report_id(INTERVENTION)

GIJS = Person("ggd-vr06", "Gijs Dijkstra", "ggd-vr06", "GGD Noord- en Oost-Gelderland")
LENA = Person("lotc", "Lena Otten", "lotc", "LOT-C")
ILSE = Person("iszw", "Ilse Zwaan", "iszw", "Inspectie SZW")

NETWORK = {
    "ggd-vr06": Party("GGD Noord- en Oost-Gelderland", PartyKind.HEALTH_SERVICE, "VR06", member=True),
    "vr06": Party("Veiligheidsregio Noord- en Oost-Gelderland", PartyKind.SAFETY_REGION, "VR06", member=True),
    "vr23": Party("Veiligheidsregio Limburg-Noord", PartyKind.SAFETY_REGION, "VR23", member=True),
    "iszw": Party("Inspectie SZW", PartyKind.LABOUR_INSPECTORATE, None, member=True),
}

COMPLETE: Amendment = {
    "outcome": VisitOutcome.CARRIED_OUT,
    "people_present": 412,
    "tested": 212,
    "positive": 45,
    "findings": (Finding(Theme.WORK, "Op de lijn is minder dan 1,5 meter afstand.", 2),),
    "measures": (Measure.WORK_STOPPED, Measure.TESTING),
    "conclusion": "De besmettingen hangen samen met de lijn.",
}


def snapshot(cls: type[InterventionSnapshot], **changes: Any) -> InterventionSnapshot:
    """The visit to the meat plant in Groenlo as planning tells it."""
    found = examples()[cls]
    assert isinstance(found, InterventionSnapshot)
    return found.model_copy(update={"happened_at": NOON, **changes})


def completed(**changes: Any) -> InterventionCompleted:
    fact = snapshot(
        InterventionCompleted,
        state=InterventionState.COMPLETED,
        started_at=NOON - timedelta(hours=2),
        completed_at=NOON,
        **changes,
    )
    assert isinstance(fact, InterventionCompleted)
    return fact


def visit(**changes: Any) -> Visit:
    return visit_of(INTERVENTION, completed(**changes))


def opened() -> Report:
    return reports.opened(report_number(REPORT, 2020), visit(), NOON)


def filled_in() -> Report:
    return opened().filled_in(COMPLETE, GIJS, NOON)


def submitted() -> Report:
    return filled_in().submitted(GIJS, NOON)


def shared(*parties: str) -> Report:
    return submitted().shared({party: NETWORK[party].name for party in parties}, GIJS, NOON)


def message(fact: Fact, sequence: int = 1, subject: str = INTERVENTION, source: str = "planning") -> Message[Any]:
    """A fact as it comes in from its topic."""
    envelope = Envelope(f"{subject}-{sequence}", source_of(source), fact.TYPE, NOON, subject, sequence)
    return Message(envelope, fact, "any")
