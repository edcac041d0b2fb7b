"""The 24-hour clock of a case: when it starts, when it stops, and how far the work has come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from shared.vocabulary import ClockStage, Grade

TERM = timedelta(hours=24)


class StopReason(StrEnum):
    """Why a clock no longer runs."""

    GRADE_FELL = "grade_fell"
    CASE_CLOSED = "case_closed"
    REGROUPED = "regrouped"


class Threshold(StrEnum):
    """What of its 24 hours a clock has used up when people are to be told."""

    HALF = "half"
    FOUR_FIFTHS = "four_fifths"
    BREACH = "breach"

    @property
    def share(self) -> float:
        """The part of the term that has gone by."""
        return {Threshold.HALF: 0.5, Threshold.FOUR_FIFTHS: 0.8, Threshold.BREACH: 1.0}[self]


@dataclass(frozen=True, slots=True)
class Clock:
    """One run of the clock, in UTC; started by the receipt of a signal, stopped for a reason that is kept.

    `escalated` are the thresholds that were told; `lent_by` is the case whose clock goes on here, since signals of
    it came.
    """

    started_at: datetime
    started_by: str
    graded_at: datetime
    stopped_at: datetime | None = None
    stopped_for: StopReason | None = None
    escalated: tuple[Threshold, ...] = ()
    lent_by: str | None = None

    @property
    def due_at(self) -> datetime:
        """24 hours later; in UTC, so that a night with 25 hours does not give one away."""
        return self.started_at + TERM

    def passes_at(self, threshold: Threshold) -> datetime:
        """When so much of the 24 hours has gone by."""
        return self.started_at + TERM * threshold.share

    @property
    def runs(self) -> bool:
        return self.stopped_at is None

    def stop(self, at: datetime, reason: StopReason) -> "Clock":
        return replace(self, stopped_at=at.astimezone(UTC), stopped_for=reason)


def start(received_at: datetime, signal: str, graded_at: datetime) -> Clock:
    """A clock that runs from the receipt of the signal that raised the grade."""
    return Clock(received_at.astimezone(UTC), signal, graded_at.astimezone(UTC))


def moved(
    clocks: tuple[Clock, ...], grade: Grade, signal: str, received_at: datetime, now: datetime
) -> tuple[Clock, ...]:
    """The clocks of a case after a grade, the last one being the one that counts.

    High and critical start one unless it runs; a fall below high stops it; from high to critical changes nothing.
    """
    running = bool(clocks) and clocks[-1].runs
    if grade.calls_for_visit and not running:
        return (*clocks, start(received_at, signal, now))
    if not grade.calls_for_visit and running:
        return stopped(clocks, now, StopReason.GRADE_FELL)
    return clocks


def stopped(clocks: tuple[Clock, ...], now: datetime, reason: StopReason) -> tuple[Clock, ...]:
    """The clocks with the running one, if any, stopped on record."""
    if not clocks or not clocks[-1].runs:
        return clocks
    return (*clocks[:-1], clocks[-1].stop(now, reason))


def regrouped(
    clocks: tuple[Clock, ...],
    grade: Grade,
    signal: str,
    at: datetime,
    *,
    lent: Clock | None = None,
    left: frozenset[str] = frozenset(),
    back: bool = False,
) -> tuple[Clock, ...]:
    """The clocks of a case after a person moved signals between it and another.

    `lent` is the clock that runs where signals came from: of two the earlier start holds, so that nobody gains time.
    When signals go back to a case in `left`, or come `back` here, a clock of its own that stopped for them goes on.
    """
    if not grade.calls_for_visit:
        return stopped(clocks, at, StopReason.REGROUPED)
    running = clocks[-1] if clocks and clocks[-1].runs else None
    own = _own_waiting(clocks)
    if own and running and running.lent_by in left:
        return (*stopped(clocks, at, StopReason.REGROUPED), _going_on(own, None))
    if own and not running and (left or back) and not _interrupted(own, lent):
        return (*clocks, _going_on(own, lent))
    if lent and (not running or lent.started_at < running.started_at):
        return (*stopped(clocks, at, StopReason.REGROUPED), lent)
    return moved(clocks, grade, signal, at, at)


def _own_waiting(clocks: tuple[Clock, ...]) -> Clock | None:
    """The last clock of the case's own, if it stopped for nothing but a regrouping."""
    own = next((clock for clock in reversed(clocks) if clock.lent_by is None), None)
    return own if own and own.stopped_for is StopReason.REGROUPED else None


def _interrupted(own: Clock, lent: Clock | None) -> bool:
    """Whether the clock of the other case was set going anew while this one stood still."""
    return bool(lent and own.stopped_at and lent.started_at > own.stopped_at)


def _going_on(own: Clock, lent: Clock | None) -> Clock:
    """The same clock, running again; what the other case told of the same 24 hours is told."""
    told = lent.escalated if lent and lent.started_at == own.started_at else ()
    escalated = tuple(threshold for threshold in Threshold if threshold in {*own.escalated, *told})
    return replace(own, stopped_at=None, stopped_for=None, escalated=escalated)


@dataclass(frozen=True, slots=True)
class StageReached:
    """One stage of a clock; `at` is None while it is still to come."""

    stage: ClockStage
    at: datetime | None


def stages(clock: Clock, later: Mapping[ClockStage, datetime]) -> tuple[StageReached, ...]:
    """Every stage in order: received and graded are the clock's own, the later ones come from planning."""
    reached = {ClockStage.RECEIVED: clock.started_at, ClockStage.GRADED: clock.graded_at, **later}
    return tuple(StageReached(stage, reached.get(stage)) for stage in ClockStage)


def passed(clock: Clock, now: datetime) -> tuple[Threshold, ...]:
    """What a running clock has used up by now, in order."""
    return tuple(threshold for threshold in Threshold if clock.runs and now >= clock.passes_at(threshold))


def breached(clock: Clock, on_site_at: datetime | None, now: datetime) -> bool:
    """Whether nobody was on site within the term; a clock that stopped in time is not breached."""
    end = on_site_at or clock.stopped_at or now
    return end > clock.due_at
