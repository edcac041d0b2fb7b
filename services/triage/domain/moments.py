"""The only fineness of time that may be shown of anything a signal leads to at once, and the day a moment falls on."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_MINUTES = 15


def quarter_of(moment: datetime) -> datetime:
    """The quarter hour a moment falls in, in UTC."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % _MINUTES, second=0, microsecond=0)


def day_of(moment: datetime) -> date:
    """The day it is in the Netherlands at a moment."""
    return moment.astimezone(AMSTERDAM).date()
