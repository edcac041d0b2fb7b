"""How exact a time may be: never finer than the quarter hour, since an exact one can give a reporter away."""

from datetime import UTC, date, datetime, timedelta

MOST_DAYS_AGO = 366
"""What was seen longer ago than a year says nothing of how it is now, and is mostly a slip of the pen."""

_QUARTER = timedelta(minutes=15)
_START = datetime(2000, 1, 1, tzinfo=UTC)


def quarter_of(moment: datetime) -> datetime:
    """The quarter hour a moment lies in, rounded down so that a clock can only start early; in UTC."""
    return moment.astimezone(UTC) - (moment - _START) % _QUARTER


def fault_of_day(observed_on: date | None, today: date) -> str | None:
    """What is wrong with the day on which something was seen, as the code of a fault."""
    if observed_on is None:
        return None
    if observed_on > today:
        return "day_to_come"
    return "day_long_ago" if (today - observed_on).days > MOST_DAYS_AGO else None
