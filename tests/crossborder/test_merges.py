"""Notices follow their cases when people merge them and bring them back, in whatever order the news comes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crossborder import consumers
from services.crossborder.domain.history import Happening
from services.crossborder.domain.notices import AnswerKind, Need, Notice
from services.crossborder.start_data import StartData, read_start_data
from services.crossborder.store import NOTICES, Room, notice_id
from shared.bus.documents import Document
from shared.contracts.crossborder import NoticeDrafted, NoticeRevised
from shared.contracts.envelope import Fact
from shared.contracts.triage import CaseClosed, CaseLink, CaseMerged, CaseMergeUndone
from shared.reference.places import Reference
from shared.vocabulary import Grade, NoticeState
from tests.crossborder.builders import NOON, answered, assessed, message, sent

A, B, C = (str(uuid5(NAMESPACE_URL, f"case/{name}")) for name in "abc")
NUMBERS = {A: "Z-2020-A", B: "Z-2020-B", C: "Z-2020-C"}
BORKEN, KLEVE = "kreis-borken", "kreis-kleve"


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


def regrouped(cls: type[Any], told_of: str, gone: str, stays: str, at: float) -> Fact:
    links = {name: CaseLink(case=case, number=NUMBERS[case]) for name, case in (("gone", gone), ("stays", stays))}
    why = {"reason": "Het is hetzelfde huis.", "organisation": "LOT-C", "happened_at": hours(at)}
    fact: Fact = cls(number=NUMBERS[told_of], signals=("s1",), **why, **links)
    return fact


def merged(told_of: str, gone: str, stays: str, at: float = 2) -> Fact:
    return regrouped(CaseMerged, told_of, gone, stays, at)


def undone(told_of: str, gone: str, stays: str, at: float = 4) -> Fact:
    return regrouped(CaseMergeUndone, told_of, gone, stays, at)


def graded(
    case: str, at: float = 0, absorbed: Sequence[str] = (), named: Sequence[str] = (BORKEN,), **seen: Any
) -> Fact:
    fact = assessed(Grade.HIGH, tuple(named), at=hours(at), **seen)
    return fact.model_copy(update={"number": NUMBERS[case], "absorbed": tuple(absorbed)})


@dataclass
class Crossborder:
    """Crossborder in memory: facts come in, and people send."""

    start: StartData
    room: Room = field(default_factory=Room)
    told: list[Fact] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._handlers = consumers.reader(None, self.start).handlers  # type: ignore[arg-type]

    def take(self, case: str, *facts: Fact) -> None:
        for fact in facts:
            self.sequences[case] = self.sequences.get(case, 0) + 1
            incoming = message(fact, self.sequences[case], case)
            if self.room.has_taken(incoming):
                continue
            changes = self._handlers[type(fact)](self.room, incoming, NOON)
            self.room.apply(changes, incoming)
            self.told += [telling.fact for change in changes for telling in change.tellings]

    def document(self, drafted_for: str, party: str = BORKEN) -> Document[Notice]:
        found = self.room.find(NOTICES.name, notice_id(drafted_for, party))
        assert found
        return found

    def notice(self, drafted_for: str, party: str = BORKEN) -> Notice:
        return self.document(drafted_for, party).state

    def send(self, drafted_for: str) -> None:
        document = self.document(drafted_for)
        self.room.apply([document.becomes(sent(document.state))])

    def of(self, case: str) -> list[Notice]:
        return [document.state for document in self.room.notices_of(case)]

    def going_on(self, case: str) -> list[Notice]:
        return [notice for notice in self.of(case) if notice.instead is None]


@pytest.fixture
def desk(start: StartData) -> Crossborder:
    return Crossborder(start)


def happened(notice: Notice) -> list[Happening]:
    return [entry.what for entry in notice.history]


@pytest.mark.plan("S09")
def test_a_notice_is_about_the_case_that_its_own_was_merged_into_and_returns(desk: Crossborder) -> None:
    desk.take(A, graded(A, people_exposed=50))
    desk.take(B, graded(B, named=()))
    before = desk.notice(A)
    desk.take(A, merged(A, A, B))
    desk.take(B, graded(B, 2, [A], people_exposed=90), merged(B, A, B))
    (notice,) = desk.of(B)
    assert (notice.number, notice.case_number, notice.picture.people_exposed) == (before.number, "Z-2020-B", 90)
    assert (notice.state, notice.need) == (NoticeState.DRAFT, Need.SEND)
    line = next(entry for entry in notice.history if entry.what is Happening.CASE_MERGED)
    assert line.note == "Zaak Z-2020-A hoort nu bij zaak Z-2020-B. Het is hetzelfde huis. (LOT-C)"
    desk.take(A, graded(A, 4, people_exposed=50), undone(A, A, B))
    desk.take(B, graded(B, 4, named=()), undone(B, A, B))
    back = desk.notice(A)
    assert (back.case, back.picture, back.need, back.home) == (A, before.picture, Need.SEND, None)
    assert desk.of(B) == []
    assert [type(fact) for fact in desk.told] == [NoticeDrafted, NoticeRevised, NoticeRevised]


@pytest.mark.plan("S09")
def test_of_two_drafts_to_one_authority_one_goes_on_and_the_other_says_which(desk: Crossborder) -> None:
    for case in (A, B):
        desk.take(case, graded(case))
    desk.take(A, merged(A, A, B))
    (stays,) = desk.going_on(B)
    gone = desk.notice(A)
    assert stays.number == desk.notice(B).number
    assert (gone.instead and gone.instead.number, gone.need, gone.worth_sending) == (stays.number, None, False)
    assert happened(gone)[-1] is Happening.GIVES_WAY
    desk.take(A, graded(A, 4), undone(A, A, B))
    assert [(notice.instead, notice.need) for notice in (desk.notice(A), desk.notice(B))] == [(None, Need.SEND)] * 2


def test_an_authority_that_was_told_hears_of_changes_and_is_not_told_anew(desk: Crossborder) -> None:
    desk.take(A, graded(A))
    desk.send(A)
    desk.take(B, graded(B))
    desk.take(A, merged(A, A, B))
    desk.take(B, graded(B, 2, [A], people_exposed=900))
    (notice,) = desk.going_on(B)
    assert (notice.number, notice.state, notice.need) == (desk.notice(A).number, NoticeState.SENT, Need.TELL_CHANGE)
    assert desk.notice(B).need is None
    desk.take(B, graded(B, 4))
    assert (desk.notice(A).case, desk.notice(A).need) == (A, None)
    assert (desk.notice(B).instead, desk.notice(B).need) == (None, Need.SEND)


def test_a_question_of_an_authority_is_answered_though_its_notice_gives_way(desk: Crossborder) -> None:
    for case in (A, B):
        desk.take(case, graded(case))
    desk.send(B)
    document = desk.document(A)
    question = answered(AnswerKind.QUESTION)
    asked = [("state", question.state), ("answers", question.answers), ("dispatches", question.dispatches)]
    notice = document.state
    for name, value in asked:
        notice = type(notice)(**{**{f: getattr(notice, f) for f in notice.__dataclass_fields__}, name: value})
    desk.room.apply([document.becomes(notice)])
    desk.take(A, merged(A, A, B))
    assert desk.notice(A).instead is not None
    assert desk.notice(A).need is Need.REPLY


def test_each_authority_is_looked_at_for_itself(desk: Crossborder) -> None:
    desk.take(A, graded(A, named=[BORKEN, KLEVE]))
    desk.take(B, graded(B, named=[KLEVE]))
    desk.take(A, merged(A, A, B))
    assert {notice.to.party for notice in desk.going_on(B)} == {BORKEN, KLEVE}
    assert len(desk.of(B)) == 3


def test_a_closed_case_that_was_merged_comes_back_closed(desk: Crossborder) -> None:
    desk.take(A, graded(A), CaseClosed(number=NUMBERS[A], reason="visited", closed_at=hours(1)))
    desk.take(B, graded(B, named=()))
    desk.take(A, merged(A, A, B))
    desk.take(B, graded(B, 2, [A]))
    assert desk.notice(A).need is Need.SEND
    desk.take(A, undone(A, A, B))
    assert (desk.notice(A).case_closed, desk.notice(A).need) == (True, None)


def test_through_two_merges_a_notice_goes_along_and_back(desk: Crossborder) -> None:
    desk.take(A, graded(A))
    for case in (B, C):
        desk.take(case, graded(case, named=()))
    # What was merged last is heard first.
    desk.take(C, graded(C, 3, [B, A]), merged(C, B, C, 3))
    desk.take(B, graded(B, 2, [A]), merged(B, A, B), merged(B, B, C, 3))
    desk.take(A, merged(A, A, B))
    desk.take(C, graded(C, 3.5, [B, A]))
    assert desk.notice(A).case == C
    desk.take(B, graded(B, 4, [A]), undone(B, B, C))
    desk.take(C, graded(C, 4, named=()), undone(C, B, C))
    desk.take(B, graded(B, 4.5, [A]))
    assert desk.notice(A).case == B
    desk.take(A, graded(A, 5), undone(A, A, B, 5))
    assert desk.notice(A).case == A
    assert desk.notice(A).home is None


def test_everything_told_once_more_changes_nothing(desk: Crossborder) -> None:
    news: list[tuple[str, Fact]] = [
        (A, graded(A)),
        (B, graded(B, named=())),
        (A, merged(A, A, B)),
        (B, graded(B, 2, [A])),
        (B, merged(B, A, B)),
        (A, graded(A, 4)),
        (A, undone(A, A, B)),
        (B, graded(B, 4, named=())),
        (B, undone(B, A, B)),
    ]
    for case, fact in news:
        desk.take(case, fact)
    before, told = {document.key: document.state for document in desk.room}, len(desk.told)
    desk.sequences.clear()
    for case, fact in news:
        desk.take(case, fact)
    assert {document.key: document.state for document in desk.room} == before
    assert len(desk.told) == told


ORDERS = st.lists(st.booleans(), min_size=5, max_size=5)
DISTRICTS = st.sets(st.sampled_from([BORKEN, KLEVE]))
START = read_start_data(Reference.load())


def in_order(order: Sequence[bool], one: Sequence[Fact], other: Sequence[Fact]) -> list[tuple[str, Fact]]:
    """The news of both cases in this order; each keeps its own."""
    left, right, news = list(one), list(other), []
    for first in order:
        take_left = bool(left) and (first or not right)
        if left or right:
            news.append((A, left.pop(0)) if take_left else (B, right.pop(0)))
    return news


@given(DISTRICTS, DISTRICTS, st.booleans(), st.booleans(), ORDERS, ORDERS)
def test_in_whatever_order_the_news_of_both_cases_comes_each_authority_has_one_notice_and_none_is_lost(
    of_a: set[str], of_b: set[str], sends_a: bool, sends_b: bool, first: list[bool], then: list[bool]
) -> None:
    desk = Crossborder(START)
    both = sorted(of_a | of_b)

    def take(news: Sequence[tuple[str, Fact]]) -> None:
        for case, fact in news:
            desk.take(case, fact)
            sends = desk.sequences[case] == 1 and (sends_a if case == A else sends_b)
            own = desk.room.find(NOTICES.name, notice_id(case, BORKEN))
            if sends and own and own.state.instead is None and own.state.state is NoticeState.DRAFT:
                desk.send(case)

    went = [graded(A, named=sorted(of_a)), merged(A, A, B)]
    stayed = [graded(B, named=sorted(of_b)), graded(B, 2, [A], both), merged(B, A, B)]
    take(in_order(first, went, stayed))
    assert desk.of(A) == []
    assert sorted(notice.to.party for notice in desk.going_on(B)) == both
    for notice in desk.of(B):
        if notice.instead:
            assert notice.need is None
            assert desk.going_on(B)
    if any(notice.state is NoticeState.SENT for notice in desk.of(B)):
        assert any(notice.state is NoticeState.SENT for notice in desk.going_on(B))

    back = [graded(A, 4, named=sorted(of_a)), undone(A, A, B)]
    take(in_order(then, back, [graded(B, 4, named=sorted(of_b)), undone(B, A, B)]))
    for case, named in ((A, of_a), (B, of_b)):
        assert all(notice.home is None and notice.instead is None for notice in desk.of(case))
        asks = [notice.to.party for notice in desk.of(case) if notice.named]
        assert sorted(asks) == sorted(named)
