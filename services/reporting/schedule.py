"""Time in: senders of refused messages are told soon, and partners that get their topic later are told then."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from pymongo.errors import PyMongoError

from services.reporting.use_cases.distribution import Distribution
from shared.bus.documents import Conflict
from shared.mongo import Database

log = structlog.get_logger()

LOOK_FOR_PARTNERS_EVERY = 30.0
"""Seconds until a partner that was added is told what waits for it."""

PAUSE = 0.2


class Deliveries:
    """Looks at rejections whenever something was saved, and at partners that were added now and then."""

    def __init__(self, database: Database, distribution: Distribution) -> None:
        self._distribution = distribution
        self._saved = asyncio.Event()
        database.after_save.append(self._saved.set)

    async def run(self) -> None:
        """Deliver until cancelled."""
        loop = asyncio.get_running_loop()
        look_at = loop.time()
        while True:
            self._saved.clear()
            await _tried(self._distribution.deliver_rejections)
            if loop.time() >= look_at:
                await _tried(self._distribution.deliver_reports)
                look_at = loop.time() + LOOK_FOR_PARTNERS_EVERY
            # Many saves in a row are one reason to look.
            await asyncio.sleep(PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(look_at):
                    await self._saved.wait()


async def _tried(deliver: Callable[[], Awaitable[None]]) -> None:
    try:
        await deliver()
    except (PyMongoError, Conflict) as error:
        log.warning("waiting notices not delivered yet", error=type(error).__name__)
