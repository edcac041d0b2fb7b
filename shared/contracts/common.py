"""Parts that several facts share: sites, observations, the network's parties."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.contracts.envelope import WireModel
from shared.vocabulary import Sector, Theme


def _in_utc_or_offset(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs an offset, for example +01:00")
    return moment


Moment = Annotated[datetime, AfterValidator(_in_utc_or_offset)]
"""A date and time with its offset, RFC 3339 on the wire."""

PartyId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
"""An entity, or an entity in a region: `iszw`, `lotc`, `vr06`, `ggd-vr06`, `kreis-borken`."""

RegionCode = Annotated[str, Field(pattern=r"^VR(0[1-9]|1\d|2[0-5])$")]
"""A safety region, VR01 to VR25."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]

OBSERVED_ON = (
    "the day on which it was seen or found, by the Dutch calendar; never later than the day of receipt. Left out where "
    "nobody said it, and of a case, whose signals each have their own. No grade rests on it"
)


class Site(WireModel):
    """Where it is: any part may be unknown; the reference data fill in municipality and region.

    `postcode` is written `7141AB` (or its four digits), `country` in ISO 3166-1 alpha-2, `district` is the party
    id of a foreign Kreis or province (`kreis-borken`).
    """

    name: str | None = Field(default=None, max_length=200)
    postcode: str | None = Field(default=None, max_length=10)
    house_number: str | None = Field(default=None, max_length=10)
    place: str | None = Field(default=None, max_length=100)
    municipality: str | None = Field(default=None, max_length=100)
    region: RegionCode | None = None
    country: str = Field(default="NL", pattern=r"^[A-Z]{2}$")
    district: PartyId | None = None
    registration: str | None = Field(
        default=None,
        pattern=r"^(\d{8}|\d{12})$",
        description="in the trade register (KvK): eight digits for a company, twelve for one of its branches",
    )


class Observations(WireModel):
    """What is known about a situation; None means unknown, which is never read as "no".

    Counts are people unless said otherwise; infections and positives are those of the last 14 days.
    """

    people_exposed: Count | None = None
    confirmed_infections: Count | None = None
    tested: Count | None = None
    positive: Count | None = None
    people_with_symptoms: Count | None = None
    sick_people_at_work: bool | None = None
    distance_not_kept: bool | None = None
    cold_or_poorly_ventilated: bool | None = None
    no_screens: bool | None = None
    shared_breaks: bool | None = None
    people_per_bedroom: Count | None = None
    square_metres_per_person: float | None = Field(default=None, ge=0, le=10_000, allow_inf_nan=False)
    people_per_toilet_or_shower: Count | None = None
    no_room_to_isolate: bool | None = None
    van_mixed_households: bool | None = None
    van_mixed_sites: bool | None = None
    vans_checked: Count | None = None
    vans_in_breach: Count | None = None
    same_workers_as_outbreak: bool | None = None
    linked_sites: Count | None = Field(default=None, description="other sites known to share workers, housing or vans")


class Situation(WireModel):
    """What a signal is about, in structured facts only."""

    themes: tuple[Theme, ...] = Field(min_length=1)
    sector: Sector | None = None
    site: Site
    observations: Observations
    workers_live_in: tuple[PartyId, ...] = Field(
        default=(), max_length=20, description="foreign districts where workers live: for routing only"
    )
    observed_on: date | None = Field(default=None, description=OBSERVED_ON)
