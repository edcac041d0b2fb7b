"""(a) The durable stage against a bare loop and against one transaction per message, and the time of one hop."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import SASLScram512
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import TypeAdapter

from shared.bus.bus import Bus
from shared.bus.documents import Change, WorkingSet, tell
from shared.bus.message import Message
from shared.bus.stage import Reader, Refusal
from shared.contracts.catalogue import CASES, SIGNALS, Topic
from shared.contracts.envelope import TYPE_PREFIX, Envelope, Fact, source_of
from shared.contracts.intake import SignalReceived
from shared.contracts.triage import CaseClosed
from shared.mongo import Collection, Database
from tests.bench.figures import Figure, compare, figure, percentile
from tests.shared.bus.tally import settings_for, signal_about
from tests.stack import Stack

BATCH = 500


@dataclass(frozen=True)
class Seen:
    """What the stage keeps of one signal."""

    place: str
    at: datetime


SEEN = Collection("seen", TypeAdapter(Seen))


def answer_of(signal: SignalReceived, now: datetime) -> CaseClosed:
    return CaseClosed(number=signal.situation.site.place or "", reason="geteld", closed_at=now)


def note_signal(room: WorkingSet, message: Message[SignalReceived], now: datetime) -> Sequence[Change[Any]]:
    document = room.find_or_new("seen", message.subject)
    place = message.fact.situation.site.place or ""
    return [document.becomes(Seen(place, now), tell(CASES, answer_of(message.fact, now), now))]


def reader_of(database: Database) -> Reader[WorkingSet]:
    async def load(messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> WorkingSet:
        return WorkingSet(await database.find(SEEN, {"_id": {"$in": [message.subject for message in messages]}}))

    return Reader(load=load, handlers={SignalReceived: note_signal}, topics=(SIGNALS,))


class Course:
    """The topics of one benchmark: fills the input, and waits for as many answers."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.admin: dict[str, Any] = {
            "bootstrap_servers": stack.kafka_bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": "admin",
            "sasl_plain_password": stack.kafka_admin_password,
        }

    def consumer(self, *topics: str, **options: Any) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(*topics, **self.admin, enable_auto_commit=False, fetch_max_wait_ms=100, **options)

    def producer(self, **options: Any) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self.admin, acks="all", enable_idempotence=True, max_batch_size=256 * 1024, linger_ms=0, **options
        )

    async def fill(self, count: int) -> dict[TopicPartition, int]:
        """Put signals on the input; answers where they begin."""
        begin = await self.ends(SIGNALS.name, SIGNALS.partitions)
        producer = self.producer()
        await producer.start()
        waiting = [await producer.send(SIGNALS.name, **raw_signal("Groenlo")) for _ in range(count)]
        await asyncio.gather(*waiting)
        await producer.stop()
        return begin

    async def ends(self, topic: str, partitions: int) -> dict[TopicPartition, int]:
        consumer = self.consumer()
        await consumer.start()
        found: dict[TopicPartition, int] = await consumer.end_offsets(
            [TopicPartition(topic, number) for number in range(partitions)]
        )
        await consumer.stop()
        return found

    async def at_end_of(self, topic: Topic) -> AIOKafkaConsumer:
        """A reader of whatever comes on a topic from now on."""
        consumer = self.consumer()
        await consumer.start()
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        # Asked for, so that the seek is done before anything is sent.
        for partition in partitions:
            await consumer.position(partition)
        return consumer

    @asynccontextmanager
    async def watching_answers(self) -> AsyncIterator[AIOKafkaConsumer]:
        """A reader at the present end of the answers, so that the count begins here."""
        consumer = await self.at_end_of(CASES)
        try:
            yield consumer
        finally:
            await consumer.stop()


def raw_signal(place: str) -> dict[str, Any]:
    subject = str(uuid4())
    envelope = Envelope(
        f"{subject}-1", source_of("intake"), TYPE_PREFIX + "signals.received.v1", datetime.now(UTC), subject, 1
    )
    body = signal_about(place).model_dump_json(by_alias=True).encode()
    return {"value": body, "key": subject.encode(), "headers": envelope.headers()}


async def count_answers(consumer: AIOKafkaConsumer, count: int) -> float:
    """Seconds from the first answer's arrival to the last."""
    seen, began = 0, 0.0
    while seen < count:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            began = began or time.perf_counter()
            seen += len(records)
    return time.perf_counter() - began


async def durable(course: Course, count: int) -> float:
    """Messages a second through the stage, written and published."""
    begin = await course.fill(count)
    name = f"bench{uuid4().hex[:10]}"
    settings = settings_for(course.stack, "triage", name)
    database = Database(settings.mongo_url, name, [SEEN])
    bus = Bus(settings, database, reader_of(database))
    await database.start()
    await bus.store.keep_offsets("triage", {(place.topic, place.partition): at for place, at in begin.items()})
    async with course.watching_answers() as answers:
        await bus.start()
        took = await count_answers(answers, count)
    await bus.stop()
    await database.raw.client.drop_database(name)
    await database.stop()
    return count / took


