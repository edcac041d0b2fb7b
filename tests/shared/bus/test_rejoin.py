"""An instance that comes back within its session also reads the topics that were made while it was away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from deploy.kafka.apply import Broker
from shared.bus.bus import Bus
from shared.bus.documents import Change, WorkingSet
from shared.bus.message import Message
from shared.contracts.catalogue import inbound_topic
from shared.contracts.envelope import Envelope
from shared.contracts.intake import SignalReceived
from shared.mongo import Database
from tests.shared.bus.tally import NOON, TALLIES, Tally, settings_for, signal_about, tally_reader
from tests.shared.bus.test_bus import admin_client, eventually

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


def write_down(room: WorkingSet, message: Message[SignalReceived], _now: object) -> Sequence[Change[Any]]:
    """Keep the signal under its own id, and tell nobody."""
    return [room.find_or_new("tallies", message.subject).becomes(Tally("", (message.subject,)))]


@asynccontextmanager
async def inbound_reader(stack: Any, name: str, instance: str = "back") -> AsyncIterator[Database]:
    """Plays one instance of intake, which reads the inbound topics whose party begins with a name."""
    settings = settings_for(stack, "intake", name, instance=f"{name}-{instance}")
    database = Database(settings.mongo_url, settings.mongo_database, [TALLIES])
    reader = replace(
        tally_reader(database),
        handlers={SignalReceived: write_down},
        topics=(),
        pattern=rf"intake\.inbound\.{name}.*",
    )
    bus = Bus(settings, database, reader, CollectorRegistry())
    await database.start()
    await bus.start()

    async def group_has_answered() -> bool:
        return bus._consumer is not None and bus._consumer._settled

    await eventually(group_has_answered, within=30)
    try:
        yield database
    finally:
        await bus.stop()
        await database.stop()


async def send_to(stack: Any, party: str) -> None:
    """Send a signal to the inbound topic of a party, with the party's name as its id."""
    envelope = Envelope(party, f"urn:test:{party}", SignalReceived.TYPE, NOON, party, 1)
    body = signal_about("Groenlo").model_dump_json(by_alias=True).encode()
    async with AIOKafkaProducer(**admin_client(stack)) as producer:
        await producer.send_and_wait(inbound_topic(party).name, body, key=party.encode(), headers=envelope.headers())


async def until_read(database: Database, party: str, within: float) -> None:
    async def there() -> bool:
        return await database.get(TALLIES, party) is not None

    await eventually(there, within)


@pytest.mark.parametrize("one_was_there", [True, False])
async def test_a_topic_made_while_the_only_instance_was_away_is_read(
    platform_stack: Any, platform_broker: Broker, fresh_name: str, one_was_there: bool
) -> None:
    first, late = f"{fresh_name}a", f"{fresh_name}b"
    if one_was_there:
        platform_broker.apply_topics([inbound_topic(first)])
    async with inbound_reader(platform_stack, fresh_name) as database:
        if one_was_there:
            await send_to(platform_stack, first)
            await until_read(database, first, within=20)
    platform_broker.apply_topics([inbound_topic(late)])
    await send_to(platform_stack, late)
    async with inbound_reader(platform_stack, fresh_name) as database:
        await until_read(database, late, within=12)


async def test_instances_that_share_a_group_come_to_rest_and_leave_no_topic_unread(
    platform_stack: Any, platform_broker: Broker, fresh_name: str
) -> None:
    late = f"{fresh_name}late"
    platform_broker.apply_topics([inbound_topic(f"{fresh_name}{letter}") for letter in "ab"])
    with capture_logs() as logs:
        async with inbound_reader(platform_stack, fresh_name, "lead"):
            pass
        platform_broker.apply_topics([inbound_topic(late)])
        async with (
            inbound_reader(platform_stack, fresh_name, "lead") as database,
            inbound_reader(platform_stack, fresh_name, "other"),
        ):
            await send_to(platform_stack, late)
            await until_read(database, late, within=20)
            await asyncio.sleep(10)
            asked = len(requests_in(logs))
            await asyncio.sleep(12)
            assert len(requests_in(logs)) == asked


def requests_in(logs: Sequence[Any]) -> list[Any]:
    return [entry for entry in logs if entry["event"] == "asking the group to share its partitions anew"]
