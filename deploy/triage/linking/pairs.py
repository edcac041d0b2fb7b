"""Pairs of signals that somebody labelled, as lines of a CSV file: read to be judged, and written of made signals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from deploy.triage.linking import pair
from deploy.triage.linking.datasets import Dataset, candidate_pairs
from deploy.triage.linking.signals import MadeSignal
from deploy.triage.tables import BadTable, Row, rows
from services.triage.domain.linkage.agreement import Record
from services.triage.domain.linkage.records import Folding, record_of
from shared.reference.addresses import house_number, postcode
from shared.situation import Site, Situation
from shared.vocabulary import Sector, Theme

SIDES = ("one", "other")
FIELDS = (
    "name",
    "registration",
    "postcode",
    "house_number",
    "place",
    "municipality",
    "country",
    "sector",
    "themes",
    "received",
)
COLUMNS = ("same", *(f"{side}_{field}" for side, field in product(SIDES, FIELDS)))
_YES, _NO = ("yes", "true", "1", "ja"), ("no", "false", "0", "nee")
_REGISTRATION_DIGITS = (8, 12)
_COUNTRY_LETTERS = 2


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two signals as they are compared, and whether somebody says that they are about the same situation."""

    line: int
    same: bool
    one: Record
    other: Record


def labelled_pairs(file: Path, folding: Folding) -> list[LabelledPair]:
    """The pairs of a file; raises BadTable, which says where it is wrong.

    `same` must be there, and at least one field for both sides; a column of a side that nothing is compared by is a
    mistake of whoever wrote it. An empty value is not known.
    """
    _, lines = rows(file, ("same",))
    if not lines:
        raise BadTable(f"{file.name} has no pairs")
    _check_columns(file, lines[0].columns)
    return [_pair(line, folding) for line in lines]


def _check_columns(file: Path, columns: Sequence[str]) -> None:
    ours = [column for column in columns if column.startswith(tuple(f"{side}_" for side in SIDES))]
    unknown = sorted(set(ours).difference(COLUMNS))
    if unknown:
        raise BadTable(f"{file.name}, line 1: nothing is compared by {', '.join(unknown)}, only by {', '.join(FIELDS)}")
    if not any({f"{side}_{field}" for side in SIDES} <= set(ours) for field in FIELDS):
        raise BadTable(f"{file.name}, line 1: needs columns of both signals, such as one_name and other_name")


def _pair(line: Row, folding: Folding) -> LabelledPair:
    same = line.text("same").lower()
    line.check(same in (*_YES, *_NO), "same", "is neither yes nor no")
    one, other = (_record(line, side, folding) for side in SIDES)
    return LabelledPair(line.line, same in _YES, one, other)


def _record(line: Row, side: str, folding: Folding) -> Record:
    said = {field: line.text_or_missing(f"{side}_{field}") for field in FIELDS}

    def check(field: str, holds: bool, what: str) -> None:
        line.check(said[field] is None or holds, f"{side}_{field}", what)

    country = (said["country"] or "NL").upper()
    check("country", len(country) == _COUNTRY_LETTERS and country.isalpha(), "is no country like NL")
    registration = "".join((said["registration"] or "").split())
    digits = registration.isascii() and registration.isdigit() and len(registration) in _REGISTRATION_DIGITS
    check("registration", digits, "is no number of the trade register, of 8 or 12 digits")
    if country == "NL":
        check("postcode", postcode(said["postcode"] or "") is not None, "is no Dutch postcode")
        check(
            "house_number", house_number(said["house_number"] or "") is not None, "does not begin with a house number"
        )
    check("sector", said["sector"] in list(Sector), f"is none of {', '.join(Sector)}")
    themes = (said["themes"] or "").replace(";", " ").split()
    check("themes", set(themes) <= set(Theme), f"is none of {', '.join(Theme)}")
    day = line.day(f"{side}_received") if said["received"] else None
    site = Site(
        **{field: said[field] for field in ("name", "postcode", "house_number", "place", "municipality")},
        country=country,
        registration=registration or None,
    )
    sector = Sector(said["sector"]) if said["sector"] else None
    record = record_of(Situation(tuple(map(Theme, themes)), sector, site), _noon(day), folding)
    unknown = {name for name, known in (("day", day), ("themes", themes)) if not known}
    return {field: value for field, value in record.items() if field not in unknown}


def _noon(day: date | None) -> datetime:
    return datetime.combine(day or date.min, datetime.min.time())


def lines_of(dataset: Dataset, made: Sequence[MadeSignal]) -> Iterator[tuple[Any, ...]]:
    """Made signals as labelled pairs: those that are the same, and those that are not and share a key."""
    signals = {one.id: one for one in made}
    for both in sorted(dataset.truth.union(candidate_pairs(dataset))):
        values = [value for id_ in both for value in _values(signals[id_])]
        yield ("yes" if pair(*both) in dataset.truth else "no", *values)


def _values(signal: MadeSignal) -> list[Any]:
    situation, site = signal.situation, signal.situation.site
    of_site = [getattr(site, field) or "" for field in FIELDS[:7]]
    return [*of_site, situation.sector or "", ";".join(situation.themes), signal.received_at.date()]
