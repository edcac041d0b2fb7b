"""The visit itself: who comes, when it starts, how it ends, or that it is called off."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.planning.domain.intervention import Intervention, StaffAnswer, VisitOutcome
from services.planning.domain.network import LOTC
from services.planning.store import Room
from services.planning.use_cases.desk import Changes, Desk, NotTheirs, demand_part, intervention_in, told
from shared.contracts import planning as wire
from shared.people import Person

Step = Callable[[Intervention, datetime], Intervention]


async def staff(desk: Desk, person: Person, id_: str, answers: Sequence[StaffAnswer]) -> Intervention:
    """Take in whom one or more parties send; with the last answer the visit is staffed."""

    def step(before: Intervention, now: datetime) -> Intervention:
        _demand_own_answers(before, person, answers)
        return before.staffed_by(answers, now, person)

    return await _take(desk, id_, step, wire.InterventionStaffed)


async def start(desk: Desk, person: Person, id_: str) -> Intervention:
    """The team is on site."""
    return await _take(desk, id_, _by_part(person, lambda it, now: it.started(now, person)), wire.InterventionStarted)


async def complete(desk: Desk, person: Person, id_: str, outcome: VisitOutcome, note: str | None) -> Intervention:
    """The visit is over; reporting opens the report."""
    step = _by_part(person, lambda it, now: it.completed(now, person, outcome, note))
    return await _take(desk, id_, step, wire.InterventionCompleted)


async def cancel(desk: Desk, person: Person, id_: str, reason: str) -> Intervention:
    """Called off after the decision, before anybody went."""
    step = _by_part(person, lambda it, now: it.cancelled(now, person, reason))
    return await _take(desk, id_, step, wire.InterventionCancelled)


async def _take(desk: Desk, id_: str, step: Step, fact: type[wire.InterventionSnapshot]) -> Intervention:
    async def load() -> Room:
        return await desk.store.load_intervention(id_)

    documents = await desk.bus.decide(load, lambda room: decide_step(room, id_, step, fact, desk.bus.now()))
    after: Intervention = documents[0].state if documents else intervention_in(await load(), id_).state
    return after


def decide_step(room: Room, id_: str, step: Step, fact: type[wire.InterventionSnapshot], now: datetime) -> Changes:
    """Take a step; the fact is told when it moved the intervention on."""
    document = intervention_in(room, id_)
    after = step(document.state, now)
    if after is document.state:
        return []
    moved = after.state is not document.state.state
    return [document.becomes(after, *([told(fact, after, now)] if moved else []))]


def _by_part(person: Person, step: Step) -> Step:
    def guarded(before: Intervention, now: datetime) -> Intervention:
        demand_part(before, person)
        return step(before, now)

    return guarded


def _demand_own_answers(intervention: Intervention, person: Person, answers: Sequence[StaffAnswer]) -> None:
    """A member answers for the own party; the coordinator and LOT-C for all."""
    if person.organisation in (LOTC, intervention.draft.coordinator):
        return
    if any(answer.party != person.organisation for answer in answers):
        everyone = f"{intervention.draft.coordinator_name} en LOT-C kunnen dat voor elke partij"
        raise NotTheirs(f"U geeft bemensing op voor uw eigen partij; {everyone}.")
