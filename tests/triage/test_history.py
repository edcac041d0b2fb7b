"""The history of a case tells what happened in the order in which it happened, whatever moments it bears."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.triage.domain import case as cases
from services.triage.domain.case import Case, ClosureReason
from services.triage.domain.clock import Threshold
from services.triage.domain.moments import quarter_of
from services.triage.domain.progress import Progress
from services.triage.use_cases.escalating import escalated
from services.triage.wording import history_of
from shared.vocabulary import Grade
from tests.triage.builders import MEMBER, RULES, after, signal, situation

SOME, MANY = situation(people_exposed=20), situation(people_exposed=120, confirmed_infections=9)


def opened(at: datetime) -> Case:
    return cases.found("Z-1", signal(at=quarter_of(at), about=SOME), RULES, quarter_of(at))


def worsened(case: Case, at: datetime) -> Case:
    return cases.with_supplement(case, "s1", MANY, quarter_of(at), RULES, quarter_of(at))


def told(case: Case) -> list[str]:
    """The oldest first."""
    return [line.what for line in history_of(case)][::-1]


def test_what_a_signal_led_to_comes_after_what_a_person_did_before_it_in_the_same_quarter() -> None:
    closed = cases.closed(opened(after(hours=-5)), ClosureReason.UNFOUNDED, None, MEMBER, after(minutes=16))
    reopened = worsened(closed, after(minutes=20))
    assert told(reopened)[-5:] == [
        "Zaak gesloten",
        "Melding aangevuld",
        "Ingeschat als kritiek",
        "Zaak heropend: nieuwe feiten zijn ernstiger",
        "Klok van 24 uur gestart",
    ]
    by_hand = cases.overridden(opened(after(hours=-5)), Grade.MODERATE, "Eigen waarneming", MEMBER, after(minutes=16))
    disputed = told(worsened(by_hand, after(minutes=20)))
    assert disputed.index("Inschatting door een mens op matig gezet") < next(
        n for n, line in enumerate(disputed) if line.startswith("Nieuwe feiten: de regels zeggen iets anders")
    )


def test_what_a_clock_passed_stands_among_it_by_its_time_and_never_after_the_clock_stopped() -> None:
    start = after(minutes=15)
    burning = worsened(opened(start), start)
    _, crossed = escalated(burning, Progress("c1"), start + timedelta(hours=20))
    assert crossed == (Threshold.HALF, Threshold.FOUR_FIFTHS)
    later = start + timedelta(hours=15)
    joined = cases.with_signal(burning, signal("s2", later, SOME), RULES, later)
    # Four fifths are 19 hours and 12 minutes; the grade fell a minute later, in the quarter that began before.
    fell = start + timedelta(hours=19, minutes=13)
    over = cases.with_supplement(joined, "s1", SOME, quarter_of(fell), RULES, quarter_of(fell))
    lines = told(replace(over, clocks=(replace(over.clocks[0], escalated=crossed),)))
    half, four_fifths = (f"{how} van de 24 uur voorbij, niemand ter plaatse" for how in ("Helft", "80%"))
    assert lines[lines.index(half) :] == [
        half,
        "Melding toegevoegd",
        four_fifths,
        "Melding aangevuld",
        "Ingeschat als laag",
        "Klok gestopt",
    ]
