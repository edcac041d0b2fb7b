"""Facts changed on a copy: the same rules, the same doors, and nothing that may never count."""

from dataclasses import replace

import pytest
from hypothesis import given

from services.triage.domain.explanation import assess
from services.triage.domain.facts import facts_of
from services.triage.domain.what_if import FactChanged, FactorMoved, what_if
from shared.situation import Situation
from shared.vocabulary import Grade, Sector
from tests.triage.builders import HOUSING, RULES, WORK, situation
from tests.triage.strategies import SITUATIONS


@pytest.mark.plan("S22")
def test_a_grade_moves_with_the_facts_and_says_what_differs() -> None:
    now = situation(WORK, sector=Sector.MEAT, people_exposed=500, distance_not_kept=True)
    seen = replace(now.observations, distance_not_kept=False, confirmed_infections=4)
    found = what_if(now, replace(now, observations=seen), RULES)
    assert (found.now.grade, found.then.grade) == (Grade.MODERATE, Grade.CRITICAL)
    assert found.facts == (
        FactChanged("confirmed_infections", None, 4),
        FactChanged("distance_not_kept", True, False),
    )
    assert found.factors == (
        FactorMoved("no_distance", "Minder dan 1,5 meter afstand is er gewoon.", 12, 0),
        FactorMoved("infections", "4 bevestigde besmettingen in de laatste 14 dagen.", 0, 20),
    )


def test_a_step_higher_tells_the_sentence_of_the_heavier_side() -> None:
    now = situation(people_with_symptoms=1)
    then = replace(now, observations=replace(now.observations, people_with_symptoms=5))
    for before, after in ((now, then), (then, now)):
        (moved,) = what_if(before, after, RULES).factors
        assert moved.because == "5 mensen met klachten."
        assert {moved.now, moved.then} == {8, 16}


def test_a_theme_more_asks_more_and_is_told_as_a_difference() -> None:
    now = situation(WORK, confirmed_infections=1)
    found = what_if(now, replace(now, themes=(WORK, HOUSING)), RULES)
    assert found.facts == (FactChanged("themes", (WORK,), (WORK, HOUSING)),)
    assert len(found.then.unknowns) > len(found.now.unknowns)


@pytest.mark.plan("S22")
@given(now=SITUATIONS, then=SITUATIONS)
def test_the_copy_is_graded_as_a_case_with_these_facts_would_be(now: Situation, then: Situation) -> None:
    found = what_if(now, then, RULES)
    assert (found.now, found.then) == (assess(facts_of(now), RULES), assess(facts_of(then), RULES))
    assert sum(moved.then - moved.now for moved in found.factors) == found.then.points - found.now.points
    sides = [(one.themes, one.sector, one.observations) for one in (now, then)]
    assert bool(found.facts) == (sides[0] != sides[1])


@given(now=SITUATIONS)
def test_without_a_change_nothing_differs(now: Situation) -> None:
    found = what_if(now, now, RULES)
    assert (found.facts, found.factors) == ((), ())
    assert found.now == found.then
