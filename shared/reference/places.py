"""Where a place is and who serves it: loaded once and handed to whoever needs it."""

from dataclasses import replace
from functools import cached_property

from shared.reference.addresses import postcode as normal_postcode
from shared.reference.gazetteer import Gazetteer, middle_of, municipalities_by_key
from shared.reference.model import District, Location, Municipality, Region
from shared.reference.names import fold
from shared.reference.tables import Tables, grouped, read_tables


class Reference:
    """Regions, municipalities, places, postcodes and border districts; read-only."""

    def __init__(self, tables: Tables) -> None:
        self.regions = tables.regions
        self.municipalities = tables.municipalities
        self.districts = tables.districts
        self._regions = {region.code: region for region in tables.regions}
        self._municipalities = municipalities_by_key(tables)
        self._districts = {district.party: district for district in tables.districts}
        self._areas = {area.postcode: area for area in tables.areas}
        areas = grouped((area.municipality, area) for area in tables.areas)
        self._whole = {municipality: middle_of(inside) for municipality, inside in areas.items()}
        self._tables = tables

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        # Made when it is first asked for: half of the services seldom look for a place by its name.
        return Gazetteer(self._tables)

    @classmethod
    def load(cls) -> "Reference":
        """Read the data files; some tens of milliseconds, so once per process."""
        return cls(read_tables())

    def region(self, code: str) -> Region:
        """The region of a code VR01 to VR25; KeyError for anything else."""
        return self._regions[code]

    def region_named(self, text: str) -> Region | None:
        """A region by code, name or short name: `vr06`, `VNOG`, `Friesland`."""
        key = fold(text)
        return next((r for r in self.regions if key in map(fold, (r.code, r.name, r.short_name))), None)

    def municipality(self, name: str) -> Municipality | None:
        """A municipality in any spelling; None when unknown or when two share the name (*Bergen*)."""
        found = self._municipalities.get(fold(name).removeprefix("gemeente "), ())
        return found[0] if len(found) == 1 else None

    def district(self, party: str) -> District | None:
        """The Kreis, city or province with this party id."""
        return self._districts.get(party)

    def districts_bordering(self, region: str) -> tuple[District, ...]:
        """The districts across the border from a region; none for a region without a border."""
        return tuple(district for district in self.districts if region in district.regions)

    def locate(
        self, *, postcode: str | None = None, place: str | None = None, municipality: str | None = None
    ) -> Location | None:
        """The one location these describe; None when unknown or ambiguous.

        A known postcode decides. Otherwise the place does, within the municipality when that is given; a
        place unknown there leaves the municipality as a whole.
        """
        area = self._area(postcode or "")
        if area is not None:
            return area
        matches = self._gazetteer.named(place or "")
        home = self.municipality(municipality or "")
        if home is not None:
            matches = tuple(location for location in matches if location.municipality == home)
            return matches[0] if len(matches) == 1 else self._whole[home]
        return matches[0] if len(matches) == 1 else None

    def namesakes(self, place: str) -> tuple[Location, ...]:
        """Every place with exactly this name, in any spelling."""
        return self._gazetteer.named(place)

    def candidates(self, text: str, limit: int = 8) -> tuple[Location, ...]:
        """What somebody may mean: the place itself, all its namesakes, then longer and similar names."""
        area = self._area(text)
        return (area,) if area is not None else self._gazetteer.search(text, limit)

    def _area(self, text: str) -> Location | None:
        code = normal_postcode(text)
        area = self._areas.get(code[:4]) if code else None
        return replace(area, postcode=code) if area else None
