"""What ops see of this service beyond the bus: reports, interventions and deliveries by state, and printing."""

import asyncio
from collections.abc import Iterable

import structlog
from prometheus_client import CollectorRegistry, Gauge, Histogram
from pymongo.errors import PyMongoError

from services.reporting.domain.report import DeliveryState
from services.reporting.use_cases.desk import Desk
from shared.vocabulary import InterventionState, ReportState

log = structlog.get_logger()

_EVERY_SECONDS = 30


class Metrics:
    """Gauges that follow the database, and the time that printing takes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.reports = _gauge("reports", "Reports by state", registry)
        self.interventions = _gauge("interventions", "Interventions of the operational picture by state", registry)
        self.deliveries = _gauge("deliveries", "Parties that reports are shared with, by delivery", registry)
        self.rejections = _gauge("rejections", "Refused messages, by whether their sender was told", registry)
        self.printing = Histogram(
            "brandmeester_reporting_pdf_seconds", "Time to make a report's PDF", registry=registry
        )

    async def follow(self, desk: Desk) -> None:
        """Keep the gauges right until cancelled."""
        while True:
            try:
                await self._count(desk)
            except PyMongoError as error:
                log.warning("gauges not brought up to date", error=type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def _count(self, desk: Desk) -> None:
        reports, interventions, deliveries, rejections = await desk.counts()
        _show(self.reports, ReportState, reports)
        _show(self.interventions, InterventionState, interventions)
        _show(self.deliveries, DeliveryState, deliveries)
        _show(self.rejections, DeliveryState, rejections)


def _gauge(noun: str, help_text: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(f"brandmeester_reporting_{noun}", help_text, ["state"], registry=registry)


def _show(gauge: Gauge, states: Iterable[str], counts: dict[str, int]) -> None:
    for state in states:
        gauge.labels(state=state).set(counts.get(state, 0))
