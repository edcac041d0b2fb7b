"""Detection: look whether signals cluster or a sector rises, and tell of each cluster that is new or changed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.domain.detection import watch
from services.triage.domain.detection.watch import DetectedCluster, Rise
from services.triage.domain.moments import quarter_of
from services.triage.store.clusters import ClusterRoom, Clusters, cluster_id, today_at
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, Telling, tell
from shared.contracts.catalogue import CLUSTERS
from shared.contracts.triage import ClusterDetected
from shared.reference.model import Location
from shared.vocabulary import Theme


@dataclass(frozen=True)
class Detection:
    """The verbs of detection, with what they need; `areas` are the postcodes of four digits."""

    bus: Bus
    clusters: Clusters
    areas: Mapping[str, Location]

    async def run(self) -> int:
        """Look once, in a thread of its own so that grading goes on; returns how many clusters are told of."""
        now = self.bus.now()
        today = today_at(now)
        sightings = await self.clusters.sightings(watch.first_day(today))
        points = {code: (float(area.point.x), float(area.point.y)) for code, area in self.areas.items()}
        found = await asyncio.to_thread(watch.clusters, sightings, points, today, quarter_of(now))
        if not found:
            return 0
        changed = await self.bus.decide(lambda: self.clusters.recent(today), lambda room: self._changes(room, found))
        return len(changed)

    async def newest(self) -> list[tuple[str, DetectedCluster]]:
        """The clusters to show, the last seen first."""
        return [(document.id, document.state) for document in await self.clusters.newest()]

    async def outlook(self) -> tuple[list[Rise], list[Theme]]:
        """Every sector with today's count and what the methods make of it; and the themes too busy to be scanned."""
        today = today_at(self.bus.now())
        sightings = await self.clusters.sightings(watch.first_day(today))
        return await asyncio.to_thread(watch.rises, sightings, today), watch.unscanned(sightings)

    def _changes(self, room: ClusterRoom, found: Sequence[DetectedCluster]) -> list[Change[Any]]:
        changes, free = [], room.known()
        for cluster in found:
            document = _document_of(room, free, cluster)
            free = [other for other in free if other is not document]
            seen = watch.as_seen(document.state if document.exists else None, cluster)
            if seen is not None:
                changes.append(document.becomes(seen, self._told(seen)))
        return changes

    def _told(self, cluster: DetectedCluster) -> Telling:
        regions = dict.fromkeys(self.areas[place].region for place in cluster.places)
        fact = ClusterDetected(
            theme=cluster.theme,
            centre=cluster.centre,
            places=cluster.places,
            radius_metres=cluster.radius_metres,
            start=cluster.start,
            end=cluster.end,
            observed=cluster.observed,
            expected=cluster.expected,
            log_likelihood_ratio=cluster.log_likelihood_ratio,
            p=cluster.p,
            recurrence_days=cluster.recurrence_days,
            regions=tuple(regions),
            cases=tuple(dict.fromkeys(member.case for member in cluster.members)),
            detected_at=cluster.detected_at,
        )
        return tell(CLUSTERS, fact, self.bus.now())


def _document_of(
    room: ClusterRoom, free: Sequence[Document[DetectedCluster]], cluster: DetectedCluster
) -> Document[DetectedCluster]:
    # Two found at once near the same known one are two: only the first continues it.
    for document in free:
        if watch.continues(document.state, cluster):
            return document
    return room.cluster(cluster_id(cluster))
