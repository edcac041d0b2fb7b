"""What visits tell: about sectors that they took place and what their reports found, and whose signals they answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.triage.domain.visits import Visit, answered_by
from services.triage.store import Room
from services.triage.use_cases.taking_in import Changes, note_intervention
from shared.bus.documents import Document, Telling, tell
from shared.bus.message import Message
from shared.calendar import day_of
from shared.contracts.catalogue import VISITS
from shared.contracts.planning import InterventionCompleted, InterventionRevised
from shared.contracts.reporting import ReportSubmitted
from shared.contracts.triage import VisitConcluded


def note_completion(room: Room, message: Message[InterventionCompleted], now: datetime) -> Changes:
    """A visit is over: it counts for its sector, and for its case as every news of it does."""
    fact, document = message.fact, room.visit(message.subject)
    visit = replace(
        _visit(document),
        began_at=fact.started_at,
        completed_at=fact.completed_at or fact.happened_at,
        case=fact.case,
        sector=fact.situation.sector,
        region=fact.region,
    )
    return [document.becomes(visit, *_concluded(room, visit, now)), *note_intervention(room, message, now)]


def note_revision(room: Room, message: Message[InterventionRevised], now: datetime) -> Changes:
    """An intervention was revised; where its case was merged or came back, a visit that took place goes along."""
    document, case = room.visit(message.subject), message.fact.case
    noted = note_intervention(room, message, now)
    if not document.exists or document.state.completed_at is None or document.state.case == case:
        return noted
    visit = replace(document.state, case=case)
    return [document.becomes(visit, *_concluded(room, visit, now)), *noted]


def note_report(room: Room, message: Message[ReportSubmitted], _now: datetime) -> Changes:
    """What was found; the report may come before the news that the visit is over."""
    document = room.visit(message.fact.intervention)
    return [document.becomes(replace(_visit(document), infringements=message.fact.infringements))]


def _concluded(room: Room, visit: Visit, now: datetime) -> Sequence[Telling]:
    """Whose signals were followed up, wherever they are by now; its planned visits are nobody's business."""
    if visit.case is None or visit.completed_at is None or not room.case(visit.case).exists:
        return ()
    case = room.case(visit.case)
    theirs = room.home_of(case).state.signals
    if case.state.merged:
        theirs = tuple(signal for signal in theirs if signal.id in case.state.merged.signals)
    signals = answered_by(visit, theirs)
    if not signals:
        return ()
    fact = VisitConcluded(case=visit.case, signals=signals, visited_on=day_of(visit.completed_at))
    return [tell(VISITS, fact, now)]


def _visit(document: Document[Visit]) -> Visit:
    return document.state if document.exists else Visit()
