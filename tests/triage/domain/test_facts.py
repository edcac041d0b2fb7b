"""What may enter a grade, and what cannot."""

from dataclasses import fields, replace

import pytest

from services.triage.domain.facts import NOT_GRADED, GradingFacts, facts_of
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
