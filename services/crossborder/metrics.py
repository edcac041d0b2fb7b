"""What ops see of this service beyond the bus: notices that wait, and authorities nobody confirmed."""

import asyncio
from collections.abc import Iterable

import structlog
from prometheus_client import CollectorRegistry, Gauge
from pymongo.errors import PyMongoError

from services.crossborder.domain.authorities import Freshness
from services.crossborder.domain.notices import Need
from services.crossborder.use_cases.authorities import AuthorityDesk
from services.crossborder.use_cases.notices import NoticeDesk
from shared.vocabulary import NoticeState

log = structlog.get_logger()

_EVERY_SECONDS = 30


class Metrics:
    """Gauges that follow the database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.notices = Gauge("brandmeester_crossborder_notices", "Notices by state", ["state"], registry=registry)
        self.waiting = Gauge(
            "brandmeester_crossborder_notices_waiting",
            "Notices the region in charge has to do something with, by what",
            ["need"],
            registry=registry,
        )
        self.authorities = Gauge(
            "brandmeester_crossborder_authorities",
            "Foreign authorities by how fresh their data are",
            ["freshness"],
            registry=registry,
        )

    async def follow(self, notices: NoticeDesk, authorities: AuthorityDesk) -> None:
        """Keep the gauges right until cancelled."""
        while True:
            try:
                await self._count(notices, authorities)
            except PyMongoError as error:
                log.warning("gauges not brought up to date", error=type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def _count(self, notices: NoticeDesk, authorities: AuthorityDesk) -> None:
        states, needs = await notices.counts()
        _show(self.notices, "state", NoticeState, states)
        _show(self.waiting, "need", Need, needs)
        _show(self.authorities, "freshness", Freshness, await authorities.counts())


def _show(gauge: Gauge, label: str, values: Iterable[str], counts: dict[str | None, int]) -> None:
    for value in values:
        gauge.labels(**{label: value}).set(counts.get(value, 0))
