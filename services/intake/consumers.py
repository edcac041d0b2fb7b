"""What intake reads: the inbound topic of every integration, and which signals a visit has answered."""

import re
from functools import partial

from services.intake.store import Signals
from services.intake.use_cases import signals as use_cases
from services.intake.use_cases.visits import note_visit
from shared.bus.documents import WorkingSet
from shared.bus.stage import Reader
from shared.contracts.catalogue import INBOUND_PATTERN, VISITS
from shared.contracts.intake import InboundSignal
from shared.contracts.triage import VisitConcluded
from shared.reference.places import Reference


def reader(signals: Signals, reference: Reference, public_url: str) -> Reader[WorkingSet]:
    """An integration's message becomes a signal, or a rejection that its sender gets back; a visit is noted."""
    return Reader(
        load=signals.load_batch,
        handlers={
            InboundSignal: partial(use_cases.take_in_inbound, reference=reference, public_url=public_url),
            VisitConcluded: note_visit,
        },
        pattern=f"{INBOUND_PATTERN}|^{re.escape(VISITS.name)}$",
        on_refusal=use_cases.reject,
        strangers=re.compile(INBOUND_PATTERN),
    )
