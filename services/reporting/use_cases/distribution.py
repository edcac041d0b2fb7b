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
    room_of_rejection,
    room_of_report,
    waiting_rejections,
    waiting_reports,
)
from shared.bus.bus import Bus
from shared.bus.documents import Change, Telling
from shared.contracts.catalogue import PARTNER_RETENTION, partner_topic
from shared.mongo import Database

log = structlog.get_logger()

Changes = Sequence[Change[Any]]


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

    async def deliver_waiting(self) -> None:
        """Tell every partner that got a topic since what waits for it."""
        now = self.bus.now()
        reports = await waiting_reports(self.database)
        rejections = await waiting_rejections(self.database, now - PARTNER_RETENTION)
        parties = {party for document in reports for party in document.state.waiting}
        connected = await self.connected(parties.union(document.state.party for document in rejections))
        for document in reports:
            if connected.intersection(document.state.waiting):
                await self._deliver_report(document.id, connected)
        for rejection in rejections:
            if rejection.state.party in connected:
                await self._deliver_rejection(rejection.id)

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
