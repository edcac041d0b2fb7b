"""A case: the signals about one site, how grave it is now and was before, its clock, and all that happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.triage.domain import clock
from services.triage.domain.assessment import Assessment
from services.triage.domain.clock import Clock, StopReason
from services.triage.domain.explanation import assess
from services.triage.domain.facts import facts_of
from services.triage.domain.linking import still_open_for
from services.triage.domain.merging import CaseSignal, merge, newest
from services.triage.domain.ruleset import Ruleset
from shared.situation import Situation
from shared.vocabulary import Grade


class NotAllowed(Exception):
    """What is asked cannot be done with the case as it is; the message says so in Dutch."""


class ClosureReason(StrEnum):
    """Why a person closes a case."""

    VISITED = "visited"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"
    HANDED_OVER = "handed_over"
    SITE_CLOSED = "site_closed"


class Event(StrEnum):
    """What can happen to a case."""

    OPENED = "opened"
    SIGNAL_JOINED = "signal_joined"
    SIGNAL_SUPPLEMENTED = "signal_supplemented"
    SIGNAL_WITHDRAWN = "signal_withdrawn"
    GRADED = "graded"
    OVERRIDDEN = "overridden"
    OVERRIDE_DISPUTED = "override_disputed"
    OVERRIDE_LIFTED = "override_lifted"
    CLOCK_STARTED = "clock_started"
    CLOCK_STOPPED = "clock_stopped"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who did something, and for which organisation."""

    subject: str
    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened; `who` is None for what a signal led to.

    `grade` is the new one of a graded entry, `reason` why a case was closed, `why` what a person wrote with it.
    """

    at: datetime
    event: Event
    signal: str | None = None
    grade: Grade | None = None
    who: Actor | None = None
    reason: ClosureReason | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class GradeStep:
    """One point of the grade line: a new assessment and the signal that led to it, or a grade that a person set."""

    at: datetime
    grade: Grade
    points: int
    ruleset: str
    input_hash: str
    signal: str
    who: Actor | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A grade that a person set in place of the rules', why, and what the rules said then."""

    at: datetime
    by: Actor
    grade: Grade
    reason: str
    assessed: Grade


@dataclass(frozen=True, slots=True)
class Closure:
    """Who closed the case, why, and what its grade was then."""

    at: datetime
    by: Actor
    reason: ClosureReason
    note: str | None
    grade: Grade


@dataclass(frozen=True, slots=True)
class Case:
    """One site as the platform knows it. Grade line, clocks and history only ever grow.

    What a signal leads to bears a moment rounded to the quarter hour: a case is graded a second after its signal is
    sent, and nobody may read from it when that was.
    """

    number: str
    opened_at: datetime
    signals: tuple[CaseSignal, ...]
    situation: Situation
    assessment: Assessment
    grade_line: tuple[GradeStep, ...]
    clocks: tuple[Clock, ...]
    history: tuple[HistoryEntry, ...]
    closure: Closure | None = None
    override: Override | None = None

    @property
    def is_open(self) -> bool:
        return self.closure is None

    @property
    def grade(self) -> Grade:
        """The grade that holds: a person's before that of the rules; both stay on record."""
        return self.override.grade if self.override else self.assessment.grade

    @property
    def disputed(self) -> bool:
        """Whether the rules came to something new since a person set the grade, and it is not what they set."""
        set_by = self.override
        return set_by is not None and self.assessment.grade not in (set_by.grade, set_by.assessed)

    @property
    def clock(self) -> Clock | None:
        """The clock that runs now."""
        return self.clocks[-1] if self.clocks and self.clocks[-1].runs else None

    @property
    def regions(self) -> tuple[str, ...]:
        """The safety regions of the case, the work site's first."""
        sites = (self.situation.site, *(signal.situation.site for signal in self.signals))
        return tuple(dict.fromkeys(site.region for site in sites if site.region))

    def signal(self, id_: str) -> CaseSignal:
        """One of its signals; raises NotAllowed for any other."""
        for signal in self.signals:
            if signal.id == id_:
                return signal
        raise NotAllowed("Deze melding hoort niet bij deze zaak.")

    def takes_up(self, received_at: datetime, rules: Ruleset) -> bool:
        """Whether a new signal about its site belongs to it, or founds a new case."""
        return self.is_open and still_open_for(newest(self.signals), received_at, rules.linking_days)


def found(number: str, signal: CaseSignal, rules: Ruleset, now: datetime) -> Case:
    """A new case with its first signal."""
    situation = merge([signal], rules)
    assessment = assess(facts_of(situation), rules)
    clocks = clock.moved((), assessment.grade, signal.id, signal.received_at, now)
    history = (
        HistoryEntry(now, Event.OPENED, signal.id),
        HistoryEntry(now, Event.GRADED, signal.id, assessment.grade),
        *_clock_entries((), clocks, now, signal.id),
    )
    return Case(
        number=number,
        opened_at=now,
        signals=(signal,),
        situation=situation,
        assessment=assessment,
        grade_line=(_step(assessment, signal.id, now),),
        clocks=clocks,
        history=history,
    )


def with_signal(case: Case, signal: CaseSignal, rules: Ruleset, now: datetime) -> Case:
    """The case with one signal more."""
    if not case.is_open:
        raise NotAllowed("De zaak is gesloten en neemt geen meldingen meer op.")
    entry = HistoryEntry(now, Event.SIGNAL_JOINED, signal.id)
    return _reassessed(case, (*case.signals, signal), entry, signal.received_at, rules)


