"""What intake reads: the inbound topic of every integration."""

from functools import partial

from services.intake.store import Signals
from services.intake.use_cases import signals as use_cases
from shared.bus.documents import WorkingSet
from shared.bus.stage import Reader
from shared.contracts.catalogue import INBOUND_PATTERN
from shared.contracts.intake import InboundSignal
from shared.reference.places import Reference


def reader(signals: Signals, reference: Reference, public_url: str) -> Reader[WorkingSet]:
    """An integration's message becomes a signal, or a rejection that its sender gets back."""
    return Reader(
        load=signals.load_batch,
        handlers={InboundSignal: partial(use_cases.take_in_inbound, reference=reference, public_url=public_url)},
        pattern=INBOUND_PATTERN,
        on_refusal=use_cases.reject,
    )
