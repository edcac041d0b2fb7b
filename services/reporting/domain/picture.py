"""The operational picture: every intervention with its state, and for repressive ones the lead time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.vocabulary import Grade, InterventionKind, InterventionState

_BEFORE_VISIT = (
    InterventionState.PROPOSED,
    InterventionState.DECIDED,
    InterventionState.PREPARED,
    InterventionState.STAFFED,
)
UNFINISHED = (*_BEFORE_VISIT, InterventionState.UNDER_WAY, InterventionState.COMPLETED)
"""The states in which somebody still has something to do."""

UNFINISHED_VALUES = tuple(state.value for state in UNFINISHED)


@dataclass(frozen=True, slots=True)
class Reached:
    """A state and when the intervention came into it first."""

    state: InterventionState
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """An intervention as planning told it last; no name and no address, since every member sees it."""

    number: str
    kind: InterventionKind
    state: InterventionState
    grade: Grade | None
    region: str | None
    municipality: str | None
    coordinator_name: str
    due_at: datetime | None
    changed_at: datetime
    reached: tuple[Reached, ...] = ()

    def following(self, before: "Seen | None") -> "Seen":
        """This latest picture with the moments of the earlier one kept."""
        known = before.reached if before else ()
        if any(reached.state == self.state for reached in known):
            return replace(self, reached=known)
        return replace(self, reached=(*known, Reached(self.state, self.changed_at)))

    def when(self, state: InterventionState) -> datetime | None:
        """When it came into this state, if it did."""
        return next((reached.at for reached in self.reached if reached.state == state), None)

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def before_visit(self) -> bool:
        return self.state in _BEFORE_VISIT

    def lead_time(self, now: datetime) -> timedelta | None:
        """From proposal until the team was on site, still running before that; None when it never came."""
        began, on_site = self.when(InterventionState.PROPOSED), self.when(InterventionState.UNDER_WAY)
        if began is None or (on_site is None and not self.before_visit):
            return None
        return (on_site or now) - began

    def on_time(self, now: datetime) -> bool | None:
        """Whether the team came within the 24 hours of the case; None when there is no such term or no visit."""
        on_site = self.when(InterventionState.UNDER_WAY)
        if self.due_at is None or (on_site is None and not self.before_visit):
            return None
        return (on_site or now) <= self.due_at
