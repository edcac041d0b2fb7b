"""What the frameworks do by themselves and must not do here; each of these failed on a first, naive version.

Others have a test where their stack is: an open transaction, a right that came back, retention that was faster and a
new group under tests/faults, facts left behind and a deaf reader in `test_bus.py`, claims in triage's tests.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter, deque
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError, UnsupportedCodecError
from cryptography.fernet import Fernet
from faststream.kafka import KafkaBroker
from prometheus_client import CollectorRegistry
from pymongo.errors import AutoReconnect
from structlog.testing import capture_logs

from shared.bus import consumer as consumer_module
from shared.bus import publisher as publisher_module
from shared.bus import stage as stage_module
from shared.bus.consumer import Consumer
from shared.bus.documents import Conflict, Document, FactTooLarge, Staged
from shared.bus.message import Place, Record, read
from shared.bus.metrics import BusMetrics
from shared.bus.parked import open_parked, seal
from shared.bus.publisher import MAX_BATCH_BYTES, Outgoing, Publisher
from shared.bus.stage import ParkedRecord, Reader, Stage
from shared.contracts.envelope import Envelope, Headers
from shared.contracts.intake import SignalReceived
from tests.shared.bus.tally import NOON, PARKED_KEY, count_signal, signal_about
from tests.shared.bus.test_interleavings import Log, Memory, World, no_pause

SOURCE = "urn:nld:oin:00000099000000010000:systeem:intake"


def stage_over(memory: Memory, pause: Callable[[float], Any] = no_pause) -> Stage[Any]:
    reader = Reader(load=memory.load, handlers={SignalReceived: count_signal})
    return Stage(reader, memory, memory, memory, lambda: NOON, pause=pause, jitter=lambda: 1.0)


def consumer_over(memory: Memory, unhurried: Sequence[str] = ()) -> Consumer:
    """As the bus makes it, on a broker that nobody starts."""
    metrics = BusMetrics("test", CollectorRegistry())
    broker = KafkaBroker("localhost:9", consumer_only=True, allow_auto_create_topics=False)
    stage = stage_over(memory)
    return Consumer(
        broker,
        "g",
        "0",
        cast(Any, None),
        stage,
        metrics,
        topics=["t"],
        pattern=None,
        batch_records=500,
        unhurried=unhurried,
    )


def headers(subject: str, sequence: int = 1, type_: str = SignalReceived.TYPE) -> Headers:
    return Envelope(f"{subject}-{sequence}", SOURCE, type_, NOON, subject, sequence).headers()


def record(offset: int, subject: str = "s1", sequence: int = 1) -> Record:
    body = signal_about("Groenlo").model_dump_json(by_alias=True).encode()
    return Log("t", 0, offset, subject.encode(), body, headers(subject, sequence))


async def test_a_batch_that_cannot_be_taken_in_stops_the_process_and_is_not_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """FastStream logs what a handler raises, whatever its policy, and goes on to the next batch."""
    consumer, raised = consumer_over(Memory(World())), list[int]()
    consumer._next = {("t", 0): 0}
    monkeypatch.setattr(signal, "raise_signal", raised.append)

    async def fails(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(consumer._pipeline, "put", fails)
    handling = asyncio.create_task(consumer._handle([record(0)]))
    await asyncio.sleep(0.02)
    assert raised == [signal.SIGTERM]
    assert not handling.done(), "the next batch must not follow"
    assert consumer._next == {("t", 0): 0}
    handling.cancel()


def test_the_client_is_told_what_its_defaults_get_wrong() -> None:
    asked = consumer_over(Memory(World()))._subscriber._connection_args
    assert asked["isolation_level"] == "read_committed"
    assert asked["enable_auto_commit"] is False, "offsets are committed behind the database"
    assert asked["auto_offset_reset"] == "earliest", "a new group must not begin at the end"
    assert asked["group_instance_id"] == "g-0", "a killed process comes back without waiting for its session's end"
    assert asked["session_timeout_ms"] == 10_000
    assert asked["fetch_max_wait_ms"] <= 100, "at 500 a partition that runs dry holds up the others for half a second"


async def test_after_an_empty_poll_it_polls_again_at_once() -> None:
    """FastStream's own poll sleeps then, and a record that comes meanwhile waits for it."""

    async def nothing(**_: Any) -> dict[Any, Any]:
        return {}

    subscriber = consumer_over(Memory(World()))._subscriber
    async with asyncio.timeout(0.05):
        assert await subscriber.get_msg(cast(Any, SimpleNamespace(getmany=nothing))) == ()


