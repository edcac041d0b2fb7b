"""The ranking of sectors: count, compare with what was told, and tell what changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from services.triage.domain.detection.look import Look
from services.triage.domain.detection.watch import Rise
from services.triage.domain.moments import quarter_of
from services.triage.domain.picture import SectorPicture, pictures
from services.triage.domain.sectors import Standing
from services.triage.store.looks import SECTORS as SECTORS_COUNTED
from services.triage.store.looks import SIGNALS, LookRoom, Looks
from services.triage.store.sectors import SectorRoom, Sectors
from shared.bus.bus import Bus
from shared.bus.documents import Change, Telling, tell
from shared.contracts.catalogue import SECTORS
from shared.contracts.triage import SectorRanked, SectorRise, SectorStanding
from shared.vocabulary import Sector


@dataclass(frozen=True)
class SectorRanking:
    """The verbs of the ranking, with what they need."""

    bus: Bus
    sectors: Sectors
    looks: Looks

    async def run(self) -> int:
        """Count anew; returns how many sectors changed."""
        now = self.bus.now()
        look = await self.looks.last(SIGNALS)
        rises = {rise.sector: rise for rise in look.rises if rise.alarms} if look else {}
        found = pictures(await self.sectors.counts(now), rises, quarter_of(now))
        changed = await self.bus.decide(self.sectors.room, lambda room: self._changes(room, found))
        counted = Look(quarter_of(now))
        await self.bus.decide(partial(self.looks.room, SECTORS_COUNTED), lambda room: _noted(room, counted))
        return len(changed)

    async def counted_at(self) -> datetime | None:
        """When the sectors were last counted, to the quarter hour; None before the first time."""
        look = await self.looks.last(SECTORS_COUNTED)
        return look.at if look else None

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
            rise=_wire_rise(picture.rise) if picture.rise else None,
        )
        return tell(SECTORS, fact, self.bus.now())


def _noted(room: LookRoom, look: Look) -> list[Change[Look]]:
    return [room.look(SECTORS_COUNTED).becomes(look)]


def _wire_rise(rise: Rise) -> SectorRise:
    return SectorRise(
        day=rise.day,
        signals=rise.today,
        upper={method.value: verdict.upper for method, verdict in rise.verdicts.items()},
        alarms=tuple(method.value for method in rise.alarms),
    )


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
