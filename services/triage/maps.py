"""Plain pictures of a neighbourhood: its postcodes as dots, those with cases marked, one circle around the middle.

As much is shown as the circle needs, with a line that says how far a kilometre is and the names of places to find
one's way by. A label that would lie over another one is left out: the table beside a picture says all of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isqrt

from shared.reference.model import Location
from shared.reference.names import without_qualifier

_LEAST_HALF_METRES = 3_000
_AROUND = 1.2
"""How much wider than the circle the picture is."""

_LETTERS_ACROSS = 45
_SCALES = (10_000, 5_000, 2_000, 1_000)


@dataclass(frozen=True, slots=True)
class Dot:
    """A postcode on the picture, in metres from its upper left corner; `cases` is how many lie there."""

    x: int
    y: int
    radius: int
    label: str
    cases: int


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the picture, that begin at `x` on the line `y`; `strong` for a postcode with cases."""

    x: int
    y: int
    text: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A square of `side` metres around the middle, with a circle of `radius`; `letter` is the size of its letters."""

    region: str
    side: int
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    middle: str
    radius: int
    scale: int
    letter: int


class Maps:
    """Draws; `areas` are the postcodes of four digits, `regions` the names of the safety regions by code."""

    def __init__(self, areas: Mapping[str, Location], regions: Mapping[str, str]) -> None:
        self.areas = areas
        self._regions = regions

    def around(self, centre: str, radius: float, cases: Mapping[str, int]) -> Picture:
        """What lies around a postcode; `cases` says how many there are by postcode, also of none that is shown."""
        middle = self.areas[centre]
        half = max(_LEAST_HALF_METRES, round(radius * _AROUND))
        side, letter = 2 * half, 2 * half // _LETTERS_ACROSS * 2
        left, top = middle.point.x - half, middle.point.y + half

        def dot(code: str, area: Location) -> Dot:
            here = cases.get(code, 0)
            size = side // 60 * isqrt(4 + min(here, 60)) // 2 if here else side // 200
            return Dot(area.point.x - left, top - area.point.y, size, f"{code} {area.label}", here)

        shown = {
            code: area
            for code, area in self.areas.items()
            if abs(area.point.x - middle.point.x) <= half and abs(area.point.y - middle.point.y) <= half
        }
        dots = sorted((dot(code, area) for code, area in shown.items()), key=lambda one: one.cases)
        return Picture(
            region=self._regions[middle.region],
            side=side,
            dots=tuple(dots),
            labels=_labels(dots, _places(shown.values(), left, top), side, letter),
            middle=f"{centre} {middle.label}",
            radius=round(radius),
            scale=next(scale for scale in _SCALES if scale * 3 <= side),
            letter=letter,
        )


def _places(areas: Iterable[Location], left: int, top: int) -> list[tuple[str, int, int]]:
    """The places, each in the middle of its postcodes, those with most postcodes first."""
    found: dict[str, list[Location]] = defaultdict(list)
    for area in areas:
        found[without_qualifier(area.place or area.municipality.name)].append(area)
    places = []
    for name, of_it in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        x = sum(area.point.x for area in of_it) // len(of_it) - left
        places.append((name, x, top - sum(area.point.y for area in of_it) // len(of_it)))
    return places


def _labels(dots: Iterable[Dot], places: Iterable[tuple[str, int, int]], side: int, letter: int) -> tuple[Label, ...]:
    """Postcodes with cases beside their dots, then the names of places above or below them, as far as there is room."""
    marked = sorted((dot for dot in dots if dot.cases), key=lambda one: -one.cases)
    wanted = [_beside(dot, letter) for dot in marked]
    for name, x, y in places:
        left = x - _width(name, letter) // 2
        wanted.append([Label(left, y + lower, name, False) for lower in _lower(letter)])
    # Taken before anything else are the corner with the scale, and the dots that say where cases are.
    taken = [(0, side - 3 * letter, side // 2, side)]
    taken += [(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius) for dot in marked]
    free = []
    for tries in wanted:
        for label in tries:
            box = (label.x, label.y - letter, label.x + _width(label.text, letter), label.y + letter // 4)
            inside = min(box) >= 0 and max(box) <= side
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                free.append(label)
                break
    return tuple(free)


def _beside(dot: Dot, letter: int) -> list[Label]:
    """The postcode of a dot on its right, or else on its left."""
    code, gap = dot.label[:4], dot.radius + letter // 4
    return [
        Label(x, dot.y + letter // 3, code, True)
        for x in (dot.x + gap, dot.x - gap - letter // 3 - _width(code, letter))
    ]


def _lower(letter: int) -> tuple[int, ...]:
    return tuple(lines * letter for lines in (-1, 2, -3, 4, -5, 6))


def _width(text: str, letter: int) -> int:
    return len(text) * letter * 3 // 5


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
