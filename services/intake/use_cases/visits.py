"""A visit is over: the signals that it answers know the day, for their reporters to be told. Nothing else comes in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.intake.domain.following import visited
from services.intake.domain.signal import Signal
from services.intake.store import SIGNALS
from shared.bus.documents import Change, Document, WorkingSet
from shared.bus.message import Message
from shared.contracts.triage import VisitConcluded


def note_visit(room: WorkingSet, message: Message[VisitConcluded], _now: datetime) -> Sequence[Change[Any]]:
    """The day on each signal that it is not on yet."""
    documents: list[Document[Signal]] = [room.find_or_new(SIGNALS.name, id_) for id_ in message.fact.signals]
    there = [document for document in documents if document.exists]
    after = [(document, visited(document.state, message.fact.visited_on)) for document in there]
    return [document.becomes(state) for document, state in after if state is not document.state]
