"""Publishing: one atomic batch per partition at a time, so that a failed send can never break an order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.bus.documents import Staged
from shared.bus.message import Place
from shared.contracts.envelope import Envelope

log = structlog.get_logger()

MAX_BATCH_BYTES = 256 * 1024
CLOSE_WITHIN = 5.0


class Outgoing(NamedTuple):
    """A staged fact with the document it came from."""

    document: tuple[str, str]
    staged: Staged


class Publisher:
    """Sends facts through an idempotent producer, which is replaced after any failure."""

    def __init__(self, source: str, make_producer: Callable[[], AIOKafkaProducer]) -> None:
        self._source = source
        self._make_producer = make_producer
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}
        self._connecting = asyncio.Lock()

    async def start(self) -> None:
        """Connect; raises KafkaError while the broker does not answer."""
        await self._connected()

    async def stop(self) -> None:
        """Close the connection. The client waits for the broker without end, so what it still has may be left."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                async with asyncio.timeout(CLOSE_WITHIN):
                    await producer.stop()
            except (KafkaError, TimeoutError) as error:
                log.warning("producer did not close cleanly", error=type(error).__name__)

    async def ping(self) -> None:
        """Ask the broker for its metadata; raises KafkaError when it does not answer."""
        producer = await self._connected()
        await producer.client.fetch_all_metadata()

    async def has_topic(self, topic: str) -> bool:
        """Whether this topic exists and may be written to."""
        producer = await self._connected()
        cluster = await producer.client.fetch_all_metadata()
        return topic in cluster.topics()

    async def send_round(self, queues: Mapping[Place, deque[Outgoing]]) -> list[Outgoing]:
        """Send what fits into one batch per partition from each queue, and return what the broker has now.

        Each queue is one partition's, in order. On a failure nothing that was not acknowledged is returned or
        taken from its queue, and the producer is made anew.
        """
        producer = await self._connected()
        sending = (self._send(producer, place, queue) for place, queue in queues.items())
        sent = await asyncio.gather(*sending, return_exceptions=True)
        done: list[Outgoing] = []
        failures: list[BaseException] = []
        for queue, outcome in zip(queues.values(), sent, strict=True):
            if isinstance(outcome, BaseException):
                failures.append(outcome)
            else:
                done.extend(queue.popleft() for _ in range(outcome))
        if failures:
            await self.stop()
            if not done:
                raise failures[0]
            log.warning("some partitions failed, trying them again", error=type(failures[0]).__name__)
        return done

    async def get_to_know(self, topics: Iterable[str]) -> set[str]:
        """Learn how many partitions these topics have, for `place`; answers those of which that cannot be told yet."""
        unknown = set()
        for topic in topics:
            if topic in self._partitions:
                continue
            try:
                producer = await self._connected()
                self._partitions[topic] = len(await producer.partitions_for(topic))
            except KafkaError as error:
                log.warning("cannot place facts yet", topic=topic, error=type(error).__name__)
                unknown.add(topic)
        return unknown

    def place(self, staged: Staged) -> Place:
        """The partition a fact belongs to, by its key: librdkafka's consistent choice.

        The relay alone writes to these topics, so any choice that is always the same will do; CRC-32 is a tenth of the
        cost of the Java client's murmur2 in Python.
        """
        return staged.topic, crc32(staged.key.encode()) % self._partitions[staged.topic]

    async def _send(self, producer: AIOKafkaProducer, place: Place, queue: deque[Outgoing]) -> int:
        topic, partition = place
        batch = producer.create_batch()
        count = 0
        for outgoing in queue:
            staged = outgoing.staged
            envelope = Envelope(staged.id, self._source, staged.type, staged.time, staged.key, staged.sequence)
            appended = batch.append(
                timestamp=round(staged.record_time.timestamp() * 1000) if staged.record_time else None,
                key=staged.key.encode(),
                value=staged.body,
                headers=envelope.headers(),
            )
            if appended is None:
                break
            count += 1
        acknowledged = await producer.send_batch(batch, topic, partition=partition)
        await acknowledged
        return count

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._producer is None:
                producer = self._make_producer()
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer
