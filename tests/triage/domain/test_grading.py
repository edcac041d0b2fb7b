"""The evaluator: every row of the points table, every band, unknowns, trigger, and what may never happen."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.facts import GradingFacts
from services.triage.domain.grading import counted_factors, judge, points_of, unknowns_of
from shared.vocabulary import Grade, Sector, Theme
from tests.triage.builders import ALL_KNOWN_NO, HOUSING, RULES, TRANSPORT, WORK, facts, known_facts

LOW, MODERATE, HIGH, CRITICAL = Grade


def grade(subject: GradingFacts) -> Grade:
    return judge(subject, RULES).grade


# -- worked examples ------------------------------------------------------------------------------------------------


@pytest.mark.plan("S22")
@pytest.mark.parametrize(
    ("example", "points", "bands", "by_matrix", "result"),
    [
        (
            facts(WORK, sector=Sector.MEAT, people_exposed=657, infections=45, tested=212, positive=45),
            30,
            (3, 3),
            HIGH,
            CRITICAL,
        ),
        (
            known_facts(
                WORK,
                TRANSPORT,
                sector=Sector.MEAT,
                people_exposed=500,
                distance_not_kept=True,
                van_mixed_households=True,
            ),
            30,
            (3, 3),
            HIGH,
            HIGH,
        ),
        (
            known_facts(sector=Sector.GREENHOUSE, people_exposed=100, distance_not_kept=True, shared_breaks=True),
            23,
            (2, 2),
            MODERATE,
            MODERATE,
        ),
        (facts(WORK, sector=Sector.OFFICE, people_exposed=40), 0, (1, 1), LOW, LOW),
        (
            facts(WORK, sector=Sector.OUTDOOR, people_exposed=20, infections=3, tested=20, positive=3),
            23,
            (2, 1),
            LOW,
            HIGH,
        ),
    ],
    ids=["meat plant of 657", "meat without cases", "greenhouse", "office", "outdoor work"],
)
def test_the_worked_examples_come_out_as_written(
    example: GradingFacts, points: int, bands: tuple[int, int], by_matrix: Grade, result: Grade
) -> None:
    verdict = judge(example, RULES)
    assert (verdict.points, verdict.likelihood, verdict.impact) == (points, *bands)
    assert (verdict.by_matrix, verdict.grade) == (by_matrix, result)


def test_the_meat_plants_lower_bound_is_as_written() -> None:
    share = judge(facts(infections=45, tested=212, positive=45), RULES).positive_share
    assert share == pytest.approx(0.163, abs=0.0005)


# -- the points table -----------------------------------------------------------------------------------------------

POINTS: list[tuple[dict[str, Any], int]] = [
    ({"infections": 1}, 20),
    ({"infections": 400}, 20),
    ({"people_with_symptoms": 1}, 8),
    ({"people_with_symptoms": 2}, 8),
    ({"people_with_symptoms": 3}, 16),
    ({"people_with_symptoms": 90}, 16),
    ({"sick_people_at_work": True}, 12),
    ({"distance_not_kept": True}, 12),
    ({"cold_or_poorly_ventilated": True}, 10),
    ({"no_screens": True}, 5),
    ({"shared_breaks": True}, 5),
    ({"no_screens": True, "shared_breaks": True}, 5),
    ({"sector": Sector.MEAT}, 10),
    ({"sector": Sector.FOOD}, 6),
    ({"sector": Sector.LOGISTICS}, 6),
    ({"sector": Sector.GREENHOUSE}, 6),
    ({"sector": Sector.FRUIT}, 6),
    ({"sector": Sector.OUTDOOR}, 3),
    ({"sector": Sector.CONSTRUCTION}, 0),
    ({"sector": Sector.OFFICE}, 0),
    ({"people_per_bedroom": 2}, 0),
    ({"people_per_bedroom": 3}, 8),
    ({"people_per_bedroom": 1, "sector": Sector.MEAT}, 10),
    ({"people_per_bedroom": 2, "sector": Sector.MEAT}, 18),
    ({"people_per_bedroom": 2, "sector": Sector.FOOD}, 14),
    ({"people_per_bedroom": 2, "sector": Sector.LOGISTICS}, 6),
    ({"square_metres_per_person": 10.0}, 0),
    ({"square_metres_per_person": 9.9}, 6),
    ({"people_per_toilet_or_shower": 8}, 0),
    ({"people_per_toilet_or_shower": 9}, 3),
    ({"no_room_to_isolate": True}, 5),
    ({"van_mixed_households": True}, 8),
    ({"van_mixed_sites": True}, 4),
    ({"van_mixed_households": True, "van_mixed_sites": True}, 12),
    ({"same_workers_as_outbreak": True}, 15),
]


@pytest.mark.parametrize(("known", "points"), POINTS, ids=lambda part: str(part))
def test_each_row_of_the_table_gives_its_points(known: dict[str, Any], points: int) -> None:
    assert points_of(facts(WORK, HOUSING, TRANSPORT, **known), RULES) == points


def test_a_known_zero_and_a_known_no_are_no_factor() -> None:
    assert counted_factors(known_facts(WORK, HOUSING, TRANSPORT), RULES) == ()


def test_nothing_known_is_no_factor_either() -> None:
    assert counted_factors(facts(WORK, HOUSING, TRANSPORT), RULES) == ()


def test_a_risk_counts_also_outside_the_themes_of_the_case() -> None:
    assert points_of(facts(HOUSING, distance_not_kept=True), RULES) == 12


# -- bands ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "points", "band"),
    [
        ({}, 0, 1),
        ({"sick_people_at_work": True}, 12, 1),
        ({"distance_not_kept": True, "sector": Sector.OUTDOOR}, 15, 2),
        ({"infections": 1, "people_per_bedroom": 3}, 28, 2),
        ({"infections": 1, "cold_or_poorly_ventilated": True}, 30, 3),
        ({"infections": 1, "people_with_symptoms": 3, "sick_people_at_work": True}, 48, 3),
        ({"infections": 1, "same_workers_as_outbreak": True, "sector": Sector.MEAT, "shared_breaks": True}, 50, 4),
    ],
)
def test_likelihood_bands_begin_where_they_are_written(known: dict[str, Any], points: int, band: int) -> None:
    verdict = judge(known_facts(**known), RULES)
    assert (verdict.points, verdict.likelihood) == (points, band)


@pytest.mark.parametrize(
    ("known", "impact", "assumed"),
    [
        ({"people_exposed": 0}, 1, False),
        ({"people_exposed": 49}, 1, False),
        ({"people_exposed": 50}, 2, False),
        ({"people_exposed": 249}, 2, False),
        ({"people_exposed": 250}, 3, False),
        ({}, 2, True),
        ({"linked_sites": 0}, 2, True),
        ({"people_exposed": 10, "linked_sites": 1}, 3, False),
        ({"linked_sites": 2}, 3, False),
    ],
)
def test_impact_bands_begin_where_they_are_written(known: dict[str, Any], impact: int, assumed: bool) -> None:
    verdict = judge(facts(**known), RULES)
    assert (verdict.impact, verdict.impact_assumed) == (impact, assumed)


# -- unknowns -------------------------------------------------------------------------------------------------------


def test_mostly_unknown_with_somebody_ill_goes_one_step_up() -> None:
    verdict = judge(facts(WORK, people_exposed=20, people_with_symptoms=1), RULES)
    assert (verdict.by_matrix, verdict.grade) == (LOW, MODERATE)
    assert verdict.raised_for_unknowns


def test_mostly_unknown_with_nobody_ill_stays() -> None:
    assert not judge(facts(WORK, people_exposed=20), RULES).raised_for_unknowns
    assert not judge(facts(WORK, people_exposed=20, infections=0, people_with_symptoms=0), RULES).raised_for_unknowns


def test_exactly_half_unknown_is_not_more_than_half() -> None:
    half = dict.fromkeys(["same_workers_as_outbreak", "van_mixed_households", "van_mixed_sites"])
    assert not judge(known_facts(TRANSPORT, people_with_symptoms=1, **half), RULES).raised_for_unknowns
    assert judge(known_facts(TRANSPORT, people_with_symptoms=1, sector=None, **half), RULES).raised_for_unknowns


def test_only_inputs_of_the_cases_themes_are_asked_for() -> None:
    assert {unknown.input for unknown in unknowns_of(facts(TRANSPORT), RULES)} == {
        "infections",
        "people_with_symptoms",
        "sector",
        "same_workers_as_outbreak",
        "van_mixed_households",
        "van_mixed_sites",
    }


def test_unknowns_raise_to_high_at_most() -> None:
    known = facts(WORK, people_exposed=100, infections=1, cold_or_poorly_ventilated=True, sector=Sector.OFFICE)
    assert judge(known, RULES).by_matrix == HIGH
    assert grade(known) == HIGH


def test_unknowns_do_not_lower_what_is_critical() -> None:
    known = facts(
        WORK, people_exposed=300, infections=2, sick_people_at_work=True, distance_not_kept=True, sector=Sector.MEAT
    )
    assert judge(known, RULES).by_matrix == CRITICAL
    assert grade(known) == CRITICAL


def test_the_raise_for_unknowns_falls_away_when_half_is_known_whatever_it_is_that_became_known() -> None:
    before = facts(TRANSPORT, people_exposed=20, people_with_symptoms=1, infections=0)
    after = before.otherwise(van_mixed_sites=True)
    assert judge(before, RULES).raised_for_unknowns
    assert len(unknowns_of(after, RULES)) * 2 == len(RULES.inputs_of([TRANSPORT]))
    assert not judge(after, RULES).raised_for_unknowns


def test_good_news_may_lower_the_grade() -> None:
    before = facts(TRANSPORT, people_exposed=20, people_with_symptoms=1, infections=0)
    assert grade(before.otherwise(van_mixed_sites=False)) == LOW


# -- trigger --------------------------------------------------------------------------------------------------------


@pytest.mark.plan("S22")
@pytest.mark.parametrize(
    ("known", "result"),
    [
        ({"infections": 2, "people_exposed": 49}, LOW),
        ({"infections": 3, "people_exposed": 49}, HIGH),
        ({"infections": 3, "people_exposed": 50}, CRITICAL),
        ({"infections": 3, "people_exposed": None}, CRITICAL),
        ({"infections": 3, "people_exposed": 20, "linked_sites": 1}, CRITICAL),
        ({"infections": 3, "people_exposed": 20, "positive": 3, "tested": 20}, HIGH),
        ({"infections": 3, "people_exposed": 20, "positive": 3, "tested": 10}, CRITICAL),
        ({"infections": 3, "people_exposed": 20, "positive": 3, "tested": 0}, HIGH),
        ({"infections": 3, "people_exposed": 20, "positive": 3, "tested": 2}, HIGH),
        ({"infections": 2, "people_exposed": 20, "positive": 2, "tested": 2}, LOW),
    ],
)
def test_three_linked_infections_set_a_lower_bound(known: dict[str, Any], result: Grade) -> None:
    assert grade(known_facts(**known)) == result


# -- what may never happen ------------------------------------------------------------------------------------------

COUNTS = {
    "people_exposed": 400,
    "linked_sites": 3,
    "infections": 6,
    "tested": 40,
    "positive": 40,
    "people_with_symptoms": 5,
    "people_per_bedroom": 4,
    "people_per_toilet_or_shower": 12,
}
YES_NO = [
    "sick_people_at_work",
    "distance_not_kept",
    "cold_or_poorly_ventilated",
    "no_screens",
    "shared_breaks",
    "no_room_to_isolate",
    "van_mixed_households",
    "van_mixed_sites",
    "same_workers_as_outbreak",
]
TRUE_FACTORS: list[dict[str, Any]] = [
    *({name: True} for name in YES_NO),
    *({"infections": count} for count in (1, 2, 3)),
    *({"people_with_symptoms": count} for count in (1, 3)),
    {"people_per_bedroom": 4},
    {"square_metres_per_person": 5.0},
    {"people_per_toilet_or_shower": 12},
]

any_facts = st.builds(
    GradingFacts,
    themes=st.lists(st.sampled_from(Theme), min_size=1, unique=True).map(tuple),
    sector=st.none() | st.sampled_from(Sector),
    square_metres_per_person=st.none() | st.floats(1, 30),
    **{name: st.none() | st.integers(0, most) for name, most in COUNTS.items()},
    **{name: st.none() | st.booleans() for name in YES_NO},
)


def _counts_already(subject: GradingFacts, factor: dict[str, Any]) -> bool:
    ((name, value),) = factor.items()
    known = getattr(subject, name)
    if known is None or isinstance(value, bool):
        return bool(known)
    return bool(known <= value if name == "square_metres_per_person" else known >= value)


@settings(max_examples=1500, deadline=None)
@given(any_facts, st.sampled_from(TRUE_FACTORS))
def test_a_risk_that_turns_out_true_lowers_no_grade_but_by_ending_a_raise_for_unknowns(
    subject: GradingFacts, factor: dict[str, Any]
) -> None:
    if _counts_already(subject, factor):
        return
    before, after = judge(subject, RULES), judge(subject.otherwise(**factor), RULES)
    assert after.by_matrix.rank >= before.by_matrix.rank
    assert after.grade.rank >= before.grade.rank or (before.raised_for_unknowns and not after.raised_for_unknowns)


@settings(max_examples=500, deadline=None)
@given(any_facts, st.sampled_from(sorted(ALL_KNOWN_NO.keys() - {"sector", "people_exposed"})))
def test_not_knowing_never_weighs_less_than_knowing_it_is_not_so(subject: GradingFacts, name: str) -> None:
    known = subject.otherwise(**{name: ALL_KNOWN_NO[name]})
    assert grade(subject.otherwise(**{name: None})).rank >= grade(known).rank


@settings(max_examples=500, deadline=None)
@given(any_facts, st.integers(1, 600))
def test_more_people_exposed_never_lowers_the_grade(subject: GradingFacts, more: int) -> None:
    if subject.people_exposed is not None:
        larger = subject.otherwise(people_exposed=subject.people_exposed + more)
        assert grade(larger).rank >= grade(subject).rank


@settings(max_examples=300, deadline=None)
@given(any_facts)
def test_three_infections_are_never_less_than_high(subject: GradingFacts) -> None:
    assert grade(subject.otherwise(infections=3)).rank >= HIGH.rank


@settings(max_examples=300, deadline=None)
@given(any_facts)
def test_the_same_facts_always_give_the_same_verdict_and_hash(subject: GradingFacts) -> None:
    again = GradingFacts(**{field.name: getattr(subject, field.name) for field in fields(GradingFacts)})
    assert judge(again, RULES) == judge(subject, RULES)
    assert again.digest("2020.1") == subject.digest("2020.1")
    assert again.digest("2020.2") != subject.digest("2020.1")
