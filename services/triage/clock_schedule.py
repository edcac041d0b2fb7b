"""Time in: when to look at the clocks that run."""

import asyncio

import structlog
from pymongo.errors import PyMongoError

from services.triage.use_cases.escalating import Escalation
from shared.bus.bus import Bus
from shared.bus.documents import Conflict

log = structlog.get_logger()

EVERY_SECONDS = 20.0


class ClockSchedule:
    """Looks again and again; only in the process that publishes for its service."""

    def __init__(self, escalation: Escalation, bus: Bus) -> None:
        self._escalation = escalation
        self._bus = bus

    async def keep_looking(self) -> None:
        """Look until the service stops; what was not told now is told at the next look."""
        while True:
            if self._bus.relay_holder:
                try:
                    await self._escalation.run()
                except (PyMongoError, Conflict) as error:
                    log.warning("clocks not looked at", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)
