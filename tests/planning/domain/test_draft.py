"""The draft: parties with the powers that count here, gaps, and a plan that rests on those powers."""

from datetime import date
from typing import Any

import pytest

from services.planning.domain.draft import Draft, draft
from services.planning.domain.network import Network, Place
from services.planning.start_data import StartData
from shared.situation import Site
from shared.vocabulary import Sector, Theme
from tests.planning.builders import a_case, without_infections

DAY = date(2020, 12, 15)


def drafted(start: StartData, case: Any, day: date = DAY) -> Draft:
    return draft(case, Network.of(start.parties.values()), start.plan_rules, day)


def roles(it: Draft) -> dict[str, str]:
    return {party.party: party.role.value for party in it.parties}


@pytest.mark.plan("S08")
@pytest.mark.plan("S01")
def test_a_meat_plant_brings_together_health_safety_labour_and_food(start: StartData) -> None:
    assert roles(drafted(start, a_case())) == {
        "ggd-vr06": "coordinator",
        "iszw": "participant",
        "nvwa": "participant",
        "vr06": "participant",
    }


@pytest.mark.plan("S01")
def test_housing_brings_in_the_municipality_and_the_police(start: StartData) -> None:
    case = without_infections(themes=(Theme.HOUSING,), points_by_theme={Theme.HOUSING: 20}, sector=None)
    assert roles(drafted(start, case)) == {
        "vr06": "coordinator",
        "ggd-vr06": "participant",
        "gemeente-oost-gelre": "participant",
        "politie": "participant",
    }


@pytest.mark.plan("S01")
def test_transport_brings_in_the_municipality_the_police_and_the_transport_inspectorate(start: StartData) -> None:
    case = without_infections(themes=(Theme.TRANSPORT,), points_by_theme={Theme.TRANSPORT: 12}, sector=None)
    assert set(roles(drafted(start, case))) == {"vr06", "ggd-vr06", "gemeente-oost-gelre", "politie", "ilt"}


def test_a_case_across_regions_brings_in_both_and_lotc_as_convenor(start: StartData) -> None:
    it = drafted(start, a_case(regions=("VR06", "VR07")))
    assert roles(it)["lotc"] == "convenor"
    assert {"ggd-vr06", "ggd-vr07", "vr06", "vr07"} <= set(roles(it))


def test_every_party_has_a_legal_base_for_what_it_may_do(start: StartData) -> None:
    for party in drafted(start, a_case()).parties:
        assert party.competences
        assert all(power.legal_base and power.what for power in party.competences)


@pytest.mark.plan("S01")
def test_housing_in_an_unknown_municipality_is_a_gap_and_work_is_not(start: StartData) -> None:
    somewhere = without_infections(themes=(Theme.WORK, Theme.HOUSING), site=Site(region="VR06"))
    network = Network.of(party for party in start.parties.values() if party.id != "politie")
    assert draft(somewhere, network, start.plan_rules, DAY).gaps == (Theme.HOUSING,)
    assert drafted(start, a_case()).gaps == ()


def test_a_power_over_all_themes_does_not_fill_a_gap(network: Network) -> None:
    only_health = Network({"ggd-vr06": network.parties["ggd-vr06"]})
    assert only_health.gaps([Theme.WORK], None, Place(("VR06",)), DAY) == (Theme.WORK,)


@pytest.mark.plan("S18")
def test_every_step_of_the_plan_rests_on_a_power_its_party_has(start: StartData) -> None:
    everything = a_case(themes=tuple(Theme), regions=("VR06", "VR07"))
    it = drafted(start, everything)
    bases = {party.party: {power.legal_base for power in party.competences} for party in it.parties}
    assert it.plan
    assert all(step.legal_base in bases[step.party] for step in it.plan)


@pytest.mark.plan("S18")
def test_every_party_that_goes_has_something_to_do(start: StartData) -> None:
    for themes in [(Theme.WORK,), (Theme.HOUSING,), (Theme.TRANSPORT,), tuple(Theme)]:
        for sector in [None, *Sector]:
            it = drafted(start, without_infections(themes=themes, sector=sector, points_by_theme={}))
            busy = {step.party for step in it.plan}
            assert busy == {party.party for party in it.parties}


@pytest.mark.plan("S18")
def test_the_plan_follows_the_sector_and_the_infections(start: StartData) -> None:
    def said(case: Any) -> str:
        return " ".join(step.what for step in drafted(start, case).plan)

    assert "slachten" in said(a_case(sector=Sector.MEAT))
    assert "slachten" not in said(a_case(sector=Sector.GREENHOUSE))
    assert "contactonderzoek" in said(a_case())
    assert "contactonderzoek" not in said(without_infections())


@pytest.mark.plan("S18")
def test_the_plan_follows_the_powers_of_the_day(start: StartData) -> None:
    stop = "stilgelegd"
    assert stop in str(drafted(start, a_case(), date(2020, 12, 1)).plan)
    assert stop not in str(drafted(start, a_case(), date(2020, 11, 30)).plan)
