"""HTTP in for people: clusters of signals on a map with their members, and sectors that rise."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.triage.domain.detection.ears import Method
from services.triage.domain.detection.watch import (
    ALERT_FROM_DAYS,
    DAYS_BACK,
    LEAST_SIGNALS,
    MOST_SIGNALS,
    DetectedCluster,
)
from services.triage.domain.sectors import MOST_POINTS, VISITS_DAYS, WINDOW_DAYS, Part, RoleOfTesting
from services.triage.use_cases.detecting import Detection
from services.triage.use_cases.ranking import SectorRanking
from shared.reference.model import Location
from shared.vocabulary import Grade
from shared.web.access import PageReader
from shared.web.forms import FormState
from shared.web.shell import Pages

_EDGE_METRES = 4_000

Word = Annotated[str, Query(max_length=100)]

PARTS: Mapping[Part, str] = {
    Part.SIGNALS: "Meldingen",
    Part.GRADES: "Open zaken",
    Part.CLUSTERS: "Clusters",
    Part.FINDINGS: "Bevindingen",
    Part.COVERAGE: "Niet bezocht",
}
TESTING: Mapping[RoleOfTesting, str] = {
    RoleOfTesting.START: "Begin met testen: er is te weinig over bekend.",
    RoleOfTesting.EVERYONE: "Test iedereen op de locaties van de open zaken.",
    RoleOfTesting.CONTACTS: "Test wie met besmette mensen werkt, woont of reist.",
    RoleOfTesting.SAMPLE: "Blijf steekproeven nemen: tests vonden niets.",
}


@dataclass(frozen=True, slots=True)
class Dot:
    """A postcode on the picture, in metres from its upper left corner."""

    x: int
    y: int
    label: str
    signals: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A region as a plain picture of its postcodes, with one cluster on it."""

    region: str
    width: int
    height: int
    dots: tuple[Dot, ...]
    centre: Dot
    radius: int


class DetectionPages:
    """What a member sees of detection."""

    def __init__(self, detection: Detection, ranking: SectorRanking, pages: Pages, regions: Mapping[str, str]) -> None:
        self._detection = detection
        self._ranking = ranking
        self._pages = pages
        self._regions = regions
        self._of_region: dict[str, list[Location]] = defaultdict(list)
        for area in detection.areas.values():
            self._of_region[area.region].append(area)

    def router(self) -> APIRouter:
        """The routes of all pages."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/clusters", self.clusters)
        router.add_api_route("/sectors", self.sectors)
        return router

    async def clusters(self, request: Request, _member: PageReader) -> Response:
        """The clusters, newest first, each with its picture and members; below them the sectors."""
        found = await self._detection.newest()
        rises, unscanned = await self._detection.outlook()
        return self._pages.render(
            request,
            "clusters.html",
            clusters=[(id_, cluster, self._picture(cluster)) for id_, cluster in found],
            rises=rises,
            unscanned=unscanned,
            most=MOST_SIGNALS,
            methods=list(Method),
            areas=self._detection.areas,
            alert_from=ALERT_FROM_DAYS,
            days_back=DAYS_BACK,
            least=LEAST_SIGNALS,
        )

    async def sectors(self, request: Request, _member: PageReader, region: Word = "") -> Response:
        """The sectors by risk, in the country or one region, with how it was computed."""
        standings = await self._ranking.standings(region if region in self._regions else None)
        return self._pages.render(
            request,
            "sectors.html",
            standings=standings,
            region=self._regions.get(region),
            regions=self._regions,
            filters=FormState.filled(dict(request.query_params)),
            parts=PARTS,
            most=MOST_POINTS,
            testing=TESTING,
            grades=list(Grade)[::-1],
            window_days=WINDOW_DAYS,
            visits_days=VISITS_DAYS,
        )

    def _picture(self, cluster: DetectedCluster) -> Picture:
        centre = self._detection.areas[cluster.centre]
        inside = [self._detection.areas[place] for place in cluster.places]
        areas = list({area.postcode: area for area in (*self._of_region[centre.region], *inside)}.values())
        left = min(area.point.x for area in areas) - _EDGE_METRES
        top = max(area.point.y for area in areas) + _EDGE_METRES
        reported = {member.postcode for member in cluster.members}

        def dot(area: Location) -> Dot:
            code = area.postcode or ""
            return Dot(area.point.x - left, top - area.point.y, f"{code} {area.label}", code in reported)

        return Picture(
            region=self._regions[centre.region],
            width=max(area.point.x for area in areas) + _EDGE_METRES - left,
            height=top - min(area.point.y for area in areas) + _EDGE_METRES,
            dots=tuple(sorted((dot(area) for area in areas), key=lambda one: one.signals)),
            centre=dot(centre),
            radius=round(cluster.radius_metres),
        )
