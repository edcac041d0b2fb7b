"""Who coordinates: infections, then borders, then the theme with most points."""

import pytest

from services.planning.domain.coordination import coordination, leading_theme
from services.planning.domain.network import Network
from shared.vocabulary import Sector, Theme
from tests.planning.builders import a_case, without_infections

pytestmark = pytest.mark.plan("S20")


def test_infections_make_it_the_health_service_of_the_region(network: Network) -> None:
    chosen = coordination(a_case(infections=45), network)
    assert chosen.coordinator.id == "ggd-vr06"
    assert chosen.reason == "Er zijn 45 bevestigde besmettingen. Dan coördineert de GGD van de regio."


def test_the_trigger_alone_does_so_too(network: Network) -> None:
    chosen = coordination(without_infections(trigger="drie samenhangende besmettingen"), network)
    assert chosen.coordinator.id == "ggd-vr06"


def test_work_is_coordinated_by_the_labour_inspectorate(network: Network) -> None:
    chosen = coordination(without_infections(sector=Sector.GREENHOUSE), network)
    assert chosen.coordinator.id == "iszw"
    assert "NVWA" not in chosen.reason


def test_in_slaughter_it_does_so_with_the_food_authority(network: Network) -> None:
    chosen = coordination(without_infections(sector=Sector.MEAT), network)
    assert (chosen.coordinator.id, "NVWA" in chosen.reason) == ("iszw", True)


@pytest.mark.parametrize("theme", [Theme.HOUSING, Theme.TRANSPORT])
def test_housing_and_transport_are_coordinated_by_the_safety_region(network: Network, theme: Theme) -> None:
    case = without_infections(themes=(Theme.WORK, theme), points_by_theme={Theme.WORK: 8, theme: 9})
    chosen = coordination(case, network)
    assert chosen.coordinator.id == "vr06"
    assert "(9)" in chosen.reason


def test_equal_points_go_to_work_first() -> None:
    case = without_infections(themes=(Theme.TRANSPORT, Theme.WORK), points_by_theme={})
    assert leading_theme(case) is Theme.WORK


def test_several_regions_are_convened_by_lotc_and_coordinated_where_the_work_site_is(network: Network) -> None:
    chosen = coordination(without_infections(regions=("VR06", "VR07")), network)
    assert chosen.coordinator.id == "vr06"
    assert chosen.convenor is not None
    assert chosen.convenor.id == "lotc"
    assert "2 regio's" in chosen.reason


def test_workers_across_the_border_bring_in_lotc_as_convenor(network: Network) -> None:
    chosen = coordination(without_infections(workers_live_in=("kreis-borken",)), network)
    assert (chosen.coordinator.id, chosen.convenor and chosen.convenor.id) == ("vr06", "lotc")


def test_with_infections_across_the_border_the_work_sites_health_service_coordinates(network: Network) -> None:
    chosen = coordination(a_case(workers_live_in=("kreis-borken",)), network)
    assert (chosen.coordinator.id, chosen.convenor and chosen.convenor.id) == ("ggd-vr06", "lotc")
    assert "over de grens" in chosen.reason


def test_an_unknown_region_leaves_it_with_lotc(network: Network) -> None:
    chosen = coordination(a_case(regions=()), network)
    assert (chosen.coordinator.id, chosen.convenor) == ("lotc", None)


def test_a_map_without_the_party_is_an_error_not_a_guess() -> None:
    with pytest.raises(LookupError):
        coordination(a_case(), Network({}))
