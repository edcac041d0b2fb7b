"""The life of an intervention: the table, who did what, staffing, and refusals that explain themselves."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.planning.domain.intervention import (
    OVER,
    STEPS,
    Intervention,
    NotAcceptable,
    NotAllowed,
    StaffAnswer,
    VisitOutcome,
)
from services.planning.domain.wording import DONE, VERB, Step
from services.planning.start_data import StartData, read_start_data
from shared.reference.places import Reference
from shared.vocabulary import Grade, InterventionState
from tests.planning.builders import (
    GIJS,
    LENA,
    NOON,
    REPORT,
    a_case,
    an_intervention,
    answers_of_all,
    in_state,
)

START = read_start_data(Reference.load())


def take(step: Step, it: Intervention, at: Any = NOON) -> Intervention:
    """Take a step as people or facts do."""
    match step:
        case Step.DECIDE:
            return it.decided(at, LENA, "Besmettingen nemen toe.")
        case Step.PREPARE:
            return it.prepared(at, LENA)
        case Step.STAFF:
            return it.staffed_by(answers_of_all(it), at, LENA)
        case Step.START:
            return it.started(at, LENA)
        case Step.COMPLETE:
            return it.completed(at, LENA, VisitOutcome.CARRIED_OUT, None)
        case Step.REPORT:
            return it.reported(at, REPORT)
        case Step.STAND_DOWN:
            return it.stood_down(at, LENA, "De zaak is gesloten.")
        case Step.CANCEL:
            return it.cancelled(at, LENA, "Het bedrijf is gesloten.")


@given(st.lists(st.sampled_from(list(Step)), max_size=12))
def test_whatever_is_tried_only_the_table_moves_it_and_every_move_is_recorded(steps: list[Step]) -> None:
    it = an_intervention(START)
    for n, step in enumerate(steps):
        at, before = NOON + timedelta(minutes=n), it
        if step in STEPS[it.state]:
            it = take(step, it, at)
            assert it.state is STEPS[before.state][step]
            assert it.history[: len(before.history)] == before.history
            assert (it.history[-1].at, it.history[-1].state) == (at, it.state)
        elif step is Step.STAFF and it.state is InterventionState.STAFFED:
            assert take(step, it, at) is it
        else:
            with pytest.raises(NotAllowed):
                take(step, it, at)


@given(st.sampled_from(list(InterventionState)), st.sampled_from(list(Step)))
def test_a_refusal_says_in_dutch_where_it_stands_and_what_is_possible(state: InterventionState, step: Step) -> None:
    it = in_state(an_intervention(START), state)
    if step in STEPS[state] or (step is Step.STAFF and state is InterventionState.STAFFED):
        return
    with pytest.raises(NotAllowed) as refusal:
        take(step, it)
    text = str(refusal.value)
    assert text.startswith(it.number)
    assert VERB[step].capitalize() in text
    assert all(VERB[possible] in text for possible in it.possible) or "Er volgt geen stap meer." in text


def test_the_table_leads_every_intervention_to_an_end() -> None:
    ends = {state for state, steps in STEPS.items() if not steps}
    assert ends == OVER
    assert set(STEPS) == set(InterventionState)
    reachable = {InterventionState.PROPOSED}
    for _ in InterventionState:
        reachable |= {target for state in reachable for target in STEPS[state].values()}
    assert reachable == set(InterventionState)
    assert set(VERB) == set(DONE) == set(Step)


@pytest.mark.plan("S24")
def test_starting_twice_says_when_it_was_started(start: StartData) -> None:
    it = in_state(an_intervention(start), InterventionState.UNDER_WAY)
    with pytest.raises(NotAllowed, match=r"al gestart op 23-11-2020 om 13:00 .* Nu kan: het bezoek afronden"):
        it.started(NOON, LENA)


@pytest.mark.plan("S19")
def test_it_is_staffed_once_every_party_has_answered(start: StartData) -> None:
    it = in_state(an_intervention(start), InterventionState.PREPARED)
    *first, last = answers_of_all(it)
    it = it.staffed_by(first, NOON, LENA)
    assert (it.state, [party.party for party in it.unanswered]) == (InterventionState.PREPARED, [last.party])
    it = it.staffed_by([last], NOON, LENA)
    assert (it.state, it.unanswered) == (InterventionState.STAFFED, ())


@pytest.mark.plan("S19")
def test_a_party_may_send_nobody_with_a_reason_but_the_coordinator_may_not(start: StartData) -> None:
    it = in_state(an_intervention(start), InterventionState.PREPARED)
    answers = [
        StaffAnswer("ggd-vr06", 0, reason="Geen mensen"),
        StaffAnswer("nvwa", 0),
        StaffAnswer("iszw", 0, reason="Al ter plaatse"),
        StaffAnswer("rivm", 3),
    ]
    with pytest.raises(NotAcceptable) as refusal:
        it.staffed_by(answers, NOON, GIJS)
    assert [field for field, _ in refusal.value.faults] == [
        "assignments.0.people",
        "assignments.1.reason",
        "assignments.3.party",
    ]


@pytest.mark.plan("S19")
def test_an_answer_can_be_corrected_until_the_visit_starts(start: StartData) -> None:
    it = in_state(an_intervention(start), InterventionState.STAFFED)
    changed = it.staffed_by([StaffAnswer("iszw", 5)], NOON, LENA)
    assert changed.state is InterventionState.STAFFED
    assert [answer.people for answer in changed.staffing if answer.party == "iszw"] == [5]
    with pytest.raises(NotAllowed):
        in_state(it, InterventionState.PROPOSED).started(NOON, LENA).staffed_by([StaffAnswer("iszw", 6)], NOON, LENA)


def test_the_same_answer_twice_changes_nothing(start: StartData) -> None:
    it = in_state(an_intervention(start), InterventionState.STAFFED)
    assert it.staffed_by(answers_of_all(it), NOON, LENA) is it


def test_a_convenor_is_not_asked_for_staff(start: StartData) -> None:
    it = an_intervention(start, a_case(workers_live_in=("kreis-borken",)))
    assert "lotc" in [party.party for party in it.draft.parties]
    assert "lotc" not in [party.party for party in it.asked_for_staff]


def test_after_the_decision_the_case_moves_on_but_the_plan_stands(start: StartData) -> None:
    it = an_intervention(start)
    other = an_intervention(start, a_case(sector=None, infections=0))
    before = it.revised(other.case, other.draft, NOON)
    after = in_state(it, InterventionState.PREPARED).revised(other.case, other.draft, NOON)
    assert (before.draft, before.case) == (other.draft, other.case)
    assert (after.draft, after.case) == (it.draft, other.case)


def test_a_revision_that_changes_nothing_is_no_event(start: StartData) -> None:
    it = an_intervention(start)
    assert it.revised(it.case, it.draft, NOON) is it


def test_history_says_what_a_revision_changed(start: StartData) -> None:
    it = an_intervention(start)
    higher = it.revised(a_case(grade=Grade.HIGH), it.draft, NOON)
    assert higher.history[-1].what == "Zaak herzien: de inschatting gewijzigd"
