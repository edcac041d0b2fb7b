"""Why a grade is what it is, in plain Dutch."""

import pytest
from hypothesis import given, settings

from services.triage.domain.explanation import assess
from services.triage.domain.facts import GradingFacts
from shared.vocabulary import Grade, Sector
from tests.triage.builders import HOUSING, RULES, TRANSPORT, WORK, facts, known_facts
from tests.triage.domain.test_grading import any_facts


def summary(subject: GradingFacts) -> str:
    return assess(subject, RULES).summary


def test_the_meat_plant_is_explained_by_its_infections_people_and_tests() -> None:
    plant = facts(WORK, sector=Sector.MEAT, people_exposed=657, infections=45, tested=212, positive=45)
    assert summary(plant) == (
        "Kritiek, omdat er 45 besmettingen zijn die bij elkaar horen, 657 mensen zijn blootgesteld en 45 van de 212 "
        "geteste mensen positief zijn (ondergrens 16,3%). Ook telt mee: de vleessector."
    )


def test_without_infections_the_heaviest_risks_are_named_first() -> None:
    plant = known_facts(
        WORK, TRANSPORT, sector=Sector.MEAT, people_exposed=1500, distance_not_kept=True, van_mixed_households=True
    )
    assert summary(plant) == (
        "Hoog: 30 punten door geen 1,5 meter afstand, de vleessector en busjes met verschillende huishoudens, "
        "bij 1.500 mensen."
    )


def test_more_than_three_risks_are_counted_not_listed() -> None:
    many = known_facts(distance_not_kept=True, sick_people_at_work=True, no_screens=True, sector=Sector.FRUIT)
    assert "en 2 andere feiten" in summary(many)


def test_nothing_that_counts_is_said_so() -> None:
    assert summary(facts(WORK, sector=Sector.OFFICE, people_exposed=40)) == (
        "Laag: niets van wat bekend is telt mee als risico, bij 40 mensen."
    )


def test_a_raise_for_unknowns_is_said() -> None:
    assessment = assess(facts(WORK, people_exposed=20, people_with_symptoms=1), RULES)
    assert assessment.raised_for_unknowns
    assert "meer dan de helft van de feiten onbekend" in assessment.summary


def test_an_unknown_number_of_people_is_named_as_the_reason() -> None:
    assert "onbekend is hoeveel mensen zijn blootgesteld" in summary(facts(WORK, infections=3))
    assert assess(facts(WORK, infections=3), RULES).impact_assumed


def test_linked_sites_are_named_as_the_reason() -> None:
    assert "meer locaties werknemers" in summary(facts(WORK, infections=3, people_exposed=9, linked_sites=2))


def test_every_factor_carries_its_points_its_fact_and_its_source() -> None:
    assessment = assess(known_facts(HOUSING, people_per_bedroom=4, sector=Sector.MEAT), RULES)
    (sector, bedroom) = assessment.factors
    assert (sector.factor, sector.points, sector.theme) == ("sector", 10, None)
    assert (bedroom.points, bedroom.theme) == (8, HOUSING)
    assert bedroom.because == "4 mensen delen één slaapkamer; de norm is hoogstens 1."
    assert "Roemer" in bedroom.source
    assert bedroom.valid_from is not None


def test_points_add_up_per_theme() -> None:
    assessment = assess(facts(WORK, distance_not_kept=True, sick_people_at_work=True, van_mixed_sites=True), RULES)
    assert assessment.points_by_theme((WORK, HOUSING)) == {WORK: 24, HOUSING: 0, TRANSPORT: 4}


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        (
            known_facts(people_exposed=20, infections=2),
            "Als blijkt dat er 3 of meer besmettingen zijn die bij elkaar horen, wordt de inschatting hoog.",
        ),
        (
            known_facts(people_exposed=20, infections=3),
            "Als blijkt dat er minder dan 3 besmettingen zijn die bij elkaar horen, wordt de inschatting laag.",
        ),
        (
            known_facts(people_exposed=100, sick_people_at_work=True, sector=None),
            "Als blijkt dat het om werk in de open lucht gaat, wordt de inschatting matig.",
        ),
        (
            known_facts(
                TRANSPORT, people_exposed=300, van_mixed_households=True, same_workers_as_outbreak=True
            ).otherwise(van_mixed_sites=True, no_screens=True),
            "Als blijkt dat mensen per werkplek worden vervoerd, wordt de inschatting matig.",
        ),
    ],
)
def test_the_smallest_change_is_one_fact_near_at_hand(subject: GradingFacts, sentence: str) -> None:
    assert assess(subject, RULES).smallest_change == sentence


@settings(max_examples=200, deadline=None)
@given(any_facts)
def test_every_grade_can_be_explained(subject: GradingFacts) -> None:
    assessment = assess(subject, RULES)
    words = {Grade.LOW: "Laag", Grade.MODERATE: "Matig", Grade.HIGH: "Hoog", Grade.CRITICAL: "Kritiek"}
    assert assessment.summary.startswith(words[assessment.grade])
    assert "{" not in assessment.summary
    assert assessment.points == sum(factor.points for factor in assessment.factors)
    assert (
        assessment.smallest_change is None or words[assessment.grade].lower() != assessment.smallest_change.split()[-1]
    )
    assert assess(subject, RULES) == assessment
