"""Decisions about what comes in, on documents in memory."""

from dataclasses import replace
from typing import Any

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import ClosureReason
from services.triage.domain.moments import quarter_of
from services.triage.domain.numbers import case_id
from services.triage.use_cases.taking_in import UnknownSignal
from shared.bus.message import Message
from shared.contracts import examples, planning
from shared.contracts.catalogue import CONSULTATIONS, INTERVENTIONS
from shared.situation import Site
from shared.vocabulary import Channel, ClockStage, ConsultationOutcome, Grade, InterventionState
from tests.triage.builders import (
    HOUSING,
    MEMBER,
    NOON,
    after,
    message,
    received,
    situation,
    supplemented,
    withdrawn,
)
from tests.triage.memory import NOW, Memory

OUTBREAK = situation(people_exposed=20, confirmed_infections=4)
EXAMPLES = examples.examples()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.mark.plan("S07")
def test_a_signal_founds_a_case_and_tells_its_whole_picture(memory: Memory) -> None:
    (told,) = memory.take(message(received(OUTBREAK), "s1"))
    assert memory.case("s1").id == case_id("s1")
    assert (told.assessment.grade, told.previous_grade) == (Grade.HIGH, None)
    assert (told.signals, told.regions) == (("s1",), ("VR06",))
    assert (told.clock_started_at, told.clock_due_at) == (NOON, after(hours=24))
    assert told.number.startswith("Z-2020-")
    assert told.situation.observations.confirmed_infections == 4


@pytest.mark.plan("S07")
def test_a_second_signal_about_the_address_joins_the_case(memory: Memory) -> None:
    memory.take(message(received(), "s1"))
    other = situation(HOUSING, site=Site(postcode="7141 ab", house_number="12"), confirmed_infections=3)
    (told,) = memory.take(message(received(other, after(hours=1)), "s2"), after(hours=1))
    assert memory.case("s2") is memory.case("s1")
    assert told.signals == ("s1", "s2")
    assert (told.previous_grade, told.assessment.grade) == (Grade.LOW, Grade.CRITICAL)
    assert told.clock_started_at == after(hours=1)


@pytest.mark.parametrize(
    "site", [Site(), Site(place="Groenlo"), Site(postcode="7141", house_number="12"), Site(postcode="7141AB")]
)
def test_without_a_full_address_each_signal_is_its_own_case(memory: Memory, site: Site) -> None:
    memory.take(message(received(situation(site=site)), "s1"))
    memory.take(message(received(situation(site=site)), "s2"))
    assert memory.case("s1") is not memory.case("s2")


def test_the_same_message_twice_changes_nothing(memory: Memory) -> None:
    memory.take(message(received(), "s1"))
    before = memory.case("s1").state
    assert memory.take(message(received(), "s1")) == []
    assert memory.case("s1").state == before


def test_the_channel_moves_no_points(memory: Memory) -> None:
    grades = {
        channel: memory.take(message(received(situation(site=Site()), channel=channel), channel.value))[0].assessment
        for channel in Channel
    }
    assert len(set(grades.values())) == 1


def test_after_closing_the_next_signal_founds_a_new_case_that_takes_the_address_over(memory: Memory) -> None:
    memory.take(message(received(), "s1"))
    old = memory.case("s1")
    memory.room.apply([old.becomes(cases.closed(old.state, ClosureReason.UNFOUNDED, None, MEMBER, after(hours=1)))])
    memory.take(message(received(at=after(hours=2)), "s2"))
    memory.take(message(received(at=after(hours=3)), "s3"))
    assert memory.case("s2").id == case_id("s2")
    assert memory.case("s3") is memory.case("s2")


def test_a_signal_after_twelve_silent_weeks_founds_a_new_case(memory: Memory) -> None:
    memory.take(message(received(), "s1"))
    memory.take(message(received(at=after(days=85)), "s2"))
    assert memory.case("s2") is not memory.case("s1")


def test_new_facts_about_a_signal_are_told_with_the_new_grade(memory: Memory) -> None:
    memory.take(message(received(), "s1"))
    (told,) = memory.take(message(supplemented(OUTBREAK, after(hours=1)), "s1", 2))
    assert (told.previous_grade, told.assessment.grade) == (Grade.LOW, Grade.HIGH)


def test_facts_that_change_nothing_are_not_told_again(memory: Memory) -> None:
    memory.take(message(received(OUTBREAK), "s1"))
    assert memory.take(message(supplemented(OUTBREAK, NOON), "s1", 2)) == []


def test_an_address_that_becomes_known_is_claimed_for_the_case(memory: Memory) -> None:
    memory.take(message(received(situation(site=Site())), "s1"))
    memory.take(message(supplemented(situation()), "s1", 2))
    memory.take(message(received(), "s2"))
    assert memory.case("s2") is memory.case("s1")


def test_a_withdrawn_signal_no_longer_counts_and_is_told(memory: Memory) -> None:
    memory.take(message(received(OUTBREAK), "s1"))
    (told,) = memory.take(message(withdrawn(after(hours=1)), "s1", 2))
    assert (told.assessment.grade, told.signals, told.clock_started_at) == (Grade.LOW, (), None)


