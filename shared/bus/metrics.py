"""What the bus counts, for Prometheus: times as well as numbers, since a lag of three may be a disaster."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class BusMetrics:
    """The bus's metrics of one service, in the service's own registry."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        prefix = f"brandmeester_{service}"
        self.handled = Counter(
            f"{prefix}_messages_handled", "Records taken in, those with nothing to do included", registry=registry
        )
        self.parked = Gauge(f"{prefix}_messages_parked", "Records that wait for a person", registry=registry)
        self.published = Counter(f"{prefix}_facts_published", "Facts the broker acknowledged", registry=registry)
        self.oldest_unpublished = Gauge(
            f"{prefix}_unpublished_age_seconds", "Age of the oldest fact not published yet", registry=registry
        )
        self.relay_holder = Gauge(
            f"{prefix}_relay_holder", "1 while this process publishes for its service", registry=registry
        )
        self.batch_records = Histogram(
            f"{prefix}_batch_records", "Records per batch", buckets=(1, 5, 20, 100, 500), registry=registry
        )
        self.batch_seconds = Histogram(
            f"{prefix}_batch_seconds", "Time to take a batch in, from poll to written", registry=registry
        )
        self.offsets_lost = Counter(
            f"{prefix}_offsets_lost",
            "Partitions whose retention removed records before they were taken in",
            registry=registry,
        )

    def note_oldest_unpublished(self, oldest: datetime | None) -> None:
        """Set the age of the oldest unpublished fact, 0 when all are published."""
        age = 0.0 if oldest is None else max(0.0, (datetime.now(UTC) - oldest).total_seconds())
        self.oldest_unpublished.set(age)
