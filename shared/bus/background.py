"""Works that go on for as long as a process lives: none ends unseen, and none outlives its owner."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger()

ASK_AGAIN_EVERY = 0.2


class Background:
    """Runs works side by side, each without an end.

    A work that ends by itself met something nobody foresaw. The process is then stopped in good order, for its
    supervisor to start it again: a relay that no longer renews its lease, or a consumer that no longer commits, would
    do harm without a sign.
    """

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, *works: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin all of them."""
        for work in works:
            self._tasks.append(asyncio.create_task(_minded(work), name=f"bus{work.__name__}"))

    async def stop(self, within: float) -> None:
        """End all of them, or leave them after this many seconds.

        A client library may lose a cancellation that comes at the moment it has its answer, so each is asked until it
        has ended.
        """
        deadline = time.monotonic() + within
        going = set(self._tasks)
        while going and time.monotonic() < deadline:
            for task in going:
                task.cancel()
            _, going = await asyncio.wait(going, timeout=ASK_AGAIN_EVERY)
        for task in going:
            log.error("a work of the bus does not end", work=task.get_name())
        self._tasks.clear()


async def _minded(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    why: BaseException | None = None
    try:
        await work()
    except asyncio.CancelledError as cancellation:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # Not this work was cancelled but what it waited for, within a client library.
        why = cancellation
    except Exception as error:
        why = error
    log.error("a work of the bus ended; stopping, to be started again", work=work.__name__, exc_info=why)
    signal.raise_signal(signal.SIGTERM)
