"""Plain pictures of a region: its postcodes as dots, some of them marked, one circle drawn around a place."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from shared.reference.model import Location

_EDGE_METRES = 4_000


@dataclass(frozen=True, slots=True)
class Dot:
    """A postcode on the picture, in metres from its upper left corner."""

    x: int
    y: int
    label: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A region with a circle of `radius` metres around `centre`; whatever is drawn stands in a table as well."""

    region: str
    width: int
    height: int
    dots: tuple[Dot, ...]
    centre: Dot
    radius: int


class Maps:
    """Draws; `areas` are the postcodes of four digits, `regions` the names of the safety regions by code."""

    def __init__(self, areas: Mapping[str, Location], regions: Mapping[str, str]) -> None:
        self.areas = areas
        self._regions = regions
        self._of_region: dict[str, list[Location]] = defaultdict(list)
        for area in areas.values():
            self._of_region[area.region].append(area)

    def around(self, centre: str, radius: float, marked: Collection[str], also: Iterable[str] = ()) -> Picture:
        """The region of a postcode, with the marked postcodes and those named in `also` wherever they lie."""
        middle = self.areas[centre]
        shown = [*self._of_region[middle.region], *(self.areas[code] for code in (*marked, *also))]
        areas = list({area.postcode: area for area in shown}.values())
        left = min(area.point.x for area in areas) - _EDGE_METRES
        top = max(area.point.y for area in areas) + _EDGE_METRES

        def dot(area: Location) -> Dot:
            code = area.postcode or ""
            return Dot(area.point.x - left, top - area.point.y, f"{code} {area.label}", code in marked)

        return Picture(
            region=self._regions[middle.region],
            width=max(area.point.x for area in areas) + _EDGE_METRES - left,
            height=top - min(area.point.y for area in areas) + _EDGE_METRES,
            dots=tuple(sorted((dot(area) for area in areas), key=lambda one: one.marked)),
            centre=dot(middle),
            radius=round(radius),
        )
