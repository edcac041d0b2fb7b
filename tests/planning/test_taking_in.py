"""What cases and reports do to interventions: documents in memory, decisions as the bus makes them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.planning import consumers
from services.planning.domain.consultation import Decision
from services.planning.domain.identity import intervention_id
from services.planning.domain.intervention import Intervention, NotAllowed
from services.planning.domain.network import Network
from services.planning.start_data import StartData
from services.planning.store import Room, Store
from services.planning.use_cases import visits
from services.planning.use_cases.consultations import Call, UnderWay, decide_to_convene, take_decision
from services.planning.use_cases.desk import Unknown
from shared.bus.documents import Change, Document, Staged
from shared.bus.message import Message
from shared.contracts.envelope import Fact
from shared.vocabulary import ConsultationOutcome, Grade, InterventionState
from tests.planning.builders import (
    CASE,
    DUE,
    GIJS,
    LENA,
    NOON,
    REPORT,
    answers_of_all,
    assessed,
    closed,
    message,
    report_opened,
    report_submitted,
)


class Desk:
    """A room in which facts and people's decisions follow each other."""

    def __init__(self, start: StartData) -> None:
        self.room = Room([], Network.of(start.parties.values()))
        self.rules = start.plan_rules
        self._handlers = consumers.reader(Store(None, start), self.rules).handlers  # type: ignore[arg-type]
        self._sequence = 0

    def take(self, fact: Fact, subject: str = CASE) -> list[str]:
        """Take a fact in; the types of the facts that are told of it."""
        self._sequence += 1
        told = message(fact, self._sequence, subject)
        return self.apply(self._handlers[type(fact)](self.room, told, NOON), told)

    def apply(self, changes: Sequence[Change[Any]], message: Message[Any] | None = None) -> list[str]:
        """The types of the facts that these changes tell, in alphabetical order."""
        before = set(self._told())
        self.room.apply(changes, message)
        return sorted(_short(staged) for id_, staged in self._told().items() if id_ not in before)

    def _told(self) -> dict[str, Staged]:
        return {staged.id: staged for document in self.room.changed for staged in document.staged}

    def intervention(self, ordinal: int = 1) -> Intervention:
        found = self.room.intervention(intervention_id(CASE, ordinal))
        assert found is not None
        return found.state

    def count(self) -> int:
        return len(self.room.interventions_of(CASE))

    def convene(self, **about: Any) -> list[str]:
        call = Call("consultation-1", LENA, **(about or {"intervention": self.intervention().id}))
        return self.apply(decide_to_convene(self.room, call, self.rules, NOON))

    def decide(self, outcome: ConsultationOutcome) -> list[str]:
        decision = Decision(outcome, "Zo besloten.", ("lotc", "ggd-vr06"), NOON, LENA)
        return self.apply(take_decision(self.room, "consultation-1", decision))

    def go(self) -> None:
        self.convene()
        self.decide(ConsultationOutcome.GO)

    def visit(self) -> None:
        """From the decision to the end of the visit."""
        self.go()
        document = self.room.intervention(self.intervention().id)
        assert document is not None
        it = document.state.staffed_by(answers_of_all(document.state), NOON, LENA).started(NOON, LENA)
        done = it.completed(NOON, LENA, visits.VisitOutcome.CARRIED_OUT, None)
        self.apply([document.becomes(done)])


@pytest.fixture
def desk(start: StartData) -> Desk:
    return Desk(start)


def _short(staged: Staged) -> str:
    return staged.type.removeprefix("nl.brandmeester.").removesuffix(".v1")


@pytest.mark.plan("S08")
@pytest.mark.plan("S22")
def test_a_high_or_critical_case_has_a_ready_draft_at_once(desk: Desk) -> None:
    assert desk.take(assessed(Grade.CRITICAL)) == ["interventions.proposed"]
    it = desk.intervention()
    assert (it.draft.region, it.draft.coordinator, it.case.due_at) == ("VR06", "ggd-vr06", DUE)
    assert it.draft.plan
    assert it.number.startswith("I-2020-")


@pytest.mark.parametrize("grade", [Grade.LOW, Grade.MODERATE])
def test_a_low_or_moderate_case_asks_for_no_visit(desk: Desk, grade: Grade) -> None:
    assert desk.take(assessed(grade)) == []
    assert desk.count() == 0


def test_the_same_facts_give_the_same_intervention_again(start: StartData) -> None:
    one, other = Desk(start), Desk(start)
    for desk in (one, other):
        desk.take(assessed(Grade.CRITICAL))
    assert one.intervention() == other.intervention()


def test_a_fact_taken_in_twice_is_known(desk: Desk) -> None:
    told = message(assessed(Grade.CRITICAL), 1)
    desk.take(assessed(Grade.CRITICAL))
    assert desk.room.has_taken(told)


