"""The change of one fact that would alter a grade: true of every value that its words cover."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.changes import turns
from services.triage.domain.explanation import assess
from services.triage.domain.factors import AtLeast, Step
from services.triage.domain.facts import GradingFacts
from services.triage.domain.grading import judge
from services.triage.domain.ruleset import Ruleset
from shared.vocabulary import Sector
from tests.triage.builders import RULES, WORK, facts, known_facts
from tests.triage.domain.test_grading import any_facts

MOST = 700
NUMBERS = {
    "besmetting": "infections",
    "klachten": "people_with_symptoms",
    "blootgesteld": "people_exposed",
    "slaapkamer": "people_per_bedroom",
    "genoeg ruimte": "square_metres_per_person",
    "m²": "square_metres_per_person",
    "toilet": "people_per_toilet_or_shower",
}


def with_steps(*starts: int) -> Ruleset:
    """Rules that count people with symptoms and infections in more steps than the published ones."""

    def finer(rules: Ruleset) -> Iterator[Any]:
        for factor in rules.factors:
            kind = factor.kind
            if isinstance(kind, AtLeast):
                steps = tuple(Step(start, 4 * number, "{n}.", "x") for number, start in enumerate(starts, start=1))
                yield replace(factor, kind=replace(kind, steps=steps))
            else:
                yield factor

    return replace(RULES, factors=tuple(finer(RULES)))


FINER = with_steps(1, 2, 4, 7, 12)


def covered(found: str, subject: GradingFacts, rules: Ruleset) -> Iterator[dict[str, Any]]:
    """Every fact that a sentence can mean, read from its words alone; none where it is no number."""
    name = next((name for word, name in NUMBERS.items() if word in found), None)
    if name is None:
        return
    norms = {"people_per_bedroom": 1 if subject.sector in rules.high_risk_sectors else 2}
    norms |= {"people_per_toilet_or_shower": 8, "square_metres_per_person": 10}
    least, most = _range(found, norms.get(name, 0))
    for value in {least, least + 1, (least + most) // 2, most - 1, most, *range(least, min(most, least + 20) + 1)}:
        if least <= value <= most:
            yield {name: value}
            if name == "infections" and value <= (subject.tested or 0):
                yield {name: value, "positive": value}


def _range(found: str, norm: int) -> tuple[int, int]:
    numbers = [int(number) for number in re.findall(r"\d+", found.replace("m²", ""))]
    if "minder dan" in found:
        return 0, numbers[0] - 1
    if "meer dan" in found:
        return numbers[0] + 1, MOST
    if "of meer" in found:
        return numbers[0], MOST
    if "binnen de norm" in found or "genoeg toiletten" in found:
        return 0, norm
    if "genoeg ruimte" in found:
        return norm, MOST
    return (min(numbers), max(numbers)) if numbers else (0, 0)


@pytest.mark.plan("S22")
@pytest.mark.parametrize("rules", [RULES, FINER], ids=["published", "finer steps"])
@settings(max_examples=300, deadline=None)
@given(subject=any_facts, follow=st.booleans())
def test_every_value_that_the_words_cover_leads_to_the_grade_they_name(
    rules: Ruleset, subject: GradingFacts, follow: bool
) -> None:
    if follow and subject.infections is not None and subject.infections <= (subject.tested or 0):
        subject = subject.otherwise(positive=subject.infections)
    now = judge(subject, rules)
    for turn in turns(subject, now, rules):
        assert turn.then.grade != now.grade
        for otherwise in covered(turn.found, subject, rules):
            then = judge(subject.otherwise(**otherwise), rules).grade
            assert then == turn.then.grade or (turn.at_least and then.rank > turn.then.grade.rank), (turn, otherwise)


@pytest.mark.plan("S22")
@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        (
            facts(sector=Sector.MEAT, people_exposed=657, infections=45, tested=212, positive=45),
            "Als blijkt dat er 1 of 2 bevestigde besmettingen zijn, wordt de inschatting hoog.",
        ),
        (
            known_facts(people_exposed=20, infections=2, tested=20, positive=2),
            "Als blijkt dat er 3 of meer besmettingen zijn die bij elkaar horen, wordt de inschatting minstens hoog.",
        ),
        (
            known_facts(people_exposed=20, infections=2, positive=2),
            "Als blijkt dat er 3 of meer besmettingen zijn die bij elkaar horen, wordt de inschatting hoog.",
        ),
        (
            known_facts(people_exposed=60, people_with_symptoms=5),
            "Als blijkt dat er minder dan 3 mensen met klachten zijn, wordt de inschatting laag.",
        ),
        (
            known_facts(people_exposed=300),
            "Als blijkt dat er minder dan 250 mensen zijn blootgesteld, wordt de inschatting laag.",
        ),
    ],
)
def test_the_change_is_said_by_the_values_it_holds_for(subject: GradingFacts, sentence: str) -> None:
    assert assess(subject, RULES).smallest_change == sentence


def test_that_a_number_becomes_known_is_no_change_of_it() -> None:
    unknown = facts(WORK, people_exposed=20, people_with_symptoms=1)
    now = judge(unknown, RULES)
    assert now.raised_for_unknowns
    assert not any("geen bevestigde besmettingen" in turn.found for turn in turns(unknown, now, RULES))
