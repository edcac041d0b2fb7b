"""The life of a report: opened prefilled, filled in, submitted, shared; one table says which step leads where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from services.reporting.domain.filling import Amendment, Fault, Filling, contradictions, gaps
from services.reporting.domain.people import CONVENOR
from services.reporting.domain.visit import Visit
from shared.people import Person
from shared.vocabulary import ReportState


class Step(StrEnum):
    """What a person can do with a report."""

    FILL_IN = "fill_in"
    SUBMIT = "submit"
    SHARE = "share"


STEPS: Mapping[ReportState, Mapping[Step, ReportState]] = MappingProxyType(
    {
        ReportState.OPEN: {Step.FILL_IN: ReportState.OPEN, Step.SUBMIT: ReportState.SUBMITTED},
        ReportState.SUBMITTED: {Step.SHARE: ReportState.SHARED},
        ReportState.SHARED: {Step.SHARE: ReportState.SHARED},
    }
)
"""The whole life of a report. A shared report can be shared with more parties, and with nobody less."""

_REFUSALS = {
    Step.FILL_IN: "Dit rapport is ingediend; de inhoud ligt vast.",
    Step.SUBMIT: "Dit rapport is al ingediend.",
    Step.SHARE: "Dit rapport is nog niet ingediend. Dien het eerst in, dan kunt u het delen.",
}


class NotAllowed(Exception):
    """This cannot be done with a report in this state; the message says why, in Dutch."""


class Invalid(ValueError):
    """What was filled in is not right or not complete: every fault at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{field}: {text}" for field, text in self.faults))


class Happening(StrEnum):
    """The kinds of entries in a report's history."""

    OPENED = "opened"
    CASE_CHANGED = "case_changed"
    FILLED_IN = "filled_in"
    SUBMITTED = "submitted"
    SHARED = "shared"
    NOTIFIED = "notified"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history; without a person the platform did it. `about` names the fields, parties or cases."""

    at: datetime
    what: Happening
    by: Person | None = None
    about: tuple[str, ...] = ()


class DeliveryState(StrEnum):
    """Whether a party was told on its own topic; who has no topic yet is told once it has one."""

    WAITING = "waiting"
    NOTIFIED = "notified"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A party the report is shared with, and when it was told on its topic."""

    party: str
    name: str
    shared_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one visit, with everything that happened to it; `deliveries` are its access list."""

    number: str
    visit: Visit
    opened_at: datetime
    state: ReportState = ReportState.OPEN
    filling: Filling = field(default_factory=Filling)
    submitted_at: datetime | None = None
    submitted_by: Person | None = None
    deliveries: tuple[Delivery, ...] = ()
    history: tuple[Entry, ...] = ()

    @property
    def shared_with(self) -> tuple[str, ...]:
        return tuple(delivery.party for delivery in self.deliveries)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The parties that still have to be told."""
        return tuple(found.party for found in self.deliveries if found.state == DeliveryState.WAITING)

    def may_read(self, organisation: str) -> bool:
        """LOT-C, the coordinator, who took part, and whom it is shared with."""
        named = organisation in (CONVENOR, self.visit.coordinator) or organisation in self.shared_with
        return named or self.visit.involves(organisation)

    def may_write(self, organisation: str) -> bool:
        """The coordinator fills in, submits and shares; LOT-C may stand in."""
        return organisation in (CONVENOR, self.visit.coordinator)

    def allows(self, step: Step) -> bool:
        return step in STEPS[self.state]

    def of_case(self, case: str | None, number: str | None, at: datetime) -> Self:
        """The visit belongs to this case now, since cases were merged; what was submitted stays as it was."""
        if self.state != ReportState.OPEN or case == self.visit.case:
            return self
        entry = Entry(at, Happening.CASE_CHANGED, about=tuple(filter(None, (self.visit.case_number, number))))
        return self._noted(entry, visit=replace(self.visit, case=case, case_number=number))

    def filled_in(self, changes: Amendment, by: Person, at: datetime) -> Self:
        """With some fields changed; raises Invalid with every contradiction."""
        self._demand(Step.FILL_IN)
        filling = self.filling.amended(changes)
        if filling == self.filling:
            return self
        if faults := contradictions(filling):
            raise Invalid(faults)
        entry = Entry(at, Happening.FILLED_IN, by, filling.changed_since(self.filling))
        return self._noted(entry, filling=filling)

    def submitted(self, by: Person, at: datetime) -> Self:
        """Finished by the coordinator; raises Invalid with everything that is still missing."""
        self._demand(Step.SUBMIT)
        if faults := gaps(self.filling, self.visit.themes):
            raise Invalid(faults)
        state = STEPS[self.state][Step.SUBMIT]
        return self._noted(Entry(at, Happening.SUBMITTED, by), state=state, submitted_at=at, submitted_by=by)

    def shared(self, parties: Mapping[str, str], by: Person, at: datetime) -> Self:
        """Shared with these parties (id and name) as well; who had it already is not told again."""
        self._demand(Step.SHARE)
        new = tuple(Delivery(party, name, at) for party, name in parties.items() if party not in self.shared_with)
        if not new:
            return self
        entry = Entry(at, Happening.SHARED, by, tuple(delivery.name for delivery in new))
        state = STEPS[self.state][Step.SHARE]
        return self._noted(entry, state=state, deliveries=(*self.deliveries, *new))

    def notified(self, parties: Collection[str], at: datetime) -> Self:
        """These parties were told on their own topics."""
        told = tuple(delivery.name for delivery in self.deliveries if delivery.party in parties)
        deliveries = tuple(
            replace(delivery, state=DeliveryState.NOTIFIED, notified_at=at) if delivery.party in parties else delivery
            for delivery in self.deliveries
        )
        return self._noted(Entry(at, Happening.NOTIFIED, None, told), deliveries=deliveries) if told else self

    def _demand(self, step: Step) -> None:
        if not self.allows(step):
            raise NotAllowed(_REFUSALS[step])

    def _noted(self, entry: Entry, **changes: Any) -> Self:
        return replace(self, history=(*self.history, entry), **changes)


def opened(number: str, visit: Visit, at: datetime) -> Report:
    """A new report: what planning knows is in it, and the parties of the visit stand ready to share it with."""
    filling = Filling(shared_with=tuple(party.party for party in visit.parties))
    return Report(number, visit, at, filling=filling, history=(Entry(at, Happening.OPENED),))
