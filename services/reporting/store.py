"""Reporting's collections, and what is loaded of them for a decision or a page."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.reporting.domain.identity import rejection_notice_id, report_id
from services.reporting.domain.people import Party
from services.reporting.domain.picture import Seen
from services.reporting.domain.report import DeliveryState, Report
from services.reporting.domain.telling import RejectionNotice
from shared.bus.documents import Document, WorkingSet
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.intake import SignalRejected
from shared.contracts.planning import InterventionCompleted, InterventionRevised, InterventionSnapshot, PartyDescribed
from shared.mongo import Collection, Database

REPORTS = Collection(
    "reports",
    TypeAdapter(Report),
    indexes=(
        [("state.visit.intervention", 1)],
        [("state.state", 1), ("state.opened_at", -1)],
        [("state.visit.coordinator", 1), ("state.opened_at", -1)],
        [("state.visit.parties.party", 1)],
        [("state.deliveries.party", 1)],
        [("state.deliveries.state", 1)],
    ),
)
INTERVENTIONS = Collection(
    "interventions",
    TypeAdapter(Seen),
    indexes=([("state.state", 1), ("state.changed_at", -1)], [("state.region", 1), ("state.changed_at", -1)]),
)
PARTIES = Collection("parties", TypeAdapter(Party), indexes=([("state.region", 1)],))
REJECTION_NOTICES = Collection(
    "rejection_notices", TypeAdapter(RejectionNotice), indexes=([("state.state", 1), ("state.rejected_at", 1)],)
)

COLLECTIONS = (REPORTS, INTERVENTIONS, PARTIES, REJECTION_NOTICES)

NEWEST_FIRST = (("state.opened_at", -1), ("_id", 1))
_WAITING_DELIVERY = {"state.deliveries.state": DeliveryState.WAITING.value}
LATEST_CHANGE_FIRST = (("state.changed_at", -1), ("_id", 1))


class Room(WorkingSet):
    """Reports, interventions, parties and rejections that a batch or a person's decision touches."""

    def report_of(self, intervention: str) -> Document[Report]:
        """The report of an intervention, stored or new."""
        return self.find_or_new(REPORTS.name, report_id(intervention))

    def report(self, id_: str) -> Document[Report] | None:
        return self.find(REPORTS.name, id_)

    def intervention(self, id_: str) -> Document[Seen]:
        return self.find_or_new(INTERVENTIONS.name, id_)

    def rejection(self, id_: str) -> Document[RejectionNotice] | None:
        return self.find(REJECTION_NOTICES.name, id_)

    def party(self, id_: str) -> Party | None:
        """A party of the network map, as far as planning described it."""
        found: Document[Party] | None = self.find(PARTIES.name, id_)
        return found.state if found else None


def loader(database: Database) -> Callable[[Sequence[Message[Fact]], Sequence[Refusal]], Awaitable[Room]]:
    """Loads a batch in four queries, however many messages it holds."""

    async def load(messages: Sequence[Message[Fact]], _refusals: Sequence[Refusal]) -> Room:
        interventions = _subjects(messages, InterventionSnapshot)
        reported_on = _subjects(messages, InterventionCompleted) + _subjects(messages, InterventionRevised)
        rejections = [rejection_notice_id(subject) for subject in _subjects(messages, SignalRejected)]
        return Room(
            [
                *await _by_id(database, INTERVENTIONS, interventions),
                *await _by_id(database, REPORTS, [report_id(intervention) for intervention in reported_on]),
                *await _by_id(database, PARTIES, _subjects(messages, PartyDescribed)),
                *await _by_id(database, REJECTION_NOTICES, rejections),
            ]
        )

    return load


def room_of_report(database: Database, id_: str, parties: Sequence[str] = ()) -> Callable[[], Awaitable[Room]]:
    """Loads one report, and the parties it is to be shared with or was."""

    async def load() -> Room:
        found = await database.get(REPORTS, id_)
        if found is None:
            return Room()
        wanted = {*parties, *found.state.shared_with}
        return Room([found, *await _by_id(database, PARTIES, sorted(wanted))])

    return load


def room_of_rejection(database: Database, id_: str) -> Callable[[], Awaitable[Room]]:
    """Loads one rejection notice."""

    async def load() -> Room:
        return Room(await _by_id(database, REJECTION_NOTICES, [id_]))

    return load


async def parties_waiting_for_reports(database: Database) -> list[str]:
    """The parties that were not told yet of some report shared with them."""
    stages: list[dict[str, Any]] = [
        {"$match": _WAITING_DELIVERY},
        {"$unwind": "$state.deliveries"},
        {"$match": _WAITING_DELIVERY},
        {"$group": {"_id": "$state.deliveries.party"}},
    ]
    return [row["_id"] async for row in database.raw[REPORTS.name].aggregate(stages)]


async def reports_waiting_for(database: Database, parties: Iterable[str], limit: int) -> list[str]:
    """Ids of reports that one of these parties was not told of yet."""
    waiting = {"state": DeliveryState.WAITING.value, "party": {"$in": list(parties)}}
    query = {"state.deliveries": {"$elemMatch": waiting}}
    return [found.id for found in await database.find(REPORTS, query, limit=limit)]


async def senders_waiting(database: Database, since: datetime) -> list[str]:
    """The senders that were not told yet of a message refused since this moment."""
    query = {"state.state": DeliveryState.WAITING.value, "state.rejected_at": {"$gte": since}}
    return list(await database.raw[REJECTION_NOTICES.name].distinct("state.party", query))


async def rejections_waiting_for(database: Database, parties: Iterable[str], since: datetime, limit: int) -> list[str]:
    """Ids of the rejections since this moment that these senders were not told of yet, the oldest first."""
    query = {
        "state.state": DeliveryState.WAITING.value,
        "state.rejected_at": {"$gte": since},
        "state.party": {"$in": list(parties)},
    }
    oldest_first = (("state.rejected_at", 1), ("_id", 1))
    found = await database.find(REJECTION_NOTICES, query, sort=oldest_first, limit=limit)
    return [document.id for document in found]


async def counted_by_state(database: Database, collection: Collection[Any]) -> dict[str, int]:
    """How many documents there are in each state."""
    stages = [{"$group": {"_id": "$state.state", "count": {"$sum": 1}}}]
    return {row["_id"]: row["count"] async for row in database.raw[collection.name].aggregate(stages)}


async def counted_deliveries(database: Database) -> dict[str, int]:
    """How many deliveries of reports there are in each state."""
    stages: list[dict[str, Any]] = [
        {"$unwind": "$state.deliveries"},
        {"$group": {"_id": "$state.deliveries.state", "count": {"$sum": 1}}},
    ]
    return {row["_id"]: row["count"] async for row in database.raw[REPORTS.name].aggregate(stages)}


def _subjects(messages: Sequence[Message[Fact]], kind: type[Fact]) -> list[str]:
    return sorted({message.subject for message in messages if isinstance(message.fact, kind)})


async def _by_id(database: Database, collection: Collection[Any], ids: Sequence[str]) -> list[Document[Any]]:
    return await database.find(collection, {"_id": {"$in": list(ids)}}) if ids else []
