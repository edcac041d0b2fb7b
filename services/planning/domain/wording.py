"""The steps of an intervention, and how they read in an explanation to people."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from shared.calendar import AMSTERDAM
from shared.vocabulary import InterventionState


class Step(StrEnum):
    """What can be done with an intervention."""

    DECIDE = "decide"
    PREPARE = "prepare"
    STAFF = "staff"
    START = "start"
    COMPLETE = "complete"
    REPORT = "report"
    STAND_DOWN = "stand_down"
    CANCEL = "cancel"


VERB: Mapping[Step, str] = {
    Step.DECIDE: "overleggen en besluiten",
    Step.PREPARE: "voorbereiden",
    Step.STAFF: "bemensen",
    Step.START: "het bezoek starten",
    Step.COMPLETE: "het bezoek afronden",
    Step.REPORT: "rapporteren",
    Step.STAND_DOWN: "van het bezoek afzien",
    Step.CANCEL: "annuleren",
}
DONE: Mapping[Step, str] = {
    Step.DECIDE: "besloten",
    Step.PREPARE: "voorbereid",
    Step.STAFF: "bemenst",
    Step.START: "gestart",
    Step.COMPLETE: "afgerond",
    Step.REPORT: "gerapporteerd",
    Step.STAND_DOWN: "afgezien",
    Step.CANCEL: "geannuleerd",
}
STATE: Mapping[InterventionState, str] = {
    InterventionState.PROPOSED: "voorgesteld",
    InterventionState.DECIDED: "besloten",
    InterventionState.PREPARED: "voorbereid",
    InterventionState.STAFFED: "bemenst",
    InterventionState.UNDER_WAY: "aan de gang",
    InterventionState.COMPLETED: "uitgevoerd",
    InterventionState.REPORTED: "gerapporteerd",
    InterventionState.STOOD_DOWN: "van afgezien",
    InterventionState.CANCELLED: "geannuleerd",
}


def moment(at: datetime) -> str:
    """A date and time on a Dutch clock: 24-10-2020 om 20:15."""
    return at.astimezone(AMSTERDAM).strftime("%d-%m-%Y om %H:%M")