def with_supplement(
    case: Case, id_: str, situation: Situation, received_at: datetime, rules: Ruleset, now: datetime
) -> Case:
    """The case with a signal's situation as it is known now."""
    supplemented = replace(case.signal(id_), situation=situation, known_at=received_at)
    entry = HistoryEntry(now, Event.SIGNAL_SUPPLEMENTED, id_)
    return _reassessed(case, _exchanged(case.signals, supplemented), entry, received_at, rules)


def with_withdrawal(case: Case, id_: str, withdrawn_at: datetime, rules: Ruleset, now: datetime) -> Case:
    """The case with a signal that no longer counts; it stays on record."""
    withdrawn = replace(case.signal(id_), withdrawn_at=withdrawn_at)
    entry = HistoryEntry(now, Event.SIGNAL_WITHDRAWN, id_)
    return _reassessed(case, _exchanged(case.signals, withdrawn), entry, withdrawn_at, rules)


def closed(case: Case, reason: ClosureReason, note: str | None, who: Actor, now: datetime) -> Case:
    """The case as a person closed it; its clock stops on record."""
    if not case.is_open:
        raise NotAllowed("De zaak is al gesloten.")
    clocks = clock.stopped(case.clocks, now, StopReason.CASE_CLOSED)
    entry = HistoryEntry(now, Event.CLOSED, who=who, reason=reason, why=note)
    return replace(
        case,
        closure=Closure(now, who, reason, note, case.grade),
        clocks=clocks,
        history=(*case.history, entry, *_clock_entries(case.clocks, clocks, now)),
    )


def overridden(case: Case, grade: Grade, reason: str, who: Actor, now: datetime) -> Case:
    """The case with a grade that a person sets; what the rules say stays beside it."""
    if not case.is_open:
        raise NotAllowed("De zaak is gesloten; haar inschatting staat vast.")
    if grade == case.grade:
        raise NotAllowed("De zaak heeft deze inschatting al.")
    override = Override(now, who, grade, reason, case.assessment.grade)
    return _regraded(
        replace(case, override=override), HistoryEntry(now, Event.OVERRIDDEN, None, grade, who, why=reason)
    )


def override_lifted(case: Case, reason: str, who: Actor, now: datetime) -> Case:
    """The case with the grade of the rules again."""
    if not case.is_open or case.override is None:
        raise NotAllowed("Er is geen inschatting van een mens om terug te nemen.")
    grade = case.assessment.grade
    return _regraded(
        replace(case, override=None), HistoryEntry(now, Event.OVERRIDE_LIFTED, None, grade, who, why=reason)
    )


def _regraded(case: Case, entry: HistoryEntry) -> Case:
    """A person's grade starts a clock from that moment, not from a signal that came before anybody thought so."""
    newest_signal = max(case.signals, key=lambda signal: signal.known_at).id
    clocks = clock.moved(case.clocks, case.grade, newest_signal, entry.at, entry.at)
    step = replace(_step(case.assessment, newest_signal, entry.at), grade=case.grade, who=entry.who, why=entry.why)
    return replace(
        case,
        clocks=clocks,
        grade_line=(*case.grade_line, step),
        history=(*case.history, entry, *_clock_entries(case.clocks, clocks, entry.at)),
    )


def _reassessed(
    case: Case, signals: tuple[CaseSignal, ...], entry: HistoryEntry, received_at: datetime, rules: Ruleset
) -> Case:
    situation = merge(signals, rules)
    assessment = assess(facts_of(situation), rules)
    source, at = entry.signal or "", entry.at
    closure, clocks = case.closure, case.clocks
    entries = [entry]
    if assessment.grade != case.assessment.grade:
        entries.append(HistoryEntry(at, Event.GRADED, source, assessment.grade))
        if case.override and replace(case, assessment=assessment).disputed:
            entries.append(HistoryEntry(at, Event.OVERRIDE_DISPUTED, source, case.override.grade))
    # New facts that are worse than those it was closed with need a person again.
    if closure and assessment.grade.rank > closure.grade.rank:
        entries.append(HistoryEntry(at, Event.REOPENED, source))
        closure = None
    if closure is None:
        holds = case.override.grade if case.override else assessment.grade
        clocks = clock.moved(clocks, holds, source, received_at, at)
    changed = assessment != case.assessment
    return replace(
        case,
        signals=signals,
        situation=situation,
        assessment=assessment,
        grade_line=(*case.grade_line, _step(assessment, source, at)) if changed else case.grade_line,
        clocks=clocks,
        history=(*case.history, *entries, *_clock_entries(case.clocks, clocks, at, source)),
        closure=closure,
    )


def _clock_entries(
    before: Sequence[Clock], after: Sequence[Clock], at: datetime, signal: str | None = None
) -> tuple[HistoryEntry, ...]:
    if len(after) > len(before):
        return (HistoryEntry(at, Event.CLOCK_STARTED, signal),)
    if after != before:
        return (HistoryEntry(at, Event.CLOCK_STOPPED, signal),)
    return ()


def _step(assessment: Assessment, signal: str, at: datetime) -> GradeStep:
    return GradeStep(at, assessment.grade, assessment.points, assessment.ruleset, assessment.input_hash, signal)


def _exchanged(signals: Sequence[CaseSignal], changed: CaseSignal) -> tuple[CaseSignal, ...]:
    return tuple(changed if signal.id == changed.id else signal for signal in signals)
