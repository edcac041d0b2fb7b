"""Where a worker is killed or held up: wrapped around the bus from outside, so that the bus has no test hooks."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from shared.bus.publisher import Publisher
from shared.bus.store import BusStore
from shared.mongo import Database

STEPS: dict[str, tuple[tuple[type, str], ...]] = {
    "write": ((Database, "save"), (Database, "insert_each")),
    "publish": ((Publisher, "send_round"),),
    "clear": ((Database, "clear"),),
    "offsets": ((BusStore, "keep_offsets"),),
    "documents": ((Database, "_write"),),
}
"""The steps of a batch and what does them. After the offsets are kept comes their commit to Kafka; after the documents
are sent, the transaction that they may be part of is still open."""

POINTS = (
    *(f"{when} {step}" for step in ("write", "publish", "clear", "offsets") for when in ("before", "after")),
    "after documents",
)


@dataclass(frozen=True)
class Disturbance:
    """`kill before write 3`: dies as it comes to its third write. `pause after publish 1.5`: waits each time."""

    act: str
    when: str
    step: str
    measure: float

    @classmethod
    def read(cls, text: str) -> Disturbance:
        act, when, step, measure = text.split()
        return cls(act, when, step, float(measure))

    def install(self) -> None:
        """Wrap the step for the rest of this process."""
        passed = count(1)
        for owner, name in STEPS[self.step]:
            setattr(owner, name, self._around(getattr(owner, name), passed))

    def _around(self, step: Callable[..., Awaitable[Any]], passed: Iterator[int]) -> Callable[..., Awaitable[Any]]:
        async def disturbed(*args: Any, **kwargs: Any) -> Any:
            nth = next(passed)
            if self.when == "before":
                await self._strike(nth)
            outcome = await step(*args, **kwargs)
            if self.when == "after":
                await self._strike(nth)
            return outcome

        return disturbed

    async def _strike(self, passed: int) -> None:
        if self.act == "pause":
            await asyncio.sleep(self.measure)
        elif passed >= self.measure:  # the very one may have failed, and then there was no after
            os.kill(os.getpid(), signal.SIGKILL)
