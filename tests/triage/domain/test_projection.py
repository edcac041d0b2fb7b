"""What finished clocks let expect of one that runs: medians and nine in ten, never a guess from too few."""

from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.triage.domain.clock import Clock, StopReason
from services.triage.domain.projection import LEAST_RUNS, Outlook, Projection, Run, projected, quantile, run_of
from shared.vocabulary import ClockStage
from tests.triage.builders import NOON, after

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RECEIVED, GRADED, CONSULTED, DECIDED, STAFFED, ON_SITE = ClockStage


def clock(at: datetime = NOON) -> Clock:
    return Clock(at, "s1", at)


def run(**hours: float) -> Run:
    """A finished clock that reached these stages after so many hours."""
    lengths = {ClockStage(stage): timedelta(hours=number) for stage, number in hours.items()}
    return {RECEIVED: timedelta(0), GRADED: timedelta(0), **lengths}


def runs_on_site_after(*hours: float) -> list[Run]:
    return [run(on_site=number) for number in hours]


def in_order(steps: list[int]) -> Run:
    """A run through every stage, the minutes between them given."""
    return dict(zip(ClockStage, (timedelta(minutes=total) for total in accumulate([0, *steps])), strict=True))


WHOLE_RUNS = st.lists(st.integers(0, 900), min_size=5, max_size=5).map(in_order)
PASTS = st.lists(WHOLE_RUNS, min_size=LEAST_RUNS, max_size=24)
REACHED_COUNTS = st.integers(0, 3)


def reached_after(count: int, start: datetime, step: timedelta = timedelta(minutes=50)) -> dict[ClockStage, datetime]:
    """The first stages of planning, so many of them, each some time after the one before."""
    return {stage: start + (n + 1) * step for n, stage in enumerate((CONSULTED, DECIDED, STAFFED)[:count])}


@pytest.mark.plan("S08")
def test_the_median_is_likely_and_nine_in_ten_is_the_latest() -> None:
    found = projected(clock(), {}, runs_on_site_after(*range(1, 11)), NOON)
    (on_site,) = found.stages
    assert (on_site.stage, on_site.likely_at, on_site.at_latest) == (ON_SITE, after(hours=5), after(hours=9))
    assert (found.outlook, found.late, found.alike) == (Outlook.ON_TIME, 0, 10)


@pytest.mark.plan("S08")
@pytest.mark.parametrize(
    ("hours", "outlook", "late"),
    [
        ([20] * 10, Outlook.ON_TIME, 0),
        ([24] * 10, Outlook.ON_TIME, 0),
        ([20] * 9 + [30], Outlook.ON_TIME, 1),
        ([20] * 8 + [30] * 2, Outlook.MAY_BE_LATE, 2),
        ([20] * 5 + [30] * 5, Outlook.MAY_BE_LATE, 5),
        ([20] * 4 + [30] * 6, Outlook.LIKELY_LATE, 6),
    ],
)
def test_a_breach_is_foretold_from_how_many_came_too_late(hours: list[float], outlook: Outlook, late: int) -> None:
    found = projected(clock(), {}, runs_on_site_after(*hours), NOON)
    assert (found.outlook, found.late) == (outlook, late)


def test_who_has_waited_is_compared_with_those_that_waited_as_long() -> None:
    past = runs_on_site_after(*[2] * 50, *[22] * 10)
    assert projected(clock(), {}, past, NOON).outlook is Outlook.ON_TIME
    found = projected(clock(), {}, past, after(hours=3))
    assert (found.runs, found.alike, found.stages[0].likely_at) == (60, 10, after(hours=22))


def test_each_stage_still_to_come_has_its_own_times_and_those_passed_by_have_none() -> None:
    past = [run(consulted=1, decided=3, staffed=9, on_site=12)] * 10
    reached = {DECIDED: after(hours=2)}
    found = projected(clock(), reached, past, after(hours=2))
    assert [(one.stage, one.likely_at) for one in found.stages] == [
        (STAFFED, after(hours=8)),
        (ON_SITE, after(hours=11)),
    ]


def test_a_stage_that_hardly_anybody_passed_is_not_foretold() -> None:
    past = [run(consulted=1, on_site=5)] * 3 + [run(on_site=5)] * 10
    assert [one.stage for one in projected(clock(), {}, past, NOON).stages] == [ON_SITE]
    assert projected(clock(), {CONSULTED: NOON}, past, NOON) == Projection(runs=3)


def test_too_few_finished_clocks_say_nothing() -> None:
    assert projected(clock(), {}, runs_on_site_after(*[5] * (LEAST_RUNS - 1)), NOON) == Projection(runs=9)


