"""Which open cases a signal may belong to: joined without a person where that is certain enough, else asked about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.triage.domain.case import Case
from services.triage.domain.linkage.agreement import Record
from services.triage.domain.linkage.blocks import is_candidate, keys_of, places_to_look
from services.triage.domain.linkage.claims import BlockClaim, Candidate, Entry, candidates, filed
from services.triage.domain.linkage.likeness import Likeness, Verdict
from services.triage.domain.linkage.model import LinkModel, Pattern
from services.triage.domain.linkage.records import record_of
from services.triage.domain.linkage.relation import Relation, relation_of
from services.triage.domain.merging import CaseSignal, Linked
from services.triage.domain.regrouping import Filed, marks_between
from services.triage.domain.ruleset import Rules
from services.triage.domain.suggestion import LinkSuggestion, suggested, suggestion_id
from services.triage.store import Room
from shared.bus.documents import Change, Document

MOST_ASKED = 3
"""A signal makes at most so many questions, about the likeliest cases."""
MOST_COMPARED = 8
"""Where a filed signal no longer counts, its case is compared by so many of its newest ones."""


@dataclass(frozen=True, slots=True)
class Match:
    """A case that a signal may belong to, and the signal of it that is most alike.

    `came_by` is the merged case that led here.
    """

    case: str
    signal: CaseSignal
    likeness: Likeness
    came_by: str | None

    @property
    def is_certain(self) -> bool:
        """Whether the signal joins it without a person."""
        return self.likeness.verdict is Verdict.AUTOMATIC

    @property
    def rank(self) -> tuple[bool, float]:
        """The lower, the more it is to be preferred."""
        return not self.is_certain, -self.likeness.probability


@dataclass(frozen=True, slots=True)
class Linking:
    """How signals find their cases, under one set of weights."""

    model: LinkModel
    rules: Rules

    def matches(self, room: Room, signal: CaseSignal) -> list[Match]:
        """The other open cases that it may well belong to: those that need no person first, then the likeliest."""
        record = self._record(signal)
        looked_at = [(block, room.claim(key)) for block, key in places_to_look(record, self.model)]
        there = [(block, claim.state) for block, claim in looked_at if claim.exists]
        best: dict[str, Match] = {}
        for candidate in candidates(record, there, self.model, room.compared):
            for document in self._led_to(room, signal, candidate.entry):
                match = self._match(room, document, record, candidate)
                if match and (match.case not in best or match.rank < best[match.case].rank):
                    best[match.case] = match
        return sorted(best.values(), key=lambda match: match.rank)

    def file(self, room: Room, signal: CaseSignal, case: str, *, founds: bool = False) -> list[Change[BlockClaim]]:
        """The signal of this case under each of its keys, where that says something new.

        Where it `founds` the case each claim is written in any event: of two who found at once, one must look again.
        """
        record = self._record(signal)
        entry = Entry(signal.id, case, signal.known_at, record)
        changes = []
        for key in keys_of(record, self.model):
            claim = room.claim(key)
            before = claim.state if claim.exists else BlockClaim()
            after = filed(before, entry, self.model.days)
            if founds or after is not before:
                changes.append(claim.becomes(after))
        return changes

    def questions(
        self, room: Room, here: Filed, signal: CaseSignal, matches: Iterable[Match], now: datetime
    ) -> list[Change[LinkSuggestion]]:
        """Questions whether the case of a signal and those it is like are the same, where nobody asked or said so."""
        asked = []
        for match in matches:
            there = room.case(match.case)
            if match.case == here.id or _is_settled(room, here, Filed(there.id, there.state)):
                continue
            relation = _relation(signal, match.signal)
            suggestion = suggested((here.id, signal.id), (there.id, match.signal.id), match.likeness, relation, now)
            asked.append(room.suggestion(suggestion_id(here.id, there.id)).becomes(suggestion))
            if len(asked) == MOST_ASKED:
                break
        return asked

    def linked(self, signal: CaseSignal, match: Match) -> Linked:
        """Why a signal came into the case of a match."""
        return Linked(match.signal.id, _relation(signal, match.signal), match.likeness)

    def _led_to(self, room: Room, signal: CaseSignal, entry: Entry) -> list[Document[Case]]:
        """The open cases an entry leads to: the one it was filed for, which may have others like it, and its holder."""
        own, holder = room.case_of(signal.id), room.case_of(entry.signal)
        there = {document.id: document for document in (room.case(entry.case), holder) if document}
        return [
            document
            for document in there.values()
            if document.exists and document is not own and document.state.takes_up(signal.known_at, self.rules)
        ]

    def _match(self, room: Room, document: Document[Case], record: Record, candidate: Candidate) -> Match | None:
        likest = self._likest(document.state, record, candidate)
        if likest is None:
            return None
        pattern, other = likest
        return Match(document.id, other, self.model.likeness(pattern), _came_by(room, document.state, other))

    def _likest(self, case: Case, record: Record, candidate: Candidate) -> tuple[Pattern, CaseSignal] | None:
        """The filed signal, if it counts and says what it said; else the signal of its case most like this one."""
        entry = candidate.entry
        live = [one for one in case.signals if one.withdrawn_at is None]
        filed_one = next((one for one in live if one.id == entry.signal), None)
        if filed_one and filed_one.known_at == entry.known_at:
            return candidate.pattern, filed_one
        others = [(self._record(one), one) for one in live[-MOST_COMPARED:]]
        patterns = [
            (self.model.pattern(record, known), one) for known, one in others if is_candidate(record, known, self.model)
        ]
        likest = max(patterns, key=lambda found: self.model.bits(found[0]), default=None)
        return likest if likest and self.model.probability(likest[0]) >= self.model.suggested_from else None

    def _record(self, signal: CaseSignal) -> Record:
        return record_of(signal.situation, signal.known_at, self.model.folding)


def _is_settled(room: Room, one: Filed, other: Filed) -> bool:
    """Whether a person was asked about two cases, or marked them as not the same; also before they were merged."""
    if room.asked_about(one.holds, other.holds):
        return True
    return bool(marks_between([one, *_absorbed(room, one.case)], [other, *_absorbed(room, other.case)]))


def _came_by(room: Room, case: Case, signal: CaseSignal) -> str | None:
    """The first of the merged cases that brought a signal here: who is linked to it goes back with it."""
    if signal.came_by in case.absorbed:
        return signal.came_by
    merges = [(one.id, one.case.merged) for one in _absorbed(room, case)]
    brought = [(merged.at, id_) for id_, merged in merges if merged and signal.id in merged.signals]
    return min(brought)[1] if brought else None


def _absorbed(room: Room, case: Case) -> list[Filed]:
    merged = [room.case(id_) for id_ in case.absorbed]
    return [Filed(document.id, document.state) for document in merged if document.exists]


def _relation(one: CaseSignal, other: CaseSignal) -> Relation:
    return relation_of((one.channel, one.party), (other.channel, other.party))
