"""What else is open near a case: as the crow flies, from postcode to postcode."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.triage.domain.case import Case
from services.triage.store import Cases
from shared.reference.addresses import four_digits
from shared.reference.model import Location
from shared.situation import Site

METRES = 10_000
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another open case, and how far its postcode lies; 0 metres is the same postcode of four digits."""

    id: str
    case: Case
    postcode: str
    metres: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The postcode of a case and the nearest open ones; `more` than are shown lie within the same distance."""

    postcode: str
    neighbours: tuple[Neighbour, ...]
    more: bool


@dataclass(frozen=True)
class Nearby:
    """Looks around; `areas` are the postcodes of four digits."""

    cases: Cases
    areas: Mapping[str, Location]

    async def around(self, id_: str, case: Case) -> Surroundings | None:
        """The surroundings of a case; None where no Dutch postcode of it is known."""
        own = self._code(case.situation.site)
        if own is None:
            return None
        middle = self.areas[own].point
        away = {code: middle.distance_to(area.point) for code, area in self.areas.items()}
        close = sorted((code for code in away if away[code] <= METRES), key=away.__getitem__)
        found = [
            Neighbour(document.id, document.state, code, round(away[code]))
            for document in await self.cases.open_in(close)
            if document.id != id_ and (code := self._code(document.state.situation.site)) in away
        ]
        found.sort(key=lambda one: (one.metres, -one.case.grade.rank, one.case.number))
        return Surroundings(own, tuple(found[:MOST_SHOWN]), len(found) > MOST_SHOWN)

    def _code(self, site: Site) -> str | None:
        code = four_digits(site.postcode) if site.country == "NL" else None
        return code if code in self.areas else None
