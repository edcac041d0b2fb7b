"""What a case asks of people now, where its visit and its grade have come apart."""

from dataclasses import replace
from typing import Any

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import Case
from services.triage.domain.progress import LinkedIntervention, Mark, Progress
from services.triage.use_cases.desk import CaseFile
from services.triage.wording import next_step_of
from shared.vocabulary import ClockStage, ConsultationOutcome, Grade, InterventionState
from tests.triage.builders import MEMBER, NOON, RULES, after, signal, situation

GRAVE = cases.found("Z", signal(about=situation(people_exposed=20, confirmed_infections=4)), RULES, NOON)
MILD = cases.overridden(GRAVE, Grade.MODERATE, "Al bezocht.", MEMBER, after(hours=1))
WITHDRAWN = cases.with_withdrawal(GRAVE, "s1", after(hours=1), RULES, after(hours=1))
CONSULTED = Mark(ClockStage.CONSULTED, NOON, "i")


def file(case: Case, state: InterventionState | None = None, *marks: Mark, **fields: Any) -> CaseFile:
    interventions = (LinkedIntervention("i", state=state, **fields),) if state else ()
    return CaseFile("z", case, Progress("z", interventions, marks))


@pytest.mark.parametrize(
    ("found", "what", "why"),
    [
        (file(GRAVE, InterventionState.PROPOSED), "Roep overleg bijeen", "Het voorstel voor een bezoek ligt klaar."),
        (
            file(MILD, InterventionState.PROPOSED),
            "Besluit of het bezoek nog nodig is",
            "De inschatting vraagt niet meer om een bezoek. Er ligt nog een voorstel.",
        ),
        (
            file(MILD, InterventionState.PROPOSED, CONSULTED),
            "Leg vast of het bezoek nog doorgaat",
            "Het overleg is bijeengeroepen, maar de inschatting vraagt niet meer om een bezoek.",
        ),
        (file(MILD, InterventionState.STAFFED), "Start het bezoek", "De bemensing is rond."),
        (
            file(MILD, InterventionState.STOOD_DOWN),
            "Volg de zaak, of sluit haar",
            "De inschatting vraagt niet meer om een bezoek. Het bezoek gaat niet door.",
        ),
        (
            file(WITHDRAWN, InterventionState.STOOD_DOWN),
            "Volg de zaak, of sluit haar",
            "Alles wat gemeld was, is ingetrokken. Het bezoek gaat niet door.",
        ),
        (file(WITHDRAWN), "Volg de zaak, of sluit haar", "Alles wat gemeld was, is ingetrokken."),
        (
            file(MILD, InterventionState.STOOD_DOWN, outcome=ConsultationOutcome.NO_GO),
            "Volg de zaak, of sluit haar",
            "Het bezoek gaat niet door.",
        ),
    ],
)
def test_the_next_step_says_why_a_visit_is_no_longer_asked_for(found: CaseFile, what: str, why: str) -> None:
    step = next_step_of(found)
    assert (step.what, step.why) == (what, why)


def test_a_case_of_which_one_signal_still_counts_is_not_called_withdrawn() -> None:
    second = cases.with_signal(GRAVE, signal("s2", after(hours=1)), RULES, after(hours=1))
    assert not cases.with_withdrawal(second, "s1", after(hours=2), RULES, after(hours=2)).all_withdrawn
    assert not replace(GRAVE, signals=()).all_withdrawn
