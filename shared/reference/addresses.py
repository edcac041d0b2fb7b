"""Dutch postcodes and house numbers as people write them, in one normal form."""

import re
from dataclasses import dataclass

_POSTCODE = re.compile(r"(?:NL[\s-]*)?([1-9]\d{3})[\s-]*([A-Z]{2})?", re.ASCII)
# PostNL never gives out these letters.
_NO_LETTERS = {"SA", "SD", "SS"}
_HOUSE_NUMBER = re.compile(r"([1-9]\d{0,4})(?!\d)(?:[\s/.,-]*([A-Z0-9][A-Z0-9\s/.,-]*))?", re.ASCII)


def postcode(text: str) -> str | None:
    """`7141 ab` and `NL-7141AB` become `7141AB`, `7141` stays; None when it is no Dutch postcode."""
    found = _POSTCODE.fullmatch(text.strip().upper())
    if found is None or found[2] in _NO_LETTERS:
        return None
    return found[1] + (found[2] or "")


def four_digits(text: str | None) -> str | None:
    """The area that a postcode lies in, `7141`; None when it is no Dutch postcode."""
    code = postcode(text or "")
    return code[:4] if code else None


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A number from 1 to 99999 and its addition in lower case: `12a`, `12-14`, `12bis`."""

    number: int
    addition: str = ""

    def __str__(self) -> str:
        joint = "-" if self.addition[:1].isdigit() else ""
        return f"{self.number}{joint}{self.addition}"


def house_number(text: str) -> HouseNumber | None:
    """`12 A`, `12-a` and `12a` are one; None when it does not begin with a house number."""
    found = _HOUSE_NUMBER.fullmatch(text.strip().upper())
    if found is None:
        return None
    parts = re.findall(r"\d+|[A-Z]+", found[2] or "")
    return HouseNumber(int(found[1]), _joined(parts).lower())


def _joined(parts: list[str]) -> str:
    """Two numbers in a row need a sign between them, all else can be written together."""
    text = ""
    for part in parts:
        text += f"-{part}" if text[-1:].isdigit() and part[0].isdigit() else part
    return text
