"""A file with many signals: which columns it may have, and everything that is wrong with each of its lines."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from services.intake.domain.moments import fault_of_day
from services.intake.pages.days import written
from services.intake.submission import SignalSubmission
from services.intake.use_cases.bulk import Line
from services.intake.use_cases.signals import Misplaced, placed
from shared.contracts.reported import ReportedObservations, ReportedSite
from shared.reference.places import Reference
from shared.web.problems import Fault, faults_of_model, known_name

MOST_LINES = 5000
_SITE = tuple(to_camel(name) for name in ReportedSite.model_fields if name != "region")
_OBSERVED = tuple(to_camel(name) for name in ReportedObservations.model_fields)
_LISTS = ("themes", "workersLiveIn")
_TEXTS = ("reference", "text", "contact")
_DAY = "observedOn"
COLUMNS = ("themes", "sector", *_SITE, *_OBSERVED, "workersLiveIn", _DAY, *_TEXTS)
_YES_OR_NO = {"ja": True, "yes": True, "true": True, "waar": True}
_YES_OR_NO |= {"nee": False, "no": False, "false": False, "onwaar": False}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHER_FILES = {
    b"\xff\xd8\xff": "een foto",
    b"\x89PNG": "een plaatje",
    b"GIF8": "een plaatje",
    b"%PDF": "een PDF",
    b"PK\x03\x04": "een Excel-werkmap of een zip. Kies in Excel ‘Opslaan als’ en dan ‘CSV UTF-8’",
    b"\xd0\xcf\x11\xe0": "een oude Excel-werkmap. Kies in Excel ‘Opslaan als’ en dan ‘CSV UTF-8’",
}
"""How files begin that are chosen by mistake, and what they are."""
_NUL = "\0"
_EXAMPLE = {
    "themes": "work transport",
    "sector": "meat",
    "name": "Slachterij Voorbeeld",
    "postcode": "7141 AB",
    "houseNumber": "12",
    "place": "Groenlo",
    "country": "NL",
    "peopleExposed": "120",
    "confirmedInfections": "3",
    "distanceNotKept": "ja",
    "vanMixedHouseholds": "nee",
    "workersLiveIn": "kreis-borken kreis-kleve",
    "reference": "VOORBEELD-1",
    "text": "Wij staan schouder aan schouder; er zijn geen schermen.",
}


_NAMES_SEPARATOR = "sep="
"""What Excel understands on a line before the header: the sign behind it stands between the values."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one line: `number` as an editor counts it, `row` as a spreadsheet does.

    They differ after a value with a line break; a value that stands on more lines is named by the first. Both are 0
    for the file as a whole.
    """

    number: int
    row: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The lines that can be taken in, and what is wrong with the others; line 1 is the header.

    A file with something `unreadable` is refused whole: of what stands behind that nobody knows what it means. What
    seems wrong with its other lines is told all the same, so that all of it can be put right at once.
    """

    lines: tuple[Line, ...] = ()
    faults: tuple[Wrong, ...] = ()
    unreadable: tuple[Wrong, ...] = ()


class _Unreadable(Exception):
    """Why the file cannot be read as a table."""

    def __init__(self, number: int, row: int, *reasons: str) -> None:
        self.wrong = Wrong(number, row, tuple(Fault("", reason) for reason in reasons))


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    row: int
    cells: Sequence[str]


def checked(content: bytes, reference: Reference, today: date) -> Checked:
    """Look at the whole file, on this day in the Netherlands; nothing is stored."""
    try:
        return _checked(_rows(_decoded(content)), reference, today)
    except _Unreadable as error:
        return Checked(unreadable=(error.wrong,))


