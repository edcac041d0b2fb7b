"""Decisions about what comes in, on documents in memory."""

from datetime import datetime
from typing import Any

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import Case, ClosureReason
from services.triage.domain.linking import block_key
from services.triage.domain.moments import quarter_of
from services.triage.domain.numbers import case_id
from services.triage.domain.progress import Progress
from services.triage.store import BLOCK_CLAIMS, BlockClaim, Room
from services.triage.use_cases.taking_in import Grading, UnknownSignal, note_consultation, note_intervention
from shared.bus.documents import Document
from shared.bus.message import Message
from shared.contracts import examples, planning
from shared.contracts.catalogue import CONSULTATIONS, INTERVENTIONS
from shared.contracts.intake import SignalReceived, SignalSupplemented, SignalWithdrawn
from shared.contracts.triage import CaseAssessed
from shared.situation import Site
from shared.vocabulary import Channel, ClockStage, ConsultationOutcome, Grade, InterventionState
from tests.triage.builders import (
    ADDRESS,
    HOUSING,
    MEMBER,
    NOON,
    RULES,
    after,
    message,
    received,
    situation,
    supplemented,
    withdrawn,
)

NOW = after(minutes=7)
OUTBREAK = situation(people_exposed=20, confirmed_infections=4)
EXAMPLES = examples.examples()


class Memory:
    """Takes facts in one by one, as the stage does, and keeps what was told."""

    def __init__(self) -> None:
        self.room = Room()
        grading = Grading(RULES)
        self._handlers: dict[type[Any], Any] = {
            SignalReceived: grading.take_in_signal,
            SignalSupplemented: grading.supplement_signal,
            SignalWithdrawn: grading.withdraw_signal,
        }

    def take(self, one: Message[Any], now: datetime = NOW) -> list[CaseAssessed]:
        """Take a message in; returns what is told."""
        if self.room.has_taken(one):
            return []
        changes = self._decide(one)(self.room, one, now)
        self.room.apply(changes, one)
        return [telling.fact for change in changes for telling in change.tellings]

    def _decide(self, one: Message[Any]) -> Any:
        if isinstance(one.fact, planning.ConsultationFact):
            return note_consultation
        return self._handlers.get(type(one.fact), note_intervention)

    def case(self, signal: str) -> Document[Case]:
        document = self.room.case_of(signal)
        assert document
        return document

    def progress(self, case: str) -> Progress:
        return self.room.progress(case).state


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


def test_a_claim_without_a_case_is_filled_by_whoever_comes(memory: Memory) -> None:
    block = block_key(ADDRESS)
    assert block
    memory.room.add(Document(BLOCK_CLAIMS.name, block, BlockClaim(case_id("first")), version=1))
    memory.take(message(received(), "second"))
    assert memory.case("second").id == case_id("first")
    memory.take(message(received(), "first"))
    assert memory.case("first") is memory.case("second")


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
