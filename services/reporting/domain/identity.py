"""Ids and numbers that follow from what they are about, so that a rebuild gives the same ones."""

from uuid import NAMESPACE_URL, uuid5

from shared.numbers import spoken


def report_id(intervention: str) -> str:
    """The id of the one report of an intervention."""
    return str(uuid5(NAMESPACE_URL, f"report/{intervention}"))


def report_number(id_: str, year: int) -> str:
    """The number that people say, for example R-2020-9D2FA."""
    return f"R-{year}-{spoken(id_)}"


def rejection_notice_id(rejection: str) -> str:
    """The id of what a sender is told about one refused message."""
    return str(uuid5(NAMESPACE_URL, f"rejection-notice/{rejection}"))
