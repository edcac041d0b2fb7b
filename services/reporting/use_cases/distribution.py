"""Telling partners on their own topics: at once where a partner has one, and later where it gets one later."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from services.reporting.domain.report import DeliveryState, Report
from services.reporting.facts import tell_partner, tell_sender
from services.reporting.store import (
    Room,
    parties_waiting_for_reports,
    rejections_waiting_for,
    reports_waiting_for,
    room_of_rejection,
    room_of_report,
    senders_waiting,
)
from shared.bus.bus import Bus
from shared.bus.documents import Change, Telling
from shared.contracts.catalogue import PARTNER_RETENTION, partner_topic
from shared.mongo import Database

log = structlog.get_logger()

Changes = Sequence[Change[Any]]

MOST_AT_ONCE = 200
"""How many waiting notices one round takes up; the next round follows."""


@dataclass(frozen=True)
class Distribution:
    """Who has a topic, and what still has to be told on it. `public_url` is where partners read reports."""

    database: Database
    bus: Bus
    public_url: str

    async def connected(self, parties: Iterable[str]) -> frozenset[str]:
        """Which of these parties have a topic; none while the broker does not answer, the rest is then told later."""
        try:
            found = [party for party in sorted(set(parties)) if await self.bus.has_topic(partner_topic(party).name)]
        except (KafkaError, OSError) as error:
            log.warning("cannot see which partners have a topic", error=type(error).__name__)
            return frozenset()
        return frozenset(found)

    async def deliver_reports(self) -> None:
        """Tell partners that got a topic since of the reports that wait for them."""
        connected = await self.connected(await parties_waiting_for_reports(self.database))
        if connected:
            for id_ in await reports_waiting_for(self.database, connected, MOST_AT_ONCE):
                await self._deliver_report(id_, connected)

    async def deliver_rejections(self) -> None:
        """Tell senders that have a topic which of their messages were refused."""
        since = self.bus.now() - PARTNER_RETENTION
        connected = await self.connected(await senders_waiting(self.database, since))
        if connected:
            for id_ in await rejections_waiting_for(self.database, connected, since, MOST_AT_ONCE):
                await self._deliver_rejection(id_)

    def address_of(self, report: str) -> str:
        """Where people sign in to read a report."""
        return f"{self.public_url}/reports/{report}"

    async def _deliver_report(self, id_: str, connected: Collection[str]) -> None:
        def decide(room: Room) -> Changes:
            document, now = room.report(id_), self.bus.now()
            if document is None:
                return []
            after, tellings = notified(room, document.state, self.address_of(id_), connected, now)
            return [document.becomes(after, *tellings)] if tellings else []

        await self.bus.decide(room_of_report(self.database, id_), decide)

    async def _deliver_rejection(self, id_: str) -> None:
        def decide(room: Room) -> Changes:
            document = room.rejection(id_)
            if document is None or document.state.state == DeliveryState.NOTIFIED:
                return []
            now = self.bus.now()
            return [document.becomes(document.state.told(now), tell_sender(document.state, now))]

        await self.bus.decide(room_of_rejection(self.database, id_), decide)


def notified(
    room: Room, report: Report, dataref: str, connected: Collection[str], now: datetime
) -> tuple[Report, list[Telling]]:
    """The report with those waiting parties told that have a topic, and what each is told."""
    tellings = []
    for delivery in report.deliveries:
        if delivery.state == DeliveryState.WAITING and delivery.party in connected:
            known = room.party(delivery.party)
            region = known.region if known else None
            tellings.append(tell_partner(report, dataref, delivery, region, now))
    parties = [party for party in report.waiting if party in connected]
    return report.notified(parties, now), tellings
