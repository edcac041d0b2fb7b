"""Detection: look whether signals cluster or a sector rises, tell of each cluster that is new or changed, and note it
in its cases where the rules say that it counts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from services.triage.domain.assessing import InCluster
from services.triage.domain.case import in_cluster
from services.triage.domain.detection import watch
from services.triage.domain.detection.look import Look
from services.triage.domain.detection.watch import DetectedCluster, Sighting
from services.triage.domain.moments import quarter_of
from services.triage.domain.rulebook import Rulebook
from services.triage.store import Cases, Room
from services.triage.store.clusters import ClusterRoom, Clusters, cluster_id
from services.triage.store.looks import SIGNALS, Looks
from services.triage.use_cases.telling import tell_assessed
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, Telling, tell
from shared.calendar import day_of
from shared.contracts.catalogue import CLUSTERS
from shared.contracts.triage import ClusterDetected
from shared.reference.model import Location


@dataclass(frozen=True)
class Detection:
    """The verbs of detection, with what they need; `areas` are the postcodes of four digits."""

    bus: Bus
    clusters: Clusters
    cases: Cases
    rules: Rulebook
    looks: Looks
    areas: Mapping[str, Location]

    async def run(self) -> int:
        """Look once, in a thread of its own so that grading goes on; returns how many clusters are told of."""
        now = self.bus.now()
        today = day_of(now)
        sightings = await self.clusters.sightings(watch.first_day(today))
        points = {code: (float(area.point.x), float(area.point.y)) for code, area in self.areas.items()}
        found, look = await asyncio.to_thread(_looked, sightings, points, today, quarter_of(now))
        changed: Sequence[Document[Any]] = []
        if found:
            load = partial(self.clusters.recent, today)
            changed = await self.bus.decide(load, lambda room: self._changes(room, found))
        await self._note_in_cases(today, now)
        await self.bus.decide(partial(self.looks.room, SIGNALS), lambda room: [room.look(SIGNALS).becomes(look)])
        return len(changed)

    async def _note_in_cases(self, today: date, now: datetime) -> None:
        """Where rules have a clause for clusters, each case in one is assessed with it."""
        if not any(ruleset.cluster for ruleset in self.rules.published):
            return
        for case, cluster in _rarest_of_each(await self.clusters.recent(today)).items():
            await self.bus.decide(partial(self.cases.load_one, case), partial(self._noted, case, cluster, now))

    def _noted(self, id_: str, cluster: InCluster, now: datetime, room: Room) -> list[Change[Any]]:
        document, at = room.case(id_), quarter_of(now)
        if not document.exists:
            return []
        before = document.state
        after = in_cluster(before, cluster, self.rules, at)
        return [] if after is before else [document.becomes(after, *tell_assessed(before, after, at, now))]

    async def newest(self) -> list[tuple[str, DetectedCluster]]:
        """The clusters to show, the last seen first."""
        return [(document.id, document.state) for document in await self.clusters.newest()]

    async def last_look(self) -> Look | None:
        """What the last look found beside the clusters; None before the first."""
        return await self.looks.last(SIGNALS)

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


def _looked(
    sightings: Sequence[Sighting], points: Mapping[str, tuple[float, float]], today: date, at: datetime
) -> tuple[list[DetectedCluster], Look]:
    found = watch.clusters(sightings, points, today, at)
    look = Look(
        at=at,
        rises=tuple(watch.rises(sightings, today)),
        interactions=tuple(watch.interactions(sightings, points)),
        unscanned=tuple(watch.unscanned(sightings)),
    )
    return found, look


def _rarest_of_each(room: ClusterRoom) -> dict[str, InCluster]:
    """The cluster of each case; of several the one that chance makes least often."""
    rarest: dict[str, InCluster] = {}
    for document in room.known():
        found = InCluster(document.id, document.state.end, document.state.recurrence_days)
        for member in document.state.members:
            known = rarest.get(member.case)
            if known is None or (found.recurrence_days, found.id) > (known.recurrence_days, known.id):
                rarest[member.case] = found
    return rarest


def _document_of(
    room: ClusterRoom, free: Sequence[Document[DetectedCluster]], cluster: DetectedCluster
) -> Document[DetectedCluster]:
    # Two found at once near the same known one are two: only the first continues it.
    for document in free:
        if watch.continues(document.state, cluster):
            return document
    return room.cluster(cluster_id(cluster))