def test_a_new_grade_before_the_visit_revises_the_draft(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    assert desk.take(assessed(Grade.CRITICAL)) == ["interventions.revised"]
    assert (desk.count(), desk.intervention().case.grade) == (1, Grade.CRITICAL)


def test_the_same_picture_again_tells_nothing(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    assert desk.take(assessed(Grade.HIGH)) == []


def test_falling_below_high_while_proposed_stands_it_down_and_rising_again_proposes_a_new_one(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    assert desk.take(assessed(Grade.MODERATE)) == ["interventions.stood-down"]
    assert desk.intervention().reason is not None
    assert desk.take(assessed(Grade.HIGH)) == ["interventions.proposed"]
    assert desk.intervention(2).state is InterventionState.PROPOSED
    assert desk.intervention(1).number != desk.intervention(2).number


def test_after_a_go_a_lower_grade_does_not_call_the_visit_off(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.go()
    assert desk.take(assessed(Grade.MODERATE)) == ["interventions.revised"]
    assert desk.intervention().state is InterventionState.PREPARED


def test_while_people_are_there_the_intervention_stays_as_it_was(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.visit()
    assert desk.take(assessed(Grade.CRITICAL)) == []
    assert desk.intervention().case.grade is Grade.HIGH


def test_a_no_go_is_not_asked_again_for_the_same_grade_but_is_for_a_higher_one(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.convene()
    assert desk.decide(ConsultationOutcome.NO_GO) == ["consultations.decided", "interventions.stood-down"]
    assert desk.take(assessed(Grade.HIGH, assessed_at=NOON + timedelta(hours=1))) == []
    assert desk.take(assessed(Grade.CRITICAL)) == ["interventions.proposed"]


def test_closing_the_case_stands_down_what_has_not_started(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.go()
    assert desk.take(closed()) == ["interventions.stood-down"]
    assert "dubbele melding" in str(desk.intervention().reason)


def test_closing_the_case_does_not_touch_a_visit_under_way(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.visit()
    assert desk.take(closed()) == []


def test_a_case_that_comes_back_after_closing_is_proposed_anew(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.take(closed())
    assert desk.take(assessed(Grade.HIGH)) == ["interventions.proposed"]
    assert desk.count() == 2


def test_closing_an_unknown_case_is_no_error(desk: Desk) -> None:
    assert desk.take(closed()) == []


@pytest.mark.plan("S20")
def test_the_report_is_remembered_and_ends_the_intervention(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.visit()
    id_ = desk.intervention().id
    assert desk.take(report_opened(id_), REPORT) == []
    assert (desk.intervention().report, desk.intervention().state) == (REPORT, InterventionState.COMPLETED)
    assert desk.take(report_submitted(id_), REPORT) == ["interventions.reported"]
    assert desk.take(report_submitted(id_), REPORT) == []


def test_a_report_of_an_unknown_visit_is_for_a_person_to_look_at(desk: Desk) -> None:
    with pytest.raises(Unknown):
        desk.take(report_submitted("unknown"), REPORT)


@pytest.mark.plan("S23")
def test_one_action_convenes_through_lotc_and_invites_who_is_on_duty_at_every_party(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    assert desk.convene() == ["consultations.convened"]
    document = desk.room.consultation("consultation-1")
    assert document is not None
    invited = document.state.invited
    assert [invitation.party for invitation in invited] == ["ggd-vr06", "iszw", "nvwa", "vr06", "lotc"]
    assert all(invitation.contact and invitation.email for invitation in invited)
    assert document.state.convened_through == "lotc"


@pytest.mark.plan("S23")
def test_a_member_can_consult_about_a_case_that_asks_for_no_visit_yet(desk: Desk) -> None:
    desk.take(assessed(Grade.MODERATE))
    assert desk.convene(case=CASE) == ["consultations.convened", "interventions.proposed"]
    assert desk.intervention().history[0].by == LENA
    assert desk.take(assessed(Grade.LOW)) == ["interventions.revised"]


def test_nobody_can_consult_about_an_unknown_or_closed_case(desk: Desk) -> None:
    with pytest.raises(Unknown):
        desk.convene(case="unknown")
    desk.take(assessed(Grade.MODERATE))
    desk.take(closed())
    with pytest.raises(NotAllowed, match="gesloten"):
        desk.convene(case=CASE)


def test_a_second_call_joins_the_consultation_under_way(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.convene()
    with pytest.raises(UnderWay) as found:
        desk.convene(case=CASE)
    assert found.value.consultation.id == "consultation-1"


@pytest.mark.plan("S23")
def test_a_go_decides_and_prepares_at_once(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    desk.convene()
    assert desk.decide(ConsultationOutcome.GO) == [
        "consultations.decided",
        "interventions.decided",
        "interventions.prepared",
    ]
    assert desk.intervention().state is InterventionState.PREPARED
    with pytest.raises(NotAllowed, match="al besloten: doorgaan"):
        desk.decide(ConsultationOutcome.NO_GO)


def test_what_is_told_of_a_step_is_the_whole_intervention(desk: Desk) -> None:
    desk.take(assessed(Grade.HIGH))
    document: Document[Intervention] | None = desk.room.intervention(desk.intervention().id)
    assert document is not None
    body = document.staged[-1].body.decode()
    for part in ('"coordinatorReason"', '"legalBase"', '"plan"', '"dueAt"', '"situation"'):
        assert part in body
    assert GIJS.name not in body
