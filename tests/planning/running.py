"""Planning as its process runs it, on the real Kafka and MongoDB, answering in the process of the test."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from itsdangerous import TimestampSigner
from pydantic import SecretStr

from services.planning.app import create_app
from services.planning.settings import Settings
from shared.contracts.catalogue import CASES, REPORTS, Topic
from shared.contracts.envelope import Envelope, Fact, source_of
from shared.contracts.reporting import ReportFact
from shared.web.members import Member, Role
from tests.planning.builders import NOON
from tests.stack import Stack

PORT = 8503
CSRF = "token of the session"
SECRET = "a secret of these tests alone"
LENA = Member("lotc", "Lena Otten", "lotc", frozenset({Role.MEMBER, Role.COORDINATOR}), None, "LOT-C")
GIJS = Member("ggd-vr06", "Gijs Dijkstra", "ggd-vr06", frozenset({Role.MEMBER}), "VR06", "GGD NOG")
ILSE = Member("iszw", "Ilse Zwaan", "iszw", frozenset({Role.MEMBER}), None, "Inspectie SZW")
VICTOR = Member("vr23", "Victor Raaijmakers", "vr23", frozenset({Role.MEMBER}), "VR23")
HANNA = Member("hotline", "Hanna Olthof", "hotline", frozenset({Role.OPERATOR}))
READER = Member("reader", "Rikst Leesma", "ggd-vr06", frozenset({Role.READER}), "VR06")

Visit = Callable[[Member | None], httpx.AsyncClient]


def cookie_of(member: Member) -> str:
    """The session cookie of somebody signed in."""
    session = {"member": member.claims(), "csrf": CSRF, "expires": time.time() + 3600}
    return TimestampSigner(SECRET).sign(base64.b64encode(json.dumps(session).encode())).decode()


def settings_for(stack: Stack, database: str) -> Settings:
    return Settings(
        port=PORT,
        public_url=f"http://localhost:{PORT}",
        links={
            "triage": "http://localhost:8502",
            "planning": f"http://localhost:{PORT}",
            "reporting": "http://localhost:8504",
        },
        kafka_bootstrap=stack.kafka_bootstrap,
        kafka_username="planning",
        kafka_password=SecretStr(stack.kafka_passwords["planning"]),
        mongo_url=stack.mongo_url,
        mongo_database=database,
        parked_key=SecretStr("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
        oidc_issuer="http://localhost:1",
        session_secret=SecretStr(SECRET),
    )


@asynccontextmanager
async def running(stack: Stack, database: str) -> AsyncIterator[Visit]:
    """The service with its start data loaded; call it with a member for a client that is signed in."""
    app = create_app(settings_for(stack, database))

    def visit(member: Member | None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=f"http://localhost:{PORT}",
            cookies={f"brandmeester-planning-{PORT}": cookie_of(member)} if member else {},
            headers={"X-CSRF-Token": CSRF},
        )

    async with app.router.lifespan_context(app):
        async with visit(None) as nobody:
            await eventually(lambda: is_ready(nobody))
        yield visit


async def is_ready(nobody: httpx.AsyncClient) -> bool:
    return (await nobody.get("/health/ready")).status_code == 200


async def eventually(true: Callable[[], Awaitable[Any]], within: float = 40) -> Any:
    deadline = time.monotonic() + within
    while not (found := await true()):
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.05)
    return found


async def tell(stack: Stack, subject: str, *facts: Fact) -> None:
    """Publish facts about one subject, as triage and reporting do."""
    producer = AIOKafkaProducer(**_as_admin(stack))
    await producer.start()
    try:
        for sequence, fact in enumerate(facts, start=1):
            owner, topic = ("reporting", REPORTS) if isinstance(fact, ReportFact) else ("triage", CASES)
            envelope = Envelope(str(uuid4()), source_of(owner), fact.TYPE, NOON, subject, sequence)
            body = fact.model_dump_json(by_alias=True).encode()
            await producer.send_and_wait(topic.name, body, key=subject.encode(), headers=envelope.headers())
    finally:
        await producer.stop()


async def told_on(stack: Stack, topic: Topic) -> list[tuple[str, str, dict[str, Any]]]:
    """Key, short type and body of every message on a topic."""
    consumer = AIOKafkaConsumer(**_as_admin(stack), auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(record.key.decode(), _type(record), json.loads(record.value)) for record in records]
        return found
    finally:
        await consumer.stop()


def _type(record: Any) -> str:
    return Envelope.of_headers(record.headers).type.removeprefix("nl.brandmeester.").removesuffix(".v1")


def _as_admin(stack: Stack) -> dict[str, Any]:
    return {
        "bootstrap_servers": stack.kafka_bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "admin",
        "sasl_plain_password": stack.kafka_admin_password,
    }
