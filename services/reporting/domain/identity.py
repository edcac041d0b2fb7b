"""Ids and numbers that follow from what they are about, so that a rebuild gives the same ones."""

from uuid import NAMESPACE_URL, UUID, uuid5

# Digits and letters that cannot be mistaken for one another when read out over the phone.
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 5


def report_id(intervention: str) -> str:
    """The id of the one report of an intervention."""
    return str(uuid5(NAMESPACE_URL, f"report/{intervention}"))


def report_number(id_: str, year: int) -> str:
    """The number that people say, for example R-2020-9D2FA."""
    rest, said = UUID(id_).int, ""
    for _ in range(_LENGTH):
        rest, place = divmod(rest, len(_SYMBOLS))
        said += _SYMBOLS[place]
    return f"R-{year}-{said}"


def rejection_notice_id(rejection: str) -> str:
    """The id of what a sender is told about one refused message."""
    return str(uuid5(NAMESPACE_URL, f"rejection-notice/{rejection}"))
