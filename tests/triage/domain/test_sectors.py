"""Sectors are ranked by plain points, and what testing is for follows from what tests say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.sectors import (
    MOST_POINTS,
    Part,
    RoleOfTesting,
    SectorCount,
    added,
    ranking,
    role_of_testing,
)
from shared.vocabulary import Grade, Sector

BUSY = SectorCount(
    signals=6,
    open_cases={Grade.CRITICAL: 1, Grade.HIGH: 2, Grade.LOW: 4},
    clusters=("c1",),
    visits=3,
    reported=2,
    infringements=3,
    cases=8,
    visited=2,
    tested=212,
    positive=45,
)

numbers = st.integers(0, 500)
counts = st.builds(
    SectorCount,
    signals=numbers,
    open_cases=st.dictionaries(st.sampled_from(Grade), numbers),
    clusters=st.integers(0, 9).map(lambda many: tuple(map(str, range(many)))),
    reported=numbers,
    infringements=numbers,
    cases=st.integers(5, 500),
    visited=st.integers(0, 5),
)


@pytest.mark.plan("S02")
def test_a_sector_gets_points_for_what_was_told_and_seen() -> None:
    first, *rest = ranking({Sector.MEAT: BUSY})
    assert (first.sector, first.rank) == (Sector.MEAT, 1)
    assert first.parts == {
        Part.SIGNALS: 6,
        Part.GRADES: 11,
        Part.CLUSTERS: 10,
        Part.FINDINGS: 8,
        Part.COVERAGE: 8,
    }
    assert first.points == 43
    assert {(other.rank, other.points) for other in rest} == {(2, 0)}
    assert len(rest) == len(Sector) - 1


@given(counts)
def test_no_part_gives_more_than_its_limit(counted: SectorCount) -> None:
    (first, *_) = ranking({Sector.FRUIT: counted})
    assert all(0 <= points <= MOST_POINTS[part] for part, points in first.parts.items())
    assert first.points == sum(first.parts.values()) <= 100


@given(counts, st.integers(1, 20))
def test_more_signals_never_lower_a_sector(counted: SectorCount, more: int) -> None:
    def points(one: SectorCount) -> int:
        return next(standing.points for standing in ranking({Sector.FOOD: one}) if standing.sector is Sector.FOOD)

    assert points(replace(counted, signals=counted.signals + more)) >= points(counted)


@given(counts)
def test_the_name_of_a_sector_gives_no_points(counted: SectorCount) -> None:
    assert len({standing.points for standing in ranking(dict.fromkeys(Sector, counted))}) == 1
    assert {standing.rank for standing in ranking(dict.fromkeys(Sector, counted))} == {1}


@pytest.mark.plan("S27")
@pytest.mark.parametrize(
    ("positive", "tested", "role"),
    [
        (0, 0, RoleOfTesting.START),
        (0, 19, RoleOfTesting.START),
        (0, 20, RoleOfTesting.SAMPLE),
        (3, 20, RoleOfTesting.CONTACTS),
        (3, 10, RoleOfTesting.EVERYONE),
        (45, 212, RoleOfTesting.EVERYONE),
    ],
)
def test_what_testing_is_for_follows_from_what_tests_say(positive: int, tested: int, role: RoleOfTesting) -> None:
    assert role_of_testing(SectorCount(tested=tested, positive=positive)) is role


def test_the_country_is_the_sum_of_its_regions() -> None:
    both = added([BUSY, BUSY])
    assert (both.signals, both.infringements, both.tested) == (12, 6, 424)
    assert both.open_cases[Grade.HIGH] == 4
    assert both.clusters == ("c1",)
