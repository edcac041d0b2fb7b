"""A case: the signals about one site, how grave it is now and was before, its clock, and all that happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.triage.domain import clock
from services.triage.domain.assessing import InCluster, assessed, ruleset_for
from services.triage.domain.assessment import Assessment
from services.triage.domain.clock import Clock, StopReason
from services.triage.domain.facts import facts_of
from services.triage.domain.merging import CaseSignal, newest, newest_signal
from services.triage.domain.numbers import CaseRef
from services.triage.domain.ruleset import Rules
from shared.calendar import day_of
from shared.situation import Situation
from shared.vocabulary import Grade


class NotAllowed(Exception):
    """What is asked cannot be done with the case as it is; the message says so in Dutch."""


class GradeChanged(NotAllowed):
    """Somebody or new facts gave the case another grade than a person had before them."""


class ClosureReason(StrEnum):
    """Why a person closes a case; `merged` is never chosen, it comes with a merge."""

    VISITED = "visited"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"
    HANDED_OVER = "handed_over"
    SITE_CLOSED = "site_closed"
    MERGED = "merged"


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
    MERGED_AWAY = "merged_away"
    TOOK_IN_CASE = "took_in_case"
    MERGE_UNDONE = "merge_undone"
    GAVE_CASE_BACK = "gave_case_back"
    SPLIT_OFF = "split_off"
    SIGNALS_LEFT = "signals_left"
    SIGNALS_CAME = "signals_came"
    CLOCK_GOES_ON = "clock_goes_on"
    OVERRIDE_TAKEN_OVER = "override_taken_over"
    OVERRIDE_NOT_TAKEN_OVER = "override_not_taken_over"
    OVERRIDE_GIVEN_BACK = "override_given_back"
    OVERRIDE_SET_ASIDE = "override_set_aside"
    OVERRIDE_HOLDS_AGAIN = "override_holds_again"
    NOT_THE_SAME = "not_the_same"
    NOT_THE_SAME_LIFTED = "not_the_same_lifted"
    IN_CLUSTER = "in_cluster"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who did something, and for which organisation."""

    subject: str
    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened; `who` is None for what a signal led to.

    `grade` is the new one of a graded entry, `reason` why a case was closed, `why` what a person wrote with it;
    `other` is the case that signals went to or came from, `signals` which ones.
    """

    at: datetime
    event: Event
    signal: str | None = None
    grade: Grade | None = None
    who: Actor | None = None
    reason: ClosureReason | None = None
    why: str | None = None
    other: CaseRef | None = None
    signals: tuple[str, ...] = ()


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
class Severity:
    """How grave the facts of a case are, also where that moves no grade; `share` is that of positive tests."""

    points: int
    impact: int
    infections: int
    share: float

    def exceeds(self, other: "Severity") -> bool:
        """Whether anything of it is graver than it was."""
        return (
            self.points > other.points
            or self.impact > other.impact
            or self.infections > other.infections
            or self.share > other.share
        )


@dataclass(frozen=True, slots=True)
class Override:
    """A grade that a person set in place of the rules', why, and what the rules said then.

    `severity` is that of the facts it was made on; overrides of before it was kept have none.
    """

    at: datetime
    by: Actor
    grade: Grade
    reason: str
    assessed: Grade
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A person's grade that gave way when graver signals came from another case, until the last of them has left."""

    override: Override
    other: CaseRef
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closure:
    """Who closed the case, why, and what its grade was then."""

    at: datetime
    by: Actor
    reason: ClosureReason
    note: str | None
    grade: Grade


@dataclass(frozen=True, slots=True)
class MergedAway:
    """Where all signals of a case went, by whom and why; with what is needed to undo it.

    `closure` is that of the case before; `override_taken` says that its person's grade took the place of that of the
    other case, which is `their_override`, or None where nobody had set one there.
    """

    into: CaseRef
    at: datetime
    by: Actor
    reason: str
    signals: tuple[str, ...]
    closure: Closure | None = None
    override_taken: bool = False
    their_override: Override | None = None


