"""A promise of the hotline to call somebody back: when, in which language, and how it ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.intake.domain.signal import Entry, NotAllowed

MOST_ATTEMPTS = 20


class CallbackState(StrEnum):
    """Whether somebody still has to call."""

    OPEN = "open"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Callback:
    """Whom to call lies encrypted apart; the language is kept only until the call is over."""

    signal: str
    due: datetime
    language: str | None = None
    state: CallbackState = CallbackState.OPEN
    history: tuple[Entry, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state is CallbackState.OPEN


def ended(callback: Callback, state: CallbackState, who: str, at: datetime) -> Callback:
    """The call was made, or is given up; nothing of how to reach the person stays."""
    _demand_open(callback)
    entry = Entry(at, state.value, who)
    return replace(callback, state=state, language=None, history=(*callback.history, entry))


def postponed(callback: Callback, due: datetime, who: str, at: datetime) -> Callback:
    """Nobody answered, or another moment was agreed."""
    _demand_open(callback)
    if due <= at:
        raise NotAllowed("the new moment is past")
    entry = Entry(at, "postponed", who)
    return replace(callback, due=due, history=(*callback.history, entry)[-MOST_ATTEMPTS:])


def _demand_open(callback: Callback) -> None:
    if not callback.is_open:
        raise NotAllowed("the call-back has ended")
