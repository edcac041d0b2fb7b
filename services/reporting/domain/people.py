"""The parties that reports are shared with, and the one that may see to all of them."""

from dataclasses import dataclass

from shared.vocabulary import PartyKind

CONVENOR = "lotc"
"""LOT-C convenes the platform: it reads every report and may stand in for a coordinator."""


@dataclass(frozen=True, slots=True)
class Party:
    """A party of the network map, as planning described it last; `region` None means the whole country."""

    name: str
    kind: PartyKind
    region: str | None
    member: bool
