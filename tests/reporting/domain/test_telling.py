"""What a partner may be told: where exactly only within the region, times by the hour, ids that repeat."""

from datetime import UTC, datetime

import pytest

from services.reporting.domain.identity import report_id, report_number
from services.reporting.domain.telling import SiteTold, site_told, whole_hour
from tests.reporting.builders import INTERVENTION, NOON, visit


def test_a_party_of_the_region_is_told_the_place() -> None:
    expected = SiteTold("Vleesbedrijf De Voorbeeldhoeve", "7141DC", "Groenlo", "Oost Gelre", "VR06")
    assert site_told(visit(), "VR06") == expected


@pytest.mark.parametrize("region", ["VR23", None])
def test_others_and_national_parties_are_told_three_digits_and_the_municipality(region: str | None) -> None:
    assert site_told(visit(), region) == SiteTold(None, "714", None, "Oost Gelre", "VR06")


def test_of_a_visit_without_region_nobody_is_told_the_place() -> None:
    assert site_told(visit(region=None), None).postcode == "714"


def test_times_are_rounded_down_to_the_hour() -> None:
    assert whole_hour(NOON) == datetime(2020, 6, 20, 12, tzinfo=UTC)


def test_a_rebuild_repeats_ids_and_numbers() -> None:
    assert report_id(INTERVENTION) == report_id(INTERVENTION)
    assert report_number(report_id(INTERVENTION), 2020) == report_number(report_id(INTERVENTION), 2020)
    assert len(report_number(report_id(INTERVENTION), 2020)) == len("R-2020-9D2FA")
