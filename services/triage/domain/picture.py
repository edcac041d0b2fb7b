"""One sector's standing in the country and in each region, as it is kept and told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.triage.domain.detection.watch import Rise
from services.triage.domain.sectors import SectorCount, Standing, added, ranking
from shared.vocabulary import Sector

Counts = Mapping[tuple[Sector, str | None], SectorCount]
"""What is counted per sector and region; None is where the region is not known."""


@dataclass(frozen=True, slots=True)
class SectorPicture:
    """A sector with its standings; `counted_at` is when they last changed, `rise` is there where a count alarms."""

    national: Standing
    regions: Mapping[str, Standing]
    counted_at: datetime
    rise: Rise | None = None

    def says_the_same(self, other: "SectorPicture") -> bool:
        """Whether both differ in nothing but their moment."""
        return (self.national, self.regions, self.rise) == (other.national, other.regions, other.rise)


def pictures(counts: Counts, rises: Mapping[Sector, Rise], at: datetime) -> dict[Sector, SectorPicture]:
    """Every sector's picture; `rises` are those that alarm."""
    per_region: dict[str, dict[Sector, SectorCount]] = defaultdict(dict)
    for (sector, region), counted in counts.items():
        if region is not None:
            per_region[region][sector] = counted
    national = ranking({sector: added(_of(sector, counts)) for sector in Sector})
    regional = {region: ranking(counted) for region, counted in per_region.items()}
    return {
        one.sector: SectorPicture(
            one,
            {
                region: standing
                for region, standings in sorted(regional.items())
                for standing in standings
                if standing.sector is one.sector and one.sector in per_region[region]
            },
            at,
            rises.get(one.sector),
        )
        for one in national
    }


def _of(sector: Sector, counts: Counts) -> Iterable[SectorCount]:
    return (counted for (of, _), counted in counts.items() if of is sector)
