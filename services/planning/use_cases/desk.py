"""What every verb needs: the store, the bus and the rules; and what a verb may refuse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.planning import facts
from services.planning.domain.case import Case
from services.planning.domain.draft import Draft, draft
from services.planning.domain.intervention import Intervention
from services.planning.domain.network import LOTC
from services.planning.domain.plan import StepRule
from services.planning.start_data import StartData
from services.planning.store import Room, Store
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, Telling, tell
from shared.calendar import day_of
from shared.contracts import catalogue as topics
from shared.people import Person

Changes = list[Change[Any]]


@dataclass(frozen=True)
class Desk:
    """Handed to every verb of people."""

    store: Store
    bus: Bus
    start_data: StartData

    @property
    def rules(self) -> Sequence[StepRule]:
        return self.start_data.plan_rules


class Unknown(LookupError):
    """There is no such intervention, consultation or case here."""


class NotTheirs(Exception):
    """This person's organisation may not do this; the text says who may, in Dutch."""


def intervention_in(room: Room, id_: str) -> Document[Intervention]:
    document = room.intervention(id_)
    if document is None:
        raise Unknown("intervention")
    return document


def told(cls: type[facts.Snapshot], intervention: Intervention, now: datetime) -> Telling:
    """The whole intervention, told as this fact."""
    return tell(topics.INTERVENTIONS, facts.snapshot(cls, intervention, now), now)


def drafted(case: Case, room: Room, rules: Sequence[StepRule], now: datetime) -> Draft:
    """The draft for a case by the powers that hold today."""
    return draft(case, room.network, rules, day_of(now))


def demand_part(intervention: Intervention, person: Person) -> None:
    """Only who takes part in a visit, and LOT-C, may move it on."""
    if person.organisation != LOTC and not intervention.concerns(person.organisation):
        raise NotTheirs("Dit kan alleen iemand van een betrokken partij of van LOT-C.")
