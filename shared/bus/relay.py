"""The relay: the one way out for facts, held by one process of a service at a time, in order per subject."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

import structlog
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from pymongo.errors import PyMongoError

from shared.bus.background import Background
from shared.bus.documents import Document
from shared.bus.message import Place
from shared.bus.metrics import BusMetrics
from shared.bus.publisher import Outgoing, Publisher

log = structlog.get_logger()

LEASE = "relay"
LEASE_TERM = timedelta(seconds=6)
CLEAR_EVERY = 0.1
POLL_EVERY = 2.0
LOOK_AT_LEAST_EVERY = 10.0
MOST_WAITING = 20_000
REMEMBER_CLEARED = 60.0
STOP_WITHIN = 5.0


Known = tuple[tuple[str, str], int]
"""A fact by its document and sequence."""


class Leases(Protocol):
    """Who may publish, by the database's clock."""

    async def take_lease(self, name: str, instance: str, term: timedelta) -> int | None: ...
    async def renew_lease(self, name: str, epoch: int, term: timedelta) -> bool: ...
    async def release_lease(self, name: str, epoch: int) -> None: ...
    async def wake_relay(self) -> None: ...
    def wakes(self) -> Any: ...


class Outbox(Protocol):
    """Where documents keep their unpublished facts."""

    async def unpublished(self) -> list[Document[Any]]: ...
    async def clear(self, published: Sequence[tuple[str, str, Sequence[int]]]) -> None: ...


