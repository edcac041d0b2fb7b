"""Interventions follow their cases when people merge them and bring them back, in whatever order the news comes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.planning import consumers
from services.planning.domain.consultation import Decision
from services.planning.domain.identity import intervention_id
from services.planning.domain.intervention import Intervention, NotAllowed
from services.planning.domain.network import Network
from services.planning.start_data import read_start_data
from services.planning.store import Room, Store
from services.planning.use_cases.consultations import Call, decide_to_convene, take_decision
from shared.bus.documents import Change
from shared.contracts.catalogue import MAX_MESSAGE_BYTES
from shared.contracts.envelope import Fact
from shared.contracts.triage import CaseLink, CaseMerged, CaseMergeUndone
from shared.reference.places import Reference
from shared.vocabulary import ConsultationOutcome, Grade, InterventionState
from tests.planning.builders import LENA, NOON, answers_of_all, assessed, closed, message

A, B, C = (str(uuid5(NAMESPACE_URL, f"case/{name}")) for name in "abc")
NUMBERS = {A: "Z-2020-A", B: "Z-2020-B", C: "Z-2020-C"}
START = read_start_data(Reference.load())
LOW, HIGH, CRITICAL = Grade.LOW, Grade.HIGH, Grade.CRITICAL


def _regrouped(cls: type[Any], told_of: str, gone: str, stays: str, hours: float) -> Any:
    return cls(
        number=NUMBERS[told_of],
        signals=("s1",),
        reason="Het is hetzelfde huis.",
        organisation="LOT-C",
        happened_at=NOON + timedelta(hours=hours),
        gone=CaseLink(case=gone, number=NUMBERS[gone]),
        stays=CaseLink(case=stays, number=NUMBERS[stays]),
    )


def merged(told_of: str, gone: str, stays: str, hours: float = 2) -> CaseMerged:
    fact: CaseMerged = _regrouped(CaseMerged, told_of, gone, stays, hours)
    return fact


def undone(told_of: str, gone: str, stays: str, hours: float = 4) -> CaseMergeUndone:
    fact: CaseMergeUndone = _regrouped(CaseMergeUndone, told_of, gone, stays, hours)
    return fact


def graded(case: str, grade: Grade, hours: float = 0, absorbed: Sequence[str] = ()) -> Fact:
    at = NOON + timedelta(hours=hours)
    return assessed(grade, number=NUMBERS[case], absorbed=absorbed, assessed_at=at)


@dataclass
class Planning:
    """Planning in memory: facts come in, people act, and every intervention can be asked for."""

    room: Room = field(default_factory=lambda: Room([], Network.of(START.parties.values())))
    told: list[Fact] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        store = Store(None, START)  # type: ignore[arg-type]
        self._handlers = consumers.reader(store, START.plan_rules).handlers

    def take(self, case: str, *facts: Fact) -> None:
        for fact in facts:
            self.sequences[case] = self.sequences.get(case, 0) + 1
            incoming = message(fact, self.sequences[case], case)
            if self.room.has_taken(incoming):
                continue
            self._apply(self._handlers[type(fact)](self.room, incoming, NOON), incoming)

    def convene(self, case: str, name: str) -> str:
        """A member calls a consultation; the id of the intervention it is about."""
        self._apply(decide_to_convene(self.room, Call(name, LENA, case=case), START.plan_rules, NOON))
        document = self.room.consultation(name)
        assert document
        return document.state.intervention

    def decide(self, name: str, outcome: ConsultationOutcome) -> None:
        decision = Decision(outcome, "Zo besloten.", ("lotc",), NOON + timedelta(hours=3), LENA)
        self._apply(take_decision(self.room, name, decision))

    def of(self, case: str) -> list[Intervention]:
        return [document.state for document in self.room.interventions_of(case)]

    def open(self, case: str) -> list[Intervention]:
        return [one for one in self.of(case) if not one.over]

    def one(self, id_: str) -> Intervention:
        document = self.room.intervention(id_)
        assert document
        return document.state

    def _apply(self, changes: Sequence[Change[Any]], incoming: Any = None) -> None:
        self.room.apply(changes, incoming)
        self.told += [telling.fact for change in changes for telling in change.tellings]


@pytest.fixture
def planning() -> Planning:
    return Planning()


def states(interventions: Sequence[Intervention]) -> list[InterventionState]:
    return [one.state for one in interventions]


@pytest.mark.plan("S08")
def test_the_proposal_of_a_merged_case_goes_on_for_the_one_that_stays_and_comes_back(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, LOW))
    planning.take(A, merged(A, A, B))
    planning.take(B, graded(B, HIGH, 2, [A]), merged(B, A, B))
    (it,) = planning.open(B)
    assert (it.id, it.case.id, it.case.number) == (intervention_id(A, 1), B, "Z-2020-B")
    assert planning.open(A) == []
    line = next(event for event in it.history if "samengevoegd" in event.what)
    assert (line.what, line.why) == (
        "Zaak Z-2020-A is samengevoegd met zaak Z-2020-B; deze interventie hoort nu daarbij",
        "Het is hetzelfde huis. (LOT-C)",
    )
    assert [type(fact).__name__ for fact in planning.told[:2]] == ["InterventionProposed", "InterventionRevised"]
    planning.take(A, graded(A, HIGH, 4), undone(A, A, B))
    planning.take(B, graded(B, LOW, 4), undone(B, A, B))
    (back,) = planning.open(A)
    assert (back.id, back.case.number, back.came_from) == (it.id, "Z-2020-A", ())
    assert planning.of(B) == []


@pytest.mark.plan("S08")
@pytest.mark.parametrize("picture_first", [True, False])
def test_a_mere_proposal_ends_where_both_cases_together_ask_for_no_visit(
    planning: Planning, picture_first: bool
) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, LOW))
    if picture_first:
        planning.take(B, graded(B, LOW, 2, [A]))
    planning.take(A, merged(A, A, B))
    planning.take(B, graded(B, LOW, 2, [A]), merged(B, A, B))
    (it,) = planning.of(B)
    assert (it.id, it.state) == (intervention_id(A, 1), InterventionState.STOOD_DOWN)
    assert it.reason is not None and it.reason.startswith("De inschatting vraagt geen bezoek meer.")
    assert type(planning.told[-1]).__name__ == "InterventionStoodDown"
    planning.take(A, graded(A, HIGH, 4), undone(A, A, B))
    assert states(planning.open(A)) == [InterventionState.PROPOSED]


@pytest.mark.plan("S08")
def test_a_visit_that_people_consult_about_goes_along_to_a_case_that_asks_for_none(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, LOW))
    planning.convene(A, "talk")
    planning.take(B, graded(B, LOW, 2, [A]))
    planning.take(A, merged(A, A, B))
    assert states(planning.open(B)) == [InterventionState.PROPOSED]


@pytest.mark.plan("S08")
def test_of_two_mere_proposals_that_of_the_case_that_went_gives_way_and_says_to_which(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, HIGH))
    planning.take(A, merged(A, A, B))
    (gone,), (stays,) = planning.of(A), planning.of(B)
    assert (gone.state, stays.state) == (InterventionState.STOOD_DOWN, InterventionState.PROPOSED)
    assert gone.reason == (
        f"Het bezoek gaat verder als {stays.number}. "
        "Zaak Z-2020-A is samengevoegd met zaak Z-2020-B door LOT-C: Het is hetzelfde huis."
    )
    assert gone.instead == stays.ref
    assert stays.history[-1].what == f"Neemt de plaats in van {gone.number}"
    planning.take(A, graded(A, HIGH, 4), undone(A, A, B))
    assert states(planning.of(A)) == [InterventionState.STOOD_DOWN, InterventionState.PROPOSED]
    assert states(planning.open(B)) == [InterventionState.PROPOSED]


@pytest.mark.plan("S23")
def test_a_consultation_goes_along_and_decides_for_the_case_that_stays(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    it = planning.convene(A, "talk")
    planning.take(B, graded(B, HIGH))
    planning.take(A, merged(A, A, B))
    assert [one.id for one in planning.open(B)] == [it]
    (mere,) = [one for one in planning.of(B) if one.id != it]
    assert (mere.state, mere.instead) == (InterventionState.STOOD_DOWN, planning.one(it).ref)
    planning.decide("talk", ConsultationOutcome.GO)
    decided = next(fact for fact in planning.told if type(fact).__name__ == "ConsultationDecided")
    assert decided.case == B  # type: ignore[attr-defined]
    planning.take(A, graded(A, HIGH, 4), undone(A, A, B))
    assert [(one.id, one.state) for one in planning.open(A)] == [(it, InterventionState.PREPARED)]
    # The one that stays asks for a visit itself, and nobody ever judged that.
    assert states(planning.open(B)) == [] or states(planning.open(B)) == [InterventionState.PROPOSED]
    planning.take(B, graded(B, HIGH, 4))
    assert states(planning.open(B)) == [InterventionState.PROPOSED]


def test_two_visits_that_people_began_both_go_on(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, HIGH))
    one, other = planning.convene(A, "first"), planning.convene(B, "second")
    planning.decide("first", ConsultationOutcome.GO)
    planning.take(A, merged(A, A, B))
    assert {it.id for it in planning.open(B)} == {one, other}
    planning.take(B, graded(B, CRITICAL, 3, [A]))
    assert {(it.id, it.case.grade) for it in planning.open(B)} == {(one, CRITICAL), (other, CRITICAL)}
    planning.take(B, closed())
    assert planning.open(B) == []


def test_a_visit_under_way_goes_on_with_the_picture_that_people_went_by(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    it = planning.convene(A, "talk")
    planning.decide("talk", ConsultationOutcome.GO)
    _start(planning, it)
    planning.take(B, graded(B, LOW))
    planning.take(A, merged(A, A, B))
    planning.take(B, graded(B, CRITICAL, 2, [A]))
    (there,) = planning.open(B)
    assert (there.id, there.state, there.case.grade) == (it, InterventionState.UNDER_WAY, HIGH)
    planning.take(B, closed())
    assert states(planning.open(B)) == [InterventionState.UNDER_WAY]


def _start(planning: Planning, id_: str) -> None:
    document = planning.room.intervention(id_)
    assert document
    it = document.state
    started = it.staffed_by(answers_of_all(it), NOON, LENA).started(NOON, LENA)
    planning.room.apply([document.becomes(started)])


def test_a_no_go_stays_a_no_go_when_the_case_comes_back(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.convene(A, "talk")
    planning.decide("talk", ConsultationOutcome.NO_GO)
    planning.take(B, graded(B, LOW))
    planning.take(A, merged(A, A, B))
    planning.take(A, graded(A, HIGH, 4), undone(A, A, B))
    assert planning.open(A) == []
    planning.take(A, graded(A, CRITICAL, 5))
    assert states(planning.open(A)) == [InterventionState.PROPOSED]


def test_a_proposal_that_fell_with_the_grade_of_both_is_made_anew_for_the_case_that_comes_back(
    planning: Planning,
) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, LOW))
    planning.take(A, merged(A, A, B))
    planning.take(B, graded(B, HIGH, 2, [A]), graded(B, LOW, 3, [A]))
    assert planning.open(B) == []
    planning.take(A, graded(A, HIGH, 4), undone(A, A, B))
    assert states(planning.open(A)) == [InterventionState.PROPOSED]


def test_through_two_merges_a_visit_goes_along_and_back_step_by_step(planning: Planning) -> None:
    for case, grade in ((A, HIGH), (B, LOW), (C, LOW)):
        planning.take(case, graded(case, grade))
    it = planning.convene(A, "talk")
    planning.take(A, merged(A, A, B))
    planning.take(B, merged(B, B, C))
    assert [(one.id, [came.id for came in one.came_from]) for one in planning.open(C)] == [(it, [A, B])]
    planning.take(B, undone(B, B, C))
    assert [one.id for one in planning.open(B)] == [it]
    planning.take(A, graded(A, HIGH, 5), undone(A, A, B, 5))
    assert [one.id for one in planning.open(A)] == [it]


def test_the_later_of_two_merges_may_be_heard_first(planning: Planning) -> None:
    for case, grade in ((A, HIGH), (B, HIGH), (C, LOW)):
        planning.take(case, graded(case, grade))
    it = planning.convene(A, "talk")
    planning.take(B, merged(B, B, C))
    planning.take(A, merged(A, A, B))
    assert it in {one.id for one in planning.open(C)}
    assert planning.open(A) == planning.open(B) == []


def test_a_case_that_came_back_and_then_took_in_the_other_is_understood_in_either_order(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, LOW))
    it = planning.convene(A, "talk")
    planning.take(A, merged(A, A, B))
    planning.take(B, graded(B, LOW, 5), merged(B, B, A, 5))
    planning.take(A, graded(A, HIGH, 4), undone(A, A, B, 4))
    assert [one.id for one in planning.open(A)] == [it]
    assert planning.open(B) == []


def test_nobody_can_consult_about_a_case_that_was_merged_away(planning: Planning) -> None:
    planning.take(A, graded(A, LOW))
    planning.take(B, graded(B, LOW))
    planning.take(A, merged(A, A, B))
    with pytest.raises(NotAllowed, match="samengevoegd met zaak Z-2020-B"):
        planning.convene(A, "talk")


def test_the_next_intervention_of_a_case_has_an_id_of_its_own_though_another_went_and_came(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.convene(A, "talk")
    planning.take(B, graded(B, LOW))
    planning.take(A, merged(A, A, B))
    planning.take(B, graded(B, HIGH, 2, [A]))
    planning.decide("talk", ConsultationOutcome.NO_GO)
    planning.take(B, graded(B, CRITICAL, 3, [A]))
    planning.take(A, graded(A, CRITICAL, 4), undone(A, A, B))
    planning.take(B, graded(B, LOW, 4))
    planning.take(B, graded(B, CRITICAL, 6))
    everything = [one.id for case in (A, B) for one in planning.of(case)]
    assert len(everything) == len(set(everything))
    assert len(planning.open(A)) == 1
    assert len(planning.open(B)) == 1


def test_a_merge_of_a_case_with_the_longest_reason_fits_into_its_fact() -> None:
    fact = merged(A, A, B).model_copy(
        update={"reason": "ë" * 2000, "signals": tuple(str(uuid5(NAMESPACE_URL, str(n))) for n in range(1000))}
    )
    assert len(fact.model_dump_json(by_alias=True).encode()) < MAX_MESSAGE_BYTES - 4096


def test_a_fall_that_comes_of_a_merge_or_its_undoing_does_not_end_a_consultation(planning: Planning) -> None:
    planning.take(A, graded(A, HIGH))
    planning.take(B, graded(B, HIGH))
    it = planning.convene(A, "talk")
    planning.take(A, merged(A, A, B))
    planning.take(B, graded(B, LOW, 2, [A]))
    assert [one.id for one in planning.open(B)] == [it]
    planning.take(B, graded(B, HIGH, 3, [A]), graded(B, LOW, 3.5, [A]))
    assert planning.open(B) == []


def test_everything_told_once_more_changes_nothing(planning: Planning) -> None:
    news = [
        (A, graded(A, HIGH)),
        (B, graded(B, HIGH)),
        (A, merged(A, A, B)),
        (B, graded(B, HIGH, 2, [A])),
        (B, merged(B, A, B)),
        (A, graded(A, HIGH, 4)),
        (A, undone(A, A, B)),
        (B, graded(B, HIGH, 4)),
        (B, undone(B, A, B)),
    ]
    for case, fact in news:
        planning.take(case, fact)
    before, told = {document.key: document.state for document in planning.room}, len(planning.told)
    planning.sequences.clear()
    for case, fact in news:
        planning.take(case, fact)
    assert {document.key: document.state for document in planning.room} == before
    assert len(planning.told) == told


GRADES = st.sampled_from([LOW, HIGH, CRITICAL])
ORDERS = st.lists(st.booleans(), min_size=5, max_size=5)
"""Whose news comes next, as long as there is a choice: true is that of the first case."""


def in_order(order: Sequence[bool], one: Sequence[Fact], other: Sequence[Fact]) -> list[tuple[str, Fact]]:
    """The news of both cases in this order; each keeps its own."""
    left, right, news = list(one), list(other), []
    for first in order:
        take_left = bool(left) and (first or not right)
        if left or right:
            news.append((A, left.pop(0)) if take_left else (B, right.pop(0)))
    return news


@given(GRADES, GRADES, st.booleans(), st.booleans(), ORDERS, ORDERS)
def test_in_whatever_order_the_news_of_both_cases_comes_no_visit_is_lost_and_none_is_doubled(
    grade_a: Grade, grade_b: Grade, begins_a: bool, begins_b: bool, first: list[bool], then: list[bool]
) -> None:
    both = max(grade_a, grade_b, key=lambda grade: grade.rank)
    planning = Planning()
    begun: dict[str, str] = {}

    def take(news: Sequence[tuple[str, Fact]]) -> None:
        for case, fact in news:
            planning.take(case, fact)
            # Somebody begins as soon as the case is known, unless the visit of the other one has joined it by then.
            begins = planning.sequences[case] == 1 and (begins_a if case == A else begins_b)
            if begins and not any(one.came_from for one in planning.open(case)):
                begun[case] = planning.convene(case, f"talk-{case}")
            assert not any(planning.one(id_).over for id_ in begun.values())

    went = [graded(A, grade_a), merged(A, A, B)]
    take(in_order(first, went, [graded(B, grade_b), graded(B, both, 2, [A]), merged(B, A, B)]))
    assert planning.open(A) == []
    assert {*begun.values()} <= {one.id for one in planning.open(B)}
    assert len(planning.open(B)) == (len(begun) or int(both.calls_for_visit))

    back = [graded(A, grade_a, 4), undone(A, A, B)]
    take(in_order(then, back, [graded(B, grade_b, 4), undone(B, A, B)]))
    for case, grade in ((A, grade_a), (B, grade_b)):
        current = planning.open(case)
        assert len(current) == int(case in begun or grade.calls_for_visit)
        assert case not in begun or current[0].id == begun[case]
        assert all(one.case.id == case and one.came_from == () for one in current)