def example() -> bytes:
    """A file with every column and one line, as Dutch spreadsheets open it by a double click."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, COLUMNS, delimiter=";")
    rows.writeheader()
    rows.writerow(_EXAMPLE)
    return text.getvalue().encode("utf-8-sig")


def _checked(rows: Iterator[_Row | Wrong], reference: Reference, today: date) -> Checked:
    filled = (row for row in rows if isinstance(row, Wrong) or any(cell.strip() for cell in row.cells))
    header = next(filled, None)
    if isinstance(header, _Row) and header.row == 0:
        header = next(filled, None)
    if header is None:
        raise _Unreadable(0, 0, "Er staan geen meldingen in.")
    if isinstance(header, Wrong):
        return Checked(unreadable=(header,))
    columns = _columns(header)
    lines: list[Line] = []
    faults: list[Wrong] = []
    unreadable: list[Wrong] = []
    for row in filled:
        if len(lines) + len(faults) + len(unreadable) == MOST_LINES:
            raise _Unreadable(0, 0, f"Dit zijn meer dan {MOST_LINES} regels. Verdeel ze over meer bestanden.")
        if isinstance(row, Wrong):
            unreadable.append(row)
            continue
        line, wrong = _line(row, columns, reference, today)
        if line is None:
            faults.append(Wrong(row.number, row.row, tuple(wrong)))
        else:
            lines.append(line)
    if unreadable:
        return Checked(faults=tuple(faults), unreadable=tuple(unreadable))
    if not lines and not faults:
        raise _Unreadable(0, 0, "Er staan geen meldingen in.")
    return Checked(tuple(lines), tuple(faults))


def _decoded(content: bytes) -> str:
    kind = next((words for start, words in _OTHER_FILES.items() if content.startswith(start)), "")
    if kind:
        raise _Unreadable(0, 0, f"Dit is geen CSV-bestand maar {kind}. Kies het bestand met de meldingen.")
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(
            number,
            number,
            "Hier staat een teken dat geen UTF-8 is. Gewone CSV uit Excel is vaak Windows-1252. "
            "Kies in Excel ‘Opslaan als’ en dan ‘CSV UTF-8 (door komma’s gescheiden)’.",
        ) from None
    if text[1:2] == _NUL or text[:1] == _NUL:
        raise _Unreadable(
            1, 1, "Dit lijkt UTF-16. Kies bij het opslaan ‘CSV UTF-8’, of ‘Unicode-tekst’ uit Excel, dat wij ook lezen."
        )
    return text


def _rows(text: str) -> Iterator[_Row | Wrong]:
    """The rows as strict CSV has them, empty ones too; after quotes that do not fit, those from the next line on."""
    # Line ends stay as they are, so that those within quotes are counted like the others.
    lines, delimiter = list(io.StringIO(text, newline="")), _delimiter(text)
    before, reader = 0, csv.reader(lines, delimiter=delimiter, strict=True)
    # A spreadsheet does not show the line that names the separator.
    for row in itertools.count(0 if text.lower().startswith(_NAMES_SEPARATOR) else 1):
        number = before + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Wrong(number, row, (Fault("", _misquoted(number, before + reader.line_num)),))
            before, reader = number, csv.reader(itertools.islice(lines, number, None), delimiter=delimiter, strict=True)
            continue
        if cells is None:
            return
        yield _Row(number, row, cells)


def _misquoted(first: int, last: int) -> str:
    reach = f" Door het aanhalingsteken loopt de waarde door tot regel {last}." if last > first else ""
    return (
        "Hier begint een waarde met een aanhalingsteken dat niet goed sluit, of de waarde is veel te lang."
        f'{reach} Zet " aan het begin en aan het eind van de waarde, en schrijf " erbinnen als "".'
    )


def _delimiter(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(";,\t", key=header.count)


def _columns(header: _Row) -> Sequence[str]:
    names = [name.strip() for name in header.cells]
    reasons = [reason for place, name in enumerate(names, 1) if (reason := _wrong_heading(place, name, names))]
    if "themes" not in names:
        reasons.append("De kolom themes ontbreekt; die is verplicht. De eerste regel noemt de kolommen.")
    if reasons:
        raise _Unreadable(header.number, header.row, *reasons)
    return names


def _wrong_heading(place: int, name: str, names: Sequence[str]) -> str:
    if name in COLUMNS:
        again = name in names[: place - 1]
        return f"Kolom {place}, {name}, staat er twee keer. Laat er een weg." if again else ""
    if not name:
        return f"Kolom {place} heeft geen naam. Geef haar een naam of haal haar weg."
    # What does not look like a name may be a line with somebody's words.
    shown = known_name(name)
    close = get_close_matches(name.lower(), [column.lower() for column in COLUMNS], n=1, cutoff=0.75)
    meant = next((f" Bedoelt u {column}?" for column in COLUMNS if [column.lower()] == close), "")
    return f"Kolom {place}{f', {shown},' if shown != '?' else ''} kennen wij niet.{meant}"


def _line(row: _Row, columns: Sequence[str], reference: Reference, today: date) -> tuple[Line | None, list[Fault]]:
    if len(row.cells) != len(columns):
        return None, [Fault("", _miscounted(len(row.cells), len(columns)))]
    values = {name: cell.strip() for name, cell in zip(columns, row.cells, strict=True)}
    try:
        told = SignalSubmission.model_validate(_told(values))
        situation = told.situation()
        placed(situation, reference)
    except ValidationError as error:
        of_columns = {fault.field: fault for fault in map(_in_column, reversed(faults_of_model(error.errors())))}
        return None, list(reversed(of_columns.values()))
    except Misplaced:
        return None, [Fault("place", code="far_apart")]
    if late := fault_of_day(situation.observed_on, today):
        return None, [Fault(_DAY, code=late)]
    texts = (told.reference or "", told.text or "", told.contact or "")
    return Line(row.number, situation.model_dump(mode="json"), *texts, row.row), []


def _miscounted(cells: int, columns: int) -> str:
    here = (
        f"Hier {'staat 1 veld' if cells == 1 else f'staan {cells} velden'}, en in de eerste regel {columns} kolommen."
    )
    if cells > columns:
        return f'{here} Staat er een scheidingsteken in een waarde? Zet die dan tussen aanhalingstekens (").'
    return f"{here} Laat een leeg veld staan, met de scheidingstekens eromheen."


def _told(values: Mapping[str, str]) -> dict[str, Any]:
    known = {name: value for name, value in values.items() if value}
    return {
        **{name: known[name].replace(",", " ").split() for name in _LISTS if name in known},
        **{name: known[name] for name in ("sector", *_TEXTS) if name in known},
        **({_DAY: written(known[_DAY]) or known[_DAY]} if _DAY in known else {}),
        "site": {name: known[name] for name in _SITE if name in known},
        "observations": {name: _observation(known[name]) for name in _OBSERVED if name in known},
    }


def _observation(value: str) -> bool | int | float | str:
    """What a cell says. Words that say nothing stay words, which is a fault wherever a number or a yes is asked."""
    if value.lower() in _YES_OR_NO:
        return _YES_OR_NO[value.lower()]
    if re.fullmatch(r"-?\d{1,12}", value, re.ASCII):
        return int(value)
    return float(value.replace(",", ".")) if re.fullmatch(r"-?\d{1,12}[.,]\d{1,12}", value, re.ASCII) else value


def _in_column(fault: Fault) -> Fault:
    column = next((part for part in fault.field.split(".") if part in COLUMNS), "")
    return Fault(column, fault.message, fault.code, fault.values)
