"""Cases regrouped by hand: both documents in one transaction, each case told, marks gone along.

Whoever decides at the same moment is decided anew on what the first one left, or refused with what it is now.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

from services.triage.domain import regrouping
from services.triage.domain.case import Actor, Case, NotAllowed
from services.triage.domain.numbers import CaseRef, case_number
from services.triage.domain.regrouping import Decision, Filed, marks_between
from services.triage.domain.ruleset import Rules
from services.triage.domain.suggestion import Answer, LinkSuggestion, asked_again, settled
from services.triage.store import CASES, Cases, Room
from services.triage.use_cases.desk import UnknownCase
from services.triage.use_cases.telling import tell_assessed, tell_merged, tell_split
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, Telling
from shared.contracts.triage import CaseMerged, CaseMergeUndone

Changes = list[Change[Any]]


class Becomes(NamedTuple):
    """A case as it is and as it would be; before is None for a new one."""

    before: Case | None
    after: Case


@dataclass(frozen=True)
class Outcome:
    """What regrouping would make of each case, first that which gives signals away, or why it cannot be done."""

    cases: Sequence[Becomes] = ()
    why_not: str = ""


@dataclass(frozen=True)
class Regrouping:
    """The verbs, with what they need. All raise UnknownCase with the id that is not there, or NotAllowed."""

    bus: Bus
    cases: Cases
    rules: Rules

    async def merge(self, gone: str, stays: str, why: str, who: Actor) -> None:
        """Put all signals of one case into another, unless somebody found that they are not about the same."""
        decision = self._decision(who, why)
        await self._decide((gone, stays), lambda room: merged(room, gone, stays, decision, self.rules))

    async def undo_merge(self, gone: str, why: str, who: Actor, turn: int | None = None) -> None:
        """Let a case that was merged away be a case of its own again.

        `turn` is that of the case when the person looked at it: an older look undoes no newer merge.
        """
        decision = self._decision(who, why)
        await self._decide((gone,), lambda room: merge_undone(room, gone, decision, self.rules, turn))

    async def split(self, origin: str, signals: Collection[str], why: str, who: Actor) -> str:
        """Found a new case with some signals of another; answers its id."""
        decision, part = self._decision(who, why), str(uuid4())
        await self._decide((origin, part), lambda room: split(room, origin, part, signals, decision, self.rules))
        return part

    async def undo_split(self, part: str, why: str, who: Actor) -> None:
        """Put a case back whole into the one it was split off from."""
        decision = self._decision(who, why)
        await self._decide((part,), lambda room: split_undone(room, part, decision, self.rules))

    async def move(self, origin: str, target: str, signals: Collection[str], why: str, who: Actor) -> None:
        """Put some signals of a case into another."""
        decision = self._decision(who, why)
        await self._decide((origin, target), lambda room: moved(room, origin, target, signals, decision, self.rules))

    async def tell_apart(self, one: str, other: str, why: str, who: Actor) -> None:
        """Remember that two cases are not about the same, so that nobody is asked and nothing links them."""
        decision = self._decision(who, why)
        await self._decide((one, other), lambda room: told_apart(room, one, other, decision))

    async def tell_apart_no_more(self, one: str, other: str, why: str, who: Actor) -> None:
        """Take that back."""
        decision = self._decision(who, why)
        await self._decide((one, other), lambda room: apart_no_more(room, one, other, decision))

    async def try_merge(self, gone: str, stays: str, who: Actor) -> "Outcome":
        """What a merge would lead to; nothing is stored, here and in the other trials."""
        trial = self._decision(who, "")
        return await self._tried((gone, stays), lambda room: merged(room, gone, stays, trial, self.rules))

    async def try_undo_merge(self, gone: str, who: Actor) -> "Outcome":
        """What undoing a merge would lead to."""
        trial = self._decision(who, "")
        return await self._tried((gone,), lambda room: merge_undone(room, gone, trial, self.rules))

    async def try_split(self, origin: str, signals: Collection[str], who: Actor) -> "Outcome":
        """What splitting signals off would lead to; the new case has a number that it will not get."""
        trial, part = self._decision(who, ""), str(uuid4())
        return await self._tried((origin,), lambda room: split(room, origin, part, signals, trial, self.rules))

    async def try_undo_split(self, part: str, who: Actor) -> "Outcome":
        """What putting a part back would lead to."""
        trial = self._decision(who, "")
        return await self._tried((part,), lambda room: split_undone(room, part, trial, self.rules))

    async def try_move(self, origin: str, target: str, signals: Collection[str], who: Actor) -> "Outcome":
        """What moving signals would lead to."""
        trial = self._decision(who, "")
        return await self._tried((origin, target), lambda room: moved(room, origin, target, signals, trial, self.rules))

    async def _tried(self, ids: Sequence[str], decision: Callable[[Room], Changes]) -> "Outcome":
        try:
            changes = decision(await self.cases.load_to_regroup(*ids))
        except NotAllowed as refusal:
            return Outcome(why_not=str(refusal))
        of_cases = [change for change in changes if change.document.collection == CASES.name]
        return Outcome([Becomes(change.document.content, change.state) for change in of_cases])

    def _decision(self, who: Actor, why: str) -> Decision:
        return Decision(who, why, self.bus.now())

    async def _decide(self, ids: Sequence[str], decision: Callable[[Room], Changes]) -> None:
        await self.bus.decide(lambda: self.cases.load_to_regroup(*ids), decision)


def merged(room: Room, gone: str, stays: str, decision: Decision, rules: Rules) -> Changes:
    """One case went into the other; whoever asked whether they are the same is answered."""
    one, other = _known(room, gone), _known(room, stays)
    apart = marks_between(_held(room, one), _held(room, other))
    after = regrouping.merged(_filed(one), _filed(other), decision, rules, apart)
    return [
        *_both(one, other, after, decision),
        *_answered(room, one.state, other.state, Answer.CONFIRMED, decision),
    ]


def merge_undone(room: Room, gone: str, decision: Decision, rules: Rules, turn: int | None = None) -> Changes:
    """A case that went is back."""
    one = _known(room, gone)
    if turn is not None and turn != one.state.turn:
        raise NotAllowed(
            f"Zaak {one.state.number} is intussen opnieuw samengevoegd of losgemaakt. Bekijk haar en kies dan."
        )
    # Without a merge to undo there is no other case, and the domain says so.
    other = room.case(one.state.merged.into.id) if one.state.merged else one
    back, left = regrouping.merge_undone(_filed(one), _filed(other), decision, rules)
    moved = [signal.id for signal in back.signals]
    refs = _filed(one).ref, _filed(other).ref
    return [
        *_asked_again(room, back, left, Answer.CONFIRMED),
        one.becomes(
            back,
            *_told(one, back, decision),
            tell_merged(CaseMergeUndone, back.number, *refs, moved, decision),
            marks=other.marks_of({*moved}),
        ),
        other.becomes(
            left,
            *_told(other, left, decision),
            tell_merged(CaseMergeUndone, left.number, *refs, moved, decision),
        ),
    ]


def split(room: Room, origin: str, part: str, signals: Collection[str], decision: Decision, rules: Rules) -> Changes:
    """Some signals founded a case of this id."""
    one, new = _known(room, origin), room.case(part)
    ref = CaseRef(part, case_number(part, decision.at))
    after, founded = regrouping.split(_filed(one), ref, signals, decision, rules)
    moved = [signal.id for signal in founded.signals]
    return [
        *_answered(room, after, founded, Answer.REFUSED, decision),
        one.becomes(
            after,
            *_told(one, after, decision),
            tell_split(after.number, _filed(one).ref, ref, moved, decision),
        ),
        new.becomes(
            founded,
            *tell_assessed(None, founded, decision.at, decision.at),
            tell_split(founded.number, _filed(one).ref, ref, moved, decision),
            marks=one.marks_of({*moved}),
        ),
    ]


def split_undone(room: Room, part: str, decision: Decision, rules: Rules) -> Changes:
    """A case that was split off went back whole."""
    one = _known(room, part)
    # A case that was not split off has no origin, and the domain says so.
    other = room.case(one.state.split_from.id) if one.state.split_from else one
    after = regrouping.split_undone(_filed(one), _filed(other), decision, rules)
    return [*_both(one, other, after, decision), *_asked_again(room, one.state, other.state, Answer.REFUSED)]


def moved(room: Room, origin: str, target: str, signals: Collection[str], decision: Decision, rules: Rules) -> Changes:
    """Some signals went from one case to the other."""
    one, other = _known(room, origin), _known(room, target)
    left, taken = regrouping.moved(_filed(one), _filed(other), signals, decision, rules)
    return [
        one.becomes(left, *_told(one, left, decision)),
        other.becomes(taken, *_told(other, taken, decision), marks=one.marks_of({*signals})),
    ]


def told_apart(room: Room, one: str, other: str, decision: Decision) -> Changes:
    """Both cases bear the mark that they are not about the same; whoever asked is answered."""
    documents = _known(room, one), _known(room, other)
    after = regrouping.told_apart(_filed(documents[0]), _filed(documents[1]), decision)
    return [*_become(documents, after), *_answered(room, *after, Answer.REFUSED, decision)]


def apart_no_more(room: Room, one: str, other: str, decision: Decision) -> Changes:
    """Neither case bears that mark any more; what it answered is asked again."""
    documents = _known(room, one), _known(room, other)
    after = regrouping.apart_no_more(_filed(documents[0]), _filed(documents[1]), decision)
    return [*_become(documents, after), *_asked_again(room, *after, Answer.REFUSED)]


def _both(gone: Document[Case], stays: Document[Case], after: tuple[Case, Case], decision: Decision) -> Changes:
    away, taken = after
    moved = [signal.id for signal in gone.state.signals]
    refs = _filed(gone).ref, _filed(stays).ref
    return [
        gone.becomes(away, tell_merged(CaseMerged, away.number, *refs, moved, decision)),
        stays.becomes(
            taken,
            *_told(stays, taken, decision),
            tell_merged(CaseMerged, taken.number, *refs, moved, decision),
            marks=gone.marks_of({*moved}),
        ),
    ]


def _become(documents: Sequence[Document[Case]], after: Sequence[Case]) -> Changes:
    return [document.becomes(case) for document, case in zip(documents, after, strict=True)]


def _answered(room: Room, one: Case, other: Case, answer: Answer, decision: Decision) -> list[Change[LinkSuggestion]]:
    """What a person did with two cases answers every open question about a signal of each."""
    asked = room.asked_between(_ids(one), _ids(other))
    return [
        question.becomes(settled(question.state, answer, decision.who, decision.at))
        for question in asked
        if question.state.is_open
    ]


def _asked_again(room: Room, one: Case, other: Case, answer: Answer) -> list[Change[LinkSuggestion]]:
    """What was answered so is a question again."""
    asked = room.asked_between(_ids(one), _ids(other))
    return [
        question.becomes(asked_again(question.state))
        for question in asked
        if question.state.settlement is not None and question.state.settlement.answer is answer
    ]


def _ids(case: Case) -> set[str]:
    return {signal.id for signal in case.signals}


def _told(document: Document[Case], after: Case, decision: Decision) -> tuple[Telling, ...]:
    return tell_assessed(document.state, after, decision.at, decision.at)


def _known(room: Room, id_: str) -> Document[Case]:
    document = room.case(id_)
    if not document.exists:
        raise UnknownCase(id_)
    return document


def _filed(document: Document[Case]) -> Filed:
    return Filed(document.id, document.state)


def _held(room: Room, document: Document[Case]) -> list[Filed]:
    """A case and those that it holds."""
    return [_filed(document), *(_filed(room.case(id_)) for id_ in document.state.absorbed)]
