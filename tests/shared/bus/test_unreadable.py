"""A record that the client cannot even unpack harms the partition it lies on, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from confluent_kafka import Producer
from structlog.testing import capture_logs

from deploy.kafka.apply import Broker, settings_of
from shared.bus import consumer as consumer_module
from shared.contracts.catalogue import inbound_topic
from shared.contracts.envelope import Envelope
from shared.contracts.intake import SignalReceived
from tests.shared.bus.tally import NOON, signal_about
from tests.shared.bus.test_bus import admin_client
from tests.shared.bus.test_rejoin import inbound_reader, until_read

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

BODY = signal_about("Groenlo").model_dump_json(by_alias=True).encode()


class Party:
    """Writes to its own topic, to whichever partition it likes, on a broker that keeps records as they were packed."""

    def __init__(self, stack: Any, broker: Broker, name: str) -> None:
        self.topic = inbound_topic(name).name
        broker.apply_topics([inbound_topic(name)])
        settings = {**stack.kafka_settings("admin", stack.kafka_admin_password), "log_level": 0, "linger.ms": 0}
        as_packed = settings_of(self.topic, {"compression.type": "producer"})
        (changed,) = broker._admin.incremental_alter_configs([as_packed]).values()
        changed.result(20)
        self._plain, self._packing = Producer(settings), Producer({**settings, "compression.type": "zstd"})

    def send(self, partition: int, subject: str, *, packed: bool = False) -> None:
        envelope = Envelope(subject, "urn:test:a", SignalReceived.TYPE, NOON, subject, 1)
        headers: list[Any] = list(envelope.headers())
        producer = self._packing if packed else self._plain
        producer.produce(self.topic, BODY * (50 if packed else 1), subject, partition, headers=headers)
        assert producer.flush(20) == 0


@pytest.mark.parametrize("before", [True, False], ids=["there at the start", "while it reads"])
async def test_other_partitions_go_on_and_so_does_its_own_once_it_is_removed(
    platform_stack: Any, platform_broker: Broker, fresh_name: str, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """One sender kept all others from being read, and the process was started anew again and again, its pages too."""
    for name, value in {"WATCH_EVERY": 0.2, "DEAF_AFTER": 1.0, "TRY_UNREADABLE_EVERY": 2.0}.items():
        monkeypatch.setattr(consumer_module, name, value)
    party = Party(platform_stack, platform_broker, f"{fresh_name}a")
    neighbours = [f"{fresh_name}-{number}" for number in range(60)]

    def send_everything() -> None:
        party.send(0, "ahead")
        party.send(0, "never", packed=True)
        party.send(0, "behind")
        for number, neighbour in enumerate(neighbours):
            party.send(1 + number % 2, neighbour)

    if before:
        send_everything()
    with capture_logs() as logs:
        async with inbound_reader(platform_stack, fresh_name) as database:
            if not before:
                await asyncio.to_thread(send_everything)
            for subject in ("ahead", *neighbours):
                await until_read(database, subject, within=20)
            await asyncio.sleep(3)
            said = {entry["event"]: entry for entry in logs}
            line = said["a record cannot be read; going on without its partition"]
            assert (line["topic"], line["partition"], line["offset"]) == (party.topic, 0, 1)
            assert "records wait and none is taken in; starting the consumer anew" not in said
            await remove_before(platform_stack, TopicPartition(party.topic, 0), 2)
            await until_read(database, "behind", within=20)


async def remove_before(stack: Any, partition: TopicPartition, offset: int) -> None:
    admin = AIOKafkaAdminClient(**admin_client(stack))
    await admin.start()
    try:
        await admin.delete_records({partition: RecordsToDelete(offset)})
    finally:
        await admin.close()
