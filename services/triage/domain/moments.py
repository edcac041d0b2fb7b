"""The only fineness of time that may be shown of anything a signal leads to at once."""

from datetime import UTC, datetime

_MINUTES = 15


def quarter_of(moment: datetime) -> datetime:
    """The quarter hour a moment falls in, in UTC."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % _MINUTES, second=0, microsecond=0)
