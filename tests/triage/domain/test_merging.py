"""Several signals as one situation: the worst that is known, never a sum."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.facts import facts_of
from services.triage.domain.grading import judge
from services.triage.domain.merging import merge
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Sector
from tests.triage.builders import HOUSING, RULES, TRANSPORT, WORK, after, signal, situation


def merged(*situations: Situation) -> Situation:
    """The situation of signals received a quarter of an hour apart."""
    return merge([signal(f"s{n}", after(minutes=15 * n), one) for n, one in enumerate(situations)], RULES)


def seen(*observations: dict[str, Any]) -> Observations:
    return merged(*(situation(**one) for one in observations)).observations


def test_one_signal_is_its_own_situation() -> None:
    alone = situation(HOUSING, sector=Sector.MEAT, positive=21, tested=49, people_per_bedroom=3)
    assert merged(alone) == alone


def test_counts_are_the_largest_known_and_never_added_up() -> None:
    both = seen({"confirmed_infections": 2, "people_exposed": 100}, {"confirmed_infections": 2, "people_exposed": 40})
    assert (both.confirmed_infections, both.people_exposed) == (2, 100)


def test_space_per_person_is_the_smallest_known() -> None:
    assert seen({"square_metres_per_person": 12.0}, {"square_metres_per_person": 7.5}).square_metres_per_person == 7.5


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [(True, False, True), (None, True, True), (False, None, False), (None, None, None), (False, False, False)],
)
def test_a_yes_outweighs_a_no_and_a_no_outweighs_not_knowing(
    first: bool | None, second: bool | None, together: bool | None
) -> None:
    assert seen({"distance_not_kept": first}, {"distance_not_kept": second}).distance_not_kept is together


def test_positive_and_tested_stay_a_pair_of_one_signal() -> None:
    both = seen({"positive": 10, "tested": 20}, {"positive": 12, "tested": 600})
    assert (both.positive, both.tested) == (10, 20)
    assert facts_of(merged(situation(positive=10, tested=20), situation(positive=12, tested=600))).infections == 12


def test_an_impossible_pair_is_no_share_but_still_infections() -> None:
    both = seen({"positive": 5, "tested": 2}, {"positive": 1, "tested": 10})
    assert (both.positive, both.tested, both.confirmed_infections) == (1, 10, 5)


def test_themes_and_districts_add_up() -> None:
    first = replace(situation(TRANSPORT), workers_live_in=("kreis-kleve", "kreis-borken"))
    second = replace(situation(WORK), workers_live_in=("kreis-borken",))
    together = merged(first, second)
    assert together.themes == (WORK, TRANSPORT)
    assert together.workers_live_in == ("kreis-kleve", "kreis-borken")


def test_of_two_sectors_the_riskier_counts() -> None:
    assert merged(situation(sector=Sector.LOGISTICS), situation(sector=Sector.MEAT)).sector == Sector.MEAT
    assert merged(situation(), situation(sector=Sector.OFFICE)).sector == Sector.OFFICE


def test_gaps_in_the_first_address_are_filled_by_later_signals() -> None:
    first, second = Site(postcode="7141AB", house_number="12"), Site(name="De Hoeve", place="Groenlo", region="VR06")
    site = merged(situation(site=first), situation(site=second)).site
    assert site == Site("De Hoeve", "7141AB", "12", "Groenlo", None, "VR06")


def test_illness_counts_for_fourteen_days_and_circumstances_for_longer() -> None:
    old = signal("old", after(days=-15), situation(confirmed_infections=5, tested=9, sick_people_at_work=True))
    lasting = signal("lasting", after(days=-15), situation(people_per_bedroom=4))
    new = signal("new", after(days=0), situation(people_exposed=10))
    together = merge([old, lasting, new], RULES).observations
    assert (together.confirmed_infections, together.tested, together.sick_people_at_work) == (None, None, None)
    assert together.people_per_bedroom == 4


def test_illness_of_exactly_fourteen_days_ago_still_counts() -> None:
    old = signal("old", after(days=-14), situation(confirmed_infections=5))
    assert merge([old, signal("new")], RULES).observations.confirmed_infections == 5


def test_the_day_of_seeing_is_each_signals_own_and_takes_nothing_away() -> None:
    long_ago = replace(situation(confirmed_infections=5), observed_on=date(2019, 12, 1))
    assert merged(long_ago, situation()) == situation(confirmed_infections=5)


def test_withdrawn_signals_do_not_count() -> None:
    kept = signal("kept", about=situation(people_exposed=30))
    gone = signal("gone", about=situation(TRANSPORT, confirmed_infections=9), withdrawn_at=after(hours=1))
    assert merge([kept, gone], RULES) == situation(people_exposed=30)


def test_when_all_is_withdrawn_the_site_stays_and_nothing_is_known() -> None:
    about = situation(HOUSING, sector=Sector.MEAT, confirmed_infections=9)
    gone = signal(about=about, withdrawn_at=after(hours=1))
    assert merge([gone], RULES) == situation(HOUSING)


counts = st.none() | st.integers(0, 60)
observations = st.builds(
    Observations,
    people_exposed=counts,
    confirmed_infections=counts,
    positive=counts,
    tested=counts,
    people_with_symptoms=counts,
    distance_not_kept=st.none() | st.just(True),
    people_per_bedroom=counts,
    square_metres_per_person=st.none() | st.floats(1, 30),
)


@given(st.lists(observations, min_size=1, max_size=4))
def test_together_signals_never_give_fewer_points_than_one_of_them(parts: list[Observations]) -> None:
    situations = [replace(situation(), observations=part) for part in parts]
    together = judge(facts_of(merged(*situations)), RULES)
    apart = [judge(facts_of(one), RULES) for one in situations]
    assert together.points >= max(verdict.points for verdict in apart)
    assert together.triggered == any(verdict.triggered for verdict in apart)
    assert (together.positive_share or 0) >= max(verdict.positive_share or 0 for verdict in apart)


@given(st.lists(observations, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_signals_does_not_matter_to_what_was_seen(parts: list[Observations], chance: Any) -> None:
    shuffled = chance.sample(parts, len(parts))
    assert (
        merged(*(replace(situation(), observations=part) for part in parts)).observations
        == merged(*(replace(situation(), observations=part) for part in shuffled)).observations
    )
