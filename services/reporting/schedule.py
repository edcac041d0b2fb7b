"""Time in: partners that get their topic later are told what waits for them."""

import asyncio
from contextlib import suppress

import structlog
from pymongo.errors import PyMongoError

from services.reporting.use_cases.distribution import Distribution
from shared.bus.documents import Conflict
from shared.mongo import Database

log = structlog.get_logger()

EVERY_SECONDS = 30
PAUSE_SECONDS = 0.2


class Deliveries:
    """Looks at what waits whenever something was saved, and now and then for partners that were added."""

    def __init__(self, database: Database, distribution: Distribution) -> None:
        self._distribution = distribution
        self._saved = asyncio.Event()
        database.after_save.append(self._saved.set)

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._saved.clear()
            try:
                await self._distribution.deliver_waiting()
            except (PyMongoError, Conflict) as error:
                log.warning("waiting notices not delivered yet", error=type(error).__name__)
                await asyncio.sleep(1)
            # Many saves in a row are one reason to look.
            await asyncio.sleep(PAUSE_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._saved.wait()
