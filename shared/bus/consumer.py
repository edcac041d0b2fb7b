"""Kafka in: FastStream's batch subscriber on raw records, offsets kept by the database and committed behind it."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CorruptRecordException, IllegalStateError, KafkaError, UnsupportedCodecError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from pymongo.errors import PyMongoError

from shared.bus.background import Background
from shared.bus.backlog import Backlog, in_order
from shared.bus.message import Place
from shared.bus.metrics import BusMetrics
from shared.bus.parked import ParkedRow
from shared.bus.pipeline import Pipeline
from shared.bus.stage import Stage
from shared.bus.waiting import Waiting

log = structlog.get_logger()

COMMIT_EVERY = 0.1
REPLAY_EVERY = 1.0
WATCH_EVERY = 5.0
DEAF_AFTER = 20.0
MOST_RESTARTS = 3
STOP_WITHIN = 5.0
RESTART_WITHIN = 15.0
ANSWER_WITHIN = 5.0
POLL_MS = 500
# A partition of the backlog that tells nothing in so many polls on end holds up the others no longer. Polls are
# counted and no time, since nobody listens while a batch is handled.
MOST_SILENT_POLLS = 10
# What the client raises for what stands in a record, and for nothing else: a packing it cannot undo, a broken batch,
# the name of a header that is not UTF-8. Such a partition is tried again every so often.
UNREADABLE = (UnsupportedCodecError, CorruptRecordException, UnicodeDecodeError)
TRY_UNREADABLE_EVERY = 60.0
ONE_BY_ONE_MS = 300
# How long records of unhurried topics gather; a batch of more than that share of the largest comes of a backlog.
GATHER_FOR = 0.2
TRICKLE = 0.1
SESSION_MS = 10_000
# New inbound topics of integrations are noticed this fast.
METADATA_MS = 5_000


class Books(Protocol):
    """What the database knows: how far it took the topics in, and what is parked and asked back."""

    async def offsets(self, group: str) -> dict[Place, int]: ...
    async def keep_offsets(self, group: str, offsets: Mapping[Place, int]) -> None: ...
    async def asked_back(self) -> list[ParkedRow]: ...
    async def forget(self, row: ParkedRow) -> None: ...
    async def look_at_shelf(self) -> None: ...


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One consumer group member of a service.

    At each assignment it seeks to where the database is: the beginning at the first start, further back than the
    group's committed offset after a restore. A database offset that retention has removed raises an alarm.
    """

    def __init__(
        self,
        broker: KafkaBroker,
        group: str,
        instance: str,
        books: Books,
        stage: Stage[Any],
        metrics: BusMetrics,
        *,
        topics: Iterable[str],
        pattern: str | None,
        batch_records: int,
        unhurried: Iterable[str] = (),
    ) -> None:
        self._group = group
        self._books = books
        self._stage = stage
        self._pipeline = Pipeline(stage)
        self._metrics = metrics
        # Batches and replays take turns: a replay must not be overtaken by a later record of its subject.
        self._turn = asyncio.Lock()
        self._next: dict[Place, int] = {}
        # Where the next record of each partition is expected, and where one was and another came.
        self._ahead: dict[Place, int] = {}
        self._gaps: dict[Place, int] = {}
        self._kept: dict[Place, int] = {}
        # Partitions nobody in the group has read from, by their beginning.
        self._unread: dict[Place, int] = {}
        # Whether the group has answered since the last revocation, and for which partitions it was asked to share anew.
        self._settled = False
        self._shared: set[TopicPartition] = set()
        self._waiting = Waiting()
        self._background = Background()
        self._stopping = False
        # When a record was last taken in or none waited, and when silence last had another reason than deafness.
        self._progress = self._excused = time.monotonic()
        self._subscriber = broker.subscriber(
            *topics,
            pattern=pattern,
            batch=True,
            group_id=group,
            group_instance_id=f"{group}-{instance}",
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            isolation_level="read_committed",
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=2_000,
            fetch_max_wait_ms=100,
            max_records=batch_records,
            listener=self,
            parser=_leave_raw,
            decoder=_records,
        )
        self._subscriber(self._handle)
        self._batch_records = batch_records
        self._unhurried = frozenset(unhurried)
        self._all_from = 0.0
        self._resting: list[TopicPartition] = []
        self._backlog: Backlog | None = None
        self._silent_polls = 0
        # Partitions whose next record the client cannot read, and when they were last tried.
        self._aside: set[TopicPartition] = set()
        self._aside_since = 0.0
        # FastStream's own sleeps after an empty poll, and a record that comes meanwhile would wait for it.
        self._subscriber.get_msg = self._poll  # type: ignore[method-assign]

    async def start(self) -> None:
        """Begin to commit, replay and watch; the broker starts the subscriber itself."""
        self._progress = time.monotonic()
        self._background.start(self._keep_committing, self._keep_replaying, self._keep_watching)

    async def stop(self) -> None:
        """Finish what is in flight, as far as that can be done in time, commit it, and take nothing in any more."""
        self._stopping = True
        try:
            await self._background.stop(STOP_WITHIN)
            await self._finish_flight()
        finally:
            # What could not be written by now would be tried for ever; it comes in again at the next start.
            self._pipeline.abandon()

    async def lag(self) -> int:
        """How many records the broker has that are not taken in yet; raises KafkaError when it does not answer.

        Those on partitions that nobody in the group has read from count as well.
        """
        return await self._own_lag() + await self._unread_lag()

    async def _own_lag(self) -> int:
        return self._lag_in(await self._ends())

    def _lag_in(self, ends: Mapping[Place, int]) -> int:
        return sum(max(0, end - self._next.get(place, end)) for place, end in ends.items())

    async def _unread_lag(self) -> int:
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        self._unread = await self._unread_beginnings(consumer) if consumer is not None else {}
        if not self._unread:
            return 0
        ends = await self._ends_of(consumer, [TopicPartition(*place) for place in self._unread])
        return sum(end - self._unread[place] for place, end in ends.items())

    async def _unread_beginnings(self, consumer: AIOKafkaConsumer) -> dict[Place, int]:
        others = _partitions_there(consumer) - consumer.assignment()
        known = await self._books.offsets(self._group) if others else {}
        unread = [partition for partition in others if (partition.topic, partition.partition) not in known]
        if not unread:
            return {}
        async with asyncio.timeout(ANSWER_WITHIN):
            beginnings = await consumer.beginning_offsets(unread)
        return {(partition.topic, partition.partition): start for partition, start in beginnings.items()}

    async def _ends(self) -> dict[Place, int]:
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if consumer is None or not (assigned := consumer.assignment()):
            return {}
        return await self._ends_of(consumer, assigned)

    async def _ends_of(self, consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition]) -> dict[Place, int]:
        async with asyncio.timeout(ANSWER_WITHIN):
            ends = await consumer.end_offsets(partitions)
        for partition, end in ends.items():
            self._waiting.saw_end((partition.topic, partition.partition), end, time.time())
        return {(partition.topic, partition.partition): end for partition, end in ends.items()}

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Seek each partition to where this database is."""
        consumer: AIOKafkaConsumer = self._subscriber.consumer
        known = await self._until_answered()
        beginnings = await consumer.beginning_offsets(assigned) if assigned else {}
        for partition in assigned:
            place = (partition.topic, partition.partition)
            start = beginnings[partition]
            wanted = known.get(place, 0)
            if wanted < start and place in known:
                self._alarm(place, start - wanted)
            consumer.seek(partition, max(wanted, start))
            self._waiting.forget(place)
            self._next[place] = self._kept[place] = self._ahead[place] = max(wanted, start)
        self._aside = set()
        self._backlog = await self._backlog_of(consumer, assigned)
        self._settled = True

    async def _backlog_of(self, consumer: AIOKafkaConsumer, assigned: list[TopicPartition]) -> Backlog | None:
        """What waits already, where it waits on more than one partition: there the broker tells no order."""
        ends = await consumer.end_offsets(assigned) if len(assigned) > 1 else {}
        behind = {one: end for one, end in ends.items() if self._next[one.topic, one.partition] < end}
        self._silent_polls = 0
        return Backlog(behind) if len(behind) > 1 else None

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Finish and commit what is in flight before another takes over."""
        self._settled = False
        self._backlog = None
        await self._finish_flight()
        for partition in revoked:
            self._next.pop((partition.topic, partition.partition), None)
            self._waiting.forget((partition.topic, partition.partition))

    async def _finish_flight(self) -> None:
        for step in (self._pipeline.drain, self._commit):
            with suppress(KafkaError, PyMongoError, TimeoutError):
                async with asyncio.timeout(STOP_WITHIN):
                    await step()

    async def _until_answered(self) -> dict[Place, int]:
        # The client does not leave its group before this has ended.
        while not self._stopping:
            try:
                await self._books.look_at_shelf()
                return await self._books.offsets(self._group)
            except PyMongoError as error:
                log.warning("waiting for the offsets in the database", error=type(error).__name__)
                await asyncio.sleep(1)
        return {}

    async def _poll(self, consumer: AIOKafkaConsumer) -> tuple[Any, ...]:
        if (backlog := self._backlog) is not None:
            return await self._next_of(backlog, consumer)
        found = await self._found(consumer)
        self._note_polled(found)
        return in_order(found)

    def _note_polled(self, found: Mapping[TopicPartition, Sequence[Any]]) -> None:
        for partition, records in found.items():
            place = (partition.topic, partition.partition)
            self._note_gap(place, records[0].offset, records[-1].offset + 1)
            self._waiting.polled(place, records[0].offset, records[0].timestamp / 1000)

    async def _next_of(self, backlog: Backlog, consumer: AIOKafkaConsumer) -> tuple[Any, ...]:
        """The next records of a backlog, in the order of their time; read on only where they do not suffice."""
        if records := backlog.take(self._batch_records):
            self._hold_up(backlog, consumer)
            return records
        if backlog.is_done:
            self._backlog = None
            return ()
        found = await self._fetch(consumer, POLL_MS)
        if backlog is not self._backlog:  # the partitions were shared anew meanwhile, and are read from elsewhere
            return ()
        self._note_polled(found)
        backlog.hold(found)
        backlog.read_whole(self._aside)
        self._silent_polls = 0 if found else self._silent_polls + 1
        if self._silent_polls > MOST_SILENT_POLLS:
            log.warning("part of the backlog does not come; going on without its order", partitions=len(backlog.behind))
            backlog.read_whole(backlog.behind)
        backlog.read_whole([one for one in backlog.behind if await self._is_read_whole(backlog, consumer, one)])
        self._hold_up(backlog, consumer)
        return backlog.take(self._batch_records)

    async def _is_read_whole(self, backlog: Backlog, consumer: AIOKafkaConsumer, partition: TopicPartition) -> bool:
        # Not what was read last: at the end may stand what the broker tells nobody.
        try:
            return bool(await consumer.position(partition) >= backlog.ends[partition])
        except IllegalStateError:
            return False  # it is another's by now

    def _hold_up(self, backlog: Backlog, consumer: AIOKafkaConsumer) -> None:
        """Fetch of no partition more than is of use, so that no backlog fills the memory."""
        assigned = consumer.assignment()
        consumer.resume(*(one for one in backlog.held_up - backlog.ahead if one in assigned))
        consumer.pause(*(one for one in backlog.ahead - backlog.held_up if one in assigned))
        backlog.held_up = backlog.ahead

    async def _found(self, consumer: AIOKafkaConsumer) -> Mapping[TopicPartition, Sequence[Any]]:
        """The next records: of unhurried topics those that gathered, the first after a silence at once.

        A batch of one costs nearly what one of fifty does, and what is hurried would wait behind it.
        """
        wait = self._all_from - time.monotonic()
        if self._resting and wait <= 0:
            self._rouse(consumer)
        longest = round(min(wait * 1000, POLL_MS)) if self._resting else POLL_MS
        found = await self._fetch(consumer, longest, self._batch_records)
        gathered = sum(len(records) for partition, records in found.items() if partition.topic in self._unhurried)
        if 0 < gathered < self._batch_records * TRICKLE:
            self._rest(consumer)
        return found

    async def _fetch(
        self, consumer: AIOKafkaConsumer, timeout_ms: int, most: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Any]]:
        """What the client has next; where it cannot read a record, it goes on without that partition only."""
        try:
            found: Mapping[TopicPartition, Sequence[Any]] = await consumer.getmany(
                timeout_ms=timeout_ms, max_records=most
            )
        except UNREADABLE:
            # What it held of other partitions by then it has forgotten, and would not fetch again.
            for partition in consumer.assignment() - consumer.paused():
                consumer.seek(partition, self._ahead[partition.topic, partition.partition])
            return await self._fetched_one_by_one(consumer)
        except KafkaError as error:
            # FastStream waits five seconds then, and says nothing.
            log.warning("nothing fetched", error=type(error).__name__)
            raise
        return found

    async def _fetched_one_by_one(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, list[Any]]:
        """The next records of each partition, up to the first that the client cannot read."""
        found: dict[TopicPartition, list[Any]] = {}
        for partition in sorted(consumer.assignment() - consumer.paused()):
            records: list[Any] = []
            try:
                while len(records) < self._batch_records and (
                    one := await consumer.getmany(partition, timeout_ms=ONE_BY_ONE_MS, max_records=1)
                ):
                    records += one[partition]
            except UNREADABLE as error:
                offset = records[-1].offset + 1 if records else self._ahead[partition.topic, partition.partition]
                where = {"topic": partition.topic, "partition": partition.partition, "offset": offset}
                log.error(
                    "a record cannot be read; going on without its partition", **where, error=type(error).__name__
                )
                self._set_aside(consumer, partition)
            if records:
                found[partition] = records
        return found

    def _set_aside(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        consumer.pause(partition)
        self._aside.add(partition)
        self._aside_since = time.monotonic()

    def _try_aside(self, consumer: AIOKafkaConsumer) -> None:
        """Read again what could not be read, in case somebody removed it or it was damaged on the way only."""
        if self._aside and time.monotonic() - self._aside_since > TRY_UNREADABLE_EVERY:
            consumer.resume(*(self._aside & consumer.assignment()))
            self._aside = set()

    def _rest(self, consumer: AIOKafkaConsumer) -> None:
        """Fetch nothing of unhurried topics for a while.

        Left unread at the client instead, they would keep it from fetching anything of the same broker.
        """
        self._all_from = time.monotonic() + GATHER_FOR
        self._resting = [one for one in consumer.assignment() if one.topic in self._unhurried]
        consumer.pause(*self._resting)

    def _rouse(self, consumer: AIOKafkaConsumer) -> None:
        assigned = consumer.assignment()
        consumer.resume(*(one for one in self._resting if one in assigned and one not in self._aside))
        self._resting = []

    def _note_gap(self, place: Place, first: int, ahead: int) -> None:
        """The client goes on at the beginning of what retention left, and does not tell."""
        expected = self._ahead.get(place, first)
        if first > expected:
            self._gaps.setdefault(place, expected)
        self._ahead[place] = ahead

    async def _handle(self, records: Sequence[Any]) -> None:
        try:
            await self._take(records)
        except Exception:
            # FastStream would log this and go on to the next batch, and so lose this one.
            log.exception("a batch cannot be taken in; stopping, so that it is delivered again")
            signal.raise_signal(signal.SIGTERM)
            await asyncio.Event().wait()

    async def _take(self, records: Sequence[Any]) -> None:
        began = time.monotonic()

        def done() -> None:
            for record in records:
                place = (record.topic, record.partition)
                if place in self._next:  # unless another took the partition over meanwhile
                    self._next[place] = record.offset + 1
            self._progress = time.monotonic()
            self._metrics.handled.inc(len(records))
            self._metrics.batch_records.observe(len(records))
            self._metrics.batch_seconds.observe(self._progress - began)

        async with self._turn:
            if not self._stopping:
                await self._pipeline.put(records, done)

    async def _look_into_gaps(self, consumer: AIOKafkaConsumer) -> None:
        """Tell a hole that retention made from one of compaction or of a transaction's end, which lost nothing."""
        gaps = {TopicPartition(*place): expected for place, expected in self._gaps.items()}
        async with asyncio.timeout(ANSWER_WITHIN):
            beginnings = await consumer.beginning_offsets(list(gaps))
        for partition, expected in gaps.items():
            place = (partition.topic, partition.partition)
            del self._gaps[place]
            if beginnings[partition] > expected:
                self._alarm(place, beginnings[partition] - expected)

    def _alarm(self, place: Place, lost: int) -> None:
        self._metrics.offsets_lost.inc()
        log.error("retention removed records before they were taken in", partition=place, lost=lost)

    async def _keep_replaying(self) -> None:
        while True:
            await asyncio.sleep(REPLAY_EVERY)
            try:
                rows = await self._books.asked_back()
            except PyMongoError as error:
                log.warning("parked records not looked at", error=type(error).__name__)
                continue
            for row in rows:
                if (row.topic, row.partition) in self._next:
                    await self._replay(row)

    async def _replay(self, row: ParkedRow) -> None:
        place = {"topic": row.topic, "partition": row.partition, "offset": row.offset}
        try:
            async with self._turn:
                await self._pipeline.drain()
                if await self._stage.take_again(row):
                    await self._books.forget(row)
                    await self._books.look_at_shelf()
                    log.info("parked record taken in", **place)
        except Exception as error:
            # Whatever it is, the others that were asked back must not wait for it.
            log.warning("parked record not taken in yet, trying again", **place, error=type(error).__name__)

    async def _keep_watching(self) -> None:
        restarts = 0
        while True:
            await asyncio.sleep(WATCH_EVERY)
            try:
                self._see_to_sharing()
                ends, unread = await self._ends(), await self._unread_lag()
                if (consumer := self._subscriber.consumer) is not None:
                    self._try_aside(consumer)
                    if self._gaps:
                        await self._look_into_gaps(consumer)
            except (KafkaError, PyMongoError, TimeoutError):
                self._excused = time.monotonic()
                self._note_age()
                continue
            self._note_waiting(self._lag_in(ends) + unread)
            # What cannot be read no new start would help.
            readable = {place: end for place, end in ends.items() if place not in self._aside}
            if self._lag_in(readable) == 0 or self._turn.locked() or self._pipeline.busy:
                self._excused = time.monotonic()
                restarts = 0
            if time.monotonic() - max(self._progress, self._excused) > DEAF_AFTER:
                restarts += 1
                await self._restart(restarts)

    def _note_waiting(self, lag: int) -> None:
        # A batch that cannot be written is no progress either, though it is no reason to start anew.
        if lag == 0:
            self._progress = time.monotonic()
        self._metrics.lag.set(lag)
        self._note_age()
        self._metrics.seconds_without_progress.set(time.monotonic() - self._progress)

    def _note_age(self) -> None:
        self._metrics.oldest_waiting.set(self._waiting.age(self._unread | self._next, time.time()))

    def _see_to_sharing(self) -> None:
        """Ask the group to share its partitions anew when some are not ours that it was not asked for before.

        To a static member that comes back the broker gives what it had, whatever topics were made meanwhile, and
        does not tell it that it leads the group. Only the leader's asking makes the group share anew; the others
        get what they have. Once per set of partitions, so that instances do not keep one another busy.
        """
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if consumer is None or not self._settled:
            return
        there = _partitions_there(consumer)
        if there != self._shared and there - consumer.assignment():
            log.info("asking the group to share its partitions anew", partitions=len(there))
            # Subscribing anew to the same pattern does nothing, and the client has no other way to ask.
            consumer._coordinator.request_rejoin()
        self._shared = there

    async def _restart(self, attempt: int) -> None:
        """Start the subscriber anew; a process that stays deaf is ended, for its supervisor to start again."""
        log.error("records wait and none is taken in; starting the consumer anew", attempt=attempt)
        self._metrics.restarts.inc()
        self._shared = set()
        if attempt > MOST_RESTARTS:
            signal.raise_signal(signal.SIGTERM)
        for step in (self._subscriber.stop, self._subscriber.start):
            with suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(RESTART_WITHIN):
                    await step()
        self._excused = time.monotonic()

    async def _keep_committing(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_EVERY)
            try:
                await self._commit()
            except (KafkaError, PyMongoError) as error:
                log.warning("offsets not committed yet", error=type(error).__name__)

    async def _commit(self) -> None:
        moved = {place: offset for place, offset in self._next.items() if self._kept.get(place) != offset}
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if not moved:
            return
        await self._books.keep_offsets(self._group, moved)
        self._kept.update(moved)
        if consumer is not None:
            assigned = consumer.assignment()
            moved_on = {TopicPartition(*place): offset for place, offset in moved.items()}
            # The client refuses to commit nothing.
            if ours := {place: offset for place, offset in moved_on.items() if place in assigned}:
                await consumer.commit(ours)


def _partitions_there(consumer: AIOKafkaConsumer) -> set[TopicPartition]:
    """Every partition of the topics that exist and match the subscription, as the client knows them."""
    return {
        TopicPartition(topic, number)
        for topic in consumer.subscription()
        for number in consumer.partitions_for_topic(topic) or ()
    }


async def _leave_raw(message: Any) -> KafkaMessage:
    """Keep the records as they are: the stage reads each by itself, so that one bad record harms no other."""
    first, last = message[0], message[-1]
    return KafkaMessage(
        raw_message=message,
        body=b"",
        # Never acknowledged through FastStream: offsets are committed behind the database.
        consumer=FAKE_CONSUMER,
        message_id=f"{first.topic}/{first.partition}/{first.offset}-{last.offset}",
    )


async def _records(message: KafkaMessage) -> Sequence[Any]:
    """What the handler gets instead of a decoded body."""
    records: Sequence[Any] = message.raw_message
    return records