async def bare(course: Course, count: int) -> float:
    """The same without a database: consume, validate, produce, and commit behind it."""
    begin = await course.fill(count)
    consumer, producer = course.consumer(), course.producer()
    await consumer.start()
    await producer.start()
    consumer.assign(list(begin))
    for place, at in begin.items():
        consumer.seek(place, at)
    async with course.watching_answers() as answers:
        counting = asyncio.create_task(count_answers(answers, count))
        done = 0
        while done < count:
            sending = []
            for records in (await consumer.getmany(timeout_ms=200, max_records=BATCH)).values():
                for record in records:
                    envelope = Envelope.of_headers(record.headers)
                    signal = SignalReceived.model_validate_json(record.value)
                    body = answer_of(signal, datetime.now(UTC)).model_dump_json(by_alias=True).encode()
                    told = Envelope(
                        envelope.id, source_of("triage"), CaseClosed.TYPE, envelope.time, envelope.subject, 1
                    )
                    sending.append(await producer.send(CASES.name, body, key=record.key, headers=told.headers()))
                done += len(records)
            await asyncio.gather(*sending)
        took = await counting
    await consumer.stop()
    await producer.stop()
    return count / took


async def one_by_one(course: Course, count: int) -> float:
    """FastStream's default subscriber, with one transaction per message and the answer published in it."""
    await course.fill(count)
    name = f"bench{uuid4().hex[:10]}"
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(course.stack.mongo_url)
    database = client[name]
    await database.create_collection("seen")
    broker = KafkaBroker(
        course.stack.kafka_bootstrap,
        security=SASLScram512(username="admin", password=course.stack.kafka_admin_password, use_ssl=False),
        allow_auto_create_topics=False,
        logger=None,
        acks="all",
        enable_idempotence=True,
    )

    @broker.subscriber(
        SIGNALS.name, group_id=f"bench.{name}", auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR
    )
    async def handle(signal: SignalReceived, message: KafkaMessage) -> None:
        now = datetime.now(UTC)
        async with await client.start_session() as session, session.start_transaction():
            seen = {"_id": message.headers["ce_subject"], "place": signal.situation.site.place, "at": now}
            await database["seen"].update_one({"_id": seen["_id"]}, {"$set": seen}, upsert=True, session=session)
        await broker.publish(
            answer_of(signal, now), CASES.name, key=message.headers["ce_subject"].encode(), headers={"ce_type": "x"}
        )

    async with course.watching_answers() as answers:
        await broker.start()
        took = await count_answers(answers, count)
    await broker.stop()
    await client.drop_database(name)
    client.close()
    return count / took


async def hop(course: Course, rate: int, seconds: float) -> tuple[list[float], list[float]]:
    """Latencies in ms at a steady rate: through the stage, and of a bare produce-consume round trip."""
    name = f"bench{uuid4().hex[:10]}"
    settings = settings_for(course.stack, "triage", name)
    database = Database(settings.mongo_url, name, [SEEN])
    bus = Bus(settings, database, reader_of(database))
    await database.start()
    begin = await course.ends(SIGNALS.name, SIGNALS.partitions)
    await bus.store.keep_offsets("triage", {(place.topic, place.partition): at for place, at in begin.items()})
    await bus.start()
    through = await _latencies(course, rate, seconds, answers_on=CASES.name)
    await bus.stop()
    trip = await _latencies(course, rate, seconds, answers_on=SIGNALS.name)
    await database.raw.client.drop_database(name)
    await database.stop()
    return through, trip


async def _latencies(course: Course, rate: int, seconds: float, answers_on: str) -> list[float]:
    consumer, producer = course.consumer(), course.producer()
    await consumer.start()
    await producer.start()
    partitions = [TopicPartition(answers_on, number) for number in range(SIGNALS.partitions)]
    consumer.assign(partitions)
    await consumer.seek_to_end(*partitions)
    sent: dict[bytes, float] = {}
    found: list[float] = []
    total = round(rate * seconds)

    async def listen() -> None:
        while len(found) < total:
            for records in (await consumer.getmany(timeout_ms=100)).values():
                now = time.perf_counter()
                found.extend((now - sent[record.key]) * 1000 for record in records if record.key in sent)

    listening = asyncio.create_task(listen())
    begin = time.perf_counter()
    for number in range(total):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        signal = raw_signal("Groenlo")
        sent[signal["key"]] = time.perf_counter()
        await producer.send(SIGNALS.name, **signal)
    await asyncio.wait_for(listening, 30)
    await consumer.stop()
    await producer.stop()
    # The first second warms connections and code on both sides.
    return found[rate:]


async def figures(stack: Stack, repetitions: int) -> list[Figure]:
    """All of (a)."""
    course = Course(stack)
    count = int(os.environ.get("BRANDMEESTER_BENCH_MESSAGES", "20000"))
    few = max(500, count // 20)
    found = [
        await compare(
            "durable stage", "bare loop", "messages a second",
            lambda: durable(course, count), lambda: bare(course, count), repetitions,
        ),
        await compare(
            "durable stage", "one transaction per message", "messages a second",
            lambda: durable(course, count), lambda: one_by_one(course, few), min(repetitions, 5),
        ),
    ]  # fmt: skip
    hops = [await hop(course, 200, 5) for _ in range(repetitions)]
    trips = [percentile(trip, 0.5) for _, trip in hops]
    for share in (0.5, 0.99):
        pairs = [(percentile(through, share), trip) for (through, _), trip in zip(hops, trips, strict=True)]
        found.append(figure(f"one hop at 200 a second, p{share * 100:.0f}", "round trip, p50", "ms", pairs))
    return found
