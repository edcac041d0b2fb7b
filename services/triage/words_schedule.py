"""Once after the start: cases of older releases get the words that people search by."""

import asyncio

import structlog
from pymongo.errors import PyMongoError

from services.triage.store import Cases

log = structlog.get_logger()

PAUSE_SECONDS = 0.1
RETRY_AFTER_SECONDS = 5.0


async def make_older_searchable(cases: Cases) -> None:
    """Goes on until every case can be found, resting in between, so that grading goes on."""
    while True:
        try:
            if not await cases.add_words():
                return
        except PyMongoError as error:
            log.warning("older cases cannot be searched yet", error=type(error).__name__)
            await asyncio.sleep(RETRY_AFTER_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)
