"""The day on which something was seen: chosen on the form, typed as it is said at a desk, written in a file."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from babel.dates import format_date

from services.intake.dates import find_dates
from services.intake.domain.moments import MOST_DAYS_AGO, fault_of_day
from shared.web.i18n import Messages
from shared.web.problems import Fault

CHOSEN, TYPED = "when", "day"
"""The fields of the form; a desk has only the second."""
EARLIER = "earlier"
LONGEST = 30
AS_BROWSERS, AS_PEOPLE = "%Y-%m-%d", "%d-%m-%Y"
"""How a day stands in a browser's own field for it, and in one for text."""
AT_DESK = "vandaag, gisteren, ma, 23-11 of 23-11-2020"
_CHOICES = 7
_AHEAD = timedelta(days=60)
_NAMED = {"vandaag": 0, "gisteren": 1, "eergisteren": 2}
_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_IN_FULL = re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})", re.ASCII)
_NO_YEAR = re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})\.?", re.ASCII)


def written(text: str) -> date | None:
    """A day in full, whichever way round: `2020-11-23`, `23-11-2020`."""
    match = _IN_FULL.fullmatch(text)
    try:
        if match:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
        return date.fromisoformat(text) if len(text) == len("2020-11-23") else None
    except ValueError:
        return None


def said(text: str, today: date) -> date | None:
    """The day meant: of a weekday the last one that is over, of a day without its year the one nearest by.

    That may be a day to come, which is told: taken for one of last year it would pass unseen.
    """
    typed = text.strip().lower()
    if typed in _NAMED:
        return today - timedelta(_NAMED[typed])
    if len(typed) >= len("ma") and typed.isalpha():
        week = (today - timedelta(days) for days in range(1, 8))
        return next((day for day in week if _WEEKDAYS[day.weekday()].startswith(typed)), None)
    match = _NO_YEAR.fullmatch(typed)
    if match:
        year = (today + _AHEAD - timedelta(days) for days in range(366))
        return next((day for day in year if (day.day, day.month) == (int(match["d"]), int(match["m"]))), None)
    found = find_dates(text, today)
    return written(typed) or (found[0].day if len(found) == 1 else None)


def in_full(typed: Mapping[str, Sequence[str]], today: date, pattern: str = AS_BROWSERS) -> str:
    """The typed day as it is kept: "yesterday" is another day tomorrow. As typed where it is not understood.

    Who has chosen a day has said it; what stands beside that is from before.
    """
    text = _text(typed, TYPED)
    if not text or _chosen(typed):
        return ""
    day = said(text, today) if len(text) <= LONGEST else None
    return day.strftime(pattern) if day else text


def meant(typed: Mapping[str, Sequence[str]]) -> date | None:
    """The day of answers that have no faults."""
    return _chosen(typed) or written(_text(typed, TYPED))


def faults_of(typed: Mapping[str, Sequence[str]], today: date) -> list[Fault]:
    """What is wrong with the day, which may be left out."""
    day = meant(typed)
    if day is None and _text(typed, TYPED):
        return [Fault(TYPED, code="day")]
    if day is None and _text(typed, CHOSEN) == EARLIER:
        return [Fault(TYPED, code="which_day")]
    wrong = fault_of_day(day, today)
    return [Fault(CHOSEN if _chosen(typed) else TYPED, code=wrong)] if wrong else []


def typed_again(day: date | None, today: date) -> dict[str, list[str]]:
    """The answers that would have said this day, for a form that shows them again."""
    if day is None:
        return {CHOSEN: [""], TYPED: [""]}
    if today - timedelta(_CHOICES) < day <= today:
        return {CHOSEN: [day.isoformat()], TYPED: [""]}
    return {CHOSEN: [EARLIER], TYPED: [day.isoformat()]}


def choices(today: date, t: Messages) -> list[tuple[str, str]]:
    """The last week day by day, and what was before."""
    days = [today - timedelta(days) for days in range(_CHOICES)]
    named = [t("when.today"), t("when.yesterday"), *(in_words(day, t) for day in days[2:])]
    return [*((day.isoformat(), words) for day, words in zip(days, named, strict=True)), (EARLIER, t("when.earlier"))]


def asked(today: date, t: Messages) -> dict[str, object]:
    """What the template of the question needs; the browser's own field offers no day that would be refused."""
    first = today - timedelta(MOST_DAYS_AGO)
    return {"days": choices(today, t), "first_day": first.isoformat(), "last_day": today.isoformat()}


def in_words(day: date, t: Messages) -> str:
    return format_date(day, "full", locale=t.language)


def _chosen(typed: Mapping[str, Sequence[str]]) -> date | None:
    return written(_text(typed, CHOSEN))


def _text(typed: Mapping[str, Sequence[str]], field: str) -> str:
    return next(iter(typed.get(field, ())), "")
