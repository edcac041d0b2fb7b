"""What may happen to a signal after it came in, and what may not any more."""

from dataclasses import replace

import pytest

from services.intake.domain.dialogue import MOST_LINES, MOST_PICTURES, Author, Line, Picture
from services.intake.domain.following import placed_at, supplemented, waits_for_reporter, with_line, with_pictures
from services.intake.domain.signal import NotAllowed, Signal, may_place, withdraw
from shared.situation import Observations, Site
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
    after = supplemented(OPEN, Observations(confirmed_infections=4), None, QUARTER)
    assert after.situation == replace(OPEN.situation, observations=Observations(confirmed_infections=4))


def test_the_same_facts_again_are_no_news() -> None:
    assert supplemented(OPEN, OPEN.situation.observations, None, QUARTER) is OPEN


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
        lambda: supplemented(gone, Observations(tested=3), None, QUARTER),
    ):
        with pytest.raises(NotAllowed):
            step()


NOWHERE = replace(signal(), situation=replace(OPEN.situation, site=Site(name="Slachterij")))
GROENLO = Site(name="Slachterij", place="Groenlo", municipality="Oost Gelre", region="VR06")


def test_a_place_that_was_found_out_stands_with_who_and_how() -> None:
    after = placed_at(NOWHERE, GROENLO, "lotc", "gebeld met het bedrijf", QUARTER)
    assert after.situation == replace(NOWHERE.situation, site=GROENLO)
    assert [(entry.what, entry.who, entry.why) for entry in after.history] == [
        ("placed", "lotc", "gebeld met het bedrijf")
    ]
    assert placed_at(after, GROENLO, "lotc", "nog eens", QUARTER) is after


@pytest.mark.parametrize(
    ("organisation", "about", "may"),
    [
        ("lotc", NOWHERE, True),
        ("vr06", NOWHERE, False),
        ("lotc", OPEN, False),
        ("lotc", withdraw(NOWHERE, QUARTER), False),
        ("lotc", replace(NOWHERE, situation=replace(OPEN.situation, site=Site(country="DE"))), False),
        ("lotc", placed_at(NOWHERE, GROENLO, "lotc", "gebeld", QUARTER), True),
    ],
)
def test_only_the_national_team_places_and_only_what_has_no_place_but_its_own(
    organisation: str, about: Signal, may: bool
) -> None:
    assert may_place(organisation, about) is may


def test_what_was_withdrawn_gets_no_place() -> None:
    with pytest.raises(NotAllowed):
        placed_at(withdraw(NOWHERE, QUARTER), GROENLO, "lotc", "gebeld", QUARTER)
