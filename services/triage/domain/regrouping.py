"""Cases regrouped by hand: merged, split, signals moved, each undone again, and two cases told apart for good.

Nothing is deleted: each function takes whole cases and answers whole cases, and every signal is in exactly one of them
before and after. What a case holds then decides its grade, as it always does; history says who did it and why.

A person sets a grade for the case as it was then. Where signals come from a case that is graver than what the person
set, and the rules agree that both together are, the person's grade is set aside until those signals have left.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from services.triage.domain import clock
from services.triage.domain.assessing import assessed
from services.triage.domain.case import (
    Actor,
    Case,
    Closure,
    ClosureReason,
    Event,
    HistoryEntry,
    MergedAway,
    NotAllowed,
    NotTheSame,
    Override,
    SetAside,
    clock_entries,
    graded_entries,
    step_of,
)
from services.triage.domain.clock import Clock, StopReason
from services.triage.domain.merging import CaseSignal, Earlier
from services.triage.domain.numbers import CaseRef
from services.triage.domain.ruleset import Rules
from shared.vocabulary import Grade


class Filed(NamedTuple):
    """A case with its id."""

    id: str
    case: Case

    @property
    def ref(self) -> CaseRef:
        return CaseRef(self.id, self.case.number)

    @property
    def holds(self) -> frozenset[str]:
        """Its own id and those of the cases that were merged into it."""
        return frozenset((self.id, *self.case.absorbed))


@dataclass(frozen=True, slots=True)
class Decision:
    """Who regroups, why, and when."""

    who: Actor
    why: str
    at: datetime

    def entry(self, event: Event, other: CaseRef, signals: Sequence[CaseSignal] = ()) -> HistoryEntry:
        """The line of the history that says so."""
        ids = tuple(signal.id for signal in signals)
        return HistoryEntry(self.at, event, who=self.who, why=self.why, other=other, signals=ids)


def merged(
    gone: Filed, stays: Filed, decision: Decision, rules: Rules, apart: Sequence[NotTheSame] = ()
) -> tuple[Case, Case]:
    """Both cases after all signals of the one went to the other; raises NotAllowed.

    The earlier start of the clock holds. A grade that a person set for the one that goes is taken over where it is
    graver than what would hold without it, and told in any case; one set for the case that stays is set aside where
    the one that goes is graver. `apart` are the marks between what the two hold.
    """
    _refuse(_why_not_merged(gone, stays, apart))
    moving = gone.case.signals
    takes_over = _taken_over(gone, stays, moving, rules)
    away = _merged_away(gone, stays, decision, takes_over)
    together = _with(stays, [(signal, signal.moved_from) for signal in moving])
    holds = replace(stays.case, override=gone.case.override) if takes_over else stays.case
    holds, told = _giving_way(holds, gone.ref, gone.case.grade, moving, together, decision, rules)
    after = _regrouped(
        replace(holds, absorbed=tuple(dict.fromkeys((*stays.case.absorbed, gone.id, *gone.case.absorbed)))),
        together,
        [decision.entry(Event.TOOK_IN_CASE, gone.ref, moving), *_override_told(gone, decision, takes_over), *told],
        decision,
        rules,
        lent=_lent(gone),
        back=gone.case.split_from is not None and gone.case.split_from.id == stays.id,
    )
    return away, after


def merge_undone(gone: Filed, stays: Filed, decision: Decision, rules: Rules) -> tuple[Case, Case]:
    """Both cases after the signals that one brought went back to it; raises NotAllowed.

    With them go those that came since by an address of that case; those that a person moved on stay where they are.
    """
    merged_away = gone.case.merged
    if merged_away is None:
        raise NotAllowed(f"Zaak {gone.case.number} is niet samengevoegd, of staat al weer op zichzelf.")
    brought = {*merged_away.signals}
    back = [one for one in stays.case.signals if one.id in brought or one.came_by in gone.holds]
    left = _without(stays.case.signals, back)
    _refuse(_why_not_undone(gone, stays, back, left))
    returned = _regrouped(
        replace(gone.case, merged=None, closure=merged_away.closure, turn=gone.case.turn + 1),
        [replace(one, came_by=None) if one.came_by == gone.id else one for one in back],
        [decision.entry(Event.MERGE_UNDONE, stays.ref, back)],
        decision,
        rules,
        lent=_lent(stays),
        back=True,
    )
    holds, told = _given_back(stays.case, gone, merged_away, decision.at)
    after = _regrouped(
        replace(holds, absorbed=tuple(id_ for id_ in stays.case.absorbed if id_ not in gone.holds)),
        left,
        [decision.entry(Event.GAVE_CASE_BACK, gone.ref, back), *told],
        decision,
        rules,
        left=gone.holds,
    )
    return returned, after


def split(
    origin: Filed, part: CaseRef, signals: Collection[str], decision: Decision, rules: Rules
) -> tuple[Case, Case]:
    """The case and a new one that some of its signals found; raises NotAllowed.

    The two are told apart, so that nothing links them again. A clock that runs goes on in the new case too, if what
    it holds calls for a visit.
    """
    leaving, left = _leaving(origin, signals)
    mark = NotTheSame(part, decision.at, decision.who, decision.why)
    after = _regrouped(
        replace(origin.case, not_the_same=(*origin.case.not_the_same, mark)),
        left,
        [decision.entry(Event.SIGNALS_LEFT, part, leaving)],
        decision,
        rules,
    )
    new = _founded(origin, part, leaving, decision, rules)
    return after, new


def split_undone(part: Filed, origin: Filed, decision: Decision, rules: Rules) -> tuple[Case, Case]:
    """Both after a case that was split off went back whole; raises NotAllowed.

    It is then a case that was merged away, and can come back again.
    """
    if part.case.split_from is None:
        raise NotAllowed(f"Zaak {part.case.number} is niet afgesplitst.")
    one, other = _unmarked(part, origin.id), _unmarked(origin, part.id)
    return merged(one, other, decision, rules)


def moved(
    origin: Filed, target: Filed, signals: Collection[str], decision: Decision, rules: Rules
) -> tuple[Case, Case]:
    """Both cases after some signals went from the one to the other; raises NotAllowed."""
    leaving, left = _leaving(origin, signals)
    _refuse(_why_no_target(origin, target))
    back = all(one.moved_from is not None and one.moved_from.case.id == target.id for one in leaving)
    after = _regrouped(
        origin.case,
        left,
        [decision.entry(Event.SIGNALS_LEFT, target.ref, leaving)],
        decision,
        rules,
        left=target.holds if back else frozenset(),
    )
    # The clock goes with the signal that it runs for, and stays where it runs for others too.
    gives = _lent(origin) if after.clock is None or target.case.clock is None else None
    together = _with(target, zip(_moving(leaving, origin), [one.moved_from for one in leaving], strict=True))
    holds, told = _giving_way(
        target.case, origin.ref, _brought(origin, leaving, rules), leaving, together, decision, rules
    )
    taken = _regrouped(
        holds,
        together,
        [decision.entry(Event.SIGNALS_CAME, origin.ref, leaving), *told],
        decision,
        rules,
        lent=gives,
        back=back,
    )
    return after, taken


def told_apart(one: Filed, other: Filed, decision: Decision) -> tuple[Case, Case]:
    """Both cases with the mark that they are not about the same; raises NotAllowed."""
    if one.id == other.id:
        raise NotAllowed("Een zaak is altijd dezelfde als zichzelf; kies een andere zaak.")
    _refuse([_went(filed) for filed in (one, other) if filed.case.merged])
    if marks_between([one], [other]):
        raise NotAllowed(f"Zaak {one.case.number} en zaak {other.case.number} zijn al als niet hetzelfde aangemerkt.")
    return _marked(one, other.ref, decision), _marked(other, one.ref, decision)


def apart_no_more(one: Filed, other: Filed, decision: Decision) -> tuple[Case, Case]:
    """Both cases without that mark; raises NotAllowed."""
    if not marks_between([one], [other]):
        raise NotAllowed(f"Zaak {one.case.number} en zaak {other.case.number} zijn niet als verschillend aangemerkt.")
    return (
        _noted(_unmarked(one, other.id).case, decision.entry(Event.NOT_THE_SAME_LIFTED, other.ref)),
        _noted(_unmarked(other, one.id).case, decision.entry(Event.NOT_THE_SAME_LIFTED, one.ref)),
    )


def marks_between(ones: Iterable[Filed], others: Iterable[Filed]) -> tuple[NotTheSame, ...]:
    """Every mark that one of these cases bears about one of those."""
    ids = {other.id for other in others}
    return tuple(mark for one in ones for mark in one.case.not_the_same if mark.other.id in ids)


def _why_not_merged(gone: Filed, stays: Filed, apart: Sequence[NotTheSame]) -> list[str]:
    reasons = []
    if gone.id == stays.id:
        return ["Een zaak kan niet met zichzelf worden samengevoegd; kies een andere zaak."]
    if gone.case.merged:
        reasons.append(_went(gone))
    if stays.case.merged:
        reasons.append(_went(stays))
    elif not stays.case.is_open:
        reasons.append(f"Zaak {stays.case.number} is gesloten en neemt geen meldingen meer op.")
    for mark in apart[:1]:
        reasons.append(
            f"{mark.by.name} ({mark.by.organisation}) heeft vastgelegd dat dit niet dezelfde situatie is: "
            f"{mark.reason} Haal eerst dat weg bij zaak {mark.other.number}."
        )
    return reasons


def _why_not_undone(gone: Filed, stays: Filed, back: Sequence[CaseSignal], left: Sequence[CaseSignal]) -> list[str]:
    if stays.case.merged:
        return [f"{_went(stays)} Maak eerst dat ongedaan."]
    if not back:
        return [
            f"Geen melding van zaak {gone.case.number} is nog in zaak {stays.case.number}: alle zijn verder verplaatst."
        ]
    if not left:
        return [
            f"Zaak {stays.case.number} zou zonder meldingen achterblijven. Verplaats eerst haar eigen meldingen terug."
        ]
    return []


def _why_no_target(origin: Filed, target: Filed) -> list[str]:
    if origin.id == target.id:
        return ["De melding staat al in deze zaak; kies een andere."]
    if target.case.merged:
        return [_went(target)]
    if not target.case.is_open:
        return [f"Zaak {target.case.number} is gesloten en neemt geen meldingen meer op."]
    return []


def _leaving(origin: Filed, signals: Collection[str]) -> tuple[list[CaseSignal], list[CaseSignal]]:
    leaving = [signal for signal in origin.case.signals if signal.id in signals]
    left = _without(origin.case.signals, leaving)
    reasons = []
    if origin.case.merged:
        reasons.append(_went(origin))
    elif not leaving:
        reasons.append("Kies ten minste één melding van deze zaak.")
    elif len(leaving) < len(set(signals)):
        reasons.append(
            f"Niet alle gekozen meldingen staan nog in zaak {origin.case.number}; iemand heeft intussen iets veranderd."
        )
    elif not left:
        reasons.append("Ten minste één melding blijft in de zaak. Horen alle bij een andere zaak, voeg ze dan samen.")
    _refuse(reasons)
    return leaving, left


def _refuse(reasons: Sequence[str]) -> None:
    if reasons:
        raise NotAllowed(" ".join(reasons))


def _went(filed: Filed) -> str:
    merged_away = filed.case.merged
    assert merged_away
    by = merged_away.by
    return (
        f"Zaak {filed.case.number} is al samengevoegd met zaak {merged_away.into.number}, "
        f"door {by.name} ({by.organisation})."
    )


def _merged_away(gone: Filed, stays: Filed, decision: Decision, takes_over: bool) -> Case:
    case = gone.case
    clocks = clock.stopped(case.clocks, decision.at, StopReason.REGROUPED)
    entry = decision.entry(Event.MERGED_AWAY, stays.ref, case.signals)
    return replace(
        case,
        signals=(),
        clocks=clocks,
        history=(*case.history, entry, *clock_entries(case.clocks, clocks, decision.at)),
        closure=Closure(decision.at, decision.who, ClosureReason.MERGED, decision.why, case.grade),
        merged=MergedAway(
            into=stays.ref,
            at=decision.at,
            by=decision.who,
            reason=decision.why,
            signals=tuple(signal.id for signal in case.signals),
            closure=case.closure,
            override_taken=takes_over,
            their_override=stays.case.override if takes_over else None,
        ),
        turn=case.turn + 1,
    )


def _taken_over(gone: Filed, stays: Filed, moving: Sequence[CaseSignal], rules: Rules) -> bool:
    brings, has = gone.case.override, stays.case.override
    if brings is None:
        return False
    _, together = assessed([*stays.case.signals, *moving], rules, stays.case.cluster)
    without = has.grade if has else together.grade
    return brings.grade.rank > without.rank


def _brought(origin: Filed, leaving: Sequence[CaseSignal], rules: Rules) -> Grade:
    """How grave the signals of a case are that go elsewhere: as a person judged it, or by what they say."""
    by_person = origin.case.override
    return by_person.grade if by_person else assessed(leaving, rules, origin.case.cluster)[1].grade


def _giving_way(
    case: Case,
    other: CaseRef,
    brought: Grade,
    coming: Sequence[CaseSignal],
    together: Sequence[CaseSignal],
    decision: Decision,
    rules: Rules,
) -> tuple[Case, list[HistoryEntry]]:
    """The case with what a person set put aside where signals come that were graver elsewhere, and are so here."""
    has = case.override
    if has is None or brought.rank <= has.grade.rank:
        return case, []
    if assessed(together, rules, case.cluster)[1].grade.rank <= has.grade.rank:
        return case, []
    aside = SetAside(has, other, tuple(signal.id for signal in coming))
    entry = HistoryEntry(decision.at, Event.OVERRIDE_SET_ASIDE, None, has.grade, has.by, why=has.reason, other=other)
    return replace(case, override=None, set_aside=aside), [entry]


def _holding_again(case: Case, signals: Sequence[CaseSignal], at: datetime) -> tuple[Case, list[HistoryEntry]]:
    """The case with what a person set once nothing is left of what put that aside, unless one set something since."""
    aside = case.set_aside
    if aside is None or case.override or {signal.id for signal in signals}.intersection(aside.signals):
        return case, []
    has = aside.override
    entry = HistoryEntry(at, Event.OVERRIDE_HOLDS_AGAIN, None, has.grade, has.by, why=has.reason, other=aside.other)
    return replace(case, override=has, set_aside=None), [entry]


def _given_back(case: Case, gone: Filed, merged_away: MergedAway, at: datetime) -> tuple[Case, list[HistoryEntry]]:
    """The case without the grade that a person set for the one that goes back.

    What a person set here since stays; so does a grade of its own that happens to be the same.
    """
    taken, before = gone.case.override, merged_away.their_override
    if not merged_away.override_taken:
        return case, []
    aside = case.set_aside
    if aside is not None and aside.override == taken:
        case = replace(case, set_aside=replace(aside, override=before) if before else None)
    elif case.override == taken:
        case = replace(case, override=before)
    else:
        return case, []
    return case, [HistoryEntry(at, Event.OVERRIDE_GIVEN_BACK, other=gone.ref)]


def _override_told(gone: Filed, decision: Decision, takes_over: bool) -> list[HistoryEntry]:
    brings: Override | None = gone.case.override
    if brings is None:
        return []
    event = Event.OVERRIDE_TAKEN_OVER if takes_over else Event.OVERRIDE_NOT_TAKEN_OVER
    return [HistoryEntry(decision.at, event, None, brings.grade, brings.by, why=brings.reason, other=gone.ref)]


def _founded(origin: Filed, part: CaseRef, signals: Sequence[CaseSignal], decision: Decision, rules: Rules) -> Case:
    situation, assessment = assessed(signals, rules, origin.case.cluster)
    entries = [
        decision.entry(Event.SPLIT_OFF, origin.ref, signals),
        HistoryEntry(decision.at, Event.GRADED, None, assessment.grade),
    ]
    empty = Case(
        number=part.number,
        opened_at=decision.at,
        signals=(),
        situation=situation,
        assessment=assessment,
        grade_line=(step_of(assessment, _newest(signals), decision.at),),
        clocks=(),
        history=(),
        split_from=origin.ref,
        cluster=origin.case.cluster,
        not_the_same=(NotTheSame(origin.ref, decision.at, decision.who, decision.why),),
    )
    return _regrouped(empty, _moving(signals, origin), entries, decision, rules, lent=_lent(origin))


def _regrouped(
    case: Case,
    signals: Sequence[CaseSignal],
    entries: Sequence[HistoryEntry],
    decision: Decision,
    rules: Rules,
    *,
    lent: Clock | None = None,
    left: frozenset[str] = frozenset(),
    back: bool = False,
) -> Case:
    """The case with these signals, assessed anew by what it holds now."""
    situation, assessment = assessed(signals, rules, case.cluster)
    holds, again = _holding_again(case, signals, decision.at)
    after = replace(holds, signals=tuple(signals), situation=situation, assessment=assessment)
    told, newest = [*entries, *again, *graded_entries(case, after, decision.at)], _newest(signals)
    if after.closure and assessment.grade.rank > max(after.closure.grade.rank, case.assessment.grade.rank):
        told.append(HistoryEntry(decision.at, Event.REOPENED))
        after = replace(after, closure=None)
    clocks = after.clocks
    if after.is_open:
        clocks = clock.regrouped(clocks, after.grade, newest, decision.at, lent=lent, left=left, back=back)
    step = replace(step_of(assessment, newest, decision.at), grade=after.grade, who=decision.who, why=decision.why)
    changed = (assessment, after.grade) != (case.assessment, case.grade)
    return replace(
        after,
        clocks=clocks,
        grade_line=(*case.grade_line, step) if changed else case.grade_line,
        history=(*case.history, *told, *_of_clocks(case.clocks, clocks, decision.at)),
    )


def _of_clocks(before: Sequence[Clock], after: Sequence[Clock], at: datetime) -> tuple[HistoryEntry, ...]:
    goes_on = len(after) > len(before) and after[-1].started_at < at
    return (HistoryEntry(at, Event.CLOCK_GOES_ON),) if goes_on else clock_entries(before, after, at)


def _lent(giver: Filed) -> Clock | None:
    running = giver.case.clock
    return replace(running, lent_by=giver.id) if running else None


def _newest(signals: Iterable[CaseSignal]) -> str:
    return max(signals, key=lambda signal: signal.known_at).id


def _without(signals: Sequence[CaseSignal], some: Sequence[CaseSignal]) -> list[CaseSignal]:
    ids = {signal.id for signal in some}
    return [signal for signal in signals if signal.id not in ids]


def _moving(signals: Iterable[CaseSignal], origin: Filed) -> list[CaseSignal]:
    """Signals on their way from a case, which remember their place in it."""
    places = {signal.id: place for place, signal in enumerate(origin.case.signals)}
    return [replace(signal, moved_from=Earlier(origin.ref, places[signal.id])) for signal in signals]


def _with(case: Filed, came: Iterable[tuple[CaseSignal, Earlier | None]]) -> list[CaseSignal]:
    """The signals of a case and those that came: back at its old place what was here before, the rest at the end."""
    signals = list(case.case.signals)
    for signal, before in came:
        if before is not None and before.case.id == case.id:
            signals.insert(before.place, replace(signal, moved_from=None))
        else:
            signals.append(signal)
    return signals


def _marked(filed: Filed, other: CaseRef, decision: Decision) -> Case:
    mark = NotTheSame(other, decision.at, decision.who, decision.why)
    marked = replace(filed.case, not_the_same=(*filed.case.not_the_same, mark))
    return _noted(marked, decision.entry(Event.NOT_THE_SAME, other))


def _unmarked(filed: Filed, other: str) -> Filed:
    left = tuple(mark for mark in filed.case.not_the_same if mark.other.id != other)
    return Filed(filed.id, replace(filed.case, not_the_same=left))


def _noted(case: Case, entry: HistoryEntry) -> Case:
    return replace(case, history=(*case.history, entry))
