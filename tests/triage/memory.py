"""Triage without Kafka and MongoDB: facts are taken in one by one, and people decide, on documents in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.triage.domain.case import Case
from services.triage.domain.progress import Progress
from services.triage.domain.suggestion import LinkSuggestion
from services.triage.store import LINK_SUGGESTIONS, Room
from services.triage.use_cases.linking import Linking
from services.triage.use_cases.taking_in import Grading, note_consultation, note_intervention
from shared.bus.documents import Change, Document
from shared.bus.message import Message
from shared.contracts import planning
from shared.contracts.envelope import Fact
from shared.contracts.intake import SignalReceived, SignalSupplemented, SignalWithdrawn
from tests.triage.builders import RULES, after
from tests.triage.domain.linkage.builders import LINKS

NOW = after(minutes=7)


class Memory:
    """Takes facts in one by one, as the stage does, and keeps what was told."""

    def __init__(self) -> None:
        self.room = Room()
        grading = Grading(RULES, Linking(LINKS, RULES))
        self._handlers: dict[type[Any], Any] = {
            SignalReceived: grading.take_in_signal,
            SignalSupplemented: grading.supplement_signal,
            SignalWithdrawn: grading.withdraw_signal,
        }

    def take(self, one: Message[Any], now: datetime = NOW) -> list[Any]:
        """Take a message in; returns what is told."""
        if self.room.has_taken(one):
            return []
        return self.decide(self._decide(one)(self.room, one, now), one)

    def decide(self, changes: Sequence[Change[Any]], message: Message[Any] | None = None) -> list[Fact]:
        """Take over what somebody decided; returns what is told."""
        self.room.apply(changes, message)
        return [telling.fact for change in changes for telling in change.tellings]

    def _decide(self, one: Message[Any]) -> Any:
        if isinstance(one.fact, planning.ConsultationFact):
            return note_consultation
        return self._handlers.get(type(one.fact), note_intervention)

    def case(self, signal: str) -> Document[Case]:
        document = self.room.case_of(signal)
        assert document
        return document

    def progress(self, case: str) -> Progress:
        return self.room.progress(case).state

    @property
    def questions(self) -> list[LinkSuggestion]:
        """What a person was asked, in order."""
        return [document.state for document in self.room if document.collection == LINK_SUGGESTIONS.name]
