"""Triage's collections: cases, what planning made of them, and what new signals are compared with."""

from collections.abc import Container, Iterable
from typing import Any

from pydantic import TypeAdapter

from services.triage.domain.case import Case
from services.triage.domain.linkage.claims import BlockClaim, Compared
from services.triage.domain.progress import Progress
from services.triage.domain.searching import words_of
from services.triage.domain.suggestion import LinkSuggestion
from services.triage.domain.visits import Visit
from shared.bus.documents import Document, WorkingSet
from shared.mongo import Collection

CASES = Collection(
    "cases",
    TypeAdapter(Case),
    indexes=(
        [("state.signals.id", 1)],
        [("state.closure", 1), ("state.assessment.grade", 1)],
        [("state.signals.situation.site.region", 1)],
        [("state.number", 1)],
        [("state.signals.received_at", 1)],
        [("state.opened_at", -1)],
        [("state.closure", 1), ("state.situation.site.postcode", 1)],
    ),
    sparse=(
        [("state.closure", 1), ("state.override.grade", 1)],
        [("state.clocks.stopped_at", 1), ("state.clocks.started_at", 1)],
        [("state.assessment.factors.factor", 1), ("state.closure.at", -1)],
        [("state.situation.sector", 1), ("state.closure.at", -1)],
        [("state.absorbed", 1)],
    ),
    found_by=words_of,
)
"""Few cases have a grade that a person set, or ever had a clock; precedents are looked for among closed ones alone."""
PROGRESS = Collection(
    "progress",
    TypeAdapter(Progress),
    indexes=([("state.marks.stage", 1), ("state.marks.at", -1)], [("state.interventions.id", 1)]),
)
"""An intervention is in the progress of one case only: that which planning told last."""
BLOCK_CLAIMS = Collection("block_claims", TypeAdapter(BlockClaim))
VISITS = Collection("visits", TypeAdapter(Visit), indexes=([("state.completed_at", 1)], [("state.case", 1)]))
LINK_SUGGESTIONS = Collection(
    "link_suggestions",
    TypeAdapter(LinkSuggestion),
    indexes=(
        [("state.settlement", 1), ("state.likeness.probability", -1)],
        [("state.settlement.at", -1)],
        [("state.cases", 1)],
        [("state.signals", 1)],
    ),
)
"""Pairs of cases that may be the same; the id of each follows from its pair (`domain.suggestion.suggestion_id`)."""

DOCUMENTS = (BLOCK_CLAIMS, CASES, PROGRESS, VISITS, LINK_SUGGESTIONS)


class Room(WorkingSet):
    """The cases, claims and progress that a batch or a person's decision touches, and what was `compared` for it."""

    def __init__(self, documents: Iterable[Document[Any]] = (), compared: Compared | None = None) -> None:
        self.compared = compared or Compared()
        self._case_of_signal: dict[str, Document[Case]] = {}
        self._home_of: dict[str, Document[Case]] = {}
        self._progress_with: dict[str, Document[Progress]] = {}
        self._interventions_of: dict[str, tuple[str, ...]] = {}
        self._asked_about: dict[str, dict[str, Document[LinkSuggestion]]] = {}
        super().__init__(documents)

    def on_change(self, document: Document[Any]) -> None:
        if document.collection == CASES.name:
            for signal in document.state.signals:
                self._case_of_signal[signal.id] = document
            self._home_of.update(dict.fromkeys(document.state.absorbed, document))
        if document.collection == PROGRESS.name:
            self._note_interventions(document)
        elif document.collection == LINK_SUGGESTIONS.name:
            for case in document.state.cases:
                self._asked_about.setdefault(case, {})[document.id] = document

    def _note_interventions(self, document: Document[Progress]) -> None:
        for id_ in self._interventions_of.get(document.id, ()):
            if id_ in self._progress_with and self._progress_with[id_].id == document.id:
                del self._progress_with[id_]
        ids = tuple(one.id for one in document.state.interventions)
        self._interventions_of[document.id] = ids
        self._progress_with.update(dict.fromkeys(ids, document))

    def claim(self, key: str) -> Document[BlockClaim]:
        """What stands under the key of a block, stored or new."""
        return self.find_or_new(BLOCK_CLAIMS.name, key)

    def case(self, id_: str) -> Document[Case]:
        """A case, stored or new."""
        return self.find_or_new(CASES.name, id_)

    def case_of(self, signal: str) -> Document[Case] | None:
        """The case that a signal is part of."""
        return self._case_of_signal.get(signal)

    def home_of(self, case: Document[Case]) -> Document[Case]:
        """Where the signals of a case are: in itself, or in the one that it was merged into."""
        return self._home_of.get(case.id, case) if case.state.merged else case

    def progress(self, case: str) -> Document[Progress]:
        """What planning made of a case, stored or new; the case itself need not be known yet."""
        return self.find_or_new(PROGRESS.name, case)

    def progress_with(self, intervention: str) -> Document[Progress] | None:
        """The progress that an intervention is in."""
        return self._progress_with.get(intervention)

    def suggestion(self, id_: str) -> Document[LinkSuggestion]:
        """What is asked, or was, of a pair of cases, stored or new."""
        return self.find_or_new(LINK_SUGGESTIONS.name, id_)

    def asked_about(self, ones: Iterable[str], others: Container[str]) -> list[Document[LinkSuggestion]]:
        """The suggestions of the set that are about one of these cases and one of those."""
        among = [suggestion for one in ones for suggestion in self._asked_about.get(one, {}).values()]
        return [suggestion for suggestion in among if any(case in others for case in suggestion.state.cases)]

    def asked_between(self, ones: Container[str], others: Container[str]) -> list[Document[LinkSuggestion]]:
        """The suggestions of the set that rest on one of these signals and one of those."""
        among = {one.id: one for of_case in self._asked_about.values() for one in of_case.values()}
        return [
            one
            for one in among.values()
            if any(first in ones and second in others for first, second in (one.state.signals, one.state.signals[::-1]))
        ]

    def visit(self, intervention: str) -> Document[Visit]:
        """A visit, stored or new; its completion and its report may come in any order."""
        return self.find_or_new(VISITS.name, intervention)
