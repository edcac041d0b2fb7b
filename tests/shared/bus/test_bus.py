"""The bus on the real Kafka and MongoDB: what is told arrives once, in order, and what cannot be taken in waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from unittest.mock import AsyncMock

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pymongo.errors import AutoReconnect, PyMongoError
from structlog.testing import capture_logs

from shared.bus import consumer as consumer_module
from shared.bus.documents import WorkingSet
from shared.bus.message import Message
from shared.bus.parked import ParkedRow
from shared.bus.store import BELL, BusStore
from shared.contracts.catalogue import CASES, SIGNALS
from shared.contracts.envelope import Envelope
from tests.shared.bus import tally
from tests.shared.bus.tally import (
    NOON,
    POISONED_PLACE,
    Counter,
    Sender,
    count_signal,
    signal_about,
)

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


async def eventually(true: Callable[[], Awaitable[Any]], within: float = 20) -> None:
    deadline = time.monotonic() + within
    while not await true():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.05)


def admin_client(stack: Any) -> dict[str, Any]:
    return {
        "bootstrap_servers": stack.kafka_bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "admin",
        "sasl_plain_password": stack.kafka_admin_password,
    }


async def told_about(stack: Any, subject: str) -> list[tuple[Envelope, bytes]]:
    """Every fact about a subject on the cases topic, in the order of the log."""
    consumer = AIOKafkaConsumer(CASES.name, **admin_client(stack), auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(CASES.name, n) for n in range(CASES.partitions)]
        ends = await consumer.end_offsets(partitions)
        found = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [record for record in records if record.key == subject.encode()]
        return [(Envelope.of_headers(record.headers), record.value) for record in found]
    finally:
        await consumer.stop()


@pytest.mark.plan("C01")
async def test_what_one_service_tells_another_takes_in_once(platform_stack: Any, fresh_name: str) -> None:
    place = f"Groenlo {fresh_name}"
    async with Sender(platform_stack, f"{fresh_name}s") as sender, Counter(platform_stack, fresh_name) as counter:
        ids = await sender.send(*[place] * 5)

        async def all_there() -> bool:
            return set(await counter.signals_of(place)) == set(ids)

        await eventually(all_there)
        told = await eventually_told(platform_stack, place, 5)
    assert [envelope.sequence for envelope, _ in told] == [1, 2, 3, 4, 5]
    assert len({envelope.id for envelope, _ in told}) == 5


async def eventually_told(stack: Any, subject: str, count: int) -> list[tuple[Envelope, bytes]]:
    deadline = time.monotonic() + 20
    while len(told := await told_about(stack, subject)) < count:
        assert time.monotonic() < deadline, f"{len(told)} of {count} told"
        await asyncio.sleep(0.2)
    return told


async def test_a_ring_is_heard_in_another_process_however_many_there_were(platform_stack: Any, fresh_name: str) -> None:
    heard: list[float] = []

    async def listen(store: BusStore) -> None:
        with suppress(PyMongoError):  # a listener that was outrun; the relay begins anew
            async for _ in store.wakes():
                heard.append(time.monotonic())

    async with Sender(platform_stack, fresh_name) as here, Sender(platform_stack, fresh_name, instance="i-1") as there:
        for _ in range(2):
            async with cancelled_at_end(listen(there.bus.store)):
                await until_more_than(0, heard)
                await asyncio.sleep(1.5)  # longer than the server waits for news at the end of the collection
                before = len(heard)
                await here.bus.store.wake_relay()
                await until_more_than(before, heard)
                await asyncio.gather(*[here.bus.store.wake_relay() for _ in range(60)])
            heard.clear()
        # The server takes the oldest away with each new one, which several at once may outrun for a moment.
        assert await here.database.raw[BELL].count_documents({}) < 60


async def until_more_than(before: int, heard: list[float]) -> None:
    async def more() -> bool:
        return len(heard) > before

    await eventually(more)


@asynccontextmanager
async def cancelled_at_end(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_published_facts_leave_their_document(platform_stack: Any, fresh_name: str) -> None:
    async with Sender(platform_stack, fresh_name) as sender:
        await sender.send("Winterswijk")

        async def cleared() -> bool:
            return not await sender.database.unpublished()

        await eventually(cleared)


async def test_a_replay_of_everything_changes_nothing(platform_stack: Any, fresh_name: str) -> None:
    place = f"Lichtenvoorde {fresh_name}"
    async with Sender(platform_stack, f"{fresh_name}s") as sender:
        async with Counter(platform_stack, fresh_name) as counter:
            ids = await sender.send(*[place] * 3)

            async def three_there() -> bool:
                return len(await counter.signals_of(place)) == 3

            await eventually(three_there)
            await counter.database.raw["bus_offsets"].delete_many({})
        # Without offsets the database stands at the beginning, whatever the group committed.
        async with Counter(platform_stack, fresh_name) as counter:
            late = await sender.send(place)

            async def late_one_there() -> bool:
                return late[0] in await counter.signals_of(place)

            await eventually(late_one_there)
            assert sorted(await counter.signals_of(place)) == sorted(ids + late)


async def test_signals_that_name_no_place_are_counted_in_one_document(platform_stack: Any, fresh_name: str) -> None:
    async with Sender(platform_stack, f"{fresh_name}s") as sender, Counter(platform_stack, fresh_name) as counter:
        for _ in range(2):
            (id_,) = await sender.send("")

            async def there(id_: str = id_) -> bool:
                return id_ in await counter.signals_of("")

            await eventually(there)


async def test_facts_left_behind_by_a_killed_process_are_told_by_the_next(platform_stack: Any, fresh_name: str) -> None:
    place = f"Aalten {fresh_name}"
    dead = Counter(platform_stack, fresh_name)
    await dead.database.start()
    room = WorkingSet()
    envelope = Envelope("e1", "urn:nld:oin:00000099000000010000:systeem:intake", "t", NOON, "s1", 1)
    message = Message(envelope, signal_about(place), SIGNALS.name)
    room.apply(count_signal(room, message, NOON), message)
    await dead.database.save(room.changed)
    await dead.database.stop()

    async with Counter(platform_stack, fresh_name):
        told = await eventually_told(platform_stack, place, 1)
    assert told[0][0].sequence == 1


async def test_a_failing_message_waits_with_the_later_ones_of_its_subject_and_harms_no_other(
    platform_stack: Any, fresh_name: str
) -> None:
    place = f"Bocholt {fresh_name}"
    producer = AIOKafkaProducer(**admin_client(platform_stack))
    await producer.start()
    async with Counter(platform_stack, fresh_name) as counter:
        for sequence, where in enumerate((POISONED_PLACE, place), start=1):
            await send_raw(producer, "stuck", where, sequence)
        await send_raw(producer, "free", place, 1)
        await producer.send_and_wait(SIGNALS.name, b"not json", key=b"garbage")

        async def neighbour_there() -> bool:
            return await counter.signals_of(place) == ("free",)

        async def three_parked() -> bool:
            return len([p for p in await counter.bus.store.parked() if p.key in (b"stuck", b"garbage")]) == 3

        await eventually(neighbour_there)
        await eventually(three_parked)
        parked = {(p.key, p.behind_other): p for p in await counter.bus.store.parked()}
    await producer.stop()
    assert "cannot be counted" in parked[(b"stuck", False)].error
    assert parked[(b"stuck", True)].value is not None
    assert "ce_id" in parked[(b"garbage", False)].error


async def send_raw(producer: AIOKafkaProducer, subject: str, place: str, sequence: int) -> None:
    envelope = Envelope(
        f"{subject}-{sequence}",
        "urn:nld:oin:00000099000000010000:systeem:intake",
        "nl.brandmeester.signals.received.v1",
        NOON,
        subject,
        sequence,
    )
    body = signal_about(place).model_dump_json(by_alias=True).encode()
    await producer.send_and_wait(SIGNALS.name, body, key=subject.encode(), headers=envelope.headers())


async def test_a_document_the_database_refuses_parks_its_message_only(platform_stack: Any, fresh_name: str) -> None:
    place = f"Ulft {fresh_name}"
    async with Sender(platform_stack, f"{fresh_name}s") as sender, Counter(platform_stack, fresh_name) as counter:
        ids = await sender.send("Te groot", place)

        async def neighbour_there() -> bool:
            return ids[1] in await counter.signals_of(place)

        await eventually(neighbour_there)

        async def parked() -> bool:
            return any(p.key == ids[0].encode() for p in await counter.bus.store.parked())

        await eventually(parked)


@pytest.mark.plan("C01")
async def test_a_service_waits_for_kafka_and_says_so(platform_stack: Any, fresh_name: str) -> None:
    counter = Counter(platform_stack, fresh_name, kafka_bootstrap="localhost:9")
    await counter.database.start()
    with capture_logs() as logs:
        starting = asyncio.create_task(counter.bus.start())
        await asyncio.sleep(1.5)
    assert not starting.done()
    assert any(entry["event"] == "waiting for Kafka" for entry in logs)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await counter.database.stop()


async def test_only_one_replica_publishes_and_it_publishes_for_the_other(platform_stack: Any, fresh_name: str) -> None:
    async with (
        Sender(platform_stack, fresh_name, instance="intake-0") as first,
        Sender(platform_stack, fresh_name, instance="intake-1") as second,
    ):

        async def one_holds() -> bool:
            return first.bus.relay_holder != second.bus.relay_holder

        await eventually(one_holds)
        idle = second if first.bus.relay_holder else first
        await idle.send("Varsseveld")

        async def published() -> bool:
            return not await first.database.unpublished()

        await eventually(published)


async def test_a_parked_message_asked_back_is_taken_in_with_those_behind_it(
    platform_stack: Any, fresh_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"Rekken {fresh_name}"
    producer = AIOKafkaProducer(**admin_client(platform_stack))
    await producer.start()
    async with Counter(platform_stack, fresh_name) as counter:
        for sequence, where in enumerate((POISONED_PLACE, place, place), start=1):
            await send_raw(producer, fresh_name, where, sequence)

        async def parked() -> list[ParkedRow]:
            return [row for row in await counter.bus.store.parked() if row.key == fresh_name.encode()]

        async def all_parked() -> bool:
            return len(await parked()) == 3

        await eventually(all_parked)
        head = (await parked())[0]
        assert await counter.bus.store.ask_back(head.id)

        async def tried_again() -> bool:
            return (await parked())[0].attempts > 1

        await eventually(tried_again)
        assert len(await parked()) == 3, "a message that still fails stays where it was"

        monkeypatch.setattr(tally, "POISONED_PLACE", "nowhere")
        await counter.bus.store.ask_back(head.id)

        async def all_taken_in() -> bool:
            return not await parked()

        await eventually(all_taken_in)
        assert await counter.signals_of(place) == (fresh_name, fresh_name)
    await producer.stop()


async def test_a_discarded_message_leaves_a_gap_on_record_and_lets_the_next_through(
    platform_stack: Any, fresh_name: str
) -> None:
    place = f"Neede {fresh_name}"
    producer = AIOKafkaProducer(**admin_client(platform_stack))
    await producer.start()
    async with Counter(platform_stack, fresh_name) as counter:
        for sequence, where in enumerate((POISONED_PLACE, place), start=1):
            await send_raw(producer, fresh_name, where, sequence)

        async def both_parked() -> bool:
            return len([row for row in await counter.bus.store.parked() if row.key == fresh_name.encode()]) == 2

        await eventually(both_parked)
        head = next(row for row in await counter.bus.store.parked() if row.key == fresh_name.encode())
        assert await counter.bus.store.discard(head.id, by="ops", why="bestaat niet")

        async def next_one_through() -> bool:
            return await counter.signals_of(place) == (fresh_name,)

        await eventually(next_one_through)
        (gap,) = await counter.bus.store.gaps()
    await producer.stop()
    assert (gap.id, gap.by, gap.why, gap.error) == (head.id, "ops", "bestaat niet", "ValueError")


async def test_a_deaf_consumer_is_started_anew(
    platform_stack: Any, fresh_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "WATCH_EVERY", 0.2)
    monkeypatch.setattr(consumer_module, "DEAF_AFTER", 1.0)
    place = f"Eibergen {fresh_name}"
    async with Sender(platform_stack, f"{fresh_name}s") as sender, Counter(platform_stack, fresh_name) as counter:
        await sender.send(f"eerst {place}")

        async def first_one_there() -> bool:
            return bool(await counter.signals_of(f"eerst {place}"))

        await eventually(first_one_there)
        subscriber = counter.bus._consumer._subscriber
        subscriber.consumer.pause(*subscriber.consumer.assignment())
        await sender.send(place)

        async def heard_again() -> bool:
            return bool(await counter.signals_of(place))

        await eventually(heard_again, within=40)
        assert counter.bus.metrics.restarts._value.get() >= 1


async def test_a_bus_that_stops_while_its_database_is_away_leaves_nothing_running(
    platform_stack: Any, fresh_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"Dinxperlo {fresh_name}"

    async def away(*_: object, **__: object) -> Any:
        raise AutoReconnect

    async with Sender(platform_stack, f"{fresh_name}s") as sender:
        before = asyncio.all_tasks()
        async with Counter(platform_stack, fresh_name) as counter:
            consumer = counter.bus._consumer
            assert consumer is not None
            await eventually(lambda: _is_at_the_end(counter))
            monkeypatch.setattr(counter.database, "save", away)
            await sender.send(place)

            async def tries_to_write() -> bool:
                return consumer._pipeline.busy

            await eventually(tries_to_write)
            monkeypatch.setattr(counter.bus.store, "look_at_shelf", away)
            monkeypatch.setattr(counter.bus.store, "keep_offsets", away)
            consumer._subscriber.consumer._coordinator.request_rejoin()
            await asyncio.sleep(2)
        await asyncio.sleep(0.1)
        assert [task for task in asyncio.all_tasks() - before if not task.done()] == []
    monkeypatch.undo()
    async with Counter(platform_stack, fresh_name) as counter:

        async def taken_in() -> bool:
            return len(await counter.signals_of(place)) == 1

        await eventually(taken_in)


async def test_how_long_a_record_waits_is_told_whatever_is_tried_meanwhile(
    platform_stack: Any, fresh_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart that does not help is no progress: the alert that asks for a person rests on this."""
    for name, value in {"WATCH_EVERY": 0.1, "DEAF_AFTER": 0.5, "MOST_RESTARTS": 100}.items():
        monkeypatch.setattr(consumer_module, name, value)
    place = f"Beltrum {fresh_name}"
    async with Sender(platform_stack, f"{fresh_name}s") as sender, Counter(platform_stack, fresh_name) as counter:
        assert counter.bus._consumer is not None
        subscriber, metrics = counter.bus._consumer._subscriber, counter.bus.metrics
        assert subscriber.consumer is not None
        await eventually(lambda: _is_at_the_end(counter))
        for step in ("stop", "start"):
            monkeypatch.setattr(subscriber, step, AsyncMock())
        subscriber.consumer.pause(*subscriber.consumer.assignment())
        await sender.send(place)

        async def long_silent() -> bool:
            return min(_value(metrics.seconds_without_progress), _value(metrics.oldest_waiting)) > 2

        await eventually(long_silent)
        assert _value(metrics.restarts) >= 2
        subscriber.consumer.resume(*subscriber.consumer.assignment())

        async def all_quiet() -> bool:
            return _value(metrics.seconds_without_progress) < 0.5 and _value(metrics.oldest_waiting) == 0

        await eventually(all_quiet)
        assert len(await counter.signals_of(place)) == 1
        monkeypatch.undo()


async def _is_at_the_end(counter: Counter) -> bool:
    assert counter.bus._consumer is not None
    return bool(counter.bus._consumer._next) and await counter.bus.lag() == 0


def _value(metric: Any) -> float:
    return float(metric._value.get())
