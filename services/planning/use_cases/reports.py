"""Reports as reporting tells them: where the report is, and that it came in."""

from datetime import datetime

from services.planning.store import Room
from services.planning.use_cases.desk import Changes, intervention_in, told
from shared.bus.message import Message
from shared.contracts import planning as wire
from shared.contracts.reporting import ReportOpened, ReportSubmitted
from shared.vocabulary import InterventionState


def take_in_opened_report(room: Room, message: Message[ReportOpened], now: datetime) -> Changes:
    """Remember where the report is, so that people find it."""
    document = intervention_in(room, message.fact.intervention)
    return [document.becomes(document.state.knows_report(message.subject))]


def take_in_submitted_report(room: Room, message: Message[ReportSubmitted], now: datetime) -> Changes:
    """The coordinator's report is the end of the intervention."""
    document = intervention_in(room, message.fact.intervention)
    if document.state.state is InterventionState.REPORTED:
        return []
    after = document.state.reported(now, message.subject)
    return [document.becomes(after, told(wire.InterventionReported, after, now))]
