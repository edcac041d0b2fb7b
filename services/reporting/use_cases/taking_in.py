"""Facts from the other services: visits that ask for a report, parties by name, messages that were refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.reporting.domain import report as reports
from services.reporting.domain.identity import rejection_notice_id, report_number
from services.reporting.facts import party_of, rejection_of, seen_of, tell_opened, visit_of
from services.reporting.store import PARTIES, REJECTION_NOTICES, Room
from shared.bus.documents import Change
from shared.bus.message import Message
from shared.calendar import day_of
from shared.contracts.intake import SignalRejected
from shared.contracts.planning import InterventionCompleted, InterventionRevised, InterventionSnapshot, PartyDescribed

Changes = Sequence[Change[Any]]


def take_in_intervention(room: Room, message: Message[InterventionSnapshot], _now: datetime) -> Changes:
    """An intervention moved on: the operational picture follows."""
    document = room.intervention(message.subject)
    before = document.state if document.exists else None
    return [document.becomes(seen_of(message.fact).following(before))]


def take_in_completed(room: Room, message: Message[InterventionCompleted], now: datetime) -> Changes:
    """A visit is over: its report opens, prefilled, for the coordinator."""
    followed = take_in_intervention(room, message, now)
    document = room.report_of(message.subject)
    if document.exists:
        return followed
    visit = visit_of(message.subject, message.fact)
    number = report_number(document.id, day_of(visit.completed_at).year)
    report = reports.opened(number, visit, message.fact.happened_at)
    return [*followed, document.becomes(report, tell_opened(report, now))]


def take_in_revised(room: Room, message: Message[InterventionRevised], now: datetime) -> Changes:
    """An intervention was revised; where its case was merged or came back, its report goes along while it is open."""
    followed = take_in_intervention(room, message, now)
    document, fact = room.report_of(message.subject), message.fact
    if not document.exists:
        return followed
    after = document.state.of_case(fact.case, fact.case_number, fact.happened_at)
    return followed if after is document.state else [*followed, document.becomes(after)]


def take_in_party(room: Room, message: Message[PartyDescribed], _now: datetime) -> Changes:
    """The network map says how a party is called and where it belongs."""
    return [room.find_or_new(PARTIES.name, message.subject).becomes(party_of(message.fact))]


def take_in_rejection(room: Room, message: Message[SignalRejected], _now: datetime) -> Changes:
    """A sender's message was refused: note it; it is told as soon as the sender has a topic of its own."""
    document = room.find_or_new(REJECTION_NOTICES.name, rejection_notice_id(message.subject))
    if document.exists:
        return []
    return [document.becomes(rejection_of(message.fact, message.envelope.time))]
