"""What becomes of interventions when cases are merged: one visit goes on, and nothing that people began is lost."""

from collections.abc import Sequence

from services.planning.domain.case import Case
from services.planning.domain.intervention import Intervention


def kept(current: Sequence[Intervention]) -> list[Intervention]:
    """Which of the interventions of one case go on: all that people began, or else the first.

    Two that people began both go on; they see it, and call one off.
    """
    begun = [one for one in current if not one.is_mere_proposal]
    return begun or list(current[:1])


def asks_again(case: Case, interventions: Sequence[Intervention]) -> bool:
    """Whether a case that came back, or was left, asks for a visit of its own now that nobody has judged yet.

    What people judged holds for the grade that the case had then.
    """
    if not case.asks_for_visit or any(not one.over for one in interventions):
        return False
    newest = max(interventions, key=lambda one: one.proposed_at, default=None)
    return newest is None or not newest.judged or case.grade.rank > newest.case.grade.rank
