"""What may happen to a signal after it came in, and what may not any more."""

from dataclasses import replace

import pytest

from services.intake.domain.dialogue import MOST_LINES, MOST_PICTURES, Author, Line, Picture
from services.intake.domain.following import supplemented, waits_for_reporter, with_line, with_pictures
from services.intake.domain.signal import NotAllowed, Signal, withdraw
from shared.situation import Observations
from tests.intake.builders import QUARTER, signal

OPEN = replace(signal(), receipt="hash")


def line(number: int = 1, author: Author = Author.REPORTER) -> Line:
    return Line(f"l-{number}", author, QUARTER, "sealed", "lotc" if author is Author.PLATFORM else None)


def asked() -> Signal:
    return with_line(OPEN, line(1, Author.PLATFORM))


def test_a_question_waits_until_it_is_answered() -> None:
    assert not waits_for_reporter(OPEN)
    assert waits_for_reporter(asked())
    assert not waits_for_reporter(with_line(asked(), line(2)))


def test_an_answer_sent_twice_is_there_once() -> None:
    answered = with_line(asked(), line(2))
    assert with_line(answered, line(2)) is answered


def test_nobody_is_asked_who_has_no_receipt() -> None:
    with pytest.raises(NotAllowed):
        with_line(replace(OPEN, receipt=None), line(1, Author.PLATFORM))


def test_a_talk_ends_somewhere() -> None:
    full = replace(OPEN, dialogue=tuple(line(n) for n in range(MOST_LINES)))
    with pytest.raises(NotAllowed):
        with_line(full, line(MOST_LINES))


def test_history_says_who_asked_and_never_who_answered() -> None:
    entries = with_line(asked(), line(2)).history
    assert [(entry.what, entry.who) for entry in entries] == [("asked", "lotc"), ("answered", None)]


def test_new_facts_replace_the_old_ones_and_nothing_else() -> None:
    after = supplemented(OPEN, Observations(confirmed_infections=4), QUARTER)
    assert after.situation == replace(OPEN.situation, observations=Observations(confirmed_infections=4))


def test_the_same_facts_again_are_no_news() -> None:
    assert supplemented(OPEN, OPEN.situation.observations, QUARTER) is OPEN


def test_pictures_are_added_once_and_up_to_a_number() -> None:
    first = with_pictures(OPEN, [Picture("p-1", "clean")], QUARTER)
    assert with_pictures(first, [Picture("p-1", "clean")], QUARTER) is first
    many = [Picture(f"q-{n}", "clean") for n in range(MOST_PICTURES)]
    with pytest.raises(NotAllowed):
        with_pictures(first, many, QUARTER)


def test_a_withdrawn_signal_keeps_nothing_of_the_reporter_and_takes_nothing_more() -> None:
    gone = withdraw(with_pictures(asked(), [Picture("p-1", "clean")], QUARTER), QUARTER)
    assert not gone.has_more
    for step in (
        lambda: with_line(gone, line(3)),
        lambda: with_pictures(gone, [Picture("p-2", "clean")], QUARTER),
        lambda: supplemented(gone, Observations(tested=3), QUARTER),
    ):
        with pytest.raises(NotAllowed):
            step()
