"""What a partner may be told on its own topic: where exactly only to parties of the region, times by the hour."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from services.reporting.domain.report import DeliveryState
from services.reporting.domain.visit import Visit

POSTCODE_CHARACTERS = 3


@dataclass(frozen=True, slots=True)
class SiteTold:
    """A site as one partner may see it."""

    name: str | None
    postcode: str | None
    place: str | None
    municipality: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a refused message: the field and the reason, without values."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class RejectionNotice:
    """What the sender of a refused message is told, and whether it could be."""

    party: str
    message_id: str | None
    topic: str
    partition: int
    offset: int
    faults: tuple[Fault, ...]
    rejected_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    notified_at: datetime | None = None

    def told(self, at: datetime) -> Self:
        """The notice once its sender was told."""
        return replace(self, state=DeliveryState.NOTIFIED, notified_at=at)


def site_told(visit: Visit, region: str | None) -> SiteTold:
    """The site for a party of this region, or of none.

    A party of the region concerned gets name, place and postcode. All others, the national members included, get
    the municipality and three characters of the postcode; with name or place the rest would be easily found.
    """
    site = visit.site
    if region is not None and region == visit.region:
        return SiteTold(site.name, site.postcode, site.place, site.municipality, visit.region)
    area = site.postcode[:POSTCODE_CHARACTERS] if site.postcode else None
    return SiteTold(None, area, None, site.municipality, visit.region)


def whole_hour(moment: datetime) -> datetime:
    """Rounded down, so that no partner can tell who was where at which minute."""
    return moment.replace(minute=0, second=0, microsecond=0)
