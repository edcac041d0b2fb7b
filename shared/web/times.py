"""Times and numbers as people say them, in Dutch and in the Netherlands' own time; every `now` is passed in."""

from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from shared.calendar import AMSTERDAM

_LOCALE = "nl"


def local(moment: datetime) -> datetime:
    """The same moment on a Dutch clock; a time without a zone is a mistake, not a guess."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return moment.astimezone(AMSTERDAM)


def rfc3339(moment: datetime) -> str:
    """For programs and `<time datetime>`: 2020-11-23T16:40:00+01:00."""
    return local(moment).isoformat(timespec="seconds")


def exact(moment: datetime) -> str:
    """In full, for hover and screen readers: maandag 23 november 2020 om 16:40."""
    return _pattern(moment, "EEEE d MMMM y 'om' HH:mm") + _which_hour(moment)


def said(moment: datetime, now: datetime) -> str:
    """As said in passing: vandaag 16:40, gisteren 16:40, ma 23 nov 16:40, 23 nov 2019 16:40."""
    hour = _pattern(moment, "HH:mm") + _which_hour(moment)
    return f"{said_day(local(moment).date(), now)} {hour}"


def said_day(day: date, now: datetime) -> str:
    """A date as said in passing: morgen, vandaag, gisteren, ma 23 nov, 23 nov 2019."""
    today = local(now).date()
    near = {-1: "gisteren", 0: "vandaag", 1: "morgen"}.get((day - today).days)
    return near or format_date(day, "EEE d MMM" if day.year == today.year else "d MMM y", locale=_LOCALE)


def full_day(day: date) -> str:
    """A date in full: maandag 23 november 2020."""
    return format_date(day, "EEEE d MMMM y", locale=_LOCALE)


def ago(moment: datetime, now: datetime) -> str:
    """How long since: 12 s geleden, 5 min geleden, 3 u geleden, 2 dagen geleden."""
    seconds = int((now - moment).total_seconds())
    return "zojuist" if seconds < 1 else f"{_coarse(seconds)} geleden"


def remaining(deadline: datetime, now: datetime) -> str:
    """How long until a deadline: nog 21 u 14 min; past it: 35 min over tijd."""
    left = deadline - now
    if left > timedelta(0):
        return f"nog {duration(left)}"
    return f"{duration(-left)} over tijd"


def duration(length: timedelta) -> str:
    """A length of time to the minute, rounded down: 21 u 14 min, 2 dagen 3 u."""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 2:
        return f"{days} dagen {hours} u" if hours else f"{days} dagen"
    hours += 24 * days
    if hours:
        return f"{hours} u {minutes} min"
    return f"{minutes} min" if minutes else "minder dan 1 min"


def number(value: float, decimals: int = 0) -> str:
    """With Dutch separators: 12.345,7."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(value, format=pattern, locale=_LOCALE)


def percent(share: float, decimals: int = 0) -> str:
    """A share of 1 as a percentage: 16,3%."""
    return format_percent(share, format="#,##0." + "0" * decimals + "%" if decimals else "0%", locale=_LOCALE)


def utc_now() -> datetime:
    """The clock that applications pass in; tests pass another."""
    return datetime.now(UTC)


def _pattern(moment: datetime, pattern: str) -> str:
    return format_datetime(local(moment), pattern, locale=_LOCALE)


def _which_hour(moment: datetime) -> str:
    """In the autumn night the hour from 2 to 3 comes twice; then say which one is meant."""
    here = local(moment)
    if here.utcoffset() == here.replace(fold=1 - here.fold).utcoffset():
        return ""
    return " (wintertijd)" if here.fold else " (zomertijd)"


def _coarse(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} u"
    return f"{seconds // 86400} dagen"
