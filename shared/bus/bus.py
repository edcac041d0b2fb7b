"""The bus of one service: takes facts in, stores what was decided, and lets the relay tell it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512
from prometheus_client import CollectorRegistry
from pymongo.errors import PyMongoError

from shared.bus.consumer import METADATA_MS, Consumer
from shared.bus.documents import Change, Conflict, Document, WorkingSet
from shared.bus.group_commit import GroupCommit
from shared.bus.metrics import BusMetrics
from shared.bus.publisher import MAX_BATCH_BYTES, Publisher
from shared.bus.relay import Relay
from shared.bus.stage import Reader, Stage
from shared.bus.store import BusStore
from shared.contracts.envelope import source_of
from shared.mongo import Database
from shared.settings import ServiceSettings

log = structlog.get_logger()

W = TypeVar("W", bound=WorkingSet)

_MOST_ATTEMPTS = 20
STOP_WITHIN = 15.0
STEP_AT_LEAST = 2.0
REFRESH_WITHIN = 2.0


def _now() -> datetime:
    return datetime.now(UTC)


class Bus:
    """Everything between a service's decisions and the world.

    A service gives it a reader; pages and HTTP give it decisions through `decide`. `clock` is the time that all
    decisions see; `registry` is where the service's metrics live.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        database: Database,
        reader: Reader[Any] | None,
        registry: CollectorRegistry | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self.store = BusStore(database, settings.parked_key.get_secret_value())
        self.registry = registry or CollectorRegistry()
        self.metrics = BusMetrics(settings.service, self.registry)
        self._publisher = Publisher(source_of(settings.service), self._make_producer)
        self._relay = Relay(settings.instance, self.store, database, self._publisher, self.metrics)
        self._new_documents = GroupCommit(self._insert)
        self._broker = self._make_broker()
        self._consumer = self._make_consumer(reader) if reader else None
        self._connected = False

    async def start(self) -> None:
        """Wait for Kafka, saying so meanwhile, and begin. MongoDB must have been waited for already."""
        await self.store.start()
        await self._until_kafka_answers(self._publisher.start)
        await self._relay.start()
        if self._consumer is not None:
            await self._until_kafka_answers(self._broker.start)
            await self._consumer.start()
        self._connected = True

    async def stop(self) -> None:
        """Finish what is under way, commit, publish, and leave the group, each as far as that can be done in time.

        What is stored is told at the next start, and what is not stored yet comes in again.
        """
        steps = [self._broker.stop, self._new_documents.drain, self._relay.stop, self._publisher.stop]
        if self._consumer is not None:
            steps.insert(0, self._consumer.stop)
        deadline = time.monotonic() + STOP_WITHIN
        for step in steps:
            # One that cannot be finished must not keep the others going.
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), STEP_AT_LEAST)):
                    await step()
            except (KafkaError, TimeoutError) as error:
                log.warning("stopping with work left for the next start", error=type(error).__name__)

    async def decide(
        self,
        load: Callable[[], Awaitable[W]],
        decision: Callable[[W], Sequence[Change[Any]]],
        guess: W | None = None,
    ) -> list[Document[Any]]:
        """Load, decide, store and tell; load and decide anew when somebody else was first.

        `guess` is what loading would probably find; the first attempt takes it and spares a query. Returns the
        documents as stored. What `decision` raises passes through; nothing is stored then.
        """
        for attempt in range(_MOST_ATTEMPTS):
            room = guess if guess is not None and attempt == 0 else await load()
            room.apply(decision(room))
            try:
                await self._store(room)
            except Conflict:
                await asyncio.sleep(min(0.005 * 2**attempt, 0.5) * random.uniform(0.5, 1))  # noqa: S311
            else:
                return room.changed
        raise Conflict("too many people changed this at once")

    async def _store(self, room: WorkingSet) -> None:
        changed = room.changed
        if len(changed) == 1 and changed[0].version == 0:
            await self._new_documents.put(changed[0])
        else:
            await self._database.save(changed, as_one=room.spans_documents)
            await self._pass_on(changed)

    async def _insert(self, documents: Sequence[Document[Any]]) -> Sequence[Exception | None]:
        outcomes = await self._database.insert_each(documents)
        await self._pass_on([told for told, why_not in zip(documents, outcomes, strict=True) if why_not is None])
        return outcomes

    async def _pass_on(self, documents: Sequence[Document[Any]]) -> None:
        # They are stored, which is what people wait for: neither a broker nor a database that is away now may make
        # them wait longer. The relay's poll finds what is not passed on here.
        if self._relay.has_room:
            try:
                await self._relay.offer(documents)
            except PyMongoError as error:
                log.warning("relay not woken", error=type(error).__name__)

    def now(self) -> datetime:
        """The time decisions see."""
        return self._clock()

    async def has_topic(self, topic: str) -> bool:
        """Whether this topic exists for this service; raises KafkaError when the broker does not answer."""
        return await self._publisher.has_topic(topic)

    async def ping(self) -> None:
        """Raise a KafkaError, or wait, when the broker does not answer."""
        await self._publisher.ping()

    @property
    def ready(self) -> bool:
        """Whether Kafka was reached and the reader runs."""
        return self._connected

    @property
    def relay_holder(self) -> bool:
        """Whether this process publishes for its service."""
        return self._relay.holds_lease

    async def refresh_metrics(self) -> None:
        """Bring the gauges up to date that only the database knows."""
        # A scrape gives up after ten seconds, and then every other gauge would be missing as well.
        with suppress(PyMongoError, TimeoutError):
            async with asyncio.timeout(REFRESH_WITHIN):
                count, oldest = await self.store.parked_count_and_oldest()
                self.metrics.note_parked(count, oldest)

    async def lag(self) -> int:
        """How many records wait to be taken in."""
        return await self._consumer.lag() if self._consumer is not None else 0

    async def _until_kafka_answers(self, start: Callable[[], Awaitable[Any]]) -> None:
        while True:
            try:
                await start()
            except (KafkaError, OSError) as error:
                log.warning("waiting for Kafka", error=type(error).__name__)
                await asyncio.sleep(1)
            else:
                return

    def _make_consumer(self, reader: Reader[Any]) -> Consumer:
        stage = Stage(reader, self._database, self.store, self._relay, self._clock)
        return Consumer(
            self._broker,
            self._settings.service,
            self._settings.instance,
            self.store,
            stage,
            self.metrics,
            topics=[topic.name for topic in reader.topics],
            pattern=reader.pattern,
            unhurried=[topic.name for topic in reader.unhurried],
            batch_records=self._settings.batch_records,
        )

    def _make_broker(self) -> KafkaBroker:
        return KafkaBroker(
            self._settings.kafka_bootstrap,
            security=SASLScram512(
                username=self._settings.kafka_username,
                password=self._settings.kafka_password.get_secret_value(),
                use_ssl=False,
            ),
            client_id=self._settings.instance,
            allow_auto_create_topics=False,
            consumer_only=True,
            metadata_max_age_ms=METADATA_MS,
            graceful_timeout=10,
            apply_types=False,
            logger=None,
        )

    def _make_producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka_bootstrap,
            client_id=f"{self._settings.instance}-relay",
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="SCRAM-SHA-512",
            sasl_plain_username=self._settings.kafka_username,
            sasl_plain_password=self._settings.kafka_password.get_secret_value(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=MAX_BATCH_BYTES,
            max_request_size=2 * MAX_BATCH_BYTES,
            request_timeout_ms=15_000,
            metadata_max_age_ms=METADATA_MS,
        )
