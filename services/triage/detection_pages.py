"""HTTP in for people: clusters of signals on a map with their members, and sectors that rise."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.triage import wording
from services.triage.cluster_wording import ClusterWording
from services.triage.domain.case import Case
from services.triage.domain.detection.ears import Method
from services.triage.domain.detection.watch import (
    ALERT_FROM_DAYS,
    DAYS_BACK,
    LEAST_SIGNALS,
    MOST_SIGNALS,
    PERMUTATIONS,
    SAME_WITHIN,
    DetectedCluster,
    Member,
    Rise,
    is_current,
)
from services.triage.domain.sectors import MOST_POINTS, VISITS_DAYS, Part, RoleOfTesting
from services.triage.maps import Maps, Picture
from services.triage.use_cases.desk import Desk
from services.triage.use_cases.detecting import Detection
from services.triage.use_cases.ranking import SectorRanking
from shared.vocabulary import Grade
from shared.web.access import PageReader
from shared.web.forms import FormState
from shared.web.shell import Pages

Word = Annotated[str, Query(max_length=100)]

MOST_SHOWN = 10
"""Of a cluster so many cases are shown at once, the others on demand."""

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


class DetectionPages:
    """What a member sees of detection."""

    def __init__(
        self,
        detection: Detection,
        ranking: SectorRanking,
        desk: Desk,
        maps: Maps,
        words: ClusterWording,
        pages: Pages,
        regions: Mapping[str, str],
    ) -> None:
        self._detection = detection
        self._desk = desk
        self._words = words
        self._ranking = ranking
        self._pages = pages
        self._regions = regions
        self._maps = maps

    def router(self) -> APIRouter:
        """The routes of all pages."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/clusters", self.clusters)
        router.add_api_route("/sectors", self.sectors)
        return router

    async def clusters(self, request: Request, _member: PageReader) -> Response:
        """The clusters, newest first, those of now each with its picture and members; below them the sectors."""
        found = await self._detection.newest()
        look = await self._detection.last_look()
        current = [(id_, cluster) for id_, cluster in found if is_current(cluster, self._desk.today())]
        cases = await self._desk.known({member.case for _, cluster in current for member in cluster.members})
        return self._pages.render(
            request,
            "clusters.html",
            clusters=[
                (id_, cluster, self._picture(cluster), _gravest_first(cluster, cases)) for id_, cluster in current
            ],
            earlier=found[len(current) :],
            same_within=SAME_WITHIN.days,
            shown=MOST_SHOWN,
            cw=self._words,
            w=wording,
            look=look,
            most=MOST_SIGNALS,
            methods=list(Method),
            alert_from=ALERT_FROM_DAYS,
            days_back=DAYS_BACK,
            least=LEAST_SIGNALS,
            least_p=1 / (PERMUTATIONS + 1),
        )

    async def sectors(self, request: Request, _member: PageReader, region: Word = "") -> Response:
        """The sectors by risk, in the country or one region, with how it was computed."""
        standings = await self._ranking.standings(region if region in self._regions else None)
        return self._pages.render(
            request,
            "sectors.html",
            standings=standings,
            counted_at=await self._ranking.counted_at(),
            rises=await self._rises(),
            region=self._regions.get(region),
            regions=self._regions,
            filters=FormState.filled(dict(request.query_params)),
            parts=PARTS,
            most=MOST_POINTS,
            testing=TESTING,
            grades=list(Grade)[::-1],
            window_days=DAYS_BACK,
            visits_days=VISITS_DAYS,
        )

    async def _rises(self) -> list[Rise]:
        look = await self._detection.last_look()
        return [rise for rise in look.rises if rise.alarms] if look else []

    def _picture(self, cluster: DetectedCluster) -> Picture:
        reported = Counter(member.postcode for member in cluster.members)
        return self._maps.around(cluster.centre, cluster.radius_metres, reported)


def _gravest_first(cluster: DetectedCluster, cases: Mapping[str, Case]) -> list[tuple[Member, Case]]:
    """The members with their cases: what is open and gravest on top."""
    known = [(member, cases[member.case]) for member in cluster.members if member.case in cases]
    return sorted(known, key=lambda one: (not one[1].is_open, -one[1].grade.rank))
