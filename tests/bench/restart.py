"""(g) A stage that is killed: how long until it has taken in and told what was sent to it meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.platform import INTEGRATION
from deploy.local.process import read_pid
from deploy.local.supervision import STEADY_SECONDS
from shared.contracts.catalogue import CASES, INTERVENTIONS, NOTICES, SIGNALS, Topic, inbound_topic
from tests.bench.backlog import produced
from tests.bench.figures import Figure, figure
from tests.bench.platform import Platform
from tests.bench.situations import some_addresses
from tests.bench.stage import Course

TELLS = {"intake": SIGNALS, "triage": CASES, "planning": INTERVENTIONS}
PATIENCE_SECONDS = 60.0
SETTLED_SECONDS = 3.0
"""Until every service has told what it had to about a signal."""


async def watching(course: Course, topic: Topic) -> AIOKafkaConsumer:
    """A reader at the end of a topic on which nothing is under way."""
    await asyncio.sleep(SETTLED_SECONDS)
    return await course.at_end_of(topic)


async def first_record(consumer: AIOKafkaConsumer) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await consumer.getone()
    await consumer.stop()


async def back_at_work(platform: Platform, service: str) -> float:
    """Milliseconds from the kill of a service to its first fact about a signal that was sent after it."""
    course = Course(platform.stack)
    consumer = await watching(course, TELLS[service])
    pid = read_pid(platform.pid_files[service])
    assert pid is not None, f"{service} runs"
    began = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    await produced(course, inbound_topic(INTEGRATION), some_addresses(1))
    await first_record(consumer)
    return (time.perf_counter() - began) * 1e3


async def bare_at_work(platform: Platform) -> float:
    """Milliseconds from the start of a bare loop's process to its answer to a record that was there before."""
    course = Course(platform.stack)
    ends = await course.ends(NOTICES.name, 1)
    consumer = await watching(course, CASES)
    producer = course.producer()
    await producer.start()
    await producer.send_and_wait(NOTICES.name, b"{}", partition=0)
    await producer.stop()
    source = [NOTICES.name, ends[TopicPartition(NOTICES.name, 0)]]
    told = [json.dumps(one) for one in (course.admin, source, CASES.name)]
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.echo", *told])
    try:
        await first_record(consumer)
        return (time.perf_counter() - began) * 1e3
    finally:
        process.kill()
        process.wait()


async def figures(platform: Platform, repetitions: int) -> list[Figure]:
    """All of (g)."""
    turns: list[tuple[dict[str, float], float]] = []
    for _ in range(repetitions):
        # Who dies again before it ran steadily is started again after a pause.
        await asyncio.sleep(STEADY_SECONDS)
        turns.append(({name: await back_at_work(platform, name) for name in TELLS}, await bare_at_work(platform)))
    pairs = {name: [(ours[name], bare) for ours, bare in turns] for name in TELLS}
    return [figure(f"{name} killed, until it tells again", "a bare process", "ms", pairs[name]) for name in TELLS]
