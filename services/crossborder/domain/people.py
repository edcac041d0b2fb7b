"""Who does something, and for which regions they may."""

from collections.abc import Container
from dataclasses import dataclass

from shared.people import Person


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the region they act for; the convenor of the platform acts for all of them."""

    person: Person
    region: str | None
    convenor: bool = False

    def may_act_for(self, regions: Container[str]) -> bool:
        """Whether this person may act where these regions are in charge."""
        return self.convenor or (self.region is not None and self.region in regions)
