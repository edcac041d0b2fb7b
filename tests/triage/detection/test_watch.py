"""What is watched every day: clusters per theme that are worth an alert, and sectors that rise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.triage.domain.detection import watch
from services.triage.domain.detection.ears import Method
from services.triage.domain.detection.watch import (
    PERMUTATIONS,
    DetectedCluster,
    Member,
    Sighting,
    as_seen,
    clusters,
    continues,
    first_of_each,
    interactions,
    rises,
    unscanned,
)
from shared.vocabulary import Sector, Theme

TODAY = date(2020, 6, 28)
NOW = datetime(2020, 6, 28, 9, 15, tzinfo=UTC)
POINTS = {f"{code}": (float(code - 7100) * 10_000, 0.0) for code in range(7100, 7125)} | {"7141": (1000.0, 400_000.0)}


def sighting(
    number: int, postcode: str | None, days_ago: int, *themes: Theme, sector: Sector | None = None
) -> Sighting:
    day = TODAY - timedelta(days=days_ago)
    return Sighting(f"case {number}", f"Z-2020-{number:06}", day, postcode, themes or (Theme.WORK,), sector)


ELSEWHERE = [sighting(n, str(7100 + n % 25), 3 + n % 25) for n in range(50)]
HERE = [sighting(100 + n, "7141", n % 2) for n in range(5)]


@pytest.mark.plan("S02")
def test_signals_from_one_place_within_days_are_a_cluster_with_its_members() -> None:
    (found,) = clusters([*ELSEWHERE, *HERE], POINTS, TODAY, NOW)
    assert (found.theme, found.centre, found.places, found.observed) == (Theme.WORK, "7141", ("7141",), 5)
    assert (found.start, found.end) == (TODAY - timedelta(days=1), TODAY)
    assert found.recurrence_days >= 100
    assert [member.number for member in found.members] == [f"Z-2020-{100 + n:06}" for n in range(5)]


@pytest.mark.plan("S02")
def test_reports_of_one_situation_make_no_cluster_and_no_pairs() -> None:
    often = [replace(HERE[0], day=TODAY - timedelta(days=n % 3)) for n in range(60)]
    assert clusters([*ELSEWHERE, *often], POINTS, TODAY, NOW) == []
    (found,) = interactions([*ELSEWHERE[:25], *often], POINTS)
    assert (found.signals, found.close_pairs) == (26, 0)


def test_reports_of_one_situation_hide_no_cluster_elsewhere() -> None:
    often = [replace(ELSEWHERE[0], day=TODAY) for _ in range(200)]
    (alone,) = clusters([*ELSEWHERE, *HERE], POINTS, TODAY, NOW)
    (found,) = clusters([*ELSEWHERE, *often, *HERE], POINTS, TODAY, NOW)
    assert (found.observed, found.expected) == (alone.observed, alone.expected)


def test_of_a_case_the_first_signal_that_can_be_placed_counts() -> None:
    unplaced, first, later = (
        replace(HERE[0], postcode=postcode, day=TODAY - timedelta(days=days))
        for postcode, days in ((None, 9), ("7141", 4), ("7101", 1))
    )
    assert first_of_each(Theme.WORK, [later, unplaced, first]) == [first]
    assert first_of_each(Theme.WORK, [unplaced]) == [unplaced]
    assert first_of_each(Theme.HOUSING, [first]) == []


def test_each_theme_is_watched_by_itself() -> None:
    mixed = [replace(one, themes=(Theme.HOUSING if n % 2 else Theme.TRANSPORT,)) for n, one in enumerate(HERE[:4])]
    assert clusters([*ELSEWHERE, *mixed], POINTS, TODAY, NOW) == []


@pytest.mark.plan("S02")
def test_knox_checks_whether_place_and_time_go_together() -> None:
    apart = ELSEWHERE[:25]
    (alone,) = interactions(apart, POINTS)
    (found,) = interactions([*apart, *HERE], POINTS)
    assert (found.theme, found.signals, found.metres, found.days) == (Theme.WORK, 30, 3_000.0, 7)
    assert (alone.close_pairs, found.close_pairs) == (0, 10)
    assert found.expected < 10
    assert found.p <= 3 / (PERMUTATIONS + 1)
    assert alone.p == 1


def test_knox_says_nothing_of_themes_with_few_or_very_many_signals() -> None:
    assert interactions(HERE[:2], POINTS) == []
    assert interactions([sighting(n, "7141", 0) for n in range(watch.MOST_SIGNALS + 1)], POINTS) == []


@pytest.mark.parametrize("less", [[], HERE[:2], [replace(one, postcode=None) for one in HERE]])
def test_fewer_than_three_signals_that_can_be_placed_are_none(less: list[Sighting]) -> None:
    assert clusters([*ELSEWHERE, *less], POINTS, TODAY, NOW) == []


def test_a_cluster_that_shows_again_is_the_same_and_keeps_its_first_moment() -> None:
    (known,) = clusters([*ELSEWHERE, *HERE], POINTS, TODAY, NOW)
    (found,) = clusters([*ELSEWHERE, *HERE, sighting(200, "7141", 0)], POINTS, TODAY, NOW + timedelta(hours=1))
    assert continues(known, found)
    seen = as_seen(known, found)
    assert seen is not None
    assert (seen.observed, seen.detected_at) == (6, NOW)
    assert as_seen(known, replace(known, detected_at=NOW + timedelta(hours=1))) is None
    assert as_seen(None, found) == found


def test_another_theme_another_place_or_much_later_is_another_cluster() -> None:
    (known,) = clusters([*ELSEWHERE, *HERE], POINTS, TODAY, NOW)
    assert not continues(known, replace(known, theme=Theme.HOUSING))
    assert not continues(known, replace(known, places=("7142",)))
    assert not continues(known, replace(known, end=known.end + timedelta(days=8)))


def test_a_sector_that_jumps_raises_an_alarm_from_three_signals_on() -> None:
    base = [sighting(n, None, n, sector=Sector.MEAT) for n in range(1, 28)]
    many = [sighting(100 + n, None, 0, sector=Sector.MEAT) for n in range(3)]
    risen = {rise.sector: rise for rise in rises([*base, *many], TODAY)}
    assert risen[Sector.MEAT].counts == (1,) * 27 + (3,)
    assert risen[Sector.MEAT].alarms == (Method.C1, Method.C2)
    assert risen[Sector.MEAT].verdicts[Method.C3].alarm is None
    fewer = {rise.sector: rise for rise in rises([*base, *many[:2]], TODAY)}
    assert fewer[Sector.MEAT].verdicts[Method.C1].alarm
    assert fewer[Sector.MEAT].alarms == ()
    assert set(risen) == set(Sector)


def test_a_member_is_a_case_with_signals_inside_and_nobody_else() -> None:
    old = sighting(300, "7141", 20)
    (found,) = clusters([*ELSEWHERE, *HERE, old, HERE[0]], POINTS, TODAY, NOW)
    assert isinstance(found, DetectedCluster)
    assert Member("case 300", "Z-2020-000300", "7141") not in found.members
    assert len(found.members) == 5


def test_a_theme_with_more_signals_than_can_be_scanned_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = [sighting(200 + n, "7141", n % 2, Theme.TRANSPORT) for n in range(5)]
    monkeypatch.setattr(watch, "MOST_SIGNALS", 20)
    assert unscanned([*ELSEWHERE, *HERE, *transport]) == [Theme.WORK]
    assert Theme.WORK not in {found.theme for found in clusters([*ELSEWHERE, *HERE], POINTS, TODAY, NOW)}
