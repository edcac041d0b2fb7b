"""What an intervention asks of whom: the list at the top of everybody's page."""

import pytest

from services.planning.domain.intervention import OVER, StaffAnswer
from services.planning.domain.needs import Need, need_of
from services.planning.start_data import StartData
from shared.vocabulary import InterventionState
from tests.planning.builders import LENA, NOON, an_intervention, in_state

_State = InterventionState


@pytest.mark.plan("S12")
@pytest.mark.parametrize(
    ("state", "coordinator", "participant", "lotc"),
    [
        (_State.PROPOSED, Need.CONVENE, Need.CONVENE, Need.CONVENE),
        (_State.PREPARED, Need.ANSWER, Need.ANSWER, Need.CHASE),
        (_State.STAFFED, Need.START, None, Need.START),
        (_State.UNDER_WAY, Need.COMPLETE, None, Need.COMPLETE),
        (_State.COMPLETED, Need.REPORT, None, None),
    ],
)
def test_each_state_asks_the_next_step_of_who_can_take_it(
    start: StartData, state: InterventionState, coordinator: Need, participant: Need | None, lotc: Need | None
) -> None:
    it = in_state(an_intervention(start), state)
    assert [need_of(it, who) for who in ("ggd-vr06", "iszw", "lotc")] == [coordinator, participant, lotc]


def test_once_convened_the_decision_is_what_is_needed(start: StartData) -> None:
    it = an_intervention(start).convened("consultation-1", NOON, LENA, None)
    assert need_of(it, "vr06") is Need.DECIDE


@pytest.mark.plan("S19")
def test_who_has_answered_is_not_asked_again_and_the_coordinator_chases_the_rest(start: StartData) -> None:
    it = in_state(an_intervention(start), _State.PREPARED)
    it = it.staffed_by([StaffAnswer("iszw", 2), StaffAnswer("ggd-vr06", 3)], NOON, LENA)
    assert need_of(it, "iszw") is None
    assert need_of(it, "nvwa") is Need.ANSWER
    assert need_of(it, "ggd-vr06") is Need.CHASE


def test_outsiders_and_finished_interventions_ask_nothing(start: StartData) -> None:
    it = an_intervention(start)
    assert need_of(it, "vr23") is None
    assert all(need_of(in_state(it, state), "lotc") is None for state in OVER)
