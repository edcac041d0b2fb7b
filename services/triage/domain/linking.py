"""Which signals are about the same site: the block they fall in, and whether a case may still take them up."""

import re
from datetime import datetime, timedelta

from shared.situation import Site

_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_SEPARATORS = re.compile(r"[\s./-]+")


def block_key(site: Site) -> str | None:
    """`nl/7141AB/12a` for a full Dutch address, None when postcode or house number is not fully known.

    A postcode of four digits is a village, not a building, and makes no block. The addition counts: flats 12a and
    12b are two places until a person says otherwise.
    """
    if site.country != "NL" or not site.postcode or not site.house_number:
        return None
    postcode = _SEPARATORS.sub("", site.postcode).upper()
    house_number = _joined(site.house_number)
    if not _POSTCODE.fullmatch(postcode) or not house_number[:1].isdigit():
        return None
    return f"nl/{postcode}/{house_number}"


def still_open_for(newest_signal: datetime, received_at: datetime, linking_days: int) -> bool:
    """Whether a signal comes soon enough after the case's newest one to be about the same situation."""
    return received_at - newest_signal <= timedelta(days=linking_days)


def _joined(house_number: str) -> str:
    """`12 A`, `12-a` and `12a` are one; `12-14` and `1214` are two."""
    parts = [part for part in _SEPARATORS.split(house_number.strip().lower()) if part]
    text = ""
    for part in parts:
        text += f"-{part}" if text[-1:].isdigit() and part[0].isdigit() else part
    return text.lstrip("0")
