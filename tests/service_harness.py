"""One service, whole, on the real Kafka and MongoDB: visited as anybody, told facts, and read back from its topics.

The service answers in the process of the test; nothing listens on its port. A test module starts it once:

    async with running(create_app, settings_for(Settings, platform_stack, fresh_database())) as visit:
        async with visit(LENA) as lena:
            await lena.get("/v1/cases")
"""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as Partition
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from fastapi import FastAPI
from itsdangerous import TimestampSigner
from pydantic import SecretStr

from deploy.local.ports import Ports
from shared.bus.message import Place
from shared.bus.store import BusStore
from shared.contracts.catalogue import SERVICES, TOPICS, Topic
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.mongo import Database
from shared.settings import ServiceSettings
from shared.web.members import Member
from shared.web.settings import cookie_name
from tests.stack import Stack

CSRF = "token of the session"
PORTS = Ports()
ADDRESSES = {service: f"http://localhost:{PORTS.service(service)}" for service in SERVICES}
"""Where each service would be, for links."""

_SECRET = "a secret of these tests alone"
_HOUR_SECONDS = 3600
_TYPES_START_WITH = "nl.brandmeester."

_told_before: dict[str, dict[Place, int]] = {}
"""How far the topics of each broker went when the module of tests that runs now began."""

Visit = Callable[[Member | None], httpx.AsyncClient]
"""A browser or program of a member who is signed in, or of nobody."""


def fresh_database() -> str:
    """The name of a database that nothing else uses."""
    return f"t{uuid4().hex[:12]}"


def settings_for(kind: type[ServiceSettings], stack: Stack, database: str, **own: Any) -> ServiceSettings:
    """The settings of a service on this stack; `own` are those that it alone has."""
    service = kind.model_fields["service"].default
    return kind(
        port=PORTS.service(service),
        public_url=ADDRESSES[service],
        links=ADDRESSES,
        kafka_bootstrap=stack.kafka_bootstrap,
        kafka_username=service,
        kafka_password=SecretStr(stack.kafka_passwords[service]),
        mongo_url=stack.mongo_url,
        mongo_database=database,
        parked_key=SecretStr("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
        oidc_issuer="http://localhost:1",
        session_secret=SecretStr(_SECRET),
        **own,
    )


@asynccontextmanager
async def running(
    create_app: Callable[[ServiceSettings], FastAPI],
    settings: ServiceSettings,
    *,
    client: tuple[str, int] = ("127.0.0.1", 4711),
    headers: dict[str, str] | None = None,
    follow_redirects: bool = False,
) -> AsyncIterator[Visit]:
    """The service from its start until it is ready, and to its stop; the keywords say how its visitors behave.

    With a database of its own it reads what this module of tests told, and nothing of those before.
    """
    await _leave_out_what_others_told(settings)
    app = create_app(settings)

    def visit(member: Member | None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=client),
            base_url=settings.public_url,
            cookies={cookie_name(settings, settings.service): _session_of(member)} if member else {},
            headers={"X-CSRF-Token": CSRF, **(headers or {})},
            follow_redirects=follow_redirects,
        )

    async with app.router.lifespan_context(app):
        async with visit(None) as nobody:
            await eventually(lambda: _is_ready(nobody))
        yield visit


def note_told_before(stack: Stack, within: float = 60) -> None:
    """Note how far all topics go, at the beginning of a module of tests; waits for the leaders of new topics."""
    partitions = [TopicPartition(topic.name, number) for topic in TOPICS for number in range(topic.partitions)]
    admin, deadline = AdminClient(stack.kafka_admin), time.monotonic() + within
    while True:
        asked = admin.list_offsets({one: OffsetSpec.latest() for one in partitions})
        try:
            ends = {(one.topic, one.partition): answer.result(within).offset for one, answer in asked.items()}
        except KafkaException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            _told_before[stack.kafka_bootstrap] = ends
            return


