"""The moment of a call-back as an operator types it while listening: "16:30", "morgen 10", "vr 9:00", "26-11 14:00"."""

import re
from datetime import date, datetime, time, timedelta

from shared.calendar import AMSTERDAM
from shared.web.times import local

_NAMED = {"vandaag": 0, "morgen": 1, "overmorgen": 2}
_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_WEEK, _HALF_A_YEAR = 7, 183
_TYPED = re.compile(
    r"(?:(?P<name>[a-z]{2,10})|(?P<d>\d{1,2})[-/](?P<m>\d{1,2})(?:[-/](?P<y>\d{4}))?)?\s*(?:om\s*)?"
    r"(?<![-/\d])(?P<hour>\d{1,2})(?:[:.u]?(?P<minute>\d\d))?\s*(?:uur|u)?",
    re.ASCII,
)
_FROM_NOW = re.compile(r"over\s*(?P<many>\d{1,3}|een)\s*(?:(?P<minutes>m|min|minuten|minuut)|u|uur)", re.ASCII)


def moment(typed: str, now: datetime) -> datetime | None:
    """The moment meant, on a Dutch clock, or None; a day or hour without more is the next one to come.

    Of a day without a year the nearest is meant: who says 25-10 in November means one that went by.

    A moment in full, as a browser's own field or a program writes it, is taken as it stands, also when it is past.
    """
    whole = _in_full(typed)
    if whole:
        return whole
    said = typed.strip().lower()
    match = _FROM_NOW.fullmatch(said)
    if match:
        many = 1 if match["many"] == "een" else int(match["many"])
        return now + (timedelta(minutes=many) if match["minutes"] else timedelta(hours=many))
    match = _TYPED.fullmatch(said)
    if match is None:
        return None
    here = local(now)
    try:
        at = time(int(match["hour"]), int(match["minute"] or 0), tzinfo=AMSTERDAM)
        return next((found for day in _days(match, here.date()) if (found := datetime.combine(day, at)) > now), None)
    except ValueError:
        return None


def _in_full(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    if len(typed) <= len("2020-11-26"):
        return None
    return found if found.tzinfo else found.replace(tzinfo=AMSTERDAM)


def _days(match: re.Match[str], today: date) -> list[date]:
    """The days that may be meant, the likeliest first; raises ValueError where there is no such day."""
    if match["y"]:
        return [date(int(match["y"]), int(match["m"]), int(match["d"]))]
    coming = [today + timedelta(days) for days in range(_HALF_A_YEAR + 1)]
    if match["d"]:
        return [day for day in coming if (day.day, day.month) == (int(match["d"]), int(match["m"]))]
    name = match["name"]
    if not name or name == "om":
        return coming[:2]
    if name in _NAMED:
        return [coming[_NAMED[name]]]
    return [day for day in coming[: _WEEK + 1] if _WEEKDAYS[day.weekday()].startswith(name)]
