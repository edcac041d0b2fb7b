"""People and reports: look them up, fill them in, submit and share them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.reporting.domain.filling import Amendment
from services.reporting.domain.people import CONVENOR, Party
from services.reporting.domain.picture import UNFINISHED_VALUES, Seen
from services.reporting.domain.report import Invalid, Report
from services.reporting.facts import tell_shared, tell_submitted
from services.reporting.store import (
    INTERVENTIONS,
    LATEST_CHANGE_FIRST,
    NEWEST_FIRST,
    PARTIES,
    REJECTION_NOTICES,
    REPORTS,
    Room,
    counted_by_state,
    counted_deliveries,
    room_of_report,
)
from services.reporting.use_cases.distribution import Distribution, notified
from services.reporting.use_cases.refusals import NotFound, NotYours
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document
from shared.mongo import Database
from shared.people import Person
from shared.vocabulary import InterventionKind, InterventionState, ReportState

Changes = Sequence[Change[Any]]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which reports a list shows; None leaves a filter open. Nobody is shown what they may not read."""

    intervention: str | None = None
    state: ReportState | None = None
    region: str | None = None
    coordinator: str | None = None
    unfinished: bool = False

    def query(self, reader: str) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "state.visit.intervention": self.intervention,
            "state.state": {"$ne": ReportState.SHARED.value} if self.unfinished else self.state,
            "state.visit.region": self.region,
            "state.visit.coordinator": self.coordinator,
        }
        query = {field: value for field, value in asked.items() if value is not None}
        if reader != CONVENOR:
            named = ("state.visit.coordinator", "state.visit.parties.party", "state.deliveries.party")
            query["$or"] = [{field: reader} for field in named]
        return query


@dataclass(frozen=True, slots=True)
class PictureSelection:
    """Which interventions the operational picture shows."""

    state: InterventionState | None = None
    kind: InterventionKind | None = None
    region: str | None = None
    unfinished: bool = False

    def query(self) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "state.kind": self.kind,
            "state.region": self.region,
            "state.state": {"$in": UNFINISHED_VALUES} if self.unfinished else self.state,
        }
        return {field: value for field, value in asked.items() if value is not None}


