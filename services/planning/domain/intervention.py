"""The life of an intervention: one table says which step leads where, and every step is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from services.planning.domain.case import Case, CaseRef
from services.planning.domain.draft import Draft, Involved, PartyRole
from services.planning.domain.wording import DONE, STATE, VERB, Step, moment
from shared.people import Person
from shared.vocabulary import InterventionKind, InterventionState

_State = InterventionState

STEPS: Mapping[InterventionState, Mapping[Step, InterventionState]] = MappingProxyType(
    {
        _State.PROPOSED: {Step.DECIDE: _State.DECIDED, Step.STAND_DOWN: _State.STOOD_DOWN},
        _State.DECIDED: {
            Step.PREPARE: _State.PREPARED,
            Step.STAND_DOWN: _State.STOOD_DOWN,
            Step.CANCEL: _State.CANCELLED,
        },
        _State.PREPARED: {
            Step.STAFF: _State.STAFFED,
            Step.STAND_DOWN: _State.STOOD_DOWN,
            Step.CANCEL: _State.CANCELLED,
        },
        _State.STAFFED: {
            Step.START: _State.UNDER_WAY,
            Step.STAND_DOWN: _State.STOOD_DOWN,
            Step.CANCEL: _State.CANCELLED,
        },
        _State.UNDER_WAY: {Step.COMPLETE: _State.COMPLETED},
        _State.COMPLETED: {Step.REPORT: _State.REPORTED},
        _State.REPORTED: {},
        _State.STOOD_DOWN: {},
        _State.CANCELLED: {},
    }
)
"""The one table of preventive and repressive interventions: from each state, which step leads to which state."""

BEFORE_VISIT = frozenset({_State.PROPOSED, _State.DECIDED, _State.PREPARED, _State.STAFFED})
OVER = frozenset({_State.REPORTED, _State.STOOD_DOWN, _State.CANCELLED})


class VisitOutcome(StrEnum):
    """How a visit ended."""

    CARRIED_OUT = "carried_out"
    PARTLY = "partly"
    NO_ACCESS = "no_access"
    NOBODY_THERE = "nobody_there"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history; `by` is None for what follows from the facts by itself."""

    at: datetime
    what: str
    state: InterventionState
    by: Person | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """What a party answered to the request for staff: how many people, who leads them, or why none come."""

    party: str
    people: int
    lead: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class InterventionRef:
    """An intervention by its id and the number that people say."""

    id: str
    number: str


class NotAllowed(Exception):
    """A step that the intervention's state does not allow; the text says what is possible now, in Dutch."""


