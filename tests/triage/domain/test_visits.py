"""Which signals a visit answers: those that were there before the team was."""

from services.triage.domain import visits
from services.triage.domain.visits import Visit, answered_by
from tests.triage.builders import NOON, after, signal


def test_signals_from_before_the_team_came_are_answered_and_later_ones_are_not() -> None:
    visit = Visit(began_at=NOON, completed_at=after(hours=2), case="c")
    told = [signal("before", after(hours=-1)), signal("then", NOON), signal("during", after(hours=1))]
    assert answered_by(visit, told) == ("before",)


def test_without_a_known_beginning_the_end_counts_and_a_visit_to_come_answers_nothing() -> None:
    told = [signal("before", NOON), signal("after", after(hours=3))]
    assert answered_by(Visit(completed_at=after(hours=2)), told) == ("before",)
    assert answered_by(Visit(), told) == ()


def test_what_was_withdrawn_is_not_answered() -> None:
    told = [signal("withdrawn", after(hours=-1), withdrawn_at=NOON), signal("stays", after(hours=-1))]
    assert answered_by(Visit(completed_at=NOON), told) == ("stays",)


def test_of_very_many_the_newest_are_told() -> None:
    told = [signal(str(n), after(minutes=-n)) for n in range(1, visits.MOST_ANSWERED + 3)]
    answered = answered_by(Visit(completed_at=NOON), told)
    assert len(answered) == visits.MOST_ANSWERED
    assert answered[-1] == "1"
