"""Back-tests that people started: how far each is, and what came out; the database itself forgets them in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from services.triage.domain.backtest import Graded, Score, Tally
from shared.mongo import Database
from shared.vocabulary import Grade

KEPT_FOR = timedelta(days=30)
_LATEST = 20


class RunState(StrEnum):
    """Where a back-test is; a run whose process ended is found by its silence."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out: counts, how good either set of rules was, and the cases graded otherwise as far as kept."""

    cases: int
    looked_at: int
    changed: int
    moves: tuple[tuple[Grade, Grade, int], ...]
    scores: tuple[Score, Score]
    changes: tuple[Graded, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One back-test: which rules, over the platform's own cases or over a file, and how it stands.

    `before` is the version compared with, None where each case has the rules of its day; `alive_at` is when its
    process last said that it works on it.
    """

    at: datetime
    by: str
    organisation: str
    against: str
    title: str
    from_file: bool
    before: str | None
    total: int
    alive_at: datetime
    done: int = 0
    state: RunState = RunState.WAITING
    outcome: Outcome | None = None

    def is_silent(self, now: datetime) -> bool:
        """Whether nobody works on it any more though it is not done."""
        waits = self.state in (RunState.WAITING, RunState.RUNNING)
        return waits and now - self.alive_at > timedelta(minutes=1)


_RUN = TypeAdapter(Run)


def outcome_of(tally: Tally) -> Outcome:
    """What a tally has counted by now."""
    by_grade = sorted(tally.pairs.items(), key=lambda pair: (-pair[0][0].rank, -pair[0][1].rank))
    moves = tuple((before, after, count) for (before, after), count in by_grade)
    return Outcome(tally.cases, tally.looked_at, tally.changed, moves, tally.scores(), tuple(tally.changes()))


class Backtests:
    """The collection; it holds no uploaded file, only what was counted."""

    def __init__(self, database: Database) -> None:
        self._runs = database.raw["backtests"]
        self._told = database.after_save

    async def prepare(self) -> None:
        """Let the database itself remove what is too old."""
        await self._runs.create_index("expires", expireAfterSeconds=0)

    async def add(self, id_: str, run: Run) -> None:
        """A run that waits for its turn."""
        await self._runs.insert_one({"_id": id_, "expires": run.at + KEPT_FOR, **_mapped(_fields(run))})
        self._tell()

    async def get(self, id_: str) -> Run | None:
        """How a run stands."""
        stored = await self._runs.find_one({"_id": id_})
        return _RUN.validate_python(_without_keys(stored)) if stored else None

    async def latest(self) -> list[tuple[str, Run]]:
        """The newest runs, without what came out."""
        found = self._runs.find({}, {"outcome": 0}, sort=[("at", -1)], limit=_LATEST)
        return [(stored["_id"], _RUN.validate_python(_without_keys(stored))) async for stored in found]

    async def note(self, id_: str, now: datetime, **changed: Any) -> None:
        """So far it is now."""
        await self._runs.update_one({"_id": id_}, {"$set": {"alive_at": now, **_mapped(changed)}})
        self._tell()

    async def still_wait(self, ids: Sequence[str], now: datetime) -> None:
        """These have their turn after the one that runs."""
        if ids:
            await self._runs.update_many({"_id": {"$in": list(ids)}}, {"$set": {"alive_at": now}})

    def _tell(self) -> None:
        for tell in self._told:
            tell()


_OUTCOME = TypeAdapter(Outcome)


def _fields(run: Run) -> dict[str, Any]:
    return {entry.name: getattr(run, entry.name) for entry in fields(Run)}


def _mapped(values: Mapping[str, Any]) -> dict[str, Any]:
    """As BSON holds it: an outcome with keys of text, states as their value, moments as moments."""
    return {name: _held(value) for name, value in values.items()}


def _held(value: Any) -> Any:
    if isinstance(value, Outcome):
        return _OUTCOME.dump_python(value, mode="json")
    return value.value if isinstance(value, RunState) else value


def _without_keys(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name not in ("_id", "expires")}
