"""What comes in by topic: signals found or join cases, and planning's news moves the clock on. All of it pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.triage.domain import case as cases
from services.triage.domain.case import Case
from services.triage.domain.merging import CaseSignal
from services.triage.domain.moments import quarter_of
from services.triage.domain.numbers import case_id, case_number
from services.triage.domain.progress import LinkedIntervention, Progress
from services.triage.domain.regrouping import Filed
from services.triage.domain.ruleset import Rules
from services.triage.store import Room
from services.triage.use_cases.linking import Linking
from services.triage.use_cases.telling import tell_assessed
from shared.bus.documents import Change, Document
from shared.bus.message import Message
from shared.contracts.envelope import Fact
from shared.contracts.intake import SignalReceived, SignalSupplemented, SignalWithdrawn
from shared.contracts.planning import (
    ConsultationConvened,
    ConsultationDecided,
    InterventionDecided,
    InterventionSnapshot,
    InterventionStaffed,
    InterventionStarted,
)
from shared.contracts.situations import situation_of
from shared.vocabulary import ClockStage

Changes = Sequence[Change[Any]]

STAGES: Mapping[type[Fact], ClockStage] = {
    ConsultationConvened: ClockStage.CONSULTED,
    ConsultationDecided: ClockStage.DECIDED,
    InterventionDecided: ClockStage.DECIDED,
    InterventionStaffed: ClockStage.STAFFED,
    InterventionStarted: ClockStage.ON_SITE,
}
"""Which of planning's facts reaches which stage of the clock."""


class UnknownSignal(LookupError):
    """News of a signal that no case holds: a person must look at it."""


@dataclass(frozen=True, slots=True)
class Grading:
    """The decisions about signals, under the rules of their day and region and the weights of linking."""

    rules: Rules
    linking: Linking

    def take_in_signal(self, room: Room, message: Message[SignalReceived], now: datetime) -> Changes:
        """A signal joins the open case that it certainly belongs to, or founds one; likely ones are asked about."""
        at, signal = quarter_of(now), signal_of(message)
        matches = self.linking.matches(room, signal)
        match = next((one for one in matches if one.is_certain), None)
        document = room.case(match.case if match else case_id(signal.id))
        if match:
            signal = replace(signal, link=self.linking.linked(signal, match), came_by=match.came_by)
            case = cases.with_signal(document.state, signal, self.rules, at)
            change = _becomes(document, case, at, now)
        else:
            case = cases.found(case_number(document.id, signal.received_at), signal, self.rules, at)
            change = document.becomes(case, *tell_assessed(None, case, at, now))
        return [
            change,
            *self.linking.file(room, signal, document.id, founds=match is None),
            *self.linking.questions(room, Filed(document.id, case), signal, matches, at),
        ]

    def supplement_signal(self, room: Room, message: Message[SignalSupplemented], now: datetime) -> Changes:
        """New facts replace what the signal said, and are compared with other cases; it moves to none by itself."""
        document, at = _case_of(room, message.subject), quarter_of(now)
        situation = situation_of(message.fact.situation)
        after = cases.with_supplement(
            document.state, message.subject, situation, message.fact.received_at, self.rules, at
        )
        change, signal = _becomes(document, after, at, now), after.signal(message.subject)
        if signal.withdrawn_at is not None or not after.is_open:
            return [change]
        matches = self.linking.matches(room, signal)
        return [
            change,
            *self.linking.file(room, signal, document.id),
            *self.linking.questions(room, Filed(document.id, after), signal, matches, at),
        ]

    def withdraw_signal(self, room: Room, message: Message[SignalWithdrawn], now: datetime) -> Changes:
        """The signal no longer counts."""
        document, at = _case_of(room, message.subject), quarter_of(now)
        after = cases.with_withdrawal(document.state, message.subject, message.fact.withdrawn_at, self.rules, at)
        return [_becomes(document, after, at, now)]


def note_intervention(room: Room, message: Message[InterventionSnapshot], _now: datetime) -> Changes:
    """An intervention as it is now; a preventive one has no case and is no news here."""
    fact = message.fact
    if fact.case is None:
        return []
    progress, changes = _progress(room, fact.case), []
    there = room.progress_with(message.subject)
    if there is not None and there.id != fact.case:
        # Its case was merged into another, or came back: what it reached goes along.
        left, part = there.state.split(message.subject)
        changes.append(there.becomes(left))
        progress = progress.after(part)
    progress = progress.with_intervention(
        LinkedIntervention(message.subject, fact.number, fact.kind, fact.state, fact.coordinator_name)
    )
    if stage := STAGES.get(type(fact)):
        progress = progress.with_mark(stage, fact.happened_at, message.subject)
    return [*changes, room.progress(fact.case).becomes(progress)]


def note_consultation(
    room: Room, message: Message[ConsultationConvened] | Message[ConsultationDecided], _now: datetime
) -> Changes:
    """A consultation was called, or decided go or no-go."""
    fact = message.fact
    if fact.case is None:
        return []
    # The news of a merge and that of a consultation come by different topics: the intervention says which case it is.
    there = room.progress_with(fact.intervention)
    case = there.id if there is not None else fact.case
    progress = _progress(room, case)
    at = fact.convened_at
    if isinstance(fact, ConsultationDecided):
        at = fact.decided_at
        progress = progress.with_outcome(fact.intervention, fact.outcome)
    progress = progress.with_mark(STAGES[type(fact)], at, fact.intervention)
    return [room.progress(case).becomes(progress)]


def signal_of(message: Message[SignalReceived]) -> CaseSignal:
    """A signal as its case keeps it."""
    fact = message.fact
    return CaseSignal(
        id=message.subject,
        channel=fact.channel,
        party=fact.party,
        situation=situation_of(fact.situation),
        received_at=fact.received_at,
        known_at=fact.received_at,
        dataref=fact.dataref,
    )


def _becomes(document: Document[Case], after: Case, at: datetime, now: datetime) -> Change[Case]:
    return document.becomes(after, *tell_assessed(document.state, after, at, now))


def _case_of(room: Room, signal: str) -> Document[Case]:
    document = room.case_of(signal)
    if document is None:
        raise UnknownSignal("no case holds this signal")
    return document


def _progress(room: Room, case: str) -> Progress:
    document = room.progress(case)
    return document.state if document.exists else Progress(case)
