"""What enters the platform is stricter than what travels inside it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.bus.message import faults_of
from shared.contracts.reported import ReportedSituation, known_districts
from shared.reference.tables import read_districts
from shared.web.problems import faults_of_model


def situation(
    site: dict[str, Any] | None = None, observations: dict[str, Any] | None = None, homes: Any = ()
) -> ReportedSituation:
    return ReportedSituation.model_validate(
        {"themes": ["work"], "site": site or {}, "observations": observations or {}, "workersLiveIn": homes}
    )


def faulty_fields(**parts: Any) -> list[str]:
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
        ({"site": {"district": "kreis-atlantis"}}, ["site.district"]),
        ({"site": {"district": ["kreis-borken"]}}, ["site.district"]),
        ({"site": {"country": "BE", "district": "kreis-borken"}}, ["site.district"]),
        ({"homes": ["kreis-borken", "kreis-atlantis", "nl"]}, ["workersLiveIn.1", "workersLiveIn.2"]),
    ],
)
def test_what_does_not_fit_is_refused_by_field(parts: dict[str, Any], fields: list[str]) -> None:
    assert faulty_fields(**parts) == fields


@pytest.mark.parametrize(
    "written", [20201023, "1603411200", "2020-10-23T00:00:00", "2020-10-23 ", "23-10-2020", "2020-02-30", True]
)
def test_a_day_of_observation_is_a_day_and_no_moment_or_number(written: object) -> None:
    with pytest.raises(ValidationError) as refused:
        ReportedSituation.model_validate({"themes": ["work"], "observedOn": written})
    assert [field for field, _ in faults_of(refused.value)] == ["observedOn"]


def test_what_was_handed_in_before_days_could_be_said_is_known_again() -> None:
    before = (
        '{"themes":["work"],"sector":null,"site":{"name":null,"postcode":null,"house_number":null,"place":"Venlo",'
        '"municipality":null,"region":null,"country":"NL","district":null,"registration":null},"observations":'
    )
    said = situation({"place": "Venlo"})
    assert said.content().startswith(before)
    assert said.content().endswith('"workers_live_in":[]}')
    dated = said.model_copy(update={"observed_on": date(2020, 10, 23)})
    assert dated.content() == said.content()[:-1] + ',"observed_on":"2020-10-23"}'


@pytest.mark.plan("S25")
@given(st.text(max_size=60) | st.from_regex(r"[a-z][a-z0-9-]{1,40}", fullmatch=True))
def test_only_districts_that_the_reference_data_know_come_in(party: str) -> None:
    known = {district.party for district in read_districts()}
    try:
        assert situation(homes=[party]).workers_live_in == ((party,) if party in known else ())
        assert party in known | {"unknown"}
    except ValidationError as refused:
        assert party not in known | {"unknown"}
        ((field, reason),) = faults_of(refused)
        assert field == "workersLiveIn.0"
        assert reason == f"one of {', '.join([*known_districts(), 'unknown'])}"


@pytest.mark.parametrize("homes", [[], ["unknown"], ["unknown", "unknown"]])
def test_that_it_is_unknown_where_workers_live_may_be_said(homes: list[str]) -> None:
    assert situation(homes=homes).workers_live_in == ()
    assert situation({"district": "unknown"}).site.district is None


@pytest.mark.parametrize(
    ("themes", "expected"),
    [
        (["housing", "housing", "x"], {"themes.1": "twice", "themes.2": "choice"}),
        (
            ["x", "work", "x", "work", "work"],
            {**dict.fromkeys(("themes.0", "themes.2"), "choice"), "themes.3": "twice", "themes.4": "twice"},
        ),
        (["x"] * 20_000, {"themes": "too_many"}),
    ],
)
def test_a_theme_named_twice_is_told_beside_one_that_nobody_knows(themes: list[str], expected: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        ReportedSituation.model_validate({"themes": themes})
    assert {fault.field: fault.code for fault in faults_of_model(refused.value.errors())} == expected


def test_a_district_named_twice_counts_once() -> None:
    assert situation(homes=["kreis-kleve", "unknown", "kreis-kleve"]).workers_live_in == ("kreis-kleve",)


def test_a_district_says_which_country_it_lies_in() -> None:
    site = situation({"district": "prov-liege", "postcode": "4000"}).site
    assert (site.country, site.district, site.postcode) == ("BE", "prov-liege", "4000")


def test_the_description_names_the_districts() -> None:
    schema = ReportedSituation.model_json_schema()
    homes = schema["properties"]["workersLiveIn"]["items"]
    site = schema["$defs"]["ReportedSite"]["properties"]["district"]["anyOf"][0]
    assert homes["enum"] == site["enum"] == [*known_districts(), "unknown"]
