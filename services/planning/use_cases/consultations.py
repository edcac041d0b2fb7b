"""Consultations: any member calls one through LOT-C, and it decides go or no-go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.planning import facts
from services.planning.domain.consultation import Consultation, Decision, invitations, known_participants
from services.planning.domain.intervention import Intervention, NotAcceptable, NotAllowed
from services.planning.domain.network import LOTC
from services.planning.domain.plan import StepRule
from services.planning.store import CONSULTATIONS, Room
from services.planning.use_cases.cases import propose
from services.planning.use_cases.desk import Changes, Desk, Unknown, demand_part, intervention_in, told
from shared.bus.documents import Change, Document, tell
from shared.contracts import catalogue as topics
from shared.contracts import planning as wire
from shared.people import Person
from shared.vocabulary import ConsultationOutcome


@dataclass(frozen=True, slots=True)
class Call:
    """A member's wish to consult, about an intervention or about a case that may have none yet."""

    id: str
    person: Person
    intervention: str | None = None
    case: str | None = None
    note: str | None = None


class UnderWay(Exception):
    """A consultation about this is being held already."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        super().__init__(consultation.id)


async def convene(desk: Desk, call: Call) -> tuple[Consultation, bool]:
    """Call a consultation; says whether it is a new one.

    Where one is under way already that one is returned: people join it rather than call a second.
    """

    async def load() -> Room:
        if call.intervention is not None:
            return await desk.store.load_intervention(call.intervention)
        return await desk.store.load_case(call.case or "")

    try:
        documents = await desk.bus.decide(load, lambda room: decide_to_convene(room, call, desk.rules, desk.bus.now()))
    except UnderWay as found:
        return found.consultation, False
    return documents[0].state, True


async def decide(desk: Desk, consultation: str, decision: Decision) -> Consultation:
    """Record go or no-go. After a go the drafted plan stands and staff is asked for at once."""
    documents = await desk.bus.decide(
        lambda: desk.store.load_consultation(consultation), lambda room: take_decision(room, consultation, decision)
    )
    decided: Consultation = documents[0].state
    return decided


def decide_to_convene(room: Room, call: Call, rules: Sequence[StepRule], now: datetime) -> Changes:
    """The consultation, and the note of it in the intervention; raises UnderWay when there is one."""
    subject, proposal = _subject(room, call, rules, now)
    running = room.open_consultation(subject.id)
    if running is not None:
        raise UnderWay(running.state)
    before: Intervention = proposal.state if proposal else subject.state
    after = before.convened(call.id, now, call.person, call.note)
    consultation = _consultation(call, after, room, now)
    document: Document[Consultation] = room.find_or_new(CONSULTATIONS.name, call.id)
    convened = tell(topics.CONSULTATIONS, facts.convened(consultation), now)
    return [
        document.becomes(consultation, convened),
        subject.becomes(after, *(proposal.tellings if proposal else ())),
    ]


def take_decision(room: Room, consultation: str, decision: Decision) -> Changes:
    """The consultation's decision and what it does to the intervention."""
    document = room.consultation(consultation)
    if document is None:
        raise Unknown("consultation")
    after = document.state.decided(decision)
    if faults := known_participants(decision.participants, room.network):
        raise NotAcceptable(faults)
    subject = intervention_in(room, after.intervention)
    # Any member may call a consultation; what it decided is recorded by who takes part, or by LOT-C.
    demand_part(subject.state, decision.by)
    effect = _go if decision.outcome is ConsultationOutcome.GO else _no_go
    telling = tell(topics.CONSULTATIONS, facts.decided(after, decision), decision.at)
    return [document.becomes(after, telling), effect(subject, decision)]


def _go(subject: Document[Intervention], decision: Decision) -> Change[Any]:
    decided = subject.state.decided(decision.at, decision.by, decision.reason)
    prepared = decided.prepared(decision.at, decision.by)
    return subject.becomes(
        prepared,
        told(wire.InterventionDecided, decided, decision.at),
        told(wire.InterventionPrepared, prepared, decision.at),
    )


def _no_go(subject: Document[Intervention], decision: Decision) -> Change[Any]:
    after = subject.state.declined(decision.at, decision.by, decision.reason)
    return subject.becomes(after, told(wire.InterventionStoodDown, after, decision.at))


def _subject(
    room: Room, call: Call, rules: Sequence[StepRule], now: datetime
) -> tuple[Document[Intervention], Change[Any] | None]:
    """The intervention to consult about; for a case that has no open one, a new one at this member's request."""
    if call.intervention is not None:
        return intervention_in(room, call.intervention), None
    current = room.open_intervention(call.case or "")
    if current is not None:
        return current, None
    case = room.case(call.case or "").content
    if case is None:
        raise Unknown("case")
    if case.merged_into is not None:
        into = case.merged_into.number
        raise NotAllowed(f"Zaak {case.number} is samengevoegd met zaak {into}. Roep overleg bijeen over die zaak.")
    if case.closed is not None:
        raise NotAllowed(f"Zaak {case.number} is gesloten: {case.closed}. Heropen eerst de zaak.")
    why = f"Op verzoek van {call.person.name}, voor overleg over zaak {case.number}."
    change = propose(room, case, rules, at=now, now=now, by=call.person, why=why)
    return change.document, change


def _consultation(call: Call, intervention: Intervention, room: Room, now: datetime) -> Consultation:
    return Consultation(
        id=call.id,
        intervention=intervention.id,
        intervention_number=intervention.number,
        case=intervention.case.id,
        case_number=intervention.case.number,
        convened_by=call.person,
        convened_through=LOTC,
        convened_at=now,
        invited=invitations(intervention.draft, room.network),
        note=call.note,
    )