@dataclass(frozen=True)
class Desk:
    """What people do with reports."""

    database: Database
    bus: Bus
    distribution: Distribution

    async def find(
        self, selection: Selection, reader: str, skip: int = 0, limit: int = 0
    ) -> tuple[list[Document[Report]], int]:
        """The selected reports that this organisation may read, newest first, and how many in all."""
        query = selection.query(reader)
        found = await self.database.find(REPORTS, query, sort=NEWEST_FIRST, skip=skip, limit=limit)
        return found, await self.database.count(REPORTS, query)

    async def get(self, id_: str, reader: str) -> Document[Report]:
        """One report; raises NotFound or NotYours."""
        found = await self.database.get(REPORTS, id_)
        if found is None:
            raise NotFound
        _demand_reader(found.state, reader)
        return found

    async def picture(
        self, selection: PictureSelection, skip: int = 0, limit: int = 0
    ) -> tuple[list[Document[Seen]], int]:
        """The selected interventions, latest change first, and how many in all."""
        query = selection.query()
        found = await self.database.find(INTERVENTIONS, query, sort=LATEST_CHANGE_FIRST, skip=skip, limit=limit)
        return found, await self.database.count(INTERVENTIONS, query)

    async def reports_of(self, interventions: Sequence[str], reader: str) -> dict[str, Document[Report]]:
        """The reports of these interventions that this organisation may read, by intervention."""
        query = {**Selection().query(reader), "state.visit.intervention": {"$in": list(interventions)}}
        return {found.state.visit.intervention: found for found in await self.database.find(REPORTS, query)}

    async def names(self, parties: Sequence[str]) -> dict[str, str]:
        """How these parties are called; a party nobody described keeps its id."""
        found = await self.database.find(PARTIES, {"_id": {"$in": list(parties)}})
        described = {document.id: document.state.name for document in found}
        return {party: described.get(party, party) for party in parties}

    async def parties(self) -> dict[str, Party]:
        """Every party of the network map, by name."""
        found = await self.database.find(PARTIES, {}, sort=(("state.name", 1),))
        return {document.id: document.state for document in found}

    async def fill_in(self, id_: str, changes: Amendment, person: Person) -> Document[Report]:
        """Change fields of an open report; raises NotFound, NotYours, NotAllowed or Invalid."""
        wanted = changes.get("shared_with", ())

        def decide(room: Room) -> Changes:
            document = _theirs(room, id_, person)
            _demand_known(room, document.state, wanted)
            after = document.state.filled_in(changes, person, self.bus.now())
            return [document.becomes(after)] if after is not document.state else []

        return await self._decide(id_, wanted, decide)

    async def submit(self, id_: str, person: Person) -> Document[Report]:
        """Finish a report and tell so; raises NotFound, NotYours, NotAllowed or Invalid."""

        def decide(room: Room) -> Changes:
            document, now = _theirs(room, id_, person), self.bus.now()
            after = document.state.submitted(person, now)
            return [document.becomes(after, tell_submitted(after, now))]

        return await self._decide(id_, (), decide)

    async def share(self, id_: str, parties: Sequence[str], person: Person) -> Document[Report]:
        """Share a report and tell each new party that has a topic; raises NotFound, NotYours, NotAllowed or Invalid."""
        connected = await self.distribution.connected(parties)

        def decide(room: Room) -> Changes:
            document, now = _theirs(room, id_, person), self.bus.now()
            before = document.state
            _demand_known(room, before, parties)
            shared = before.shared(_named(room, before, parties), person, now)
            if shared is before:
                return []
            after, tellings = notified(room, shared, self.distribution.address_of(id_), connected, now)
            return [document.becomes(after, tell_shared(after, now), *tellings)]

        return await self._decide(id_, parties, decide)

    async def counts(self) -> tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int]]:
        """How many there are by state: reports, interventions, deliveries of reports, rejections."""
        return (
            await counted_by_state(self.database, REPORTS),
            await counted_by_state(self.database, INTERVENTIONS),
            await counted_deliveries(self.database),
            await counted_by_state(self.database, REJECTION_NOTICES),
        )

    async def _decide(self, id_: str, parties: Sequence[str], decide: Callable[[Room], Changes]) -> Document[Report]:
        load = room_of_report(self.database, id_, parties)
        changed = await self.bus.decide(load, decide)
        if changed:
            return changed[0]
        found = (await load()).report(id_)
        if found is None:
            raise NotFound
        return found


def _theirs(room: Room, id_: str, person: Person) -> Document[Report]:
    document = room.report(id_)
    if document is None:
        raise NotFound
    _demand_reader(document.state, person.organisation)
    if not document.state.may_write(person.organisation):
        coordinator = document.state.visit.coordinator_name
        raise NotYours(f"{coordinator} coördineert en vult dit rapport in. LOT-C kan dat ook.")
    return document


def _demand_reader(report: Report, organisation: str) -> None:
    if not report.may_read(organisation):
        coordinator = report.visit.coordinator_name
        raise NotYours(f"Dit rapport is niet met u gedeeld. Vraag {coordinator}, die het bezoek coördineerde.")


def _demand_known(room: Room, report: Report, parties: Sequence[str]) -> None:
    """Every party to share with is on the network map or took part; else a fault at its place in the list."""
    known = _named(room, report, parties)
    faults = [
        (f"shared_with.{place}", "Deze partij staat niet op de netwerkkaart.")
        for place, party in enumerate(parties)
        if party not in known
    ]
    if faults:
        raise Invalid(faults)


def _named(room: Room, report: Report, parties: Sequence[str]) -> Mapping[str, str]:
    """These parties by name, each once; those that nobody knows are left out."""
    took_part = {party.party: party.name for party in report.visit.parties}
    took_part[report.visit.coordinator] = report.visit.coordinator_name
    names = {}
    for party in parties:
        described = room.party(party)
        if described is not None or party in took_part:
            names[party] = described.name if described else took_part[party]
    return names