def test_waiting_longer_than_nearly_all_before_is_said_and_not_reckoned_with() -> None:
    found = projected(clock(), {}, runs_on_site_after(*range(1, 21)), after(hours=18))
    assert (found.outlook, found.alike, found.stages) == (Outlook.BEHIND, 2, ())


def test_only_a_clock_that_ended_on_site_teaches() -> None:
    stopped = clock().stop(after(hours=4), StopReason.GRADE_FELL)
    there = {CONSULTED: after(hours=1), ON_SITE: after(hours=6)}
    assert run_of(stopped, there) is None
    assert run_of(clock(), {CONSULTED: after(hours=1)}) is None
    closed_later = clock().stop(after(days=3), StopReason.CASE_CLOSED)
    assert run_of(closed_later, there) == run(consulted=1, on_site=6)


@pytest.mark.plan("S08")
@pytest.mark.parametrize("day", [(2020, 10, 24), (2020, 3, 28), (2020, 12, 25), (2020, 11, 20)])
def test_nights_of_25_and_23_hours_and_weekends_shift_nothing(day: tuple[int, int, int]) -> None:
    start = datetime(*day, 20, tzinfo=AMSTERDAM).astimezone(ZoneInfo("UTC"))
    found = projected(clock(start), {}, runs_on_site_after(*[14] * 10), start)
    assert found.stages[0].likely_at - start == timedelta(hours=14)
    assert projected(clock(start), {}, runs_on_site_after(*[24] * 10), start).outlook is Outlook.ON_TIME
    past = timedelta(hours=24, seconds=1)
    late = [{**one, ON_SITE: past} for one in runs_on_site_after(*[24] * 10)]
    assert projected(clock(start), {}, late, start).outlook is Outlook.LIKELY_LATE


@pytest.mark.plan("S08")
@given(
    past=PASTS,
    count=REACHED_COUNTS,
    waited=st.integers(0, 3000),
    shift=st.integers(-400 * 24 * 60, 400 * 24 * 60),
)
@example(past=[in_order([60, 60, 60, 60, 60])] * 10, count=0, waited=0, shift=5 * 24 * 60)
def test_whenever_it_happens_the_lengths_are_the_same(past: list[Run], count: int, waited: int, shift: int) -> None:
    def at(start: datetime) -> Projection:
        reached = reached_after(count, start)
        return projected(clock(start), reached, past, max([start, *reached.values()]) + timedelta(minutes=waited))

    here, there = at(NOON), at(NOON + timedelta(minutes=shift))
    assert [(one.stage, one.likely_at + timedelta(minutes=shift)) for one in here.stages] == [
        (one.stage, one.likely_at) for one in there.stages
    ]
    assert (here.outlook, here.late, here.alike) == (there.outlook, there.late, there.alike)


@pytest.mark.plan("S08")
@given(past=PASTS, count=REACHED_COUNTS, waited=st.integers(0, 300))
def test_what_is_expected_lies_ahead_in_order_and_agrees_with_the_outlook(
    past: list[Run], count: int, waited: int
) -> None:
    reached = reached_after(count, NOON)
    now = max([NOON, *reached.values()]) + timedelta(minutes=waited)
    found = projected(clock(), reached, past, now)
    assert projected(clock(), reached, list(reversed(past)), now) == found
    assume(found.stages)
    assert all(now < one.likely_at <= one.at_latest for one in found.stages)
    likely = [one.likely_at for one in found.stages]
    assert likely == sorted(likely)
    on_site = found.stages[-1]
    assert (found.outlook is Outlook.LIKELY_LATE) == (on_site.likely_at > after(hours=24))
    assert (found.outlook is Outlook.ON_TIME) == (on_site.at_latest <= after(hours=24))
    assert 0 <= found.late <= found.alike <= found.runs == len(past)


@given(past=PASTS, sooner=st.integers(0, 150), longer=st.integers(0, 150))
def test_waiting_longer_never_brings_the_next_stage_nearer(past: list[Run], sooner: int, longer: int) -> None:
    reached = reached_after(3, NOON)
    since = reached[STAFFED]
    early = projected(clock(), reached, past, since + timedelta(minutes=sooner))
    late = projected(clock(), reached, past, since + timedelta(minutes=sooner + longer))
    assume(late.stages)
    assert early.stages[0].likely_at <= late.stages[0].likely_at


@given(lengths=st.lists(st.timedeltas(), min_size=1), share=st.floats(0, 1))
def test_a_quantile_is_the_shortest_length_that_enough_do_not_pass(lengths: list[timedelta], share: float) -> None:
    found = quantile(lengths, share)
    assert sum(one <= found for one in lengths) >= share * len(lengths)
    assert all(sum(one <= other for one in lengths) < share * len(lengths) for other in lengths if other < found)


def test_of_nothing_there_is_no_quantile() -> None:
    with pytest.raises(ValueError, match="no lengths"):
        quantile([], 0.5)
