"""A stack that may be broken, workers that may be killed, and the books to check them by afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.kafka.apply import Broker
from deploy.kafka.rights import Right
from deploy.local.credentials import Credentials
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.ports import Ports
from deploy.local.process import LOCALHOST, Child, read_pid
from shared.bus.store import BusStore
from shared.contracts.catalogue import SERVICES
from shared.contracts.envelope import Envelope, Headers, source_of
from shared.contracts.triage import CaseClosed
from shared.mongo import Database
from tests.faults.counting import NOON, TALLIES, inbound, outbound, signal_about
from tests.faults.form import PROMISE
from tests.faults.worker import PREFIX
from tests.stack import free_port, free_port_base

ROOT = Path(__file__).parents[2]
PARKED_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
USER, PASSWORD = "faults", "not a secret"
PLACES = 40


def wait_until(reached: Callable[[], bool], within: float, what: str, words: Callable[[], str] = str) -> float:
    """Ask until it is so and answer after how many seconds; fails, with the last words, when time runs out."""
    began = time.monotonic()
    while not reached():
        if time.monotonic() - began > within:
            raise AssertionError(f"{what} did not happen within {within:.0f} s\n{words()}")
        time.sleep(0.1)
    return time.monotonic() - began


class FaultStack:
    """The embedded Kafka and MongoDB, to be killed, frozen and started again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        ports, self.credentials = Ports(free_port_base()), Credentials(data)
        self.kafka, self.mongo = Kafka(data, ports, self.credentials), Mongo(data, ports, self.credentials)
        self.mongo_url = self.mongo.url()

    def start(self) -> None:
        self.mongo.start()
        self.kafka.start(lambda fetched, of: None)
        self.mongo.wait()
        self.kafka.wait()
        self.client: MongoClient[dict[str, Any]] = MongoClient(self.mongo_url, serverSelectionTimeoutMS=2_000)
        self.broker = Broker(self.kafka.admin_settings())
        passwords = {name: self.credentials.kafka_password(name) for name in SERVICES}
        self.broker.apply_catalogue({**passwords, USER: PASSWORD})
        self.admin = AdminClient({**self.kafka.admin_settings(), "log_level": 0})

    def stop(self) -> None:
        self.kafka.stop()
        self.mongo.stop()

    def kill_kafka(self) -> None:
        self._strike("kafka", signal.SIGKILL)
        wait_until(lambda: not self.kafka.running(), 10, "the broker's end")

    def start_kafka(self) -> None:
        self.kafka.start(lambda fetched, of: None)
        self.kafka.wait()

    def freeze_kafka(self) -> None:
        self._strike("kafka", signal.SIGSTOP)

    def thaw_kafka(self) -> None:
        self._strike("kafka", signal.SIGCONT)

    def kill_mongo(self) -> None:
        self._strike("mongo", signal.SIGKILL)
        wait_until(lambda: not self.mongo.running(), 10, "the database's end")

    def start_mongo(self) -> None:
        self.mongo.start()
        self.mongo.wait()

    @contextmanager
    def consumer(self, group: str = "check") -> Iterator[Consumer]:
        """A reader that leaves no trace."""
        settings = {"group.id": group, "enable.auto.commit": False, "log_level": 0}
        consumer = Consumer({**self.kafka.admin_settings(), **settings})
        try:
            yield consumer
        finally:
            consumer.close()

    def read_all(self, topic: str) -> list[Any]:
        """Every record of a topic, in the order of each partition."""
        with self.consumer() as consumer:
            ends = _watermarks(consumer, topic)
            consumer.assign([TopicPartition(topic, number, 0) for number in ends])
            left = {number: high for number, (_, high) in ends.items() if high}
            found: list[Any] = []
            while left:
                for record in consumer.consume(500, timeout=0.2):
                    assert record.error() is None
                    found.append(record)
                    partition, offset = record.partition(), record.offset()
                    assert partition is not None and offset is not None
                    if offset + 1 >= left.get(partition, sys.maxsize):
                        del left[partition]
        return found

    def _strike(self, part: str, with_: signal.Signals) -> None:
        pid = read_pid(self.data / part / "pid")
        assert pid is not None, f"{part} runs"
        os.kill(pid, with_)


class Sent(NamedTuple):
    """A numbered signal."""

    subject: str
    sequence: int
    place: str

    @property
    def entry(self) -> str:
        return f"{self.subject}#{self.sequence}"

    def headers(self) -> Headers:
        type_ = "nl.brandmeester.signals.received.v1"
        return Envelope(self.entry, source_of("intake"), type_, NOON, self.subject, self.sequence).headers()

    def body(self) -> bytes:
        return signal_about(self.place).model_dump_json(by_alias=True).encode()


class Heard(NamedTuple):
    """A fact on the way out, as a reader finds it."""

    place: str
    sequence: int
    id: str
    entry: str