@dataclass(frozen=True, slots=True)
class NotTheSame:
    """A person found that another case is about something else; it stands on both."""

    other: CaseRef
    at: datetime
    by: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """One site as the platform knows it. Grade line, clocks and history only ever grow.

    What a signal leads to bears a moment rounded to the quarter hour: a case is graded a second after its signal is
    sent, and nobody may read from it when that was.

    A case that was merged away is closed and has no signals; picture and grade stay as they were. `absorbed` are the
    ids of all cases whose signals it holds now, those of their own included; `split_from` is where it was split off;
    `turn` counts how often it was merged away or came back. `cluster` is the detected cluster it was last seen in, kept
    only where rules have a clause for clusters. `set_aside` is what a person set before signals came that are graver;
    whoever sets a grade anew has seen them, and ends it.
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
    merged: MergedAway | None = None
    absorbed: tuple[str, ...] = ()
    split_from: CaseRef | None = None
    not_the_same: tuple[NotTheSame, ...] = ()
    turn: int = 0
    cluster: InCluster | None = None
    set_aside: SetAside | None = None

    @property
    def is_open(self) -> bool:
        return self.closure is None

    @property
    def all_withdrawn(self) -> bool:
        """Whether nothing that was told of it counts any more."""
        return bool(self.signals) and all(signal.withdrawn_at for signal in self.signals)

    @property
    def grade(self) -> Grade:
        """The grade that holds: a person's before that of the rules; both stay on record."""
        return self.override.grade if self.override else self.assessment.grade

    @property
    def disputed(self) -> bool:
        """Whether the rules disagree with a person for what that person could not know.

        They came to something new since, or to the same on facts that are graver, and it is not what the person set.
        """
        set_by = self.override
        if set_by is None or self.assessment.grade == set_by.grade:
            return False
        return self.assessment.grade != set_by.assessed or self.graver_since

    @property
    def graver_since(self) -> bool:
        """Whether the facts have become graver since a person set a grade below that of the rules."""
        set_by = self.override
        if set_by is None or set_by.severity is None or self.assessment.grade.rank <= set_by.grade.rank:
            return False
        return self.severity.exceeds(set_by.severity)

    @property
    def severity(self) -> Severity:
        """How grave its facts are now."""
        seen = self.situation.observations
        share = seen.positive / seen.tested if seen.positive and seen.tested else 0.0
        infections = facts_of(self.situation).infections or 0
        return Severity(self.assessment.points, self.assessment.impact, infections, share)

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

    def takes_up(self, received_at: datetime, rules: Rules) -> bool:
        """Whether a new signal about its site belongs to it, or founds a new case."""
        days = rules.at(day_of(received_at), self.situation.site.region).linking_days
        return self.is_open and received_at - newest(self.signals) <= timedelta(days=days)


def found(number: str, signal: CaseSignal, rules: Rules, now: datetime) -> Case:
    """A new case with its first signal."""
    situation, assessment = assessed([signal], rules, None)
    clocks = clock.moved((), assessment.grade, signal.id, signal.received_at, now)
    history = (
        HistoryEntry(now, Event.OPENED, signal.id),
        HistoryEntry(now, Event.GRADED, signal.id, assessment.grade),
        *clock_entries((), clocks, now, signal.id),
    )
    return Case(
        number=number,
        opened_at=now,
        signals=(signal,),
        situation=situation,
        assessment=assessment,
        grade_line=(step_of(assessment, signal.id, now),),
        clocks=clocks,
        history=history,
    )


def with_signal(case: Case, signal: CaseSignal, rules: Rules, now: datetime) -> Case:
    """The case with one signal more."""
    if not case.is_open:
        raise NotAllowed("De zaak is gesloten en neemt geen meldingen meer op.")
    entry = HistoryEntry(now, Event.SIGNAL_JOINED, signal.id)
    return _reassessed(case, (*case.signals, signal), entry, signal.received_at, rules)


def with_supplement(
    case: Case, id_: str, situation: Situation, received_at: datetime, rules: Rules, now: datetime
) -> Case:
    """The case with a signal's situation as it is known now."""
    supplemented = replace(case.signal(id_), situation=situation, known_at=received_at)
    entry = HistoryEntry(now, Event.SIGNAL_SUPPLEMENTED, id_)
    return _reassessed(case, _exchanged(case.signals, supplemented), entry, received_at, rules)


def with_withdrawal(case: Case, id_: str, withdrawn_at: datetime, rules: Rules, now: datetime) -> Case:
    """The case with a signal that no longer counts; it stays on record."""
    withdrawn = replace(case.signal(id_), withdrawn_at=withdrawn_at)
    entry = HistoryEntry(now, Event.SIGNAL_WITHDRAWN, id_)
    return _reassessed(case, _exchanged(case.signals, withdrawn), entry, withdrawn_at, rules)


def in_cluster(case: Case, cluster: InCluster, rules: Rules, now: datetime) -> Case:
    """The case as one that lies in a detected cluster; as it was where it is closed or its rules say nothing of that.

    A clock that this starts runs from now: no signal told what only many of them tell together.
    """
    known = case.cluster
    if not case.is_open or ruleset_for(case.signals, rules).cluster is None or known == cluster:
        return case
    noted = replace(case, cluster=cluster)
    if known and known.id == cluster.id and assessed(case.signals, rules, cluster)[1] == case.assessment:
        return noted
    entry = HistoryEntry(now, Event.IN_CLUSTER, newest_signal(case.signals).id)
    return _reassessed(noted, case.signals, entry, now, rules)


def closed(
    case: Case, reason: ClosureReason, note: str | None, who: Actor, now: datetime, seen: Grade | None = None
) -> Case:
    """The case as a person closed it; its clock stops on record.

    `seen` is the grade that the person had before them, where that is known; GradeChanged if it is graver by now.
    """
    if not case.is_open:
        raise NotAllowed("De zaak is al gesloten.")
    if seen is not None and case.grade.rank > seen.rank:
        raise GradeChanged("De zaak is intussen ernstiger dan u zag. Bekijk haar, en sluit haar dan.")
    clocks = clock.stopped(case.clocks, now, StopReason.CASE_CLOSED)
    entry = HistoryEntry(now, Event.CLOSED, who=who, reason=reason, why=note)
    return replace(
        case,
        closure=Closure(now, who, reason, note, case.grade),
        clocks=clocks,
        history=(*case.history, entry, *clock_entries(case.clocks, clocks, now)),
    )


