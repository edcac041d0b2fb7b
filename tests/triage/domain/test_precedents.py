"""Earlier cases that are alike: by what counted, and explained by it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.case import ClosureReason
from services.triage.domain.explanation import assess
from services.triage.domain.facts import facts_of
from services.triage.domain.precedents import (
    LEAST,
    MOST_SHOWN,
    ClosedCase,
    Profile,
    compare,
    likeness,
    most_alike,
    profile_of,
)
from shared.situation import Situation
from shared.vocabulary import Grade, Sector
from tests.triage.builders import HOUSING, NOON, RULES, WORK, situation
from tests.triage.strategies import SITUATIONS


def profile(about: Situation) -> Profile:
    return profile_of(assess(facts_of(about), RULES), about.themes, about.sector)


def closed(about: Situation, id_: str = "c1", days: int = 0) -> ClosedCase:
    at = NOON + timedelta(days=days)
    return ClosedCase(id_, (id_,), f"Z-{id_}", profile(about), Grade.LOW, at, ClosureReason.VISITED, None)


PLANT = situation(WORK, sector=Sector.MEAT, people_exposed=500, distance_not_kept=True, confirmed_infections=4)


@given(SITUATIONS, SITUATIONS)
def test_likeness_is_a_share_the_same_both_ways_and_whole_for_the_same(one: Situation, other: Situation) -> None:
    mine, theirs = profile(one).weights, profile(other).weights
    assert 0 <= likeness(mine, theirs) <= 1
    assert likeness(mine, theirs) == likeness(theirs, mine)
    assert likeness(mine, mine) == 1


@given(SITUATIONS, st.lists(SITUATIONS, max_size=8))
def test_of_many_the_few_most_alike_are_shown_in_order(one: Situation, others: list[Situation]) -> None:
    cases = [closed(about, str(number), number) for number, about in enumerate(others)]
    found = most_alike(profile(one), cases)
    shown = [alike.likeness for alike in found]
    assert len(found) <= MOST_SHOWN
    assert shown == sorted(shown, reverse=True)
    assert all(share >= LEAST for share in shown)


@pytest.mark.plan("S22")
def test_it_says_what_both_have_and_what_either_has_alone() -> None:
    other = closed(situation(WORK, sector=Sector.MEAT, people_exposed=300, distance_not_kept=True, no_screens=True))
    alike = compare(profile(PLANT), other)
    assert alike.both == ("geen 1,5 meter afstand", "de vleessector")
    assert alike.only_here == ("besmettingen in de laatste 14 dagen",)
    assert alike.only_there == ("geen schermen of gezamenlijke pauzes",)
    assert alike.same_sector
    # Both: factors 12 + 10, sector 10, theme 5, impact 16. Here 20 for infections and 20 for the trigger, there 5.
    assert alike.likeness == (22 + 10 + 5 + 16) / (22 + 10 + 5 + 16 + 20 + 20 + 5)


def test_another_sector_is_no_shared_factor() -> None:
    alike = compare(profile(situation(sector=Sector.MEAT)), closed(situation(sector=Sector.FRUIT)))
    assert (alike.both, alike.same_sector) == ((), False)


def test_cases_of_which_nothing_counts_are_no_precedents_of_each_other() -> None:
    nothing = situation(people_exposed=500)
    assert most_alike(profile(nothing), [closed(nothing)]) == []


def test_of_equals_the_one_closed_last_comes_first() -> None:
    cases = [closed(PLANT, "early", 1), closed(PLANT, "late", 9), closed(situation(HOUSING), "other")]
    assert [alike.case.id for alike in most_alike(profile(PLANT), cases)] == ["late", "early"]
