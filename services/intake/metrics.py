"""What intake counts beside the bus: signals handed in by people and programs, what looks odd, who is turned away."""

from prometheus_client import CollectorRegistry, Counter

from services.intake.use_cases.signals import Received
from shared.vocabulary import Channel


class Metrics:
    """`outcome` is received, repeated or refused; `channel` a wire value of the vocabulary, `mark` one of ours."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.submitted = Counter(
            "brandmeester_intake_signals_submitted",
            "Signals handed in by form or HTTP",
            ["channel", "outcome"],
            registry=registry,
        )
        self.marked = Counter(
            "brandmeester_intake_signals_marked", "Signals handed in that look odd", ["mark"], registry=registry
        )
        self.turned_away = Counter(
            "brandmeester_intake_requests_turned_away",
            "Requests of a source that had too many waiting already",
            registry=registry,
        )

    def note(self, channel: Channel, received: Received) -> None:
        """Count one signal that is in, for the first time or again."""
        self.submitted.labels(channel, "repeated" if received.repeated else "received").inc()
        for mark in received.marks:
            self.marked.labels(mark).inc()
