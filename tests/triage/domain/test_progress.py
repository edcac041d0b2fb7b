"""What planning makes of a case."""

from services.triage.domain.clock import start
from services.triage.domain.moments import quarter_of
from services.triage.domain.progress import LinkedIntervention, Progress
from shared.vocabulary import ClockStage, ConsultationOutcome, InterventionState
from tests.triage.builders import NOON, after


def test_the_first_time_a_stage_is_reached_counts() -> None:
    progress = Progress("c").with_mark(ClockStage.DECIDED, after(hours=2), "i1")
    assert progress.with_mark(ClockStage.DECIDED, after(hours=3), "i1") == progress


def test_only_stages_after_the_clock_was_set_going_belong_to_it() -> None:
    clock = start(after(days=2), "s2", after(days=2, minutes=5))
    progress = (
        Progress("c")
        .with_mark(ClockStage.ON_SITE, after(hours=9), "i1")
        .with_mark(ClockStage.CONSULTED, after(days=2, hours=1), "i2")
    )
    assert progress.since(clock) == {ClockStage.CONSULTED: after(days=2, hours=1)}


def test_an_intervention_is_shown_as_it_was_last_described() -> None:
    proposed = LinkedIntervention("i1", "I-1", state=InterventionState.PROPOSED)
    decided = LinkedIntervention("i1", "I-1", state=InterventionState.DECIDED)
    assert Progress("c").with_intervention(proposed).with_intervention(decided).interventions == (decided,)


def test_go_or_no_go_may_come_before_and_stays_after_the_intervention_is_described() -> None:
    progress = Progress("c").with_outcome("i1", ConsultationOutcome.GO)
    progress = progress.with_intervention(LinkedIntervention("i1", "I-1", state=InterventionState.DECIDED))
    (intervention,) = progress.interventions
    assert (intervention.outcome, intervention.number) == (ConsultationOutcome.GO, "I-1")


def test_a_moment_is_shown_no_finer_than_its_quarter_hour() -> None:
    assert quarter_of(after(minutes=44, seconds=59)) == after(minutes=30)
    assert quarter_of(NOON) == NOON