async def test_a_redelivered_message_whose_facts_are_unpublished_is_told_in_place() -> None:
    """A version that skipped what it had taken in lost the facts of every batch that was cut off before publishing."""
    world = World()
    await stage_over(Memory(world)).take([record(0)])
    world.published.clear()
    await stage_over(Memory(world)).take([record(0)])
    assert [staged.sequence for _, staged in world.published] == [1]
    assert world.documents["tallies", "Groenlo"].state.signals == ("s1",)


async def test_a_database_that_is_away_is_asked_ever_more_seldom() -> None:
    """NACK_ON_ERROR tried thousands of times in seconds."""
    pauses: list[float] = []

    class Away(Memory):
        async def save(self, documents: Sequence[Document[Any]], *, as_one: bool) -> None:
            if len(pauses) < 10:
                raise ConnectionError
            await super().save(documents, as_one=as_one)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    world = World()
    await stage_over(Away(world), pause).take([record(0)])
    assert pauses == sorted(pauses)
    assert pauses[0] >= 0.1
    assert pauses[-1] == 5.0
    assert len(world.documents) == 1


POISON = {
    "not JSON": Log("t", 0, 0, b"s1", b"{geheim", headers("s1")),
    "a wrong type": Log("t", 0, 0, b"s1", b'{"channel": "geheim"}', headers("s1")),
    "an unknown version": Log(
        "t", 0, 0, b"s1", b'{"channel": "geheim"}', headers("s1", type_="nl.brandmeester.signals.received.v9")
    ),
    "no envelope": Log("t", 0, 0, b"s1", b"geheim", [("ce_id", b"geheim")]),
    "no key": Log("t", 0, 0, None, b"geheim", headers("s1")),
}


@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_parked_once_and_what_it_says_is_written_down_nowhere_else(kind: str) -> None:
    """FastStream logs an invalid payload with its content."""
    world = World()
    with capture_logs() as logs:
        await stage_over(Memory(world)).take([POISON[kind], record(1, "s2")])
    (parked,) = world.parked.values()
    assert "geheim" not in str(logs) + parked.error
    assert world.documents["tallies", "Groenlo"].state.signals == ("s2",), "its neighbour goes on"


def stage_with_strangers(memory: Memory, strangers: str) -> Stage[Any]:
    reader = Reader(load=memory.load, handlers={SignalReceived: count_signal}, strangers=re.compile(strangers))
    return Stage(reader, memory, memory, memory, lambda: NOON, pause=no_pause, jitter=lambda: 1.0)


STRANGERS = pytest.mark.parametrize(("strangers", "trusted"), [("t", False), ("t.*x", True)])


@STRANGERS
async def test_a_type_without_a_decision_is_parked_where_nothing_may_be_skipped(strangers: str, trusted: bool) -> None:
    """An integration that mistypes the type would else never hear that nobody read its signal."""
    world = World()
    stage = stage_with_strangers(Memory(world), strangers)
    with capture_logs() as logs:
        await stage.take([Log("t", 0, 0, b"s1", b"{}", headers("s1", type_="nl.brandmeester.signal.received.v1"))])
    assert [parked.error for parked in world.parked.values()] == (
        [] if trusted else ["Unreadable: ce_type: this type is not known here"]
    )
    assert [(line["event"], line["offset"], line["error"]) for line in logs] == (
        [] if trusted else [("record parked", 0, "Unreadable")]
    )


@STRANGERS
async def test_a_key_given_twice_is_refused_where_senders_are_others(strangers: str, trusted: bool) -> None:
    """Which of both is meant nobody can tell; our own services never write one twice."""
    world = World()
    stage = stage_with_strangers(Memory(world), strangers)
    body = record(0, "s1").value.replace(b'"site":{', b'"site":{"place":"Lochem",')
    await stage.take([Log("t", 0, 0, b"s1", body, headers("s1"))])
    assert [parked.error for parked in world.parked.values()] == (
        [] if trusted else ["Unreadable: situation.site.place: given twice"]
    )


@STRANGERS
async def test_what_a_stranger_counts_hides_nothing(strangers: str, trusted: bool) -> None:
    """A sender that numbers every record 1, or takes another's name, would else have its next one dropped unsaid."""
    world = World()
    await stage_with_strangers(Memory(world), strangers).take([record(0), record(1)])
    assert world.documents["tallies", "Groenlo"].state.signals == (("s1",) if trusted else ("s1", "s1"))
    assert not world.parked


