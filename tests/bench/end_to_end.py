"""(b) From a signal posted to its intervention drafted, through the running services, against a bare round trip."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import deque
from collections.abc import Callable
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from services.planning.domain.identity import intervention_id
from services.triage.domain.numbers import case_id
from shared.contracts.catalogue import INTERVENTIONS, NOTICES, Topic
from tests.bench.figures import Figure, figure, percentile
from tests.bench.http_load import Connection, connect, request
from tests.bench.platform import Platform
from tests.bench.situations import reported, some_addresses
from tests.bench.stage import Course

RATES = (50, 200)
SECONDS = float(os.environ.get("BRANDMEESTER_BENCH_SECONDS", "5"))
PATIENCE_SECONDS = 30.0
CONNECTIONS = 32
# Nobody reads notices, so that a bare record on that topic costs no service anything.
ROUND_TRIP = NOTICES


class Arrivals:
    """When the first record of each key came in on a topic."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self.at: dict[bytes, float] = {}
        self._consumer = consumer
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def on(cls, course: Course, topic: Topic) -> Arrivals:
        return cls(await course.at_end_of(topic))

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.at) < count:
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self._consumer.stop()

    async def _listen(self) -> None:
        while True:
            for records in (await self._consumer.getmany(timeout_ms=100)).values():
                now = time.perf_counter()
                for record in records:
                    self.at.setdefault(record.key, now)


class Poster:
    """Posts signals at a steady rate, whatever the answers take, and notes when each was sent."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[Connection] = deque()
        self._sent: dict[Connection, float] = {}
        self.sent: dict[bytes, float] = {}

    async def open(self) -> None:
        for _ in range(CONNECTIONS):
            self._idle.append(await connect(self._port, self._answered))

    async def post(self, number: int) -> None:
        connection = self._idle.popleft() if self._idle else await connect(self._port, self._answered)
        self._sent[connection] = time.perf_counter()
        connection.post(request(self._port, "/v1/signals", json.dumps(reported(number)).encode()))

    def close(self) -> None:
        for connection in self._idle:
            connection.close()

    def _answered(self, connection: Connection, status: int, body: bytes) -> None:
        if status != 201:
            raise RuntimeError(f"a signal was answered with {status}")
        drafted = intervention_id(case_id(json.loads(body)["id"]), 1)
        self.sent[drafted.encode()] = self._sent.pop(connection)
        self._idle.append(connection)


async def steadily(rate: int, seconds: float, send: Callable[[int], object]) -> None:
    """Call `send` with 0, 1, 2 … at a steady rate."""
    begin = time.perf_counter()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        send(number)


async def through_the_services(platform: Platform, rate: int) -> list[float]:
    """Milliseconds from each POST to the arrival of its drafted intervention."""
    arrivals = await Arrivals.on(Course(platform.stack), INTERVENTIONS)
    poster = Poster(platform.port("intake"))
    await poster.open()
    numbers, posts = some_addresses(round(rate * SECONDS)), set[asyncio.Task[None]]()
    await steadily(rate, SECONDS, lambda number: posts.add(asyncio.create_task(poster.post(numbers[number]))))
    await asyncio.gather(*posts)
    await arrivals.until(len(numbers))
    await arrivals.stop()
    poster.close()
    return _steady_part(rate, poster.sent, arrivals.at)


async def round_trip(platform: Platform, rate: int) -> list[float]:
    """Milliseconds from producing a record of a signal's size to consuming it, and nothing else."""
    course = Course(platform.stack)
    arrivals, producer = await Arrivals.on(course, ROUND_TRIP), course.producer()
    await producer.start()
    body, sent, sending = json.dumps(reported(0)).encode(), dict[bytes, float](), set[asyncio.Task[object]]()

    def send(_number: int) -> None:
        key = str(uuid4()).encode()
        sent[key] = time.perf_counter()
        sending.add(asyncio.create_task(producer.send(ROUND_TRIP.name, body, key=key)))

    await steadily(rate, SECONDS, send)
    await asyncio.gather(*sending)
    await arrivals.until(len(sent))
    await arrivals.stop()
    await producer.stop()
    return _steady_part(rate, sent, arrivals.at)


def _steady_part(rate: int, sent: dict[bytes, float], arrived: dict[bytes, float]) -> list[float]:
    # The first second warms connections and code on both sides.
    return [(arrived[key] - at) * 1000 for key, at in sorted(sent.items(), key=lambda pair: pair[1])[rate:]]


async def figures(platform: Platform, repetitions: int) -> list[Figure]:
    """All of (b)."""
    found = []
    for rate in RATES:
        turns = [
            (await through_the_services(platform, rate), await round_trip(platform, rate)) for _ in range(repetitions)
        ]
        for share in (0.5, 0.99):
            pairs = [(percentile(through, share), percentile(trip, 0.5)) for through, trip in turns]
            name = f"signal to drafted intervention at {rate} a second, p{share * 100:.0f}"
            found.append(figure(name, "round trip, p50", "ms", pairs))
    return found