def test_a_closed_case_is_silent_until_it_reopens(memory: Memory) -> None:
    memory.take(message(received(), "s1"))
    document = memory.case("s1")
    closed = cases.closed(document.state, ClosureReason.UNFOUNDED, None, MEMBER, after(hours=1))
    memory.room.apply([document.becomes(closed)])
    assert memory.take(message(supplemented(situation(people_exposed=10)), "s1", 2)) == []
    (told,) = memory.take(message(supplemented(OUTBREAK), "s1", 3))
    assert told.assessment.grade == Grade.HIGH


def test_news_of_a_signal_that_no_case_holds_is_parked(memory: Memory) -> None:
    with pytest.raises(UnknownSignal):
        memory.take(message(withdrawn(), "s9"))


def test_what_a_signal_leads_to_is_dated_to_the_quarter_hour(memory: Memory) -> None:
    (told,) = memory.take(message(received(OUTBREAK), "s1"))
    case = memory.case("s1").state
    moments = [case.opened_at, told.assessed_at, case.clocks[0].graded_at, *(entry.at for entry in case.history)]
    assert set(moments) == {quarter_of(NOW)}


INTERVENTION = "b1f4e1de-2c57-5d3b-9a3e-2f1c6c5e7a42"


def news(cls: type[Any], sequence: int = 1, **changed: Any) -> Message[Any]:
    """One of planning's facts about the case of signal s1."""
    fact = EXAMPLES[cls].model_copy(update={"case": case_id("s1"), **changed})
    is_consultation = isinstance(fact, planning.ConsultationFact)
    topic = CONSULTATIONS if is_consultation else INTERVENTIONS
    return message(fact, "consultation" if is_consultation else INTERVENTION, sequence, topic, "planning")


@pytest.mark.plan("S08")
def test_plannings_facts_move_the_clock_through_its_stages(memory: Memory) -> None:
    memory.take(message(received(OUTBREAK), "s1"))
    memory.take(news(planning.InterventionProposed, 1))
    memory.take(news(planning.ConsultationConvened, 1, intervention=INTERVENTION, convened_at=after(hours=1)))
    memory.take(news(planning.ConsultationDecided, 2, intervention=INTERVENTION, decided_at=after(hours=2)))
    memory.take(news(planning.InterventionDecided, 2, happened_at=after(hours=2)))
    memory.take(news(planning.InterventionStaffed, 3, happened_at=after(hours=5)))
    memory.take(news(planning.InterventionStarted, 4, happened_at=after(hours=20)))
    progress = memory.progress(case_id("s1"))
    assert progress.since(memory.case("s1").state.clocks[0]) == {
        ClockStage.CONSULTED: after(hours=1),
        ClockStage.DECIDED: after(hours=2),
        ClockStage.STAFFED: after(hours=5),
        ClockStage.ON_SITE: after(hours=20),
    }
    (intervention,) = progress.interventions
    assert (intervention.id, intervention.state) == (INTERVENTION, InterventionState.UNDER_WAY)
    assert intervention.outcome == ConsultationOutcome.GO


def test_planning_may_be_heard_before_the_case_is_known(memory: Memory) -> None:
    memory.take(news(planning.InterventionProposed))
    memory.take(message(received(OUTBREAK), "s1"))
    assert memory.progress(case_id("s1")).interventions[0].id == INTERVENTION


def test_a_preventive_intervention_has_no_case_and_is_no_news(memory: Memory) -> None:
    assert memory.take(news(planning.InterventionProposed, case=None)) == []
    assert not list(memory.room)


@pytest.mark.plan("S08")
def test_an_intervention_that_planning_tells_of_another_case_takes_what_it_reached_along(memory: Memory) -> None:
    memory.take(news(planning.InterventionProposed, 1))
    memory.take(news(planning.ConsultationConvened, 1, intervention=INTERVENTION, convened_at=after(hours=1)))
    memory.take(news(planning.InterventionRevised, 2, case=case_id("s2")))
    there, here = memory.progress(case_id("s1")), memory.progress(case_id("s2"))
    assert (there.interventions, there.marks) == ((), ())
    assert [(mark.stage, mark.at) for mark in here.marks] == [(ClockStage.CONSULTED, after(hours=1))]
    assert [one.id for one in here.interventions] == [INTERVENTION]
    memory.take(news(planning.InterventionRevised, 3))
    assert memory.progress(case_id("s1")) == replace(here, case=case_id("s1"))
    assert memory.progress(case_id("s2")).interventions == ()


def test_a_consultation_counts_for_the_case_that_its_intervention_is_of_by_now(memory: Memory) -> None:
    memory.take(news(planning.InterventionProposed, 1))
    memory.take(news(planning.InterventionRevised, 2, case=case_id("s2")))
    memory.take(news(planning.ConsultationDecided, 1, intervention=INTERVENTION, decided_at=after(hours=2)))
    assert memory.progress(case_id("s2")).marks
    assert not memory.progress(case_id("s1")).marks
    assert memory.progress(case_id("s2")).interventions[0].outcome == ConsultationOutcome.GO


def test_news_of_an_intervention_that_changed_case_is_not_taken_in_again(memory: Memory) -> None:
    older, newer = news(planning.InterventionProposed, 1), news(planning.InterventionRevised, 2, case=case_id("s2"))
    for one in (older, newer):
        memory.take(one)
    before = memory.progress(case_id("s2"))
    for one in (older, newer):
        memory.take(one)
    assert memory.progress(case_id("s2")) == before
    assert memory.progress(case_id("s1")).interventions == ()
