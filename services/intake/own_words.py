"""Which fields of a signal hold people's own words, and what of those in a line of facts may be told to others.

What is told goes to every member, to partners and over topics; the line as it was written is for those who may read
the reporter's words, sealed with them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.intake.personal import Kind, find_personal, masked
from shared.situation import Site
from shared.vocabulary import Channel

OF_SITE = ("name", "postcode", "house_number", "place", "municipality")
REFERENCE = "reference"
_LEFT_OUT = dict.fromkeys(Kind, "…")  # shorter than any number, and the same in every language
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_TYPED = (Channel.MEDIA, Channel.INTEGRATION)
"""Doors where the reference is an address on the web, or a number that the sender's program made."""


@dataclass(frozen=True, slots=True)
class Told:
    """The facts without numbers by which somebody can be found; `written` holds the lines that had one, in full."""

    site: Site
    reference: str | None
    written: Mapping[str, str]


def own_words(site: Site, reference: str | None, channel: Channel) -> Mapping[str, str]:
    """The lines of facts that somebody typed as they liked, by field; text and contact data are no facts."""
    lines = {name: getattr(site, name) for name in OF_SITE}
    if channel not in _NOT_TYPED:
        lines[REFERENCE] = reference
    return {name: line for name, line in lines.items() if line}


def to_tell(site: Site, reference: str | None, channel: Channel) -> Told:
    """What may be told of a site and a sender's reference."""
    plain: dict[str, Any] = {name: _plain(getattr(site, name)) for name in OF_SITE}
    site = replace(site, **plain)
    reference = _plain(reference)
    lines = own_words(site, reference, channel)
    written = {name: line for name, line in lines.items() if find_personal(line, None)}
    told: dict[str, Any] = {name: without_numbers(line) or None for name, line in written.items()}
    kept = told.pop(REFERENCE, reference)
    return Told(replace(site, **told) if told else site, kept, written)


def _plain(line: str | None) -> str | None:
    """A line without signs that cannot be seen, among them those that turn the order of what stands around it."""
    return _CONTROL.sub(" ", _TURNING.sub("", line)).strip() or None if line else line


def without_numbers(line: str, kinds: Mapping[Kind, str] = _LEFT_OUT) -> str:
    """A line with a sign in place of each number of these kinds; nothing where it was no more than that."""
    left = masked(line, kinds, None)
    return left if any(sign.isalnum() for sign in left) else ""
