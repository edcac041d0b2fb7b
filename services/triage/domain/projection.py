"""When a running clock will likely reach its stages, from how long finished clocks took.

A clock is compared with finished ones that had waited at least as long after the stage it is at: who has waited ten
hours for a decision is told from those that took longer than ten hours, not from those decided within one. Of these
the median and the nine-in-ten quantile of the time still to come are taken by nearest rank, so that each is a time that
was really seen. All lengths are lengths of time in UTC: no night, weekend or change of the clocks alters them.

What it cannot see: clocks that were stopped before anybody was on site teach nothing, so that it errs to the hopeful
side where many visits fall through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from services.triage.domain.clock import Clock
from shared.vocabulary import ClockStage

LEAST_RUNS = 10
"""Fewer finished clocks to compare with say nothing."""

LIKELY, AT_LATEST = 0.5, 0.9

Run = Mapping[ClockStage, timedelta]
"""A clock that ended with somebody on site: how long after the receipt it reached each stage it passed."""


class Outlook(StrEnum):
    """What is to be expected of a clock's 24 hours; behind means that it waits longer than nearly all before it."""

    ON_TIME = "on_time"
    MAY_BE_LATE = "may_be_late"
    LIKELY_LATE = "likely_late"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Expected:
    """When a stage will likely be reached, and by when nine in ten had reached it."""

    stage: ClockStage
    likely_at: datetime
    at_latest: datetime


@dataclass(frozen=True, slots=True)
class Projection:
    """What finished clocks let expect of a running one.

    `runs` of them passed the stage it is at, `alike` of those stayed there as long, and with `late` of these somebody
    was on site too late for this clock. With too few runs there is neither stage nor outlook.
    """

    runs: int
    alike: int = 0
    late: int = 0
    stages: tuple[Expected, ...] = ()
    outlook: Outlook | None = None


def run_of(clock: Clock, reached: Mapping[ClockStage, datetime]) -> Run | None:
    """A finished clock as what others learn from it; None where nobody came on site before it was stopped."""
    moments = {ClockStage.GRADED: clock.graded_at, **reached}
    lasted = {
        stage: at - clock.started_at
        for stage, at in moments.items()
        if clock.stopped_at is None or at <= clock.stopped_at
    }
    return {ClockStage.RECEIVED: timedelta(0), **lasted} if ClockStage.ON_SITE in lasted else None


def projected(clock: Clock, reached: Mapping[ClockStage, datetime], runs: Sequence[Run], now: datetime) -> Projection:
    """What to expect of a clock that runs with nobody on site yet; `reached` are planning's stages."""
    moments = {ClockStage.RECEIVED: clock.started_at, ClockStage.GRADED: clock.graded_at, **reached}
    stage = max(moments, key=_PLACE.__getitem__)
    since = moments[stage]
    passed = [run for run in runs if stage in run]
    if len(passed) < LEAST_RUNS:
        return Projection(len(passed))
    alike = [run for run in passed if _stayed(run, stage) > now - since]
    if len(alike) < LEAST_RUNS:
        return Projection(len(passed), len(alike), outlook=Outlook.BEHIND)
    left, lengths = clock.due_at - since, [run[ClockStage.ON_SITE] - run[stage] for run in alike]
    return Projection(
        runs=len(passed),
        alike=len(alike),
        late=sum(length > left for length in lengths),
        stages=tuple(_expected(later, stage, since, alike) for later in _to_come(stage, alike)),
        outlook=_outlook(lengths, left),
    )


def quantile(lengths: Sequence[timedelta], share: float) -> timedelta:
    """The shortest of these lengths that at least such a share of them does not pass; raises ValueError for none."""
    if not lengths:
        raise ValueError("of no lengths there is no quantile")
    return sorted(lengths)[max(ceil(share * len(lengths)), 1) - 1]


def _outlook(lengths: Sequence[timedelta], left: timedelta) -> Outlook:
    if quantile(lengths, LIKELY) > left:
        return Outlook.LIKELY_LATE
    return Outlook.MAY_BE_LATE if quantile(lengths, AT_LATEST) > left else Outlook.ON_TIME


def _stayed(run: Run, stage: ClockStage) -> timedelta:
    """How long a run stood at a stage that it passed."""
    return min(at for later, at in run.items() if _is_after(later, stage)) - run[stage]


def _to_come(stage: ClockStage, alike: Sequence[Run]) -> list[ClockStage]:
    """The later stages that enough of these runs passed."""
    return [
        later for later in ClockStage if _is_after(later, stage) and sum(later in run for run in alike) >= LEAST_RUNS
    ]


def _expected(later: ClockStage, stage: ClockStage, since: datetime, alike: Sequence[Run]) -> Expected:
    lengths = [run[later] - run[stage] for run in alike if later in run]
    return Expected(later, since + quantile(lengths, LIKELY), since + quantile(lengths, AT_LATEST))


_PLACE = {stage: place for place, stage in enumerate(ClockStage)}


def _is_after(later: ClockStage, stage: ClockStage) -> bool:
    return _PLACE[later] > _PLACE[stage]
