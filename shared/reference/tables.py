"""The data files as tables, and what they say put together."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

from shared.reference.model import District, Location, Municipality, Point, Region

K = TypeVar("K")
V = TypeVar("V")

Aliases = dict[tuple[str, str], tuple[str, ...]]
"""Other spellings by kind (`place`, `municipality`) and the name they stand for."""


@dataclass(frozen=True)
class Tables:
    """Everything in the data folder; `areas` are the postcodes of four digits."""

    regions: tuple[Region, ...]
    municipalities: tuple[Municipality, ...]
    areas: tuple[Location, ...]
    districts: tuple[District, ...]
    aliases: Aliases


def read_tables() -> Tables:
    """Read the data files in the order in which they refer to each other."""
    regions = {row["code"]: Region(**row) for row in _rows("regions")}
    municipalities = {
        row["name"]: Municipality(row["name"], regions[row["region"]], row["ggd_name"], row["province"])
        for row in _rows("municipalities")
    }
    return Tables(
        regions=tuple(regions.values()),
        municipalities=tuple(municipalities.values()),
        areas=tuple(_area(row, municipalities[row["municipality"]]) for row in _rows("postcodes")),
        districts=read_districts(),
        aliases=grouped(((row["kind"], row["name"]), row["alias"]) for row in _rows("aliases")),
    )


def read_districts() -> tuple[District, ...]:
    """The districts across the border alone: what a contract needs to check a name."""
    return tuple(map(_district, _rows("districts")))


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """The values under each key, in the order they came."""
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _area(row: dict[str, str], municipality: Municipality) -> Location:
    return Location(municipality, Point(int(row["rd_x"]), int(row["rd_y"])), row["place"], row["postcode"])


def _district(row: dict[str, str]) -> District:
    return District(row["party"], row["name"], row["country"], row["code"], tuple(row["regions"].split()))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("shared.reference") / "data" / f"{name}.csv").read_text("utf-8")
    return csv.DictReader(text.splitlines())
