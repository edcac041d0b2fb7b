"""Cases merged and brought back by people: their interventions go along, with all that was done, and come back.

Both cases tell of it; the one that went away is listened to, since its own earlier news is taken in by then. The news
of the other may come earlier or later: an intervention follows the picture of its new case once that picture holds the
case it came with.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.planning.domain.case import Case, CaseRef
from services.planning.domain.consultation import Consultation
from services.planning.domain.intervention import Intervention
from services.planning.domain.merging import asks_again, kept
from services.planning.domain.plan import StepRule
from services.planning.store import Room
from services.planning.use_cases.cases import give_way, not_asked_for, propose_by_grade
from services.planning.use_cases.desk import Changes, drafted, told
from shared.bus.documents import Change, Document
from shared.bus.message import Message
from shared.contracts import planning as wire
from shared.contracts.triage import CaseMerged, CaseMergeUndone, Regrouped


def take_in_merge(room: Room, message: Message[CaseMerged], _now: datetime, *, rules: Sequence[StepRule]) -> Changes:
    """What is open of the case that went goes on for the one that stays; of mere proposals only one goes on."""
    fact, gone, at = message.fact, room.case(message.subject), message.fact.happened_at
    if message.subject != fact.gone.case or not gone.exists:
        return []
    into = CaseRef(fact.stays.case, fact.stays.number)
    home = room.home_of(into, gone.id)
    there, coming = room.open_interventions(home.id), room.open_interventions(gone.id)
    stays = kept([one.state for one in (*there, *coming)])
    gives_way = [one for one in (*there, *coming) if one.state not in stays]
    merged = f"Zaak {gone.state.number} is samengevoegd met zaak {home.number} door {fact.organisation}: {fact.reason}"
    picture = _picture(room.case(home.id).content, gone.state, home)
    redrafted = drafted(picture, room, rules, at)
    changes: Changes = [gone.becomes(replace(gone.state, merged_into=into))]
    changes += [give_way(one, stays[0], at, merged) for one in gives_way]
    for one in there:
        if gives_way and one.state == stays[0]:
            changes.append(one.becomes(one.state.takes_place_of([other.state.ref for other in gives_way], at, merged)))
    for one in coming:
        if one.state in stays:
            changes += _goes_along(room, one, one.state.joins(picture, redrafted, at, _why(fact)), at)
    return changes


def take_in_merge_undone(
    room: Room, message: Message[CaseMergeUndone], _now: datetime, *, rules: Sequence[StepRule]
) -> Changes:
    """What the case brought goes back with it; whoever is left without a visit it asks for has one proposed."""
    fact, back, at = message.fact, room.case(message.subject), message.fact.happened_at
    if message.subject != fact.gone.case or not back.exists:
        return []
    case = replace(back.state, merged_into=None)
    redrafted = drafted(case, room, rules, at)
    returning = room.interventions_that_came_from(case.id)
    changes: Changes = [back.becomes(case)]
    for one in returning:
        changes += _goes_along(room, one, one.state.goes_back(case, redrafted, at, _why(fact)), at)
    own = [one.state for one in (*returning, *room.interventions_of(case.id))]
    if asks_again(case, own):
        changes.append(propose_by_grade(room, case, rules, at))
    left = room.case(room.home_of(CaseRef(fact.stays.case, fact.stays.number), case.id).id).content
    # While its picture still holds the case that came back, its own next news says what it asks for.
    if left is not None and case.id not in left.absorbed:
        remaining = [one.state for one in room.interventions_of(left.id) if one not in returning]
        if asks_again(left, remaining):
            changes.append(propose_by_grade(room, left, rules, at))
    return changes


def _picture(known: Case | None, gone: Case, home: CaseRef) -> Case:
    """What is known of both together: the picture of the one that stays once it holds the other."""
    return known if known is not None and gone.id in known.absorbed else gone.called(home)


def _goes_along(room: Room, document: Document[Intervention], after: Intervention, now: datetime) -> list[Change[Any]]:
    """An intervention in its other case, and the consultations about it that have not decided.

    A mere proposal ends where the other case does not ask for it, as it would if it had been there when that was told.
    """
    ref = after.case.ref
    open_talks = room.open_consultations(document.id)
    fact: type[wire.InterventionSnapshot] = wire.InterventionRevised
    if after.is_mere_proposal and after.case.falls_below_visit(document.state.case):
        after, fact = after.stood_down(now, None, not_asked_for(after.case)), wire.InterventionStoodDown
    return [
        document.becomes(after, told(fact, after, now)),
        *(talk.becomes(_about(talk.state, ref)) for talk in open_talks),
    ]


def _about(consultation: Consultation, case: CaseRef) -> Consultation:
    return replace(consultation, case=case.id, case_number=case.number)


def _why(fact: Regrouped) -> str:
    return f"{fact.reason} ({fact.organisation})"
