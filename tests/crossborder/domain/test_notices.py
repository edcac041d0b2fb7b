"""A notice from draft to answer: what each step needs, and when it asks for somebody."""

from datetime import timedelta

import pytest

from services.crossborder.domain import notices
from services.crossborder.domain.history import Happening
from services.crossborder.domain.notices import Answer, AnswerKind, Invalid, Manner, Need, NotAllowed, Step
from shared.vocabulary import Grade, NoticeState
from tests.crossborder.builders import NOON, VERA, answered, dispatch, drafted, picture, sent

LATER = NOON + timedelta(hours=3)


def test_a_draft_waits_to_be_sent() -> None:
    assert (drafted().state, drafted().need) == (NoticeState.DRAFT, Need.SEND)


@pytest.mark.plan("S09")
def test_sending_and_answering_are_kept_with_who_when_and_how() -> None:
    notice = answered(AnswerKind.LINK_FOUND)
    assert notice.state == NoticeState.ANSWERED
    assert notice.need is None
    assert (notice.dispatches[0].by, notice.dispatches[0].manner) == (VERA, Manner.EMAIL)
    assert notice.answers[0].kind == AnswerKind.LINK_FOUND
    assert [entry.what for entry in notice.history] == [Happening.DRAFTED, Happening.SENT, Happening.ANSWERED]


def test_a_question_back_waits_for_a_reply_and_then_for_the_answer() -> None:
    asked = answered(AnswerKind.QUESTION)
    assert asked.need == Need.REPLY
    replied = notices.send(asked, dispatch(asked, LATER), LATER)
    assert (replied.state, replied.need) == (NoticeState.SENT, None)


def test_a_draft_cannot_be_answered() -> None:
    answer = Answer(NOON, Manner.POST, AnswerKind.RECEIVED, "", VERA)
    with pytest.raises(NotAllowed, match="nog niet verstuurd"):
        notices.record_answer(drafted(), answer, NOON)


def test_the_same_picture_is_not_sent_twice() -> None:
    notice = sent()
    with pytest.raises(NotAllowed, match="niets veranderd"):
        notices.send(notice, dispatch(notice, LATER), LATER)


def test_what_changed_after_sending_is_told_and_then_settled() -> None:
    changed = notices.revise(sent(), picture(Grade.CRITICAL, confirmed_infections=60), named=True, at=LATER)
    assert (changed.outdated, changed.need) == (True, Need.TELL_CHANGE)
    assert changed.history[-1].what == Happening.CHANGED_AFTER_SENDING
    told = notices.send(changed, dispatch(changed, LATER), LATER)
    assert (told.outdated, told.need, len(told.dispatches)) == (False, None, 2)


def test_an_answered_notice_that_is_sent_again_waits_for_an_answer_again() -> None:
    changed = notices.revise(answered(), picture(Grade.HIGH), named=True, at=LATER)
    assert notices.send(changed, dispatch(changed, LATER), LATER).state == NoticeState.SENT


def test_a_revised_draft_says_what_changed() -> None:
    revised = notices.revise(drafted(Grade.HIGH), picture(Grade.CRITICAL), named=True, at=LATER)
    (change,) = revised.history[-1].changes
    assert (change.what, change.before, change.after) == ("grade", "high", "critical")


def test_an_assessment_that_changes_nothing_leaves_the_notice_as_it_is() -> None:
    notice = drafted()
    assert notices.revise(notice, picture(), named=True, at=LATER) is notice


def test_a_draft_stops_asking_when_the_grade_falls_the_district_goes_or_the_case_closes() -> None:
    assert notices.revise(drafted(), picture(Grade.LOW), named=True, at=LATER).need is None
    assert notices.revise(drafted(), picture(), named=False, at=LATER).need is None
    assert notices.close_case(drafted(), LATER).need is None


def test_a_draft_that_asks_nothing_may_still_be_sent() -> None:
    assert notices.close_case(drafted(), LATER).allows(Step.SEND)


def test_a_new_assessment_reopens_a_closed_case() -> None:
    reopened = notices.revise(notices.close_case(drafted(), LATER), picture(), named=True, at=LATER)
    assert (reopened.case_closed, reopened.need) == (False, Need.SEND)


def test_closing_twice_is_recorded_once() -> None:
    closed = notices.close_case(drafted(), LATER)
    assert notices.close_case(closed, LATER) is closed


@pytest.mark.parametrize("at", [NOON - timedelta(minutes=5), LATER + timedelta(minutes=5)])
def test_a_sending_before_the_draft_or_in_the_future_is_refused(at: object) -> None:
    notice = drafted()
    with pytest.raises(Invalid) as refusal:
        notices.send(notice, dispatch(notice, at), LATER)  # type: ignore[arg-type]
    assert refusal.value.faults[0][0] == "sent_at"


def test_a_sending_in_the_minute_of_the_draft_is_taken() -> None:
    at = NOON + timedelta(seconds=30)
    notice = notices.draft("N-1", "case", "Z-1", drafted().to, picture(), at)
    assert notices.send(notice, dispatch(notice, NOON), at).state == NoticeState.SENT