def overridden(case: Case, grade: Grade, reason: str, who: Actor, now: datetime, seen: Grade | None = None) -> Case:
    """The case with a grade that a person sets; what the rules say stays beside it.

    `seen` is the grade that the person had before them, where that is known; GradeChanged if it is another by now.
    """
    if not case.is_open:
        raise NotAllowed("De zaak is gesloten; haar inschatting staat vast.")
    _refuse_unseen(case, seen)
    if grade == case.grade:
        raise NotAllowed("De zaak heeft deze inschatting al.")
    override = Override(now, who, grade, reason, case.assessment.grade, case.severity)
    entry = HistoryEntry(now, Event.OVERRIDDEN, None, grade, who, why=reason)
    return _regraded(replace(case, override=override, set_aside=None), entry)


def override_lifted(case: Case, reason: str, who: Actor, now: datetime, seen: Grade | None = None) -> Case:
    """The case with the grade of the rules again; `seen` as for `overridden`."""
    _refuse_unseen(case, seen)
    if not case.is_open or case.override is None:
        raise NotAllowed("Er is geen inschatting van een mens om terug te nemen.")
    entry = HistoryEntry(now, Event.OVERRIDE_LIFTED, None, case.assessment.grade, who, why=reason)
    return _regraded(replace(case, override=None, set_aside=None), entry)


def _refuse_unseen(case: Case, seen: Grade | None) -> None:
    if seen is not None and case.is_open and seen != case.grade:
        raise GradeChanged("De inschatting is intussen een andere dan die u zag. Bekijk de zaak, en kies dan.")


def _regraded(case: Case, entry: HistoryEntry) -> Case:
    """A person's grade starts a clock from that moment, not from a signal that came before anybody thought so."""
    newest_of_all = newest_signal(case.signals).id
    clocks = clock.moved(case.clocks, case.grade, newest_of_all, entry.at, entry.at)
    step = replace(step_of(case.assessment, newest_of_all, entry.at), grade=case.grade, who=entry.who, why=entry.why)
    return replace(
        case,
        clocks=clocks,
        grade_line=(*case.grade_line, step),
        history=(*case.history, entry, *clock_entries(case.clocks, clocks, entry.at)),
    )


def _reassessed(
    case: Case, signals: tuple[CaseSignal, ...], entry: HistoryEntry, received_at: datetime, rules: Rules
) -> Case:
    situation, assessment = assessed(signals, rules, case.cluster)
    source, at = entry.signal or "", entry.at
    closure, clocks = case.closure, case.clocks
    now = replace(case, situation=situation, assessment=assessment)
    entries = [entry, *graded_entries(case, now, at, source)]
    # New facts that are worse than those it was closed with need a person again.
    if closure and assessment.grade.rank > max(closure.grade.rank, case.assessment.grade.rank):
        entries.append(HistoryEntry(at, Event.REOPENED, source))
        closure = None
    if closure is None:
        clocks = clock.moved(clocks, now.grade, source, received_at, at)
    changed = assessment != case.assessment
    return replace(
        now,
        signals=signals,
        grade_line=(*case.grade_line, step_of(assessment, source, at)) if changed else case.grade_line,
        clocks=clocks,
        history=(*case.history, *entries, *clock_entries(case.clocks, clocks, at, source)),
        closure=closure,
    )


def graded_entries(before: Case, after: Case, at: datetime, signal: str | None = None) -> tuple[HistoryEntry, ...]:
    """What the history tells of a new assessment: its grade, and that it disagrees with a person anew."""
    entries = []
    changed = after.assessment.grade != before.assessment.grade
    if changed:
        entries.append(HistoryEntry(at, Event.GRADED, signal, after.assessment.grade))
    if after.override and after.disputed and (changed or after.severity.exceeds(before.severity)):
        entries.append(HistoryEntry(at, Event.OVERRIDE_DISPUTED, signal, after.override.grade))
    return tuple(entries)


def clock_entries(
    before: Sequence[Clock], after: Sequence[Clock], at: datetime, signal: str | None = None
) -> tuple[HistoryEntry, ...]:
    if len(after) > len(before):
        return (HistoryEntry(at, Event.CLOCK_STARTED, signal),)
    if after != before:
        return (HistoryEntry(at, Event.CLOCK_STOPPED, signal),)
    return ()


def step_of(assessment: Assessment, signal: str, at: datetime) -> GradeStep:
    """A new point of the grade line."""
    return GradeStep(at, assessment.grade, assessment.points, assessment.ruleset, assessment.input_hash, signal)


def _exchanged(signals: Sequence[CaseSignal], changed: CaseSignal) -> tuple[CaseSignal, ...]:
    return tuple(changed if signal.id == changed.id else signal for signal in signals)
