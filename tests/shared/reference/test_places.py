"""A place is found by what people type, and leads to who serves it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.model import Municipality, Point
from shared.reference.places import Reference

REFERENCE = Reference.load()
CODES = {region.code for region in REFERENCE.regions}
PARTY = re.compile(r"[a-z][a-z0-9-]{1,40}")


def labels(text: str) -> list[str]:
    return [location.label for location in REFERENCE.candidates(text)]


def test_the_data_are_complete() -> None:
    assert [region.code for region in REFERENCE.regions] == [f"VR{number:02}" for number in range(1, 26)]
    assert len(REFERENCE.municipalities) == 353
    assert {municipality.region.code for municipality in REFERENCE.municipalities} == CODES


@pytest.mark.plan("S27")
@pytest.mark.parametrize("text", ["7141 AB", "7141ab", "7141"])
def test_a_postcode_leads_to_place_region_and_health_service(text: str) -> None:
    found = REFERENCE.locate(postcode=text)
    assert found is not None
    assert (found.place, found.municipality.name, found.province) == ("Groenlo", "Oost Gelre", "Gelderland")
    assert (found.region, found.ggd, found.municipality.region.name) == (
        "VR06",
        "ggd-vr06",
        "Noord- en Oost-Gelderland",
    )
    assert found.point == Point(239700, 451400)


def test_an_unknown_postcode_leaves_the_place_to_decide() -> None:
    found = REFERENCE.locate(postcode="7140 AA", place="groenlo")
    assert found is not None
    assert (found.place, found.postcode) == ("Groenlo", None)


@pytest.mark.parametrize("name", ["Den Haag", "'s-Gravenhage", "s gravenhage", "The Hague", "Haga", "Хага"])
def test_the_hague_is_found_by_all_its_names(name: str) -> None:
    found = REFERENCE.locate(place=name)
    assert found is not None
    assert (found.place, found.region) == ("Den Haag", "VR15")


@pytest.mark.parametrize(
    ("name", "region"),
    [("Sint Annaparochie", "VR02"), ("Veenwouden", "VR02"), ("Den Bosch", "VR21"), ("Westland", "VR15")],
)
def test_other_spellings_and_municipalities_are_found_too(name: str, region: str) -> None:
    found = REFERENCE.locate(place=name)
    assert found is not None
    assert found.region == region


@pytest.mark.parametrize("name", ["Laren", "Bergen", "Hengelo", "Oosterhout"])
def test_a_shared_name_gives_all_candidates_and_no_location(name: str) -> None:
    assert REFERENCE.locate(place=name) is None
    assert len({found.municipality for found in REFERENCE.candidates(name)}) >= 2


def test_the_municipality_tells_namesakes_apart() -> None:
    found = REFERENCE.locate(place="laren", municipality="gemeente Lochem")
    assert found is not None
    assert (found.label, found.region) == ("Laren, Lochem", "VR06")


def test_a_place_unknown_there_leaves_the_municipality_as_a_whole() -> None:
    found = REFERENCE.locate(place="Nergenshuizen", municipality="Oost Gelre")
    assert found is not None
    assert (found.place, found.label) == (None, "Oost Gelre")


def test_nothing_known_is_no_location() -> None:
    assert REFERENCE.locate() is None
    assert REFERENCE.locate(postcode="48683", place="Ahaus") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Gronlo", "Groenlo, Oost Gelre"), ("amstrdam", "Amsterdam"), ("Гронло", "Groenlo, Oost Gelre")],
)
def test_a_misspelt_name_is_suggested(typed: str, meant: str) -> None:
    assert labels(typed)[0] == meant


def test_the_beginning_of_a_name_is_enough() -> None:
    assert labels("winters")[0] == "Winterswijk"


def test_a_postcode_is_searched_too() -> None:
    assert labels("7141ab") == ["Groenlo, Oost Gelre"]


@pytest.mark.parametrize("text", ["VR02", "vr02", "Fryslân", "Friesland", "fryslan"])
def test_a_region_is_found_by_code_and_name(text: str) -> None:
    found = REFERENCE.region_named(text)
    assert found is not None
    assert found.code == "VR02"


def test_an_unknown_region_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        REFERENCE.region("VR26")


def test_the_real_health_service_of_a_municipality_is_kept() -> None:
    tilburg, breda = REFERENCE.municipality("Tilburg"), REFERENCE.municipality("Breda")
    assert tilburg is not None
    assert breda is not None
    assert tilburg.region.ggd == breda.region.ggd == "ggd-vr20"
    assert (tilburg.ggd_name, breda.ggd_name) == ("Hart voor Brabant", "West-Brabant")


@pytest.mark.plan("S25")
def test_the_task_force_districts_border_on_noord_en_oost_gelderland() -> None:
    assert [district.party for district in REFERENCE.districts_bordering("VR06")] == [
        "kreis-borken",
        "kreis-kleve",
    ]
    borken = REFERENCE.district("kreis-borken")
    assert borken is not None
    assert (borken.country, borken.code) == ("DE", "05554")


def test_every_district_has_a_party_id_and_borders_on_known_regions() -> None:
    for district in REFERENCE.districts:
        assert PARTY.fullmatch(district.party)
        assert set(district.regions) <= CODES


@given(st.sampled_from(REFERENCE.municipalities))
def test_every_municipality_is_found_by_its_own_name(municipality: Municipality) -> None:
    name = municipality.name
    assert REFERENCE.municipality(name) == municipality
    found = REFERENCE.locate(municipality=name.upper())
    assert found is not None
    assert found.municipality == municipality


@given(st.text(max_size=30))
def test_searching_never_fails_and_what_it_finds_can_be_told_apart(text: str) -> None:
    found = REFERENCE.candidates(text)
    assert len({location.label for location in found}) == len(found)
    for location in found:
        assert location == REFERENCE.locate(
            postcode=location.postcode, place=location.place, municipality=location.municipality.name
        )