@dataclass
class Worker:
    """One process of the service under fault."""

    child: Child
    pid_file: Path
    port: int

    def strike(self, with_: signal.Signals = signal.SIGKILL) -> None:
        pid = read_pid(self.pid_file)
        assert pid is not None, "the worker runs"
        os.kill(pid, with_)

    def kill(self) -> None:
        self.strike()
        self.wait_for_end(10)

    def wait_for_end(self, within: float) -> int:
        wait_until(lambda: not self.child.running(), within, "the worker's end", self.child.last_words)
        code = self.child.exit_code
        assert code is not None
        return code

    def stop(self) -> int:
        """As an operator would, and without being forced."""
        self.child.ask_to_stop()
        return self.wait_for_end(30)

    def last_words(self) -> str:
        """The end of its log, with what each of its tasks waits for."""
        self.strike(signal.SIGUSR1)
        time.sleep(1)
        return "\n".join(self.child.log.read_text(errors="replace").splitlines()[-40:])

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels, 0 while the worker does not answer."""
        try:
            with urllib.request.urlopen(f"http://{LOCALHOST}:{self.port}/metrics", timeout=5) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return 0.0
        return sum(float(line.split()[-1]) for line in lines if not line.startswith("#") and name in line)


@dataclass
class Lane:
    """One test's own topics, group, user rights and database on the stack, and what was sent on it."""

    stack: FaultStack
    name: str
    mongo_url: str
    sent: list[Sent] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    subjects: int = 100
    back_within: float = 0.0
    """How long the last catching up took."""
    spread: bool = False
    """Whether the signals of one subject name several places, so that a batch must be written as one."""

    def __post_init__(self) -> None:
        self.inbound, self.outbound = inbound(self.name), outbound(self.name)
        self.stack.broker.apply_topics([self.inbound, self.outbound])
        self.rights = [
            Right(USER, "read", "topic", self.inbound.name),
            Right(USER, "write", "topic", self.outbound.name),
            Right(USER, "read", "group", self.name),
        ]
        self.stack.broker.give(self.rights)
        self._counts: Counter[str] = Counter()
        self._undelivered: Counter[str] = Counter()
        self._chance = random.Random(self.name)
        self._producer = self.producer()
        self._client: MongoClient[dict[str, Any]] = MongoClient(self.mongo_url, serverSelectionTimeoutMS=2_000)

    @property
    def database(self) -> Any:
        return self._client[self.name]

    def producer(self, **settings: Any) -> Producer:
        """A sender that keeps its order and does not give up while the broker is away."""
        usual = {
            "enable.idempotence": True,
            "linger.ms": 2,
            "message.timeout.ms": 180_000,
            "log_level": 0,
            "batch.size": 100_000,
        }
        return Producer({**self.stack.kafka.admin_settings(), **usual, **settings})

    def send(self, count: int) -> list[Sent]:
        """Send this many more signals, each the next of a random subject, without waiting."""
        signals = [self._next() for _ in range(count)]
        self.sent += signals
        self.put(signals)
        return signals

    def send_and_wait(self, count: int) -> list[Sent]:
        """The same, until the broker has them."""
        signals = self.send(count)
        self.flush()
        return signals

    def trickle(self, count: int, at_once: int = 10, pause: float = 0.02) -> None:
        """The same in small portions, so that they come in as many batches."""
        for start in range(0, count, at_once):
            self.send_and_wait(min(at_once, count - start))
            time.sleep(pause)

    @contextmanager
    def traffic(self, per_second: int = 100) -> Iterator[None]:
        """Signals that keep coming meanwhile, whether the broker is there or not."""
        over = threading.Event()

        def keep_sending() -> None:
            while not over.wait(0.1):
                self.send(max(1, per_second // 10))
                self._producer.poll(0)

        sender = threading.Thread(target=keep_sending, name=f"traffic-{self.name}")
        sender.start()
        try:
            yield
        finally:
            over.set()
            sender.join()

    def put(self, signals: Sequence[Sent]) -> None:
        """Put signals on the topic as they are, for the first time or once more."""
        for one in signals:
            self._producer.produce(
                self.inbound.name,
                key=one.subject,
                value=one.body(),
                headers=list(one.headers()),
                on_delivery=self._note_delivery,
            )

    def put_raw(self, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes | None]]) -> tuple[int, int]:
        """Put any record on the topic; answers its partition and offset, and raises the broker's refusal."""
        outcome: list[Any] = []
        producer = self.producer(**{"message.max.bytes": 2_000_000})
        producer.produce(
            self.inbound.name,
            key=key,
            value=value,
            headers=list(headers),
            on_delivery=lambda error, record: outcome.append((error, record)),
        )
        producer.flush(30)
        error, record = outcome[0]
        if error is not None:
            raise KafkaException(error)
        return record.partition(), record.offset()

    def remove_before(self, offsets: Mapping[int, int]) -> None:
        """Remove what lies before these offsets of the inbound topic, as retention would."""
        wanted = [TopicPartition(self.inbound.name, number, offset) for number, offset in offsets.items()]
        for removed in self.stack.admin.delete_records(wanted).values():
            removed.result(20)

    def flush(self) -> None:
        assert self._producer.flush(180) == 0 and not self._undelivered, f"undelivered: {self._undelivered}"

    def _note_delivery(self, error: Any, _record: Any) -> None:
        if error is not None:
            self._undelivered[str(error)] += 1

    def _next(self) -> Sent:
        subject = self._chance.randrange(self.subjects)
        name = f"s{subject}"
        self._counts[name] += 1
        sequence = self._counts[name]
        return Sent(name, sequence, f"p{(subject + (sequence if self.spread else 0)) % PLACES}")

    def start_worker(self, instance: int = 0, disturb: str = "", batch: int = 500) -> Worker:
        """A process of the service; the same instance again takes over from its dead self."""
        port = free_port()
        settings = {
            "SERVICE": self.name,
            "INSTANCE": f"{self.name}-{instance}",
            "PORT": port,
            "PUBLIC_URL": f"http://localhost:{port}",
            "KAFKA_BOOTSTRAP": self.stack.kafka.services_bootstrap,
            "KAFKA_USERNAME": USER,
            "KAFKA_PASSWORD": PASSWORD,
            "MONGO_URL": self.mongo_url,
            "MONGO_DATABASE": self.name,
            "PARKED_KEY": PARKED_KEY,
            "OIDC_ISSUER": "http://localhost:2",
            "SESSION_SECRET": "not a secret",
            "BATCH_RECORDS": batch,
            "DISTURB": disturb,
        }
        named = {f"BRANDMEESTER_{PREFIX.upper()}_{key}": str(value) for key, value in settings.items()}
        file = f"{self.name}-{instance}"
        pid_file = self.stack.data / "run" / f"{file}.pid"
        log = self.stack.data / "logs" / f"{file}.log"
        child = Child(file, [sys.executable, "-m", "tests.faults.worker"], log, pid_file)
        child.start({**os.environ, **named, "PYTHONPATH": str(ROOT)})
        worker = Worker(child, pid_file, port)
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        for worker in self.workers:
            worker.child.stop(patience=5)
        self.stack.broker.take(self.rights)
        self._client.close()

    def settle(self, within: float = PROMISE) -> float:
        """Wait until every record was taken in and every fact told; answers after how many seconds."""
        self.flush()
        self.back_within = wait_until(self._is_settled, within, "catching up", self._state)
        return self.back_within

    def _is_settled(self) -> bool:
        try:
            return self.next_offsets() == self.ends(self.inbound.name) and not self._unpublished()
        except PyMongoError:
            return False

    def _state(self) -> str:
        words = "\n".join(worker.last_words() for worker in self.workers if worker.child.running())
        try:
            offsets, unpublished = self.next_offsets(), self._unpublished()
            written = sum(map(len, self.written_down().values()))
        except PyMongoError as error:
            return f"{type(error).__name__}\n{words}"
        ends = self.ends(self.inbound.name)
        return f"taken in {offsets} of {ends}, {written} written, {unpublished} unpublished\n{words}"

    def next_offsets(self) -> dict[int, int]:
        """How far the database has taken in each partition that has anything."""
        return {row["partition"]: row["next"] for row in self.database["bus_offsets"].find() if row["next"]}

    def _unpublished(self) -> int:
        return int(self.database[TALLIES.name].count_documents({"unpublished.0": {"$exists": True}}))

    def ends(self, topic: str) -> dict[int, int]:
        """Where each partition that has anything ends."""
        with self.stack.consumer() as consumer:
            ends = _watermarks(consumer, topic)
        return {partition: high for partition, (_, high) in ends.items() if high}

    def forget_offsets(self) -> None:
        """Let the next worker begin at the beginning."""
        self.database["bus_offsets"].delete_many({})

    def snapshot(self) -> dict[str, list[dict[str, Any]]]:
        """All of the lane's database, as a backup would hold it."""
        names = self.database.list_collection_names()
        return {name: list(self.database[name].find()) for name in names}

    def restore(self, snapshot: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        """Put the database back to a snapshot."""
        for name in self.database.list_collection_names():
            self.database[name].delete_many({})
            if kept := snapshot.get(name):
                self.database[name].insert_many(kept)

    def written_down(self) -> dict[str, list[str]]:
        """The entries of each place, from the database."""
        return {row["_id"]: row["state"]["signals"] for row in self.database[TALLIES.name].find()}

    def parked(self) -> set[tuple[int, int]]:
        """Partition and offset of what is parked for its own sake, not because it waits behind another."""
        return {(row["partition"], row["offset"]) for row in self.shelf() if not row["behind_other"]}

    def shelf(self) -> list[dict[str, Any]]:
        """Everything that is parked."""
        return list(self.database["bus_parked"].find())

    def told(self) -> list[Heard]:
        """Every fact on the outbound topic, repetitions included, in the order of each partition."""
        return [_heard(record) for record in self.stack.read_all(self.outbound.name)]

    def discard_parked(self) -> None:
        """Give up, as an operator would, what is parked for its own sake."""

        async def discard() -> None:
            database = Database(self.mongo_url, self.name, [])
            store = BusStore(database, PARKED_KEY)
            for row in await store.parked():
                if not row.behind_other:
                    await store.discard(row.id, "tester", "poison")
            await database.stop()

        asyncio.run(discard())

    def check(self) -> None:
        """The books: nothing lost, nothing twice, nothing out of order, and all of it told."""
        written, told = self.written_down(), self.told()
        kills = sum(worker.child.exit_code == -signal.SIGKILL for worker in self.workers)
        outcome = Outcome.of(self.sent, written, told, kills, len(self.parked()), self.back_within)
        note(outcome)
        assert not outcome.faults, outcome.faults


@dataclass(frozen=True)
class Outcome:
    """What one test did and what it found; each of the last three must be empty."""

    signals: int
    kills: int
    parked: int
    back_within: float
    lost: Sequence[str] = ()
    twice: Sequence[str] = ()
    out_of_order: Sequence[str] = ()

    @property
    def faults(self) -> str:
        found = {"lost": self.lost, "twice": self.twice, "out of order": self.out_of_order}
        return ", ".join(f"{len(what)} {name}: {what[:5]}" for name, what in found.items() if what)

    @classmethod
    def of(
        cls,
        sent: Sequence[Sent],
        written: Mapping[str, Sequence[str]],
        told: Sequence[Heard],
        kills: int,
        parked: int,
        back_within: float,
    ) -> Outcome:
        found = Counter(f"{entry} at {place}" for place, entries in written.items() for entry in entries)
        wanted = {f"{one.entry} at {one.place}" for one in sent}
        heard = heard_by_a_reader(told)
        untold = [f"{entry} of {place} untold" for place in written for entry in _beyond(written[place], heard, place)]
        return cls(
            signals=len(sent),
            kills=kills,
            parked=parked,
            back_within=back_within,
            lost=[*sorted(wanted - found.keys()), *untold],
            twice=[*(key for key, times in found.items() if times > 1), *sorted(found.keys() - wanted)],
            out_of_order=[*_out_of_order(written), *_told_otherwise(written, told, heard)],
        )


NOTED: list[Outcome] = []
"""What the test that runs now found, the last of it in the end."""


def note(outcome: Outcome) -> None:
    """Put down what the test that runs now found, for the table that closes a run."""
    NOTED.append(outcome)


def _out_of_order(written: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for place, entries in written.items():
        last: dict[str, int] = {}
        for entry in entries:
            subject, _, sequence = entry.partition("#")
            if int(sequence) <= last.get(subject, 0):
                yield f"{entry} at {place}"
            last[subject] = int(sequence)


def heard_by_a_reader(told: Sequence[Heard]) -> dict[str, list[str]]:
    """What a reader takes in that ignores sequences it has passed, by place."""
    passed: Counter[str] = Counter()
    heard: dict[str, list[str]] = {}
    for one in told:
        if one.sequence > passed[one.place]:
            passed[one.place] = one.sequence
            heard.setdefault(one.place, []).append(one.entry)
    return heard


def _beyond(entries: Sequence[str], heard: Mapping[str, Sequence[str]], place: str) -> Sequence[str]:
    return sorted(set(entries) - set(heard.get(place, ())))


def _told_otherwise(
    written: Mapping[str, Sequence[str]], told: Sequence[Heard], heard: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Facts told in another order than they were decided in, and facts told twice that are not the same."""
    yield from (f"facts of {place}" for place in heard if list(heard[place]) != list(written.get(place, ())))
    known: dict[tuple[str, int], tuple[str, str]] = {}
    for one in told:
        if known.setdefault((one.place, one.sequence), (one.id, one.entry)) != (one.id, one.entry):
            yield f"{one} was told before as another"


def _watermarks(consumer: Consumer, topic: str) -> dict[int, tuple[int, int]]:
    partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
    return {number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=20) for number in partitions}


def _heard(record: Any) -> Heard:
    envelope = Envelope.of_headers(record.headers())
    assert envelope.sequence is not None
    fact = CaseClosed.model_validate_json(record.value())
    return Heard(record.key().decode(), envelope.sequence, envelope.id, fact.number)
