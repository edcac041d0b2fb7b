"""Which signals are about the same site."""

from datetime import timedelta

import pytest

from services.triage.domain.linking import block_key, still_open_for
from shared.situation import Site
from tests.triage.builders import NOON


@pytest.mark.parametrize(
    ("postcode", "house_number"),
    [("7141AB", "12"), ("7141 ab", "12"), (" 7141ab ", " 12 "), ("7141-AB", "012")],
)
def test_one_address_written_differently_is_one_block(postcode: str, house_number: str) -> None:
    assert block_key(Site(postcode=postcode, house_number=house_number)) == "nl/7141AB/12"


@pytest.mark.parametrize("house_number", ["12a", "12 A", "12-a", "12/A"])
def test_an_addition_is_part_of_the_address_however_it_is_written(house_number: str) -> None:
    assert block_key(Site(postcode="7141AB", house_number=house_number)) == "nl/7141AB/12a"


def test_neighbours_and_ranges_are_addresses_of_their_own() -> None:
    keys = {block_key(Site(postcode="7141AB", house_number=number)) for number in ("12", "12a", "12b", "12-14", "1214")}
    assert len(keys) == 5


@pytest.mark.parametrize(
    "site",
    [
        Site(),
        Site(postcode="7141AB"),
        Site(house_number="12"),
        Site(postcode="7141", house_number="12"),
        Site(postcode="ABCDEF", house_number="12"),
        Site(postcode="7141AB", house_number="onbekend"),
        Site(postcode="46325", house_number="12", country="DE"),
        Site(postcode="7141AB", house_number="12", country="DE"),
    ],
)
def test_an_address_that_is_not_fully_known_makes_no_block(site: Site) -> None:
    assert block_key(site) is None


def test_after_twelve_weeks_of_silence_a_signal_is_about_something_new() -> None:
    assert still_open_for(NOON, NOON + timedelta(days=84), 84)
    assert not still_open_for(NOON, NOON + timedelta(days=84, minutes=15), 84)
    assert still_open_for(NOON, NOON - timedelta(days=3), 84)