class Relay:
    """Publishes facts from memory right after their document is written, and from the database otherwise."""

    def __init__(
        self, instance: str, leases: Leases, outbox: Outbox, publisher: Publisher, metrics: BusMetrics
    ) -> None:
        self._instance = instance
        self._leases = leases
        self._outbox = outbox
        self._publisher = publisher
        self._metrics = metrics
        self._epoch: int | None = None
        self._renewed = 0.0
        self._queues: defaultdict[Place, deque[Outgoing]] = defaultdict(deque)
        self._waiting = 0
        self._published = 0
        # Facts in a queue, on their way or just cleared: a document that was loaded before shows them still.
        self._known: set[Known] = set()
        self._seen_waiting: dict[Known, float] = {}
        self._cleared: deque[tuple[float, list[Known]]] = deque()
        self._to_clear: list[Outgoing] = []
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._background = Background()

    @property
    def holds_lease(self) -> bool:
        """Whether this process publishes for its service now."""
        return self._epoch is not None

    @property
    def has_room(self) -> bool:
        """Whether an offer is taken at once; without room it waits until the broker has taken some."""
        return self._room.is_set()

    async def start(self) -> None:
        """Begin to compete for the lease and to publish."""
        self._background.start(self._keep_lease, self._publish, self._clear, self._listen, self._poll)

    async def stop(self) -> None:
        """Publish what waits in memory, as far as the broker lets, and give the lease back."""
        try:
            async with asyncio.timeout(STOP_WITHIN):
                while self._waiting or self._to_clear:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.warning("facts are left for the next start to publish", waiting=self._waiting)
        finally:
            await self._background.stop(STOP_WITHIN)
        if self._epoch is not None:
            with suppress(PyMongoError):
                await self._leases.release_lease(LEASE, self._epoch)
            self._epoch = None

    async def offer(self, documents: Sequence[Document[Any]]) -> None:
        """Publish the facts of these stored documents; another process's relay is woken when this one may not."""
        waiting = [document for document in documents if document.unpublished]
        if not waiting:
            return
        if not self.holds_lease:
            await self._leases.wake_relay()
            return
        await self._room.wait()
        await self._take_up(waiting)

    async def _take_up(self, documents: Sequence[Document[Any]]) -> None:
        unknown = await self._publisher.get_to_know(
            {fact.topic for document in documents for fact in document.unpublished}
        )
        for document in documents:
            for staged in document.unpublished:
                if staged.topic in unknown:
                    # The poll brings it back; what comes after it in this document waits with it.
                    break
                known = (document.key, staged.sequence)
                if known in self._known:
                    continue
                self._known.add(known)
                self._queues[self._publisher.place(staged)].append(Outgoing(document.key, staged))
                self._waiting += 1
        if self._waiting >= MOST_WAITING:
            self._room.clear()
        self._wake.set()

    async def _publish(self) -> None:
        pause = 0.1
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self.holds_lease and (queues := {place: queue for place, queue in self._queues.items() if queue}):
                try:
                    done = await self._publisher.send_round(queues)
                except (KafkaError, TimeoutError) as error:
                    log.warning("publishing failed, trying again", error=type(error).__name__)
                    if isinstance(error, UnknownTopicOrPartitionError):
                        self._forget_queues()
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 5.0)
                    continue
                pause = 0.1
                # Counted anew, since the queues may have been forgotten while the broker took its time.
                self._waiting = sum(map(len, self._queues.values()))
                self._to_clear.extend(done)
                self._published += len(done)
                self._metrics.published.inc(len(done))
                if self._waiting < MOST_WAITING:
                    self._room.set()

    async def _clear(self) -> None:
        while True:
            await asyncio.sleep(CLEAR_EVERY)
            if not self._to_clear:
                continue
            done = list(self._to_clear)
            sequences: dict[tuple[str, str], list[int]] = {}
            for outgoing in done:
                sequences.setdefault(outgoing.document, []).append(outgoing.staged.sequence)
            try:
                await self._outbox.clear([(*document, told) for document, told in sequences.items()])
            except PyMongoError as error:
                log.warning("published facts not cleared yet", error=type(error).__name__)
                continue
            del self._to_clear[: len(done)]
            self._cleared.append((time.monotonic(), [_known(outgoing) for outgoing in done]))

    async def _keep_lease(self) -> None:
        while True:
            try:
                if self._epoch is None:
                    self._epoch = await self._leases.take_lease(LEASE, self._instance, LEASE_TERM)
                    if self._epoch is not None:
                        log.info("relay lease taken", epoch=self._epoch)
                        await self._take_up(await self._outbox.unpublished())
                elif not await self._leases.renew_lease(LEASE, self._epoch, LEASE_TERM):
                    self._lose_lease()
                self._renewed = time.monotonic()
            except PyMongoError as error:
                log.warning("relay lease not renewed", error=type(error).__name__)
                if time.monotonic() - self._renewed > LEASE_TERM.total_seconds():
                    self._lose_lease()
            self._metrics.relay_holder.set(1 if self.holds_lease else 0)
            self._forget_cleared()
            await asyncio.sleep(LEASE_TERM.total_seconds() / 3)

    async def _listen(self) -> None:
        while True:
            try:
                async for _ in self._leases.wakes():
                    await self._look()
            except PyMongoError as error:
                log.debug("listening anew for other processes", error=type(error).__name__)
            await asyncio.sleep(1)

    async def _poll(self) -> None:
        published, looked = 0, 0.0
        while True:
            await asyncio.sleep(POLL_EVERY)
            # While facts flow, nearly all that a look would find is on its way already.
            moving, published = self._published != published, self._published
            if moving and time.monotonic() - looked < LOOK_AT_LEAST_EVERY:
                continue
            looked = time.monotonic()
            try:
                await self._look()
            except PyMongoError as error:
                log.warning("relay cannot look into its database", error=type(error).__name__)

    async def _look(self) -> None:
        if not self.holds_lease:
            return
        documents = await self._outbox.unpublished()
        self._note_ages(documents)
        if not self._waiting and not self._to_clear:
            # What is known was told and cleared by now; where it shows still, a crash took the clearing away.
            self._to_clear.extend(
                Outgoing(document.key, staged)
                for document in documents
                for staged in document.unpublished
                if (document.key, staged.sequence) in self._known
            )
        await self._take_up(documents)

    def _note_ages(self, documents: Sequence[Document[Any]]) -> None:
        # Counted from when they were first seen here: the times of facts may be rounded, so that nobody learns when
        # a signal came.
        moment = time.monotonic()
        waiting = [(document.key, document.unpublished[0].sequence) for document in documents]
        self._seen_waiting = {known: self._seen_waiting.get(known, moment) for known in waiting}
        self._metrics.oldest_unpublished.set(moment - min(self._seen_waiting.values(), default=moment))

    def _lose_lease(self) -> None:
        log.warning("relay lease lost")
        self._epoch = None
        # Whoever holds it now tells how long facts wait.
        self._metrics.oldest_unpublished.set(0)
        self._forget_queues()

    def _forget_queues(self) -> None:
        """Drop what waits in memory; it is in the database, and the poll brings it back."""
        for queue in self._queues.values():
            for outgoing in queue:
                self._known.discard(_known(outgoing))
        self._queues.clear()
        self._waiting = 0
        self._room.set()

    def _forget_cleared(self) -> None:
        horizon = time.monotonic() - REMEMBER_CLEARED
        while self._cleared and self._cleared[0][0] < horizon:
            self._known.difference_update(self._cleared.popleft()[1])


def _known(outgoing: Outgoing) -> Known:
    return outgoing.document, outgoing.staged.sequence
