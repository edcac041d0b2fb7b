"""Cases as triage tells them: an intervention is proposed, follows its case, and is stood down with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from services.planning import facts
from services.planning.domain.case import Case
from services.planning.domain.identity import intervention_id, intervention_number
from services.planning.domain.intervention import Intervention, proposed
from services.planning.domain.merging import asks_again, kept
from services.planning.domain.plan import StepRule
from services.planning.store import INTERVENTIONS, Room
from services.planning.use_cases.desk import Changes, drafted, told
from shared.bus.documents import Change, Document
from shared.bus.message import Message
from shared.calendar import day_of
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
    if before is not None and before.merged_into is not None:
        # It is about to come back; what it brought comes back with it.
        return [document.becomes(replace(case, merged_into=before.merged_into))]
    regrouped = before is not None and {*before.absorbed} != {*case.absorbed}
    changes: Changes = [document.becomes(case)]
    current = room.open_interventions(case.id)
    if current:
        # What came with a case that the picture does not hold (yet, or any more) is on its way here or back.
        belonging = [one for one in current if one.state.belongs_in(case)]
        stays = kept([one.state for one in belonging])
        why = "De zaken waar beide over gingen, zijn samengevoegd."
        changes += [give_way(one, stays[0], now, why) for one in belonging if one.state not in stays]
        for one in belonging:
            # A fall that comes of regrouping cases is no judgement of the visit that people consult about.
            spared = regrouped and not one.state.is_mere_proposal
            changes += _follow(one, case, room, rules, now, spared) if one.state in stays else []
        return changes
    if any(room.open_intervention(id_) for id_ in case.absorbed):
        # One comes along with a case that is part of this one; the news of that merge is still on its way.
        return changes
    if case.rises_above(before) or (regrouped and _asks_again(room, case)):
        changes.append(propose_by_grade(room, case, rules, now))
    return changes


def take_in_closure(room: Room, message: Message[CaseClosed], now: datetime) -> Changes:
    """A closed case needs no visit any more, unless people are there already."""
    document = room.case(message.subject)
    changes: Changes = []
    if document.exists:
        changes.append(document.becomes(document.state.closed_for(message.fact.reason)))
    for current in room.open_interventions(message.subject):
        if current.state.before_visit:
            changes.append(_stand_down(current, f"De zaak is gesloten: {message.fact.reason}", now))
    return changes


def give_way(current: Document[Intervention], to: Intervention, now: datetime, why: str) -> Change[Any]:
    """An intervention that nobody began gives way to another one of the same case."""
    after = current.state.gives_way(to.ref, now, why)
    return current.becomes(after, told(wire.InterventionStoodDown, after, now))


def not_asked_for(case: Case) -> str:
    """Why a visit that the grade asked for falls through."""
    return f"De inschatting vraagt geen bezoek meer. {case.summary}"


def propose_by_grade(room: Room, case: Case, rules: Sequence[StepRule], now: datetime) -> Change[Any]:
    """A new intervention, because of how the case is graded."""
    why = f"Inschatting van zaak {case.number}: {case.summary}"
    return propose(room, case, rules, at=now, now=now, by=None, why=why)


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
    ids = (intervention_id(case.id, ordinal) for ordinal in count(1))
    id_ = next(id_ for id_ in ids if room.intervention(id_) is None)
    number = intervention_number(id_, day_of(at).year)
    intervention = proposed(id_, number, case, drafted(case, room, rules, now), now, by, why)
    document: Document[Intervention] = room.find_or_new(INTERVENTIONS.name, id_)
    return document.becomes(intervention, told(wire.InterventionProposed, intervention, now))


def _follow(
    current: Document[Intervention], case: Case, room: Room, rules: Sequence[StepRule], now: datetime, spared: bool
) -> Changes:
    intervention = current.state
    if not intervention.before_visit:
        return []
    if intervention.state is InterventionState.PROPOSED and case.falls_below_visit(intervention.case) and not spared:
        return [_stand_down(current, not_asked_for(case), now)]
    after = intervention.revised(case, drafted(case, room, rules, now), now)
    if after is intervention:
        return []
    return [current.becomes(after, told(wire.InterventionRevised, after, now))]


def _stand_down(current: Document[Intervention], why: str, now: datetime) -> Change[Any]:
    after = current.state.stood_down(now, None, why)
    return current.becomes(after, told(wire.InterventionStoodDown, after, now))


def _asks_again(room: Room, case: Case) -> bool:
    return asks_again(case, [one.state for one in room.interventions_of(case.id)])
