"""What a signal is about, in structured facts; None means unknown, which is never read as "no"."""

from dataclasses import dataclass

from shared.vocabulary import Sector, Theme


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is; `district` is the party id of a foreign Kreis or province."""

    name: str | None = None
    postcode: str | None = None
    house_number: str | None = None
    place: str | None = None
    municipality: str | None = None
    region: str | None = None
    country: str = "NL"
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Observations:
    """What somebody saw; counts are people unless the name says otherwise."""

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
    """A work site, housing or a van as reported."""

    themes: tuple[Theme, ...]
    site: Site
    observations: Observations
    sector: Sector | None = None
    workers_live_in: tuple[str, ...] = ()
