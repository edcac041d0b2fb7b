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
        self.parked_age = Gauge(
            f"{prefix}_parked_age_seconds", "Age of the record that is parked longest", registry=registry
        )
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
        self.lag = Gauge(f"{prefix}_records_waiting", "Records on the topics not taken in yet", registry=registry)
        self.oldest_waiting = Gauge(
            f"{prefix}_waiting_age_seconds",
            "How long, at least, the oldest record not taken in has waited since it was sent",
            registry=registry,
        )
        self.seconds_without_progress = Gauge(
            f"{prefix}_without_progress_seconds",
            "Time since a record was last taken in, while records wait",
            registry=registry,
        )
        self.restarts = Counter(
            f"{prefix}_consumer_restarts", "Times the consumer was deaf and was started anew", registry=registry
        )
        self.offsets_lost = Counter(
            f"{prefix}_offsets_lost",
            "Partitions whose retention removed records before they were taken in",
            registry=registry,
        )

    def note_parked(self, count: int, oldest: datetime | None) -> None:
        """Set how many records are parked and for how long the oldest is."""
        self.parked.set(count)
        self.parked_age.set(_age(oldest))


def _age(since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (datetime.now(UTC) - since).total_seconds())
