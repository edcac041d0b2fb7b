"""How exact a time may be: never finer than the quarter hour, since an exact one can give a reporter away."""

from datetime import UTC, datetime, timedelta

_QUARTER = timedelta(minutes=15)
_START = datetime(2000, 1, 1, tzinfo=UTC)


def quarter_of(moment: datetime) -> datetime:
    """The quarter hour a moment lies in, rounded down so that a clock can only start early; in UTC."""
    return moment.astimezone(UTC) - (moment - _START) % _QUARTER
