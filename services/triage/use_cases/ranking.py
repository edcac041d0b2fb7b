"""The ranking of sectors: count, compare with what was told, and tell what changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.triage.domain.moments import quarter_of
from services.triage.domain.picture import SectorPicture, pictures
from services.triage.domain.sectors import Standing
from services.triage.store.sectors import SectorRoom, Sectors
from shared.bus.bus import Bus
from shared.bus.documents import Change, Telling, tell
from shared.contracts.catalogue import SECTORS
from shared.contracts.triage import SectorRanked, SectorStanding
from shared.vocabulary import Sector


@dataclass(frozen=True)
class SectorRanking:
    """The verbs of the ranking, with what they need."""

    bus: Bus
    sectors: Sectors

    async def run(self) -> int:
        """Count anew; returns how many sectors changed."""
        now = self.bus.now()
        found = pictures(await self.sectors.counts(now), quarter_of(now))
        changed = await self.bus.decide(self.sectors.room, lambda room: self._changes(room, found))
        return len(changed)

    async def standings(self, region: str | None) -> list[Standing]:
        """The ranking of the country, or of a region with the sectors that anything is known of there."""
        known = await self.sectors.pictures()
        if region is None:
            found = [picture.national for picture in known]
        else:
            found = [picture.regions[region] for picture in known if region in picture.regions]
        return sorted(found, key=lambda standing: (standing.rank, list(Sector).index(standing.sector)))

    def _changes(self, room: SectorRoom, found: Mapping[Sector, SectorPicture]) -> list[Change[Any]]:
        changes = []
        for sector, picture in found.items():
            document = room.picture(sector)
            if not document.exists or not document.state.says_the_same(picture):
                changes.append(document.becomes(picture, self._told(sector, picture)))
        return changes

    def _told(self, sector: Sector, picture: SectorPicture) -> Telling:
        fact = SectorRanked(
            sector=sector,
            national=_wire(picture.national),
            regions={region: _wire(standing) for region, standing in picture.regions.items()},
            counted_at=picture.counted_at,
        )
        return tell(SECTORS, fact, self.bus.now())


def _wire(standing: Standing) -> SectorStanding:
    return SectorStanding.model_validate(
        {
            **asdict(standing.counted),
            "clusters": len(standing.counted.clusters),
            "rank": standing.rank,
            "points": standing.points,
            "points_by_part": {part.value: points for part, points in standing.parts.items()},
            "testing": standing.testing.value,
        }
    )
