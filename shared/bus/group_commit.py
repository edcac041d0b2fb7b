"""Group commit: what many callers want written at the same time goes to the database in one write."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_AT_ONCE = 256
"""So many of the largest documents still fit into one message to the database."""

Write = Callable[[Sequence[T]], Awaitable[Sequence[Exception | None]]]
"""Writes items in one go and answers of each, in order, why it is not stored; None means that it is."""


class GroupCommit(Generic[T]):
    """Adds no delay: an item that finds nobody writing is written at once, others wait for the write under way.

    Each caller learns the outcome of its own item. What was handed in is written even when its caller goes away.
    """

    def __init__(self, write: Write[T], most: int = MOST_AT_ONCE) -> None:
        self._write = write
        self._most = most
        self._waiting: deque[tuple[T, asyncio.Future[None]]] = deque()
        self._flusher: asyncio.Task[None] | None = None

    async def put(self, item: T) -> None:
        """Returns when the item is stored; raises why it is not."""
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, outcome))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush(), name="group-commit")
        await outcome

    async def drain(self) -> None:
        """Wait until everything handed in is written or refused."""
        while self._flusher is not None:
            await asyncio.shield(self._flusher)

    async def _flush(self) -> None:
        try:
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most))]
                outcomes = await self._outcomes([item for item, _ in group])
                for (_, outcome), why_not in zip(group, outcomes, strict=True):
                    _tell(outcome, why_not)
        finally:
            self._flusher = None

    async def _outcomes(self, items: Sequence[T]) -> Sequence[Exception | None]:
        try:
            return await self._write(items)
        except Exception as error:
            return [error] * len(items)


def _tell(outcome: asyncio.Future[None], why_not: Exception | None) -> None:
    if outcome.cancelled():
        return
    if why_not is None:
        outcome.set_result(None)
    else:
        outcome.set_exception(why_not)
