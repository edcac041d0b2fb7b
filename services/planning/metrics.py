"""What ops see of planning beyond the bus: interventions by state, and those that are late."""

import asyncio

from prometheus_client import CollectorRegistry, Gauge

from services.planning.use_cases.desk import Desk
from shared.vocabulary import InterventionState

_EVERY_SECONDS = 15


class Metrics:
    """Gauges that follow the database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.interventions = Gauge(
            "brandmeester_planning_interventions", "Interventions by state", ["state"], registry=registry
        )
        self.overdue = Gauge(
            "brandmeester_planning_interventions_overdue",
            "Interventions past their 24 hours while nobody is on site yet",
            registry=registry,
        )
        self.consultations = Gauge(
            "brandmeester_planning_consultations_open", "Consultations without a decision", registry=registry
        )

    async def follow(self, desk: Desk) -> None:
        """Keep the gauges right until cancelled."""
        while True:
            counts = await desk.store.count_by_state()
            for state in InterventionState:
                self.interventions.labels(state).set(counts.get(state, 0))
            self.overdue.set(await desk.store.count_overdue(desk.bus.now()))
            self.consultations.set((await desk.store.consultations(open_only=True, limit=1))[1])
            await asyncio.sleep(_EVERY_SECONDS)
