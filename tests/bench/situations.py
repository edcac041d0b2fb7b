"""Situations to send by the thousand: each at an address of its own, and grave enough that a visit is drafted."""

from __future__ import annotations

import secrets
from typing import Any

# Every pair of these is given out as the end of a postcode.
_LETTERS = "ABCDEGHJKLMNPRTVWXZ"
HOUSES = 9_000
ADDRESSES = HOUSES * len(_LETTERS) ** 2
_APART = 4
"""House numbers of two addresses differ by so much at least, so that nobody is asked whether they are the same."""


def address(number: int) -> tuple[str, str]:
    """The postcode and house number that belong to a number below ADDRESSES."""
    street, house = divmod(number, HOUSES)
    first, second = divmod(street, len(_LETTERS))
    return f"7141{_LETTERS[first]}{_LETTERS[second]}", str(_APART * house + 1)


def streets(size: int) -> list[range]:
    """The numbers below `size` by street."""
    return [range(begin, min(begin + HOUSES, size)) for begin in range(0, size, HOUSES)]


def some_addresses(count: int) -> range:
    """So many numbers of addresses, unlikely to have been drawn before."""
    begin = secrets.randbelow(ADDRESSES - count)
    return range(begin, begin + count)


def reported(number: int) -> dict[str, Any]:
    """As a form or an integration says it: three infections make it at least high."""
    postcode, house_number = address(number)
    return {
        "themes": ["work"],
        "sector": "meat",
        "site": {"postcode": postcode, "houseNumber": house_number, "place": "Groenlo"},
        "observations": {"peopleExposed": 120, "confirmedInfections": 3, "distanceNotKept": True},
    }
