"""The Dutch calendar: which day it is here decides on rules, powers, visits and what is said of a day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def day_of(moment: datetime) -> date:
    """The day it is in the Netherlands at a moment."""
    return moment.astimezone(AMSTERDAM).date()
