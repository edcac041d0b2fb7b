"""What visits tell about sectors: that they took place, and what their reports found."""

from dataclasses import replace
from datetime import datetime

from services.triage.domain.visits import Visit
from services.triage.store import Room
from services.triage.use_cases.taking_in import Changes, note_intervention
from shared.bus.documents import Document
from shared.bus.message import Message
from shared.contracts.planning import InterventionCompleted
from shared.contracts.reporting import ReportSubmitted


def note_completion(room: Room, message: Message[InterventionCompleted], now: datetime) -> Changes:
    """A visit is over: it counts for its sector, and for its case as every news of it does."""
    fact, document = message.fact, room.visit(message.subject)
    visit = replace(
        _visit(document),
        completed_at=fact.completed_at or fact.happened_at,
        case=fact.case,
        sector=fact.situation.sector,
        region=fact.region,
    )
    return [document.becomes(visit), *note_intervention(room, message, now)]


def note_report(room: Room, message: Message[ReportSubmitted], _now: datetime) -> Changes:
    """What was found; the report may come before the news that the visit is over."""
    document = room.visit(message.fact.intervention)
    return [document.becomes(replace(_visit(document), infringements=message.fact.infringements))]


def _visit(document: Document[Visit]) -> Visit:
    return document.state if document.exists else Visit()