async def _leave_out_what_others_told(settings: ServiceSettings) -> None:
    read = {topic.name for topic in TOPICS if settings.service in topic.readers}
    before = _told_before.get(settings.kafka_bootstrap, {})
    database = Database(settings.mongo_url, settings.mongo_database, [])
    store = BusStore(database, settings.parked_key.get_secret_value())
    if before and not await store.offsets(settings.service):
        await store.keep_offsets(
            settings.service, {place: offset for place, offset in before.items() if place[0] in read}
        )
    await database.stop()


async def eventually(true: Callable[[], Awaitable[Any]], within: float = 40) -> Any:
    """What the question answers once it answers something; fails when that takes too long."""
    deadline = time.monotonic() + within
    while not (found := await true()):
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.05)
    return found


async def tell(stack: Stack, subject: str, *facts: Fact, first: int = 1) -> None:
    """Publish facts about one subject as their owner does; `first` is the sequence of the first of them."""
    topic = next(topic for topic in TOPICS if type(facts[0]) in topic.facts)
    messages = []
    for sequence, fact in enumerate(facts, start=first):
        envelope = Envelope(str(uuid4()), source_of(topic.owner), fact.TYPE, datetime.now(UTC), subject, sequence)
        messages.append((envelope, fact.model_dump_json(by_alias=True).encode()))
    await publish(stack, topic, *messages)


async def publish(stack: Stack, topic: Topic, *messages: tuple[Envelope, bytes]) -> None:
    """Put messages on a topic in this order, each keyed by its subject."""
    producer = AIOKafkaProducer(**_as_admin(stack))
    await producer.start()
    try:
        for envelope, body in messages:
            key = envelope.subject.encode()
            await producer.send_and_wait(topic.name, body, key=key, headers=envelope.headers())
    finally:
        await producer.stop()


async def put(stack: Stack, topic: str, body: bytes, **how: Any) -> None:
    """Put one record on a topic, whatever it holds."""
    producer = AIOKafkaProducer(**_as_admin(stack))
    await producer.start()
    try:
        await producer.send_and_wait(topic, body, **how)
    finally:
        await producer.stop()


async def records_on(stack: Stack, topic: Topic, key: str | None = None) -> list[Any]:
    """Every record that is on a topic now, of one key if given; of this module of tests alone."""
    consumer = AIOKafkaConsumer(**_as_admin(stack), auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [Partition(topic.name, n) for n in range(topic.partitions)]
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, _told_before.get(stack.kafka_bootstrap, {}).get(tuple(partition), 0))
        ends = await consumer.end_offsets(partitions)
        found: list[Any] = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += records
        return [record for record in found if key is None or record.key == key.encode()]
    finally:
        await consumer.stop()


async def told_on(stack: Stack, topic: Topic, key: str | None = None) -> list[tuple[str, str, dict[str, Any]]]:
    """Key, short type and body of the facts on a topic, in the order of each key."""
    return [(record.key.decode(), type_of(record), body_of(record)) for record in await records_on(stack, topic, key)]


def type_of(record: Any) -> str:
    """The type without what all types begin with, for example `cases.assessed.v1`."""
    return Envelope.of_headers(record.headers).type.removeprefix(_TYPES_START_WITH)


def body_of(record: Any) -> dict[str, Any]:
    return dict(json.loads(record.value))


def _session_of(member: Member) -> str:
    """The session cookie of somebody signed in."""
    session = {"member": member.claims(), "csrf": CSRF, "expires": time.time() + _HOUR_SECONDS}
    return TimestampSigner(_SECRET).sign(base64.b64encode(json.dumps(session).encode())).decode()


async def _is_ready(nobody: httpx.AsyncClient) -> bool:
    return (await nobody.get("/health/ready")).status_code == 200


def _as_admin(stack: Stack) -> dict[str, Any]:
    return {
        "bootstrap_servers": stack.kafka_bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "admin",
        "sasl_plain_password": stack.kafka_admin_password,
    }
