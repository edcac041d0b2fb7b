"""What comes in by topic: signals found or join cases, and planning's news moves the clock on. All of it pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.triage.domain import case as cases
from services.triage.domain.case import Case
from services.triage.domain.linking import block_key
from services.triage.domain.merging import CaseSignal
from services.triage.domain.moments import quarter_of
from services.triage.domain.numbers import case_id, case_number
from services.triage.domain.progress import LinkedIntervention, Progress
from services.triage.domain.ruleset import Ruleset
from services.triage.store import BlockClaim, Room
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
from shared.situation import Situation
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
    """The decisions about signals, under one set of rules."""

    rules: Ruleset

    def take_in_signal(self, room: Room, message: Message[SignalReceived], now: datetime) -> Changes:
        """A signal joins the open case at its address, or founds one."""
        at, signal = quarter_of(now), _signal(message)
        block = block_key(signal.situation.site)
        if block is None:
            return [self._found(room, case_id(signal.id), signal, at, now)]
        claim = room.claim(block)
        if claim.exists:
            document = room.case(claim.state.case)
            if not document.exists:
                # Somebody claimed and has not come to founding: whoever comes founds the case that was claimed.
                return [self._found(room, claim.state.case, signal, at, now)]
            if document.state.takes_up(signal.received_at, self.rules):
                joined = cases.with_signal(document.state, signal, self.rules, at)
                return [_becomes(document, joined, at, now)]
        own = case_id(signal.id)
        return [claim.becomes(BlockClaim(own)), self._found(room, own, signal, at, now)]

    def supplement_signal(self, room: Room, message: Message[SignalSupplemented], now: datetime) -> Changes:
        """New facts replace what the signal said; an address that nobody claimed yet is claimed for its case."""
        document, at = _case_of(room, message.subject), quarter_of(now)
        situation = situation_of(message.fact.situation)
        after = cases.with_supplement(
            document.state, message.subject, situation, message.fact.received_at, self.rules, at
        )
        return [*_claim_if_free(room, situation, document), _becomes(document, after, at, now)]

    def withdraw_signal(self, room: Room, message: Message[SignalWithdrawn], now: datetime) -> Changes:
        """The signal no longer counts."""
        document, at = _case_of(room, message.subject), quarter_of(now)
        after = cases.with_withdrawal(document.state, message.subject, message.fact.withdrawn_at, self.rules, at)
        return [_becomes(document, after, at, now)]

    def _found(self, room: Room, id_: str, signal: CaseSignal, at: datetime, now: datetime) -> Change[Case]:
        founded = cases.found(case_number(id_, signal.received_at), signal, self.rules, at)
        return room.case(id_).becomes(founded, *tell_assessed(None, founded, at, now))


def note_intervention(room: Room, message: Message[InterventionSnapshot], _now: datetime) -> Changes:
    """An intervention as it is now; a preventive one has no case and is no news here."""
    fact = message.fact
    if fact.case is None:
        return []
    progress = _progress(room, fact.case).with_intervention(
        LinkedIntervention(message.subject, fact.number, fact.kind, fact.state, fact.coordinator_name)
    )
    if stage := STAGES.get(type(fact)):
        progress = progress.with_mark(stage, fact.happened_at, message.subject)
    return [room.progress(fact.case).becomes(progress)]


def note_consultation(
    room: Room, message: Message[ConsultationConvened] | Message[ConsultationDecided], _now: datetime
) -> Changes:
    """A consultation was called, or decided go or no-go."""
    fact = message.fact
    if fact.case is None:
        return []
    progress = _progress(room, fact.case)
    at = fact.convened_at
    if isinstance(fact, ConsultationDecided):
        at = fact.decided_at
        progress = progress.with_outcome(fact.intervention, fact.outcome)
    progress = progress.with_mark(STAGES[type(fact)], at, fact.intervention)
    return [room.progress(fact.case).becomes(progress)]


def _signal(message: Message[SignalReceived]) -> CaseSignal:
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


def _claim_if_free(room: Room, situation: Situation, document: Document[Case]) -> list[Change[BlockClaim]]:
    block = block_key(situation.site)
    if block is None or room.claim(block).exists:
        return []
    return [room.claim(block).becomes(BlockClaim(document.id))]


def _case_of(room: Room, signal: str) -> Document[Case]:
    document = room.case_of(signal)
    if document is None:
        raise UnknownSignal("no case holds this signal")
    return document


def _progress(room: Room, case: str) -> Progress:
    document = room.progress(case)
    return document.state if document.exists else Progress(case)
