"""Time in: when to look for clusters and to rank the sectors anew."""

import asyncio
from contextlib import suppress
from time import monotonic

import structlog
from pymongo.errors import PyMongoError

from services.triage.use_cases.detecting import Detection
from services.triage.use_cases.ranking import SectorRanking
from shared.bus.bus import Bus
from shared.bus.documents import Conflict

log = structlog.get_logger()

EVERY_SECONDS = 3600.0
QUIET_SECONDS = 20.0
"""No news for so long ends a rush; a rush is looked at once, when it is over or the hour is."""

RESTS_PER_LOOK = 10
"""It rests so many times as long as it looked, so that looking takes little of the machine from grading."""


class DetectionSchedule:
    """Looks every hour, and soon after `news` of signals; only in the process that publishes for its service."""

    def __init__(self, detection: Detection, ranking: SectorRanking, bus: Bus, news: asyncio.Event) -> None:
        self._detection = detection
        self._ranking = ranking
        self._bus = bus
        self._news = news

    async def keep_looking(self) -> None:
        """Look again and again until the service stops."""
        while True:
            began = monotonic()
            if self._bus.relay_holder:
                await self._look()
            await asyncio.sleep(RESTS_PER_LOOK * (monotonic() - began))
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._quiet_after_news()

    async def _quiet_after_news(self) -> None:
        await self._news.wait()
        while self._news.is_set():
            self._news.clear()
            await asyncio.sleep(QUIET_SECONDS)

    async def _look(self) -> None:
        try:
            clusters, sectors = await self._detection.run(), await self._ranking.run()
        except (PyMongoError, Conflict) as error:
            # What was not seen now is seen at the next look.
            log.warning("signals and sectors not looked at", error=type(error).__name__)
        else:
            log.info("looked at signals and sectors", clusters=clusters, sectors=sectors)
