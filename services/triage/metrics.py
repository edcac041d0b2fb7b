"""What triage counts beside the bus: assessments by grade, open cases, clocks that run and that ran out."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge
from pymongo.errors import PyMongoError

from services.triage.store import Figures
from shared.vocabulary import Grade

log = structlog.get_logger()

REFRESH_SECONDS = 15


class Metrics:
    """Grades are the wire values of the vocabulary."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.assessed = Counter(
            "brandmeester_triage_cases_assessed",
            "Assessments made, by their grade; a batch that is decided anew after a conflict counts again",
            ["grade"],
            registry=registry,
        )
        self.open = Gauge("brandmeester_triage_cases_open", "Open cases by grade", ["grade"], registry=registry)
        self.running = Gauge(
            "brandmeester_triage_clocks_running", "24-hour clocks that run with nobody on site yet", registry=registry
        )
        self.breached = Gauge(
            "brandmeester_triage_clocks_breached", "Running clocks past their 24 hours", registry=registry
        )
        for grade in Grade:
            self.assessed.labels(grade.value)

    def show(self, figures: Figures) -> None:
        """Bring the gauges up to date."""
        for grade, count in figures.open_by_grade.items():
            self.open.labels(grade.value).set(count)
        self.running.set(figures.clocks_running)
        self.breached.set(figures.clocks_breached)

    async def keep_fresh(self, figures: Callable[[], Awaitable[Figures]]) -> None:
        """Read the figures again and again; a database that is away leaves the last ones standing."""
        while True:
            try:
                self.show(await figures())
            except PyMongoError as error:
                log.warning("figures not read", error=type(error).__name__)
            await asyncio.sleep(REFRESH_SECONDS)
