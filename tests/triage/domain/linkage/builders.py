"""Records and the shipped weights, so that a test names only the fields it is about, or none."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from services.triage.domain.linkage.agreement import Record
from services.triage.domain.linkage.records import record_of
from services.triage.store import load_link_model
from shared.situation import Site, Situation
from shared.vocabulary import Sector, Theme
from tests.triage.builders import NOON, after

LINKS = load_link_model("2020-1")


def record(
    *themes: Theme, sector: Sector | None = Sector.MEAT, at: datetime = NOON, country: str = "NL", **site: Any
) -> Record:
    """A signal about work in a slaughterhouse of which only this of the site is known."""
    return record_of(Situation(themes or (Theme.WORK,), sector, Site(country=country, **site)), at, LINKS.folding)


NAMES = ["Slachterij De Groot B.V.", "De Groot", "Rzeźnia Wiśniewski", "Кланица Бонев", "Uitzendbureau Actief", ""]
PLACES = [("Groenlo", "Oost Gelre"), ("Lichtenvoorde", "Oost Gelre"), ("Venlo", "Venlo"), (None, None)]


@st.composite
def records(draw: st.DrawFn) -> Record:
    place, municipality = draw(st.sampled_from(PLACES))
    return record(
        *draw(st.sets(st.sampled_from(Theme), min_size=1)),
        sector=draw(st.none() | st.sampled_from(Sector)),
        at=after(days=draw(st.integers(0, 90))),
        name=draw(st.sampled_from(NAMES)) or None,
        postcode=draw(st.sampled_from(["7141AB", "7141BA", "7141", "5912CD", None])),
        house_number=draw(st.sampled_from(["12", "12a", "12b", "14", "200", None])),
        place=place,
        municipality=municipality,
        registration=draw(st.sampled_from([None, "12345678", "87654321", "000012345678"])),
    )
