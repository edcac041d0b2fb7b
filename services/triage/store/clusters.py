"""Detected clusters, and what is read of the cases to find them."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import TypeAdapter

from services.triage.domain.detection.watch import SAME_WITHIN, DetectedCluster, Sighting
from services.triage.store.documents import CASES
from shared.bus.documents import Document, WorkingSet
from shared.calendar import AMSTERDAM, day_of
from shared.mongo import Collection, Database
from shared.reference.addresses import four_digits
from shared.vocabulary import Sector, Theme

CLUSTERS = Collection(
    "clusters", TypeAdapter(DetectedCluster), indexes=([("state.end", -1)], [("state.members.case", 1)])
)

_SHOWN = 50
_NEWEST_FIRST = [("state.end", -1), ("state.recurrence_days", -1), ("_id", 1)]


class ClusterRoom(WorkingSet):
    """The clusters that a new one may continue."""

    def cluster(self, id_: str) -> Document[DetectedCluster]:
        """A cluster, stored or new."""
        return self.find_or_new(CLUSTERS.name, id_)

    def known(self) -> list[Document[DetectedCluster]]:
        """Every cluster of the room."""
        return list(self)


def cluster_id(cluster: DetectedCluster) -> str:
    """The id of a cluster when it is first seen; derived, so that finding it twice at once makes one."""
    return str(uuid5(NAMESPACE_URL, f"cluster/{cluster.theme}/{cluster.centre}/{cluster.end}"))


class Clusters:
    """Loading what detection needs, for a run and for its pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent(self, today: date) -> ClusterRoom:
        """The clusters that were seen lately."""
        since = _midnight(today - SAME_WITHIN)
        return ClusterRoom(await self._database.find(CLUSTERS, {"state.end": {"$gte": since.date().isoformat()}}))

    async def newest(self) -> list[Document[DetectedCluster]]:
        """The clusters to show, the last seen first."""
        return await self._database.find(CLUSTERS, {}, sort=_NEWEST_FIRST, limit=_SHOWN)

    async def holding(self, *cases: str) -> list[Document[DetectedCluster]]:
        """The clusters that one of these cases lies in, the last seen first."""
        query = {"state.members.case": {"$in": list(cases)}}
        return await self._database.find(CLUSTERS, query, sort=_NEWEST_FIRST)

    async def sightings(self, since: date) -> list[Sighting]:
        """The signals received from this day on that were not withdrawn; only the fields that are watched are read."""
        start = _midnight(since)
        rows = self._database.raw[CASES.name].aggregate(
            [
                {"$match": {"state.signals.received_at": {"$gte": start}}},
                {"$project": {"state.number": 1, "state.signals": 1}},
                {"$unwind": "$state.signals"},
                {"$match": {"state.signals.received_at": {"$gte": start}, "state.signals.withdrawn_at": None}},
                {
                    "$project": {
                        "number": "$state.number",
                        "at": "$state.signals.received_at",
                        "postcode": "$state.signals.situation.site.postcode",
                        "country": "$state.signals.situation.site.country",
                        "themes": "$state.signals.situation.themes",
                        "sector": "$state.signals.situation.sector",
                    }
                },
            ]
        )
        return await asyncio.to_thread(_sightings, await rows.to_list(None))


def _sightings(rows: Iterable[dict[str, Any]]) -> list[Sighting]:
    return [_sighting(row) for row in rows]


def _sighting(row: dict[str, Any]) -> Sighting:
    return Sighting(
        case=row["_id"],
        number=row["number"],
        day=day_of(row["at"]),
        postcode=four_digits(row.get("postcode")) if row.get("country") == "NL" else None,
        themes=_themes(row["themes"]),
        sector=Sector(row["sector"]) if row.get("sector") else None,
    )


def _themes(values: Iterable[str]) -> tuple[Theme, ...]:
    return tuple(Theme(value) for value in values)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)
