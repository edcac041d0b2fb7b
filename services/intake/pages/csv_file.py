"""A file with many signals: which columns it may have, and everything that is wrong with each of its lines."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from services.intake.use_cases.bulk import Line
from services.intake.use_cases.signals import Misplaced, placed
from shared.contracts.reported import ReportedObservations, ReportedSite, ReportedSituation
from shared.reference.places import Reference
from shared.web.problems import Fault, faults_of_model

MOST_LINES = 5000
_SITE = tuple(to_camel(name) for name in ReportedSite.model_fields if name != "region")
_OBSERVED = tuple(to_camel(name) for name in ReportedObservations.model_fields)
_LISTS = ("themes", "workersLiveIn")
_TEXTS = {"reference": 100, "text": 4000, "contact": 200}
COLUMNS = ("themes", "sector", *_SITE, *_OBSERVED, "workersLiveIn", *_TEXTS)
_IN_ENGLISH = {"ja": "yes", "nee": "no"}


@dataclass(frozen=True, slots=True)
class Checked:
    """The lines that can be taken in, and by line number what is wrong with the others; line 1 is the header."""

    lines: tuple[Line, ...]
    faults: tuple[tuple[int, tuple[Fault, ...]], ...]


def checked(content: bytes, reference: Reference) -> Checked:
    """Look at the whole file; nothing is stored."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _unreadable("Dit bestand is geen tekst in UTF-8.")
    rows = csv.DictReader(io.StringIO(text), delimiter=_delimiter(text))
    unknown = [name for name in rows.fieldnames or () if name not in COLUMNS]
    if "themes" not in (rows.fieldnames or ()) or unknown:
        # Which columns there are is ours to say; what stood in the file is not repeated.
        return _unreadable(f"De eerste regel moet kolommen noemen uit: {', '.join(COLUMNS)}. Verplicht is themes.")
    lines: list[Line] = []
    faults: list[tuple[int, tuple[Fault, ...]]] = []
    for number, row in _numbered(rows):
        if len(lines) + len(faults) == MOST_LINES:
            return _unreadable(f"Dit zijn meer dan {MOST_LINES} regels. Verdeel ze over meer bestanden.")
        line, wrong = _line(number, row, reference)
        if line is None:
            faults.append((number, tuple(wrong)))
        else:
            lines.append(line)
    return Checked(tuple(lines), tuple(faults)) if lines or faults else _unreadable("Er staan geen meldingen in.")


def _unreadable(why: str) -> Checked:
    return Checked((), ((1, (Fault("", why),)),))


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(";,\t", key=header.count)


def _numbered(rows: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str | None, Any]]]:
    for row in rows:
        if any(value for value in row.values()):
            yield rows.line_num, dict(row)


def _line(number: int, row: dict[str | None, Any], reference: Reference) -> tuple[Line | None, list[Fault]]:
    if None in row:
        return None, [Fault("", "Er staan meer velden op deze regel dan kolommen in de eerste.")]
    values = {str(name): (value or "").strip() for name, value in row.items()}
    faults = [
        Fault(name, code="too_long", values={"limit": n}) for name, n in _TEXTS.items() if len(values.get(name, "")) > n
    ]
    try:
        situation = ReportedSituation.model_validate(_situation(values))
        placed(situation, reference)
    except ValidationError as error:
        columns = {fault.field: fault for fault in map(_in_column, reversed(faults_of_model(error.errors())))}
        return None, [*faults, *reversed(columns.values())]
    except Misplaced:
        return None, [*faults, Fault("place", code="far_apart")]
    if faults:
        return None, faults
    texts = {name: values.get(name, "") for name in _TEXTS}
    return Line(number, situation.model_dump(mode="json"), texts["reference"], texts["text"], texts["contact"]), []


def _situation(values: Mapping[str, str]) -> dict[str, Any]:
    known = {name: value for name, value in values.items() if value}
    return {
        **{name: known[name].replace(",", " ").split() for name in _LISTS if name in known},
        **({"sector": known["sector"]} if "sector" in known else {}),
        "site": {name: known[name] for name in _SITE if name in known},
        "observations": {name: _observation(known[name]) for name in _OBSERVED if name in known},
    }


def _observation(value: str) -> str:
    # Words stay words: "ja" where a number is asked must be a fault, not one person.
    return _IN_ENGLISH.get(value.lower(), value.replace(",", "."))


def _in_column(fault: Fault) -> Fault:
    column = next((part for part in fault.field.split(".") if part in COLUMNS), "")
    return Fault(column, fault.message, fault.code, fault.values)
