"""Dates in free text, in the languages that reporters write."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel.dates import get_month_names

_LANGUAGES = ("nl", "en", "pl", "ro", "bg", "de", "es", "tr", "hu", "uk")
_REACH = timedelta(days=730)
_AHEAD = timedelta(days=60)
_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|(?P<d>\d{1,2})(?P<sign>[-./]) ?(?P<m>\d{1,2})(?P=sign) ?(?P<y>\d{4}|\d\d))(?![\d/-]|[.,]\d)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that is meant, and where in the text it stands."""

    day: date
    start: int
    end: int


def find_dates(text: str, near: date) -> tuple[Dated, ...]:
    """Every date within two years of `near`, in the order of the text.

    One without a year is the latest of that name until two months ahead: people report what happened, and now and
    then what is to come.
    """
    found = (one for one in (*_numeric(text), *_written(text, near)) if abs(one.day - near) <= _REACH)
    return tuple(sorted(found, key=lambda one: one.start))


def _numeric(text: str) -> Iterator[Dated]:
    for match in _NUMERIC.finditer(text):
        if match["year"]:
            day = _date(int(match["year"]), int(match["month"]), int(match["day"]))
        else:
            year = int(match["y"])
            day = _date(year if year > 99 else 2000 + year, int(match["m"]), int(match["d"]))
        if day:
            yield Dated(day, *match.span())


def _written(text: str, near: date) -> Iterator[Dated]:
    pattern, months = _month_names()
    for match in pattern.finditer(text):
        name = match["month"] or match["first"]
        if name == "may":  # the verb
            continue
        month = months[name.casefold()]
        day, year = int(match["day"] or match["second"]), match["year"] or match["before"] or match["after"]
        found = _date(int(year), month, day) if year else _latest(month, day, near)
        if found:
            yield Dated(found, *match.span())


def _latest(month: int, day: int, near: date) -> date | None:
    years = (near.year - 1, near.year, near.year + 1)
    found = [there for year in years if (there := _date(year, month, day))]
    return max((there for there in found if there <= near + _AHEAD), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _month_names() -> tuple[re.Pattern[str], dict[str, int]]:
    """`24 oktober`, `24. Oktober 2020`, `24-го жовтня`, `October 24th, 2020`, `2020. október 24.`"""
    meant: dict[str, set[int]] = defaultdict(set)
    for language in _LANGUAGES:
        for context in ("format", "stand-alone"):
            for number, name in get_month_names("wide", context, language).items():
                meant[name.casefold()].add(number)
    # A name that two languages give to different months says nothing.
    months = {name: numbers.pop() for name, numbers in meant.items() if len(numbers) == 1}
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    ordinal = r"(?:\.|-?(?:st|nd|rd|th|e|de|ste|го|ти|ри|ви))?"
    year = r"(?P<{}>20\d\d)"
    pattern = re.compile(
        rf"(?<!\d)(?<!\d[.,])(?P<day>\d{{1,2}}){ordinal} (?:de |of )?(?P<month>{names})\b"
        rf"(?:,?(?: de)? {year.format('year')}\b)?"
        rf"|(?:{year.format('before')}\.? )?\b(?P<first>{names}) (?P<second>\d{{1,2}})(?!\d|[.,:]\d){ordinal}"
        rf"(?:,? {year.format('after')}\b)?",
        re.I,
    )
    return pattern, months