async def test_a_refusal_that_cannot_be_told_does_not_keep_the_record_from_being_parked() -> None:
    """Deciding raised each time anew, and the batch was tried for ever with all that came after it."""

    def too_large(*_: object) -> Sequence[Any]:
        raise FactTooLarge

    world = World()
    memory = Memory(world)
    reader = Reader(load=memory.load, handlers={SignalReceived: count_signal}, on_refusal=too_large)
    with capture_logs() as logs:
        async with asyncio.timeout(5):
            await Stage(reader, memory, memory, memory, lambda: NOON).take([POISON["not JSON"], record(1, "s2")])
    assert [parked.record.offset for parked in world.parked.values()] == [0]
    assert world.documents["tallies", "Groenlo"].state.signals == ("s2",)
    assert [line["error"] for line in logs if line["event"] == "refusal not told"] == ["FactTooLarge"]


async def test_why_a_record_is_parked_stays_short_however_much_is_wrong_with_it() -> None:
    """Half a megabyte of keys that nobody knows would be megabytes on the page and in the list of ops."""
    unknown = "".join(f',"{number}":1' for number in range(5_000)) + f',"{"x" * 100_000}":1'
    body = record(0).value.replace(b'"site":{', b'"site":{"houseNumber":[]' + unknown.encode() + b",", 1)
    world = World()
    body = body.replace(b'"themes":["work"]', b'"themes":[' + b"7," * 999 + b"7]")
    await stage_over(Memory(world)).take([Log("t", 0, 0, b"s1", body, headers("s1"))])
    (parked,) = world.parked.values()
    assert len(parked.error) < 5_000
    assert parked.error.endswith("more")


