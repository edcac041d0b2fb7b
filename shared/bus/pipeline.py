"""Two batches in flight: one is loaded and decided while the one before it is being written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from shared.bus.documents import Conflict, RefusedByDatabase
from shared.bus.message import Record
from shared.bus.stage import Ahead, Entry, Plan, Stage

log = structlog.get_logger()


class Flight:
    """A batch on its way into the database."""

    def __init__(self, ahead: Ahead | None, stumbled: bool) -> None:
        self.ahead = ahead
        # Once a batch did not come about as planned, what was decided on top of it does not hold.
        self.stumbled = stumbled
        self.task: asyncio.Task[None] | None = None


class Pipeline:
    """Feeds a stage. Batches are written in order, and none before its predecessor is there."""

    def __init__(self, stage: Stage[Any]) -> None:
        self._stage = stage
        self._flight: Flight | None = None

    @property
    def busy(self) -> bool:
        """Whether a batch is being written now."""
        return self._flight is not None and self._flight.task is not None and not self._flight.task.done()

    async def put(self, records: Sequence[Record], done: Callable[[], None]) -> None:
        """Decide on a batch and begin to write it; `done` is called when it is in for good.

        Returns early, while the batch is being written, unless the one before still is. Raises what an earlier
        batch could not be finished for.
        """
        entries = self._stage.read(records)
        earlier = self._flight
        plan = await self._planned(entries, earlier)
        await self.drain()
        if earlier is not None and earlier.stumbled:
            plan = None
        flight = Flight(plan.ahead() if plan else None, stumbled=plan is None)
        flight.task = asyncio.create_task(self._write(flight, entries, plan, done), name="bus-flight")
        self._flight = flight

    async def drain(self) -> None:
        """Wait until nothing is in flight."""
        if self._flight is not None and self._flight.task is not None:
            await asyncio.shield(self._flight.task)
            self._flight = None

    def abandon(self) -> None:
        """Write nothing any more, whatever is in flight."""
        if self._flight is not None and self._flight.task is not None:
            self._flight.task.cancel()
        self._flight = None

    async def _planned(self, entries: Sequence[Entry], earlier: Flight | None) -> Plan | None:
        if earlier is not None and earlier.ahead is None:
            return None
        try:
            return await self._stage.prepare(entries, earlier.ahead if earlier else None)
        except Exception as error:
            log.warning("batch not decided yet", error=type(error).__name__)
            return None

    async def _write(
        self, flight: Flight, entries: Sequence[Entry], plan: Plan | None, done: Callable[[], None]
    ) -> None:
        if plan is None or not await self._carried_out(plan):
            flight.stumbled = True
            await self._stage.finish(entries)
        done()

    async def _carried_out(self, plan: Plan) -> bool:
        try:
            await self._stage.carry_out(plan)
        except (Conflict, RefusedByDatabase):
            return False
        except Exception as error:
            log.warning("batch not written yet", error=type(error).__name__)
            return False
        return True
