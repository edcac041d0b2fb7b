"""What intake counts beside the bus: signals handed in by people and programs."""

from prometheus_client import CollectorRegistry, Counter


class Metrics:
    """`outcome` is received, repeated or refused; `channel` a wire value of the vocabulary."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.submitted = Counter(
            "brandmeester_intake_signals_submitted",
            "Signals handed in by form or HTTP",
            ["channel", "outcome"],
            registry=registry,
        )
