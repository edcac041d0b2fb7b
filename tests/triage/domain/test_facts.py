"""What may enter a grade, and what cannot."""

from dataclasses import fields, replace

import pytest

from services.triage.domain.facts import NOT_GRADED, GradingFacts, conflicts_in, facts_of
from shared.situation import Observations, Site
from shared.vocabulary import Sector
from tests.triage.builders import TRANSPORT, WORK, situation

FORBIDDEN = {
    "nationality",
    "country",
    "ethnicity",
    "religion",
    "residence",
    "sex",
    "age",
    "language",
    "name",
    "bsn",
    "phone",
    "bank",
    "plate",
    "migrants",
    "owner",
    "health",
    "union",
    "anonymous",
    "media",
    "complaints",
    "channel",
    "party",
    "workers_live_in",
    "observed_on",
    "postcode",
    "place",
    "municipality",
    "region",
    "signals",
}


def test_no_forbidden_input_has_a_place_in_the_facts() -> None:
    names = {field.name for field in fields(GradingFacts)}
    assert not names & FORBIDDEN
    with pytest.raises(TypeError):
        GradingFacts((WORK,), nationality="PL")  # type: ignore[call-arg]


def test_where_workers_live_and_where_the_site_is_change_nothing() -> None:
    here = situation(sector=Sector.MEAT, people_exposed=100)
    elsewhere = replace(here, site=Site(name="Anders", country="DE"), workers_live_in=("kreis-borken",))
    assert facts_of(here) == facts_of(elsewhere)


def test_every_observation_is_graded_or_left_out_on_purpose() -> None:
    graded = {field.name for field in fields(GradingFacts)}
    assert {field.name for field in fields(Observations)} - graded == NOT_GRADED


@pytest.mark.parametrize(
    ("confirmed", "positive", "infections"),
    [(None, None, None), (2, None, 2), (None, 4, 4), (2, 4, 4), (5, 4, 5), (0, None, 0)],
)
def test_positive_tests_count_as_infections(
    confirmed: int | None, positive: int | None, infections: int | None
) -> None:
    assert facts_of(situation(confirmed_infections=confirmed, positive=positive)).infections == infections


def test_vans_in_breach_inform_the_visit_and_not_the_grade() -> None:
    assert facts_of(situation(TRANSPORT, vans_checked=24, vans_in_breach=17)) == facts_of(situation(TRANSPORT))


@pytest.mark.parametrize(
    ("tested", "positive", "exposed", "infections", "told"),
    [
        (3, 5, None, None, ["positief (5)"]),
        (None, None, 3, 40, ["besmettingen (40) dan mensen blootgesteld (3)"]),
        (30, 20, 12, 4, ["besmettingen (20) dan mensen blootgesteld (12)"]),
        (3, 5, 4, None, ["positief (5)", "besmettingen (5)"]),
        (5, 5, 5, 5, []),
        (None, None, 0, 0, []),
        (None, None, None, 40, []),
    ],
)
def test_numbers_that_cannot_all_be_so_are_named_with_what_the_rules_make_of_them(
    tested: int | None, positive: int | None, exposed: int | None, infections: int | None, told: list[str]
) -> None:
    conflicts = conflicts_in(tested, positive, exposed, infections)
    assert len(conflicts) == len(told)
    assert all(part in conflict for part, conflict in zip(told, conflicts, strict=True))
