"""CSV files that people hand in: read whole, or refused with the line that is wrong."""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

MOST_BYTES = 64 << 20
MOST_COUNTED = 1_000_000_000
"""No count of people, signals or cases is larger; whoever writes one meant something else."""


MOST_FAULTS = 20
"""So many are named at once; of a file of another kind every line would be."""


class BadTable(ValueError):
    """A file cannot be used; each of its arguments says where and why."""


class Row:
    """One line of a table, which says its number when a value in it is wrong."""

    def __init__(self, file: Path, line: int, values: dict[str, str], decimal: str = ".") -> None:
        self.line = line
        self._where = f"{file.name}, line {line}"
        self._values = values
        self._decimal = decimal

    @property
    def columns(self) -> Sequence[str]:
        """Those of the file, also the ones that nobody asked for."""
        return list(self._values)

    def text_or_missing(self, column: str) -> str | None:
        """A value, or None where it is empty or the file has no such column."""
        return self._values.get(column) or None

    def text(self, column: str) -> str:
        """A value that may not be empty."""
        value = self._values[column]
        return value if value else self._wrong(column, "is empty")

    def number(self, column: str, least: float = -math.inf, most: float = math.inf) -> float:
        """A finite number within these bounds."""
        value = self._as(lambda text: float(text.replace(self._decimal, ".")), column, "is not a number")
        if not math.isfinite(value):
            self._wrong(column, "is not a finite number")
        if value < least:
            self._wrong(column, f"is below {least:,.10g}")
        if value > most:
            self._wrong(column, f"is above {most:,.10g}")
        return value

    def count(self, column: str) -> int:
        """A whole number, 0 or more."""
        value = self.number(column, least=0, most=MOST_COUNTED)
        return int(value) if value.is_integer() else self._wrong(column, "is not a whole number")

    def count_or_missing(self, column: str) -> int | None:
        """The same, or None for an empty value or NA."""
        return None if self._values[column] in ("", "NA", "NaN") else self.count(column)

    def day(self, column: str) -> date:
        """A date like 2020-06-24."""
        return self._as(date.fromisoformat, column, "is not a date like 2020-06-24")

    def check(self, holds: bool, column: str, what: str) -> None:
        """Refuse the line unless something holds."""
        if not holds:
            self._wrong(column, what)

    def _as(self, kind: Callable[[str], T], column: str, what: str) -> T:
        try:
            return kind(self.text(column))
        except BadTable:
            raise
        except ValueError:
            return self._wrong(column, what)

    def _wrong(self, column: str, what: str) -> T:  # type: ignore[type-var]
        raise BadTable(f"{self._where}: {column} {what}")


def rows(file: Path, *choices: Sequence[str]) -> tuple[Sequence[str], list[Row]]:
    """Which of these sets of columns the file has, and its lines; other columns are left alone.

    Columns are parted by commas, or by semicolons or tabs where the first line has those and no comma; then a decimal
    comma is read as well.
    """
    text = _text_of(file)
    sign = _delimiter(text)
    try:
        lines = list(csv.reader(text.splitlines(), delimiter=sign, strict=True))
    except csv.Error as reason:
        raise BadTable(f"{file.name} cannot be read: {reason}") from None
    header = [name.strip().lower() for name in lines[0]] if lines else []
    columns = next((choice for choice in choices if set(choice) <= set(header)), None)
    if columns is None:
        wanted = " or ".join(",".join(choice) for choice in choices)
        many = "column" if "," not in wanted and len(choices) == 1 else "columns"
        raise BadTable(f"{file.name}, line 1: needs the {many} {wanted}")
    return columns, list(_rows(file, header, lines[1:], "." if sign == "," else ","))


def each(lines: Iterable[Row], read: Callable[[Row], T]) -> list[T]:
    """What is read of each line; raises BadTable with what is wrong in the first of the lines that are."""
    found, faults = [], []
    for line in lines:
        try:
            found.append(read(line))
        except BadTable as fault:
            faults.append(str(fault))
    if len(faults) > MOST_FAULTS:
        raise BadTable(*faults[:MOST_FAULTS], f"{len(faults) - MOST_FAULTS} more lines are wrong")
    if faults:
        raise BadTable(*faults)
    return found


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadTable(f"{file.name} cannot be read: {(error.strerror or 'unknown error').lower()}") from None
    if len(content) > MOST_BYTES:
        raise BadTable(f"{file.name} is larger than {MOST_BYTES >> 20} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(f"{file.name} cannot be read: it is no text in UTF-8") from None


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return next((sign for sign in ";\t" if sign in first and "," not in first), ",")


def _rows(file: Path, header: Sequence[str], lines: Sequence[Sequence[str]], decimal: str) -> Iterator[Row]:
    for number, values in enumerate(lines, start=2):
        if not values and len(header) > 1:
            continue
        if len(values) > len(header) or (values and len(values) < len(header)):
            raise BadTable(f"{file.name}, line {number}: has {len(values)} values, not {len(header)}")
        stripped = [value.strip() for value in values] or [""]
        yield Row(file, number, dict(zip(header, stripped, strict=True)), decimal)
