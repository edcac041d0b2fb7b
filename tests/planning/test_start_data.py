"""The start data: who is on the network map, with whom on duty, and which powers they have."""

import re
from datetime import date

import pytest

from services.planning.domain.network import ContactRole, Network, Selection
from services.planning.start_data import StartData, municipality_party
from shared.vocabulary import PartyKind, Sector, Theme

NOVEMBER, DECEMBER = date(2020, 11, 30), date(2020, 12, 1)


@pytest.mark.plan("S14")
def test_the_six_member_entities_take_part_with_substitutes(start: StartData) -> None:
    members = [party for party in start.parties.values() if party.member]
    assert {party.kind for party in members} == {
        PartyKind.LABOUR_INSPECTORATE,
        PartyKind.FOOD_AUTHORITY,
        PartyKind.HEALTH_SERVICE,
        PartyKind.HEALTH_INSTITUTE,
        PartyKind.SAFETY_REGION,
        PartyKind.NATIONAL_TEAM,
    }
    for party in members:
        assert [contact.role for contact in party.contacts] == [ContactRole.MEMBER, ContactRole.SUBSTITUTE]


@pytest.mark.plan("S11")
def test_every_region_has_its_safety_region_and_health_service_and_every_municipality_is_a_party(
    start: StartData,
) -> None:
    kinds = [party.kind for party in start.parties.values()]
    assert kinds.count(PartyKind.SAFETY_REGION) == kinds.count(PartyKind.HEALTH_SERVICE) == 25
    assert kinds.count(PartyKind.MUNICIPALITY) > 350
    assert start.parties["gemeente-oost-gelre"].region == "VR06"
    assert start.parties["ggd-vr06"].name == "GGD Noord- en Oost-Gelderland"


@pytest.mark.plan("S11")
def test_somebody_is_on_duty_at_every_party_and_addresses_lead_nowhere_real(start: StartData) -> None:
    for party in start.parties.values():
        assert party.on_duty is not None
        assert all(contact.email.endswith(".example") for contact in party.contacts)
        assert all(contact.email.isascii() for contact in party.contacts)


def test_party_ids_are_fit_for_a_topic_name(start: StartData) -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{1,40}", id_) for id_ in start.parties)


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("Oost Gelre", "gemeente-oost-gelre"),
        ("'s-Gravenhage", "gemeente-s-gravenhage"),
        ("Súdwest-Fryslân", "gemeente-sudwest-fryslan"),
        ("Bergen (L.)", "gemeente-bergen-l"),
    ],
)
def test_a_municipality_gets_a_plain_party_id(name: str, party: str) -> None:
    assert municipality_party(name) == party


@pytest.mark.plan("S11")
def test_powers_begin_and_end_on_their_day(network: Network) -> None:
    inspectorate, police = network.parties["iszw"], network.parties["politie"]

    def bases(party_powers: tuple[object, ...]) -> str:
        return " ".join(str(power) for power in party_powers)

    assert "art. 28 lid 7" not in bases(inspectorate.powers([Theme.WORK], None, NOVEMBER))
    assert "art. 28 lid 7" in bases(inspectorate.powers([Theme.WORK], None, DECEMBER))
    assert "noodverordening" in bases(police.powers([Theme.TRANSPORT], None, NOVEMBER))
    assert "noodverordening" not in bases(police.powers([Theme.TRANSPORT], None, DECEMBER))
    assert "hoofdstuk Va" in bases(police.powers([Theme.TRANSPORT], None, DECEMBER))


@pytest.mark.plan("S11")
def test_the_map_can_be_searched_by_theme_sector_and_region(network: Network) -> None:
    found = Selection(theme=Theme.WORK, sector=Sector.MEAT, region="VR06").of(network, DECEMBER)
    assert [party.id for party in found if party.kind is not PartyKind.MUNICIPALITY] == [
        "iszw",
        "nvwa",
        "rivm",
        "lotc",
        "ggd-vr06",
        "vr06",
    ]
    assert not [party for party in found if party.kind is PartyKind.MUNICIPALITY]
    assert [party.id for party in Selection(text="OOST GELRE").of(network, DECEMBER)] == ["gemeente-oost-gelre"]


@pytest.mark.parametrize("typed", ["súdwest-fryslân", "Sudwest Fryslan", "fryslan sudwest", "dwest-Frys"])
def test_a_name_with_marks_is_found_as_it_is_typed(network: Network, typed: str) -> None:
    assert "gemeente-sudwest-fryslan" in [party.id for party in Selection(text=typed).of(network, DECEMBER)]


def test_signs_alone_find_no_party(network: Network) -> None:
    assert not Selection(text="?!").of(network, DECEMBER)
