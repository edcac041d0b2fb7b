"""What enters the platform is stricter than what travels inside it."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.bus.message import faults_of
from shared.contracts.reported import ReportedSituation


def situation(site: dict[str, Any] | None = None, observations: dict[str, Any] | None = None) -> ReportedSituation:
    return ReportedSituation.model_validate(
        {"themes": ["work"], "site": site or {}, "observations": observations or {}}
    )


def faulty_fields(**parts: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        situation(**parts)
    return [field for field, _ in faults_of(refused.value)]


def test_postcodes_and_house_numbers_get_their_normal_form() -> None:
    site = situation({"postcode": "7141 ab", "houseNumber": "12 A"}).site
    assert (site.postcode, site.house_number) == ("7141AB", "12a")


def test_a_foreign_postcode_stays_as_it_is() -> None:
    assert situation({"postcode": "48683", "country": "DE"}).site.postcode == "48683"


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"site": {"postcode": "71", "houseNumber": "x"}}, ["site.houseNumber"]),
        ({"site": {"postcode": "71"}}, ["site"]),
        ({"site": {"remarks": "vrije tekst"}}, ["site.remarks"]),
        ({"observations": {"tested": 3, "positive": 4}}, ["observations.positive"]),
        ({"observations": {"vansChecked": 3, "vansInBreach": 4}}, ["observations.vansInBreach"]),
        ({"observations": {"note": "vrije tekst"}}, ["observations.note"]),
    ],
)
def test_what_does_not_fit_is_refused_by_field(parts: dict[str, Any], fields: list[str]) -> None:
    assert faulty_fields(**parts) == fields
