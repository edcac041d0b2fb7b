"""A grade as triage tells it, for tests of those who read it."""

from shared.contracts.triage import Assessment
from shared.vocabulary import Grade


def an_assessment(grade: Grade) -> Assessment:
    """An assessment with this grade, and nothing else that anybody looks at."""
    return Assessment(
        grade=grade,
        ruleset="2020.1",
        points=30,
        likelihood=3,
        impact=3,
        impact_assumed=False,
        factors=(),
        unknowns=(),
        raised_for_unknowns=False,
        trigger=None,
        smallest_change=None,
        summary="Er zijn 45 besmettingen onder 212 geteste mensen.",
        input_hash="0" * 64,
    )
