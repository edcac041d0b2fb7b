"""The whole service, started once for all of intake's tests that need it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import SecretStr

from deploy.kafka.apply import Broker
from services.intake.app import create_app
from services.intake.settings import Settings
from services.intake.store import COLLECTIONS
from shared.contracts.catalogue import inbound_topic
from shared.mongo import Database
from tests.service_harness import Visit, fresh_database, running, settings_for
from tests.stack import Stack


@pytest.fixture(scope="package")
def database() -> str:
    return fresh_database()


@pytest_asyncio.fixture(loop_scope="session", scope="package")
async def service(platform_stack: Stack, platform_broker: Broker, database: str) -> AsyncIterator[Visit]:
    """Visited from a telephone that gives away what must be stored nowhere."""
    # Before the service joins its group: one that comes back keeps the partitions it had for a while.
    platform_broker.apply_topics([inbound_topic("intaketest")])
    async with running(
        create_app,
        settings_for(
            Settings,
            platform_stack,
            database,
            pepper=SecretStr("a pepper of these tests alone"),
            source_header="X-Visitor",
        ),
        client=("203.0.113.77", 4711),
        headers={"User-Agent": "Telefoon van Andrzej", "Accept": "text/html", "X-Visitor": "198.51.100.77"},
        follow_redirects=True,
    ) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def own_database(platform_stack: Stack, mongo_database: str) -> AsyncIterator[Database]:
    """Intake's collections, empty, without the service around them."""
    opened = Database(platform_stack.mongo_url, mongo_database, COLLECTIONS)
    await opened.start()
    yield opened
    await opened.stop()
