"""CSV files that people hand in: read whole, or refused with the line that is wrong."""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class BadTable(ValueError):
    """A file cannot be used; the message says where and why."""


class Row:
    """One line of a table, which says its number when a value in it is wrong."""

    def __init__(self, file: Path, line: int, values: dict[str, str]) -> None:
        self._where = f"{file.name}, line {line}"
        self._values = values

    def text(self, column: str) -> str:
        """A value that may not be empty."""
        value = self._values[column]
        return value if value else self._wrong(column, "is empty")

    def number(self, column: str, least: float = -math.inf, most: float = math.inf) -> float:
        """A finite number within these bounds."""
        value = self._as(float, column, "is not a number")
        if not math.isfinite(value) or not least <= value <= most:
            self._wrong(column, "is out of range")
        return value

    def count(self, column: str) -> int:
        """A whole number, 0 or more."""
        value = self.number(column, least=0)
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
    """Which of these sets of columns the file has, and its lines; other columns are left alone."""
    try:
        lines = list(csv.reader(file.read_text("utf-8-sig").splitlines(), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as reason:
        raise BadTable(f"{file.name} cannot be read: {reason}") from None
    header = [name.strip().lower() for name in lines[0]] if lines else []
    columns = next((choice for choice in choices if set(choice) <= set(header)), None)
    if columns is None:
        wanted = " or ".join(",".join(choice) for choice in choices)
        raise BadTable(f"{file.name}, line 1: needs the columns {wanted}")
    return columns, list(_rows(file, header, lines[1:]))


def _rows(file: Path, header: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[Row]:
    for number, values in enumerate(lines, start=2):
        if not values and len(header) > 1:
            continue
        if len(values) > len(header) or (values and len(values) < len(header)):
            raise BadTable(f"{file.name}, line {number}: has {len(values)} values, not {len(header)}")
        stripped = [value.strip() for value in values] or [""]
        yield Row(file, number, dict(zip(header, stripped, strict=True)))
