"""(e) Catching up with a backlog of signals through all services, and what each process spends on a signal."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.platform import INTEGRATION
from shared.contracts.catalogue import INTERVENTIONS, NOTICES, SERVICES, Topic, inbound_topic
from shared.contracts.envelope import Envelope
from shared.contracts.intake import InboundSignal
from tests.bench.figures import Figure, figure
from tests.bench.platform import Platform
from tests.bench.situations import reported, some_addresses
from tests.bench.stage import Course

SIGNALS = int(os.environ.get("BRANDMEESTER_BENCH_BACKLOG", "20000"))
PATIENCE_SECONDS = 900.0


async def produced(course: Course, topic: Topic, numbers: Sequence[int]) -> None:
    """Put a signal per address on a topic, as an integration does, as fast as the broker takes them."""
    producer = course.producer()
    await producer.start()
    waiting = []
    for number in numbers:
        id_ = str(uuid4())
        headers = Envelope(id_, "urn:example:backlog", InboundSignal.TYPE, datetime.now(UTC), id_).headers()
        body = json.dumps({"situation": reported(number)}).encode()
        waiting.append(await producer.send(topic.name, body, key=id_.encode(), headers=headers))
    await asyncio.gather(*waiting)
    await producer.stop()


async def consumed(consumer: AIOKafkaConsumer, count: int) -> None:
    """Until so many different keys came in."""
    keys = set[bytes]()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(keys) < count:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                keys.update(record.key for record in records)


async def rate(course: Course, into: Topic, out_of: Topic, count: int) -> float:
    """Signals a second from the first one's sending to the last one's arrival at the other end."""
    consumer = await course.at_end_of(out_of)
    began = time.perf_counter()
    await asyncio.gather(produced(course, into, some_addresses(count)), consumed(consumer, count))
    took = time.perf_counter() - began
    await consumer.stop()
    return count / took


async def until_all_is_quiet(course: Course) -> None:
    """Until every service has taken in all there is, what the others said of it included."""
    admin = AIOKafkaAdminClient(**course.admin)
    await admin.start()
    consumer = course.consumer()
    await consumer.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await _waiting(admin, consumer):
            await asyncio.sleep(0.5)
    await consumer.stop()
    await admin.close()


async def _waiting(admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> int:
    waiting = 0
    for service in SERVICES:
        committed = await admin.list_consumer_group_offsets(service)
        ends = await consumer.end_offsets(list(committed))
        waiting += sum(end - committed[place].offset for place, end in ends.items())
    return waiting


async def catching_up(platform: Platform, count: int) -> tuple[float, dict[str, float]]:
    """Signals a second through all services, and the microseconds each process spends on one."""
    course, before = Course(platform.stack), platform.cpu_seconds()
    measured = await rate(course, inbound_topic(INTEGRATION), INTERVENTIONS, count)
    await until_all_is_quiet(course)
    after = platform.cpu_seconds()
    return measured, {name: (after[name] - before[name]) / count * 1e6 for name in before}


async def figures(platform: Platform, repetitions: int) -> list[Figure]:
    """All of (e)."""
    course = Course(platform.stack)
    turns = [
        (await catching_up(platform, SIGNALS), await rate(course, NOTICES, NOTICES, SIGNALS))
        for _ in range(repetitions)
    ]
    name = f"backlog of {SIGNALS} signals through all services"
    found = [figure(name, "bare produce and consume", "signals a second", [(ours, bare) for (ours, _), bare in turns])]
    for process in platform.pid_files:
        shares = [(spent[process], sum(spent.values())) for (_, spent), _ in turns]
        found.append(figure(f"CPU of {process} for a signal", "all processes together", "microseconds", shares))
    return found
