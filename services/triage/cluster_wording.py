"""How pages say where and when a detected cluster is, how far it reaches, and how seldom chance makes one."""

from collections.abc import Mapping

from services.triage.domain.detection.watch import REPLICATIONS, DetectedCluster
from shared.reference.model import Location
from shared.web.times import full_day, number
from shared.web.words import word


class ClusterWording:
    """Says a cluster in words; `areas` are the postcodes of four digits."""

    def __init__(self, areas: Mapping[str, Location]) -> None:
        self._areas = areas

    def title(self, cluster: DetectedCluster) -> str:
        """What it is about, where and when."""
        place = self._areas[cluster.centre].label
        return f"{word(cluster.theme).capitalize()} rond {place}, {days(cluster)}"

    def counted(self, cluster: DetectedCluster) -> str:
        """How many cases there are, and how many there would be."""
        cases = "1 zaak" if cluster.observed == 1 else f"{number(cluster.observed)} zaken"
        return f"{cases}, verwacht {number(cluster.expected, 1)}"

    def reach(self, cluster: DetectedCluster) -> str:
        """How far it reaches."""
        if not cluster.radius_metres:
            return f"binnen postcode {cluster.centre}"
        return f"binnen {number(cluster.radius_metres / 1000, 1)} km van postcode {cluster.centre}"

    def rarity(self, cluster: DetectedCluster) -> str:
        """How seldom chance makes as much; nothing rarer can be told than the replications are many."""
        at_most = "hoogstens " if cluster.p <= 1 / (REPLICATIONS + 1) else ""
        once = f"bij toeval {at_most}eens in {number(round(cluster.recurrence_days))} dagen"
        return f"{once} (p {at_most or '= '}{number(cluster.p, 3)})"


def days(cluster: DetectedCluster) -> str:
    """From when until when."""
    if cluster.start == cluster.end:
        return full_day(cluster.end)
    return f"{full_day(cluster.start)} tot en met {full_day(cluster.end)}"