class NotAcceptable(ValueError):
    """Faults in what was given: (field, Dutch explanation) pairs."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{field}: {text}" for field, text in self.faults))


@dataclass(frozen=True, slots=True)
class Intervention:
    """A visit from its first draft to its report, or to the reason why it did not take place.

    `came_from` are the cases it was about before they were merged into the one it is about now, the first one first;
    `instead` is the intervention that took its place when two cases were merged.
    """

    id: str
    number: str
    kind: InterventionKind
    state: InterventionState
    case: Case
    draft: Draft
    proposed_at: datetime
    history: tuple[Event, ...]
    staffing: tuple[StaffAnswer, ...] = ()
    consultation: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    outcome: VisitOutcome | None = None
    reason: str | None = None
    report: str | None = None
    came_from: tuple[CaseRef, ...] = ()
    instead: InterventionRef | None = None

    @property
    def ref(self) -> InterventionRef:
        return InterventionRef(self.id, self.number)

    @property
    def is_mere_proposal(self) -> bool:
        """Whether nobody has done anything with it yet."""
        return self.state is _State.PROPOSED and self.consultation is None

    @property
    def judged(self) -> bool:
        """Whether people decided about it, or will: all but what was stood down by itself."""
        return self.state is not _State.STOOD_DOWN or self.history[-1].by is not None

    @property
    def possible(self) -> tuple[Step, ...]:
        """The steps that may be taken now."""
        return tuple(STEPS[self.state])

    @property
    def before_visit(self) -> bool:
        return self.state in BEFORE_VISIT

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def asked_for_staff(self) -> tuple[Involved, ...]:
        """The parties that take part in the visit itself."""
        return tuple(party for party in self.draft.parties if party.role is not PartyRole.CONVENOR)

    @property
    def unanswered(self) -> tuple[Involved, ...]:
        """The parties that still have to say whom they send."""
        answered = {answer.party for answer in self.staffing}
        return tuple(party for party in self.asked_for_staff if party.party not in answered)

    def concerns(self, organisation: str) -> bool:
        """Whether this party has a part in the visit."""
        return any(party.party == organisation for party in self.draft.parties)

    def convened(self, consultation: str, at: datetime, by: Person, note: str | None) -> Self:
        """A consultation is called to decide on it."""
        self._demand(Step.DECIDE)
        return self._noted(at, "Overleg bijeengeroepen via LOT-C", by, note, consultation=consultation)

    def decided(self, at: datetime, by: Person, why: str) -> Self:
        return self._step(Step.DECIDE, at, by, why, reason=why)

    def declined(self, at: datetime, by: Person, why: str) -> Self:
        """A consultation decides against it: possible only while nobody has decided for it."""
        self._demand(Step.DECIDE)
        return self.stood_down(at, by, why)

    def prepared(self, at: datetime, by: Person) -> Self:
        return self._step(Step.PREPARE, at, by, "Het plan van aanpak staat; aan elke partij is bemensing gevraagd.")

    def staffed_by(self, answers: Sequence[StaffAnswer], at: datetime, by: Person) -> Self:
        """Take in the answers of one or more parties; with the last one the visit is staffed.

        An answer may be corrected until the visit starts. Raises NotAcceptable with all faults at once.
        """
        if self.state is not _State.STAFFED:
            self._demand(Step.STAFF)
        merged = {answer.party: answer for answer in (*self.staffing, *answers)}
        staffing = tuple(merged[party.party] for party in self.asked_for_staff if party.party in merged)
        if staffing == self.staffing and not self._strangers(answers):
            return self
        if faults := self._faults(answers):
            raise NotAcceptable(faults)
        what = "Bemensing opgegeven door " + ", ".join(self._name(answer.party) for answer in answers)
        noted = self._noted(at, what, by, None, staffing=staffing)
        if noted.state is _State.STAFFED or noted.unanswered:
            return noted
        return noted._step(Step.STAFF, at, by, None)

    def started(self, at: datetime, by: Person) -> Self:
        return self._step(Step.START, at, by, None, started_at=at)

    def completed(self, at: datetime, by: Person, outcome: VisitOutcome, note: str | None) -> Self:
        return self._step(Step.COMPLETE, at, by, note, completed_at=at, outcome=outcome)

    def reported(self, at: datetime, report: str) -> Self:
        return self._step(Step.REPORT, at, None, None, report=report)

    def stood_down(self, at: datetime, by: Person | None, why: str) -> Self:
        return self._step(Step.STAND_DOWN, at, by, why, reason=why)

    def cancelled(self, at: datetime, by: Person, why: str) -> Self:
        return self._step(Step.CANCEL, at, by, why, reason=why)

    def revised(self, case: Case, redrafted: Draft, at: datetime) -> Self:
        """The case has a new picture.

        The draft follows it until people have decided; from then on their choice of parties and plan stands.
        """
        kept = redrafted if self.state is _State.PROPOSED else self.draft
        if (case, kept) == (self.case, self.draft):
            return self
        return self._noted(at, _what_changed(self, case, kept), None, None, case=case, draft=kept)

    def belongs_in(self, case: Case) -> bool:
        """Whether this picture of its case holds every case that it came with: else one of them is on its way."""
        return {came.id for came in self.came_from} <= {*case.absorbed}

    def joins(self, case: Case, redrafted: Draft, at: datetime, why: str) -> Self:
        """Its case was merged into this one: it goes on, with all that was done, as a visit for that one."""
        what = f"Zaak {self.case.number} is samengevoegd met zaak {case.number}; deze interventie hoort nu daarbij"
        return self._about(case, redrafted, at, what, why, (*self.came_from, self.case.ref))

    def goes_back(self, case: Case, redrafted: Draft, at: datetime, why: str) -> Self:
        """The case that it came with is a case of its own again."""
        what = f"Zaak {case.number} staat weer op zichzelf; deze interventie hoort daar weer bij"
        places = [place for place, came in enumerate(self.came_from) if came.id == case.id]
        return self._about(case, redrafted, at, what, why, self.came_from[: places[0]])

    def gives_way(self, to: InterventionRef, at: datetime, why: str) -> Self:
        """Two cases were merged, and the visit goes on as the other one."""
        return replace(self.stood_down(at, None, f"Het bezoek gaat verder als {to.number}. {why}"), instead=to)

    def takes_place_of(self, others: Sequence[InterventionRef], at: datetime, why: str) -> Self:
        """Two cases were merged, and the visits of both go on as this one."""
        return self._noted(at, f"Neemt de plaats in van {', '.join(other.number for other in others)}", None, why)

    def knows_report(self, report: str) -> Self:
        return replace(self, report=report)

    def _about(
        self, case: Case, redrafted: Draft, at: datetime, what: str, why: str, came_from: tuple[CaseRef, ...]
    ) -> Self:
        # From the visit on the picture is that which people went by.
        picture = case if self.before_visit else self.case.called(case.ref)
        kept = redrafted if self.state is _State.PROPOSED else self.draft
        return self._noted(at, what, None, why, case=picture, draft=kept, came_from=came_from)

    def _step(self, step: Step, at: datetime, by: Person | None, why: str | None, **changes: Any) -> Self:
        self._demand(step)
        state = STEPS[self.state][step]
        event = Event(at, DONE[step].capitalize(), state, by, why)
        return replace(self, state=state, history=(*self.history, event), **changes)

    def _noted(self, at: datetime, what: str, by: Person | None, why: str | None, **changes: Any) -> Self:
        event = Event(at, what, self.state, by, why)
        return replace(self, history=(*self.history, event), **changes)

    def _demand(self, step: Step) -> None:
        if step in STEPS[self.state]:
            return
        since = f"{self.number} is {STATE[self.state]} sinds {moment(self.history[-1].at)}."
        done = next((event for event in self.history if event.what == DONE[step].capitalize()), None)
        if done is not None:
            since = f"{self.number} is al {DONE[step]} op {moment(done.at)} en is nu {STATE[self.state]}."
        possible = ", ".join(VERB[step] for step in self.possible)
        now = f"Nu kan: {possible}." if possible else "Er volgt geen stap meer."
        raise NotAllowed(f"{since} {VERB[step].capitalize()} kan nu niet. {now}")

    def _faults(self, answers: Sequence[StaffAnswer]) -> list[tuple[str, str]]:
        strangers = self._strangers(answers)
        faults = []
        for n, answer in enumerate(answers):
            if answer.party in strangers:
                faults.append((f"assignments.{n}.party", "Deze partij neemt niet deel aan het bezoek."))
            elif answer.party == self.draft.coordinator and answer.people == 0:
                text = "De coördinator stuurt ten minste één persoon."
                faults.append((f"assignments.{n}.people", text))
            elif answer.people == 0 and not answer.reason:
                faults.append((f"assignments.{n}.reason", "Leg uit waarom deze partij niemand stuurt."))
        return faults

    def _strangers(self, answers: Sequence[StaffAnswer]) -> set[str]:
        return {answer.party for answer in answers} - {party.party for party in self.asked_for_staff}

    def _name(self, party: str) -> str:
        return next(involved.name for involved in self.draft.parties if involved.party == party)


def proposed(
    id_: str, number: str, case: Case, drafted: Draft, at: datetime, by: Person | None, why: str
) -> Intervention:
    """A new repressive intervention with its draft."""
    event = Event(at, "Voorgesteld", _State.PROPOSED, by, why)
    return Intervention(id_, number, InterventionKind.REPRESSIVE, _State.PROPOSED, case, drafted, at, history=(event,))


def _what_changed(before: Intervention, case: Case, kept: Draft) -> str:
    parts = []
    if case.grade is not before.case.grade:
        parts.append("de inschatting")
    if kept.coordinator != before.draft.coordinator:
        parts.append("de coördinator")
    if kept.plan != before.draft.plan:
        parts.append("het plan van aanpak")
    return "Zaak herzien: " + (" en ".join(parts) + " gewijzigd" if parts else "nieuwe gegevens")
