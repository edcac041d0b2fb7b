"""Triage's collections: cases, what planning made of them, and which case an address belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from services.triage.domain.case import Case
from services.triage.domain.progress import Progress
from services.triage.domain.visits import Visit
from shared.bus.documents import Document, WorkingSet
from shared.mongo import Collection


@dataclass(frozen=True, slots=True)
class BlockClaim:
    """Which case an address belongs to; its id is the block key, so that two consumers cannot both make one."""

    case: str


CASES = Collection(
    "cases",
    TypeAdapter(Case),
    indexes=(
        [("state.signals.id", 1)],
        [("state.closure", 1), ("state.assessment.grade", 1)],
        [("state.signals.situation.site.region", 1)],
        [("state.number", 1)],
        [("state.signals.received_at", 1)],
    ),
)
PROGRESS = Collection("progress", TypeAdapter(Progress))
BLOCK_CLAIMS = Collection("block_claims", TypeAdapter(BlockClaim), claims=True)
VISITS = Collection("visits", TypeAdapter(Visit), indexes=([("state.completed_at", 1)],))
DOCUMENTS = (BLOCK_CLAIMS, CASES, PROGRESS, VISITS)


class Room(WorkingSet):
    """The cases, claims and progress that a batch or a person's decision touches."""

    def __init__(self, documents: Iterable[Document[Any]] = ()) -> None:
        self._case_of_signal: dict[str, Document[Case]] = {}
        super().__init__(documents)

    def on_change(self, document: Document[Any]) -> None:
        if document.collection == CASES.name:
            for signal in document.state.signals:
                self._case_of_signal[signal.id] = document

    def claim(self, block: str) -> Document[BlockClaim]:
        """The claim of an address, stored or new."""
        return self.find_or_new(BLOCK_CLAIMS.name, block)

    def case(self, id_: str) -> Document[Case]:
        """A case, stored or new."""
        return self.find_or_new(CASES.name, id_)

    def case_of(self, signal: str) -> Document[Case] | None:
        """The case that a signal is part of."""
        return self._case_of_signal.get(signal)

    def progress(self, case: str) -> Document[Progress]:
        """What planning made of a case, stored or new; the case itself need not be known yet."""
        return self.find_or_new(PROGRESS.name, case)

    def visit(self, intervention: str) -> Document[Visit]:
        """A visit, stored or new; its completion and its report may come in any order."""
        return self.find_or_new(VISITS.name, intervention)
