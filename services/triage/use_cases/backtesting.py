"""Back-tests: one at a time, in a thread and with rests, so that signals go on being graded meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from uuid import uuid4

import structlog
from pymongo.errors import PyMongoError

from services.triage.domain.backtest import Graded, PastCase, StoredCase, Tally, replayed, replayed_from_store
from services.triage.domain.case import Actor
from services.triage.domain.rulebook import Rulebook
from services.triage.domain.ruleset import Ruleset
from services.triage.store import PastCases
from services.triage.store.backtests import Backtests, Run, RunState, outcome_of

log = structlog.get_logger()

PIECE = 50
RESTS_PER_PIECE = 2
"""It rests so many times as long as it reckoned, so that two thirds of its thread's time are left to grading."""

MOST_CHANGES = 500
"""A page shows no more; of all that change the number is told."""

_TELLS_EVERY = 0.5


class TooMany(Exception):
    """So many back-tests wait already that another would only wait behind them."""


MOST_WAITING = 5

Work = Callable[[], AsyncIterator[list[Graded]]]


@dataclass
class Backtesting:
    """The verbs of back-tests, with what they need; `clock` is the time that others see."""

    past: PastCases
    runs: Backtests
    rules: Rulebook
    clock: Callable[[], datetime]
    _waiting: dict[str, Work] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def of_platform(self, against: Ruleset, who: Actor) -> str:
        """Replay every case of the platform; returns the id of the run. Raises TooMany."""
        total = await self.past.count()
        return await self._begin(self._run(against, who, total), partial(self._stored, against))

    async def of_file(self, cases: Sequence[PastCase], against: Ruleset, before: Ruleset, who: Actor) -> str:
        """Replay the cases of a file; returns the id of the run. Raises TooMany."""
        run = self._run(against, who, len(cases), before.version)
        return await self._begin(run, partial(self._told, cases, before, against))

    async def keep_working(self) -> None:
        """Work through what people start, until the service stops."""
        await _until_done(self.runs.prepare)
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._waiting:
                id_, work = next(iter(self._waiting.items()))
                del self._waiting[id_]
                await self._work(id_, work)

    async def _begin(self, run: Run, work: Work) -> str:
        if len(self._waiting) >= MOST_WAITING:
            raise TooMany
        id_ = str(uuid4())
        await self.runs.add(id_, run)
        self._waiting[id_] = work
        self._woken.set()
        return id_

    def _run(self, against: Ruleset, who: Actor, total: int, before: str | None = None) -> Run:
        return Run(
            at=self.clock(),
            by=who.name,
            organisation=who.organisation,
            against=against.version,
            title=against.title,
            from_file=before is not None,
            before=before,
            total=total,
            alive_at=self.clock(),
        )

    async def _work(self, id_: str, work: Work) -> None:
        tally, told_at = Tally(MOST_CHANGES), monotonic()
        try:
            await self.runs.note(id_, self.clock(), state=RunState.RUNNING)
            async for graded in work():
                tally.add(graded)
                if monotonic() - told_at > _TELLS_EVERY:
                    await self.runs.note(id_, self.clock(), done=tally.cases)
                    await self.runs.still_wait(list(self._waiting), self.clock())
                    told_at = monotonic()
            outcome = outcome_of(tally)
            await self.runs.note(id_, self.clock(), done=tally.cases, outcome=outcome, state=RunState.DONE)
        except Exception as error:
            # Whatever it was, the clocks and looks of this process must go on.
            log.warning("back-test not finished", error=type(error).__name__)
            await _until_done(lambda: self.runs.note(id_, self.clock(), state=RunState.FAILED))

    async def _stored(self, against: Ruleset) -> AsyncIterator[list[Graded]]:
        async for cases in self.past.pieces(PIECE):
            yield await _with_rest(partial(_replay_stored, cases, self.rules, against))

    async def _told(self, cases: Sequence[PastCase], before: Ruleset, against: Ruleset) -> AsyncIterator[list[Graded]]:
        for begin in range(0, len(cases), PIECE):
            yield await _with_rest(partial(_replay, cases[begin : begin + PIECE], before, against))


async def _with_rest(reckon: Callable[[], list[Graded]]) -> list[Graded]:
    began = monotonic()
    graded = await asyncio.to_thread(reckon)
    await asyncio.sleep(RESTS_PER_PIECE * (monotonic() - began))
    return graded


def _replay_stored(cases: Sequence[StoredCase], rules: Rulebook, against: Ruleset) -> list[Graded]:
    return [replayed_from_store(case, rules, against) for case in cases]


def _replay(cases: Sequence[PastCase], before: Ruleset, against: Ruleset) -> list[Graded]:
    return [replayed(case, before, against) for case in cases]


async def _until_done(act: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await act()
        except PyMongoError:
            await asyncio.sleep(1)
        else:
            return
