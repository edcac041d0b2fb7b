"""What the reference data describe: points, regions, municipalities, locations, border districts."""

import math
from dataclasses import dataclass

from shared.reference.names import without_qualifier


@dataclass(frozen=True, slots=True)
class Point:
    """Metres in the Dutch grid, RD New (EPSG:28992); rounded to 100 m, so plane distances serve."""

    x: int
    y: int

    def distance_to(self, other: "Point") -> float:
        """Metres in a straight line."""
        return math.hypot(self.x - other.x, self.y - other.y)


@dataclass(frozen=True, slots=True)
class Region:
    """A safety region; `short_name` is what people in the field call it."""

    code: str
    name: str
    short_name: str

    @property
    def party(self) -> str:
        """The party id of the safety region itself, `vr06`."""
        return self.code.lower()

    @property
    def ggd(self) -> str:
        """The party id of the health service of the region, `ggd-vr06`."""
        return f"ggd-{self.party}"


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality of 2021; `ggd_name` is the health service that really serves it."""

    name: str
    region: Region
    ggd_name: str
    province: str


@dataclass(frozen=True, slots=True)
class Location:
    """Where something is, as precise as it is known: without `place` it is the municipality as a whole."""

    municipality: Municipality
    point: Point
    place: str | None = None
    postcode: str | None = None

    @property
    def region(self) -> str:
        """The code of the safety region, `VR06`."""
        return self.municipality.region.code

    @property
    def ggd(self) -> str:
        """The party id of the region's health service, `ggd-vr06`."""
        return self.municipality.region.ggd

    @property
    def province(self) -> str:
        """The name of the province."""
        return self.municipality.province

    @property
    def label(self) -> str:
        """What tells it from its namesakes: `Groenlo, Oost Gelre`; `Amsterdam`."""
        home, place = self.municipality.name, without_qualifier(self.place or "")
        return home if place in ("", without_qualifier(home)) else f"{place}, {home}"


@dataclass(frozen=True, slots=True)
class District:
    """A German Kreis or Belgian province; `code` is its AGS or NIS number, `regions` those it borders on."""

    party: str
    name: str
    country: str
    code: str
    regions: tuple[str, ...]
