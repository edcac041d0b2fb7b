"""Cases as triage tells them: an intervention is proposed, follows its case, and is stood down with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.planning import facts
from services.planning.domain.case import Case
from services.planning.domain.identity import intervention_id, intervention_number
from services.planning.domain.intervention import Intervention, proposed
from services.planning.domain.plan import StepRule
from services.planning.store import INTERVENTIONS, Room
from services.planning.use_cases.desk import Changes, day_of, drafted, told
from shared.bus.documents import Change, Document
from shared.bus.message import Message
from shared.contracts import planning as wire
from shared.contracts.triage import CaseAssessed, CaseClosed
from shared.people import Person
from shared.vocabulary import InterventionState


def take_in_assessment(
    room: Room, message: Message[CaseAssessed], _now: datetime, *, rules: Sequence[StepRule]
) -> Changes:
    """Keep the picture of the case; propose, revise or stand down its intervention where the grade asks for it.

    All of it is dated like the assessment, to the quarter hour: the exact moment would give a signal's away.
    """
    now = message.fact.assessed_at
    document = room.case(message.subject)
    before = document.content
    case = facts.case_of(message.subject, message.fact)
    changes: Changes = [document.becomes(case)]
    current = room.open_intervention(case.id)
    if current is not None:
        changes += _follow(current, case, room, rules, now)
    elif case.rises_above(before):
        why = f"Inschatting van zaak {case.number}: {case.summary}"
        changes.append(propose(room, case, rules, at=now, now=now, by=None, why=why))
    return changes


def take_in_closure(room: Room, message: Message[CaseClosed], now: datetime) -> Changes:
    """A closed case needs no visit any more, unless people are there already."""
    document = room.case(message.subject)
    changes: Changes = []
    if document.exists:
        changes.append(document.becomes(document.state.closed_for(message.fact.reason)))
    current = room.open_intervention(message.subject)
    if current is not None and current.state.before_visit:
        changes.append(_stand_down(current, f"De zaak is gesloten: {message.fact.reason}", now))
    return changes


def propose(
    room: Room,
    case: Case,
    rules: Sequence[StepRule],
    *,
    at: datetime,
    now: datetime,
    by: Person | None,
    why: str,
) -> Change[Any]:
    """A new intervention for the case, drafted at once; `at` gives its number the year."""
    id_ = intervention_id(case.id, len(room.interventions_of(case.id)) + 1)
    number = intervention_number(id_, day_of(at).year)
    intervention = proposed(id_, number, case, drafted(case, room, rules, now), now, by, why)
    document: Document[Intervention] = room.find_or_new(INTERVENTIONS.name, id_)
    return document.becomes(intervention, told(wire.InterventionProposed, intervention, now))


def _follow(
    current: Document[Intervention], case: Case, room: Room, rules: Sequence[StepRule], now: datetime
) -> Changes:
    intervention = current.state
    if not intervention.before_visit:
        return []
    if intervention.state is InterventionState.PROPOSED and case.falls_below_visit(intervention.case):
        return [_stand_down(current, f"De inschatting vraagt geen bezoek meer. {case.summary}", now)]
    after = intervention.revised(case, drafted(case, room, rules, now), now)
    if after is intervention:
        return []
    return [current.becomes(after, told(wire.InterventionRevised, after, now))]


def _stand_down(current: Document[Intervention], why: str, now: datetime) -> Change[Any]:
    after = current.state.stood_down(now, None, why)
    return current.becomes(after, told(wire.InterventionStoodDown, after, now))
