"""The history of a case tells what happened in the order in which it happened, whatever moments it bears."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import Case, ClosureReason
from services.triage.domain.clock import Threshold
from services.triage.domain.moments import quarter_of
from services.triage.domain.progress import LinkedIntervention, Progress
from services.triage.domain.regrouping import Decision, Filed, merged
from services.triage.domain.visits import Visit
from services.triage.use_cases.desk import CaseFile
from services.triage.use_cases.escalating import escalated
from services.triage.wording import deed_of, history_of, said
from shared.vocabulary import ClockStage, ConsultationOutcome, Grade
from tests.triage.builders import MEMBER, NOON, RULES, after, signal, situation

NOTHING = Progress("c1")
SOME, MANY = situation(people_exposed=20), situation(people_exposed=120, confirmed_infections=9)


def opened(at: datetime) -> Case:
    return cases.found("Z-1", signal(at=quarter_of(at), about=SOME), RULES, quarter_of(at))


def worsened(case: Case, at: datetime) -> Case:
    return cases.with_supplement(case, "s1", MANY, quarter_of(at), RULES, quarter_of(at))


def told(case: Case, progress: Progress = NOTHING, **visits: Visit) -> list[str]:
    """The oldest first."""
    return [line.what for line in history_of(CaseFile("c1", case, progress, visits=visits))][::-1]


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
    _, crossed = escalated(burning, NOTHING, start + timedelta(hours=20))
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


def test_what_planning_did_about_it_stands_between_what_happened_before_and_after() -> None:
    burning = cases.closed(worsened(opened(NOON), NOON), ClosureReason.VISITED, None, MEMBER, after(hours=9))
    progress = NOTHING.with_intervention(LinkedIntervention("i1", "I-2020-7K4Q2"))
    for hours, stage in ((2, ClockStage.CONSULTED), (3, ClockStage.DECIDED), (6, ClockStage.ON_SITE)):
        progress = progress.with_mark(stage, after(hours=hours), "i1")
    progress = progress.with_outcome("i1", ConsultationOutcome.GO)
    visit = Visit(completed_at=after(hours=8), infringements=3)
    assert told(burning, progress, i1=visit)[-7:] == [
        "Klok van 24 uur gestart",
        "Overleg bijeengeroepen (I-2020-7K4Q2)",
        "Besluit over het bezoek (I-2020-7K4Q2)",
        "Team ter plaatse (I-2020-7K4Q2)",
        "Bezoek afgerond (I-2020-7K4Q2)",
        "Zaak gesloten",
        "Klok gestopt",
    ]
    why = {line.what: line.why for line in history_of(CaseFile("c1", burning, progress, visits={"i1": visit}))}
    assert why["Besluit over het bezoek (I-2020-7K4Q2)"] == "Doorgaan."
    assert why["Bezoek afgerond (I-2020-7K4Q2)"] == "Rapport: 3 overtredingen."


def test_a_step_of_the_grade_line_says_whether_a_person_set_the_grade_or_moved_signals() -> None:
    by_hand = cases.overridden(opened(NOON), Grade.HIGH, "Eigen waarneming", MEMBER, after(hours=1))
    assert [deed_of(by_hand, step) for step in by_hand.grade_line] == ["", "Inschatting door een mens op hoog gezet"]
    worse = Filed("c2", cases.found("Z-2", signal("s2", NOON, MANY), RULES, NOON))
    decision = Decision(MEMBER, "Zelfde hal", after(hours=2))
    _, together = merged(worse, Filed("c1", opened(NOON)), decision, RULES)
    assert deed_of(together, together.grade_line[-1]) == "Zaak Z-2 hierin samengevoegd, met 1 melding"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.01, "0,01"), (8.5, "8,5"), (10.0, "10"), (12345, "12.345"), (True, "ja"), (1e-9, "0,000000001")],
)
def test_what_was_seen_is_said_as_it_was_told(value: float, words: str) -> None:
    assert said(value) == words
