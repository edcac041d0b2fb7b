"""Finding a place by what somebody typed: the name itself, its namesakes, a beginning, something like it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.reference.model import Location, Municipality, Point
from shared.reference.names import fold, likeness, trigrams, without_qualifier
from shared.reference.tables import Aliases, Tables, grouped

SUGGESTED_FROM = 0.5
"""How alike a misspelt name must be to be suggested."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One searchable name: a place, or a municipality; `size` is its number of postcodes."""

    location: Location
    size: int
    keys: frozenset[str]
    pieces: tuple[frozenset[str], ...]

    def score(self, key: str, pieces: frozenset[str]) -> float:
        """3 for the name itself, 2 for its beginning, 1 for a later word's beginning, else the likeness."""
        if key in self.keys:
            return 3.0
        if any(known.startswith(key) for known in self.keys):
            return 2.0
        if any(f" {key}" in known for known in self.keys):
            return 1.0
        return max(likeness(known, pieces) for known in self.pieces)


class Gazetteer:
    """All places, and the municipalities that no place of their own is named after."""

    def __init__(self, tables: Tables) -> None:
        self._entries = tuple(_entries(tables))
        self._named = grouped((key, entry.location) for entry in self._entries for key in entry.keys)

    def named(self, name: str) -> tuple[Location, ...]:
        """Every place that bears this name in some spelling."""
        return self._named.get(fold(name), ())

    def search(self, text: str, limit: int) -> tuple[Location, ...]:
        """The likeliest first, of equals the larger; similar names only when no other fits."""
        key = fold(text)
        if not key:
            return ()
        pieces = trigrams(key)
        scored = [(entry.score(key, pieces), entry) for entry in self._entries]
        least = 1.0 if any(score >= 1 for score, _ in scored) else SUGGESTED_FROM
        likely = [pair for pair in scored if pair[0] >= least]
        likely.sort(key=lambda pair: (-pair[0], -pair[1].size, pair[1].location.label))
        return tuple(entry.location for _, entry in likely[:limit])


def middle_of(areas: tuple[Location, ...], place: str | None = None) -> Location:
    """Several postcode areas as one location, at the mean of their points."""
    x = sum(area.point.x for area in areas) / len(areas)
    y = sum(area.point.y for area in areas) / len(areas)
    middle = Point(round(x / 100) * 100, round(y / 100) * 100)
    return replace(areas[0], point=middle, place=place, postcode=None)


def spellings(kind: str, name: str, aliases: Aliases) -> frozenset[str]:
    """The folded keys of a name: itself, without what tells it apart, and its aliases."""
    return frozenset(map(fold, (name, without_qualifier(name), *aliases.get((kind, name), ()))))


def _entries(tables: Tables) -> Iterator[Entry]:
    by_municipality = grouped((area.municipality, area) for area in tables.areas)
    for municipality, areas in by_municipality.items():
        own_name = spellings("municipality", municipality.name, tables.aliases)
        places = grouped((area.place or municipality.name, area) for area in areas)
        for place, inside in places.items():
            keys = spellings("place", place, tables.aliases)
            yield _entry(middle_of(inside, place), len(inside), keys)
        if not any(own_name & spellings("place", place, tables.aliases) for place in places):
            yield _entry(middle_of(areas), len(areas), own_name)


def _entry(location: Location, size: int, keys: frozenset[str]) -> Entry:
    return Entry(location, size, keys | {fold(location.label)}, tuple(map(trigrams, keys)))


def municipalities_by_key(tables: Tables) -> dict[str, tuple[Municipality, ...]]:
    """Every spelling of every municipality; two share one where only what tells them apart differs."""
    return grouped(
        (key, municipality)
        for municipality in tables.municipalities
        for key in spellings("municipality", municipality.name, tables.aliases)
    )