async def test_a_record_that_nobody_foresaw_is_parked_and_its_neighbours_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the process would stop, and stop again at each start: one sender could keep a service down."""

    def stumbles(one: Record, *args: Any, **how: Any) -> Any:
        if one.offset == 0:
            raise AttributeError
        return read(one, *args, **how)

    monkeypatch.setattr(stage_module, "read", stumbles)
    world = World()
    await stage_over(Memory(world)).take([record(0), record(1, "s2")])
    assert [(parked.record.offset, parked.error) for parked in world.parked.values()] == [(0, "AttributeError: ")]
    assert world.documents["tallies", "Groenlo"].state.signals == ("s2",)


class Reluctant(Memory):
    """A database that answers each of the first saves with the same failure."""

    failure: Exception = AutoReconnect()
    left = 1_200

    async def save(self, documents: Sequence[Document[Any]], *, as_one: bool) -> None:
        self.left -= 1
        if self.left >= 0:
            raise self.failure
        await super().save(documents, as_one=as_one)


@pytest.mark.parametrize(("failure", "longest"), [(AutoReconnect(), 5.0), (Conflict("tallies"), 1.0)])
async def test_however_often_a_batch_is_tried_the_pause_stays_a_number(failure: Exception, longest: float) -> None:
    """Two to the power of the attempt is more than a float holds after an hour without the database."""
    world, pauses = World(), []
    memory = Reluctant(world)
    memory.failure = failure

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    with capture_logs() as logs:
        await stage_over(memory, pause).take([record(0)])
    assert len(pauses) == 1_200
    assert max(pauses) == pauses[-1] == longest
    assert len(logs) == (1_200 if longest == 5.0 else 60), "conflicts are said now and then"
    assert world.documents["tallies", "Groenlo"].state.signals == ("s1",)


class Client:
    """As aiokafka reads: what it drained of one partition it forgets when a record of the next cannot be read."""

    def __init__(self, held: dict[TopicPartition, list[Any]]) -> None:
        self._held = held
        self._at = dict.fromkeys(held, 0)
        self._paused: set[TopicPartition] = set()

    def assignment(self) -> set[TopicPartition]:
        return set(self._held)

    def paused(self) -> set[TopicPartition]:
        return self._paused

    def pause(self, partition: TopicPartition) -> None:
        self._paused.add(partition)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._at[partition] = offset

    async def getmany(
        self, *only: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        found: dict[TopicPartition, list[Any]] = {}
        for partition in only or self._held:
            if partition in self._paused:
                continue
            records = self._held[partition][self._at[partition] :][:max_records]
            if None in records:
                raise UnsupportedCodecError
            if records:
                found[partition] = records
                self._at[partition] += len(records)
        return found


async def test_what_lies_beside_and_before_an_unreadable_record_is_read_once() -> None:
    ahead = [SimpleNamespace(offset=0), None, SimpleNamespace(offset=2)]
    beside, bad = TopicPartition("t", 0), TopicPartition("t", 1)
    client = Client({beside: [SimpleNamespace(offset=n) for n in range(5)], bad: ahead})
    consumer = consumer_over(Memory(World()))
    consumer._ahead = {beside: 0, bad: 0}
    read: list[tuple[int, int]] = []
    with capture_logs() as logs:
        for _ in range(3):
            found = await consumer._fetch(cast(Any, client), 1)
            read += [(partition.partition, one.offset) for partition, records in found.items() for one in records]
    assert sorted(read) == [(0, n) for n in range(5)] + [(1, 0)]
    assert [(line["partition"], line["offset"]) for line in logs] == [(1, 1)]


async def test_a_replay_that_fails_keeps_no_other_from_being_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer_module, "REPLAY_EVERY", 0.01)
    consumer = consumer_over(Memory(World()))
    consumer._next = {("t", 0): 9}
    rows = [record(0), record(1, "s2")]
    gone: list[int] = []
    consumer._books = MagicMock(
        asked_back=AsyncMock(side_effect=lambda: [row for row in rows if row.offset not in gone]),
        forget=AsyncMock(side_effect=lambda row: gone.append(row.offset)),
        look_at_shelf=AsyncMock(),
    )

    async def take_again(row: Record) -> bool:
        if row.offset == 0 and not gone:
            raise RuntimeError("geheim")
        return True

    monkeypatch.setattr(consumer._stage, "take_again", take_again)
    with capture_logs() as logs:
        replaying = asyncio.create_task(consumer._keep_replaying())
        async with asyncio.timeout(5):
            while len(gone) < 2:
                await asyncio.sleep(0.01)
    replaying.cancel()
    assert gone == [1, 0]
    assert "geheim" not in str(logs)


def test_what_is_parked_is_sealed() -> None:
    fernet = Fernet(PARKED_KEY)
    parked = ParkedRecord(POISON["not JSON"], "t/s1", "body: not JSON, near geheim")
    sealed = seal(fernet, parked)
    assert b"geheim" not in sealed
    row = {"topic": "t", "partition": 0, "offset": 0, "hold": None, "behind_other": False, "attempts": 1}
    opened = open_parked(fernet, {**row, "parked_at": NOON, "sealed": sealed})
    assert opened.value == b"{geheim"
    other = open_parked(Fernet(Fernet.generate_key()), {**row, "parked_at": NOON, "sealed": sealed})
    assert (other.value, other.error) == (None, "sealed with another key")


class Broker:
    """Takes batches, and refuses the first on one partition if told so; real batches of the real client."""

    def __init__(self, refuses: int | None = None) -> None:
        self.refuses = refuses
        self.batches: list[tuple[int, int, int]] = []
        self.made = 0
        self._client = AIOKafkaProducer(max_batch_size=MAX_BATCH_BYTES, bootstrap_servers="localhost:9")
        self._client._closed = True  # never opened, and said to be so

    def make(self) -> AIOKafkaProducer:
        self.made += 1
        return cast(AIOKafkaProducer, self)

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def partitions_for(self, _topic: str) -> set[int]:
        return set(range(4))

    def create_batch(self) -> Any:
        return self._client.create_batch()

    async def send_batch(self, batch: Any, _topic: str, *, partition: int) -> asyncio.Future[None]:
        outcome = asyncio.get_running_loop().create_future()
        if partition == self.refuses:
            self.refuses = None
            outcome.set_exception(KafkaConnectionError())
        else:
            self.batches.append((partition, batch.record_count(), batch.size()))
            outcome.set_result(None)
        return outcome


async def queues_of(publisher: Publisher, facts: Sequence[tuple[str, int]], size: int) -> dict[Place, deque[Outgoing]]:
    await publisher.get_to_know({"t"})
    queues: dict[Place, deque[Outgoing]] = {}
    for key, sequence in facts:
        staged = Staged("t", key, f"{key}-{sequence}", "nl.brandmeester.x.v1", NOON, sequence, b"x" * size)
        queues.setdefault(publisher.place(staged), deque()).append(Outgoing(("d", key), staged))
    return queues


async def test_facts_of_one_subject_go_to_one_partition_in_order_however_many_and_large() -> None:
    """FastStream's `publish_batch` put a whole batch on any partition, and overflowed at sixteen messages of 1 kB."""
    broker = Broker()
    publisher = Publisher(SOURCE, broker.make)
    facts = [(f"k{number % 5}", number // 5 + 1) for number in range(100)]
    queues = await queues_of(publisher, facts, 20_000)
    told: list[Outgoing] = []
    while any(queues.values()):
        told += await publisher.send_round({place: queue for place, queue in queues.items() if queue})
    per_key = {key: [out.staged.sequence for out in told if out.staged.key == key] for key in {key for key, _ in facts}}
    assert per_key == {key: list(range(1, 21)) for key in per_key}
    assert max(size for _, _, size in broker.batches) <= MAX_BATCH_BYTES
    sent = Counter[int]()
    for partition, count, _ in broker.batches:
        sent[partition] += count
    partitions = {key: next(iter(await queues_of(publisher, [(key, 1)], 1)))[1] for key, _ in facts}
    assert sent == Counter({p: 20 * list(partitions.values()).count(p) for p in partitions.values()})


async def test_a_send_that_fails_keeps_its_queue_and_gets_a_new_producer() -> None:
    """What follows a failed send on its partition would be told before it."""
    broker = Broker()
    publisher = Publisher(SOURCE, broker.make)
    queues = await queues_of(publisher, [(f"k{number}", 1) for number in range(40)], 10)
    place, queue = next(iter(queues.items()))
    broker.refuses = place[1]
    waiting = list(queue)
    done = await publisher.send_round(queues)
    assert list(queue) == waiting
    assert not set(waiting) & set(done)
    assert broker.made == 1
    assert await publisher.send_round({place: queue}) == waiting
    assert broker.made == 2


async def test_a_broker_that_takes_nothing_is_an_error_and_nothing_is_told() -> None:
    broker = Broker()
    publisher = Publisher(SOURCE, broker.make)
    queues = await queues_of(publisher, [("k1", 1)], 10)
    place, queue = next(iter(queues.items()))
    broker.refuses = place[1]
    with pytest.raises(KafkaConnectionError):
        await publisher.send_round(queues)
    assert len(queue) == 1


class BrokerThatNeverAnswers(Broker):
    """Away with a send under way: the idempotent client then waits without end before it closes."""

    async def stop(self) -> None:
        await asyncio.Event().wait()


async def test_a_service_that_stops_does_not_wait_for_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_module, "CLOSE_WITHIN", 0.05)
    publisher = Publisher(SOURCE, BrokerThatNeverAnswers().make)
    await publisher.start()
    async with asyncio.timeout(5):
        await publisher.stop()


async def test_what_nobody_in_the_group_has_read_is_lag_too_and_what_another_has_read_is_not() -> None:
    places = [TopicPartition("t", number) for number in range(3)]
    client = MagicMock()
    client.subscription.return_value = {"t"}
    client.partitions_for_topic.return_value = {0, 1, 2}
    client.assignment.return_value = {places[0]}
    client.beginning_offsets = AsyncMock(side_effect=lambda asked: dict.fromkeys(asked, 4))
    client.end_offsets = AsyncMock(side_effect=lambda asked: dict.fromkeys(asked, 10))
    consumer = consumer_over(Memory(World()))
    consumer._subscriber.consumer = client
    consumer._books = MagicMock(offsets=AsyncMock(return_value={("t", 1): 7}))
    consumer._next[("t", 0)] = 9
    assert await consumer.lag() == 1 + 6
    assert consumer._unread == {("t", 2): 4}


async def test_the_group_is_asked_once_per_set_of_partitions_and_only_after_it_answered() -> None:
    client = MagicMock()
    client.subscription.return_value = {"t"}
    client.partitions_for_topic.return_value = {0, 1}
    client.assignment.return_value = {TopicPartition("t", 0)}
    consumer = consumer_over(Memory(World()))
    consumer._subscriber.consumer = client
    asked = client._coordinator.request_rejoin
    consumer._see_to_sharing()
    assert asked.call_count == 0
    consumer._settled = True
    consumer._see_to_sharing()
    consumer._see_to_sharing()
    assert asked.call_count == 1
    client.partitions_for_topic.return_value = {0, 1, 2}
    consumer._see_to_sharing()
    assert asked.call_count == 2
