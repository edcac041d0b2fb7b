"""What is known of a work site, housing or a van, in structured facts; None means unknown, never "no"."""

from dataclasses import dataclass, field
from datetime import date

from shared.vocabulary import Sector, Theme

Observation = bool | int | float | None
"""The value of one observation, whichever it is."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is, as far as known; `district` is the party id of a foreign Kreis or province.

    `registration` is what the trade register (KvK) calls it: a company's eight digits, or the twelve of one branch.
    """

    name: str | None = None
    postcode: str | None = None
    house_number: str | None = None
    place: str | None = None
    municipality: str | None = None
    region: str | None = None
    country: str = "NL"
    district: str | None = None
    registration: str | None = None


@dataclass(frozen=True, slots=True)
class Observations:
    """What was seen; counts are people unless said otherwise, infections and tests are of the last 14 days."""

    people_exposed: int | None = None
    confirmed_infections: int | None = None
    tested: int | None = None
    positive: int | None = None
    people_with_symptoms: int | None = None
    sick_people_at_work: bool | None = None
    distance_not_kept: bool | None = None
    cold_or_poorly_ventilated: bool | None = None
    no_screens: bool | None = None
    shared_breaks: bool | None = None
    people_per_bedroom: int | None = None
    square_metres_per_person: float | None = None
    people_per_toilet_or_shower: int | None = None
    no_room_to_isolate: bool | None = None
    van_mixed_households: bool | None = None
    van_mixed_sites: bool | None = None
    vans_checked: int | None = None
    vans_in_breach: int | None = None
    same_workers_as_outbreak: bool | None = None
    linked_sites: int | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A site with what was seen there; `workers_live_in` are districts across the border, for routing only.

    `observed_on` is the day of seeing, as far as it was said; a case has none, its signals each have their own.
    """

    themes: tuple[Theme, ...]
    sector: Sector | None = None
    site: Site = field(default_factory=Site)
    observations: Observations = field(default_factory=Observations)
    workers_live_in: tuple[str, ...] = ()
    observed_on: date | None = None
