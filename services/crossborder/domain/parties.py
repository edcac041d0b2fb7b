"""What crossborder keeps of the network map: how a party is called and where it belongs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A party as planning described it last."""

    name: str
    country: str
    region: str | None
    foreign: bool
