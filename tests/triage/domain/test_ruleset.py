"""The ruleset as data: what it says, and that nonsense is refused as a whole."""

import copy
import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from services.triage.domain.facts import GradingFacts
from services.triage.domain.ruleset_faults import InvalidRuleset
from services.triage.store import RULESETS
from services.triage.store.ruleset_file import read_ruleset
from shared.vocabulary import Grade, Sector
from tests.triage.builders import HOUSING, RULES, TRANSPORT, WORK

DATA = tomllib.loads((RULESETS / "ruleset-2020-1.toml").read_text(encoding="utf-8"))
Edit = Callable[[dict[str, Any]], None]


def test_version_2020_1_is_read() -> None:
    assert RULES.version == "2020.1"
    assert RULES.high_risk_sectors == {Sector.MEAT, Sector.FOOD}
    assert RULES.likelihood_from == (0, 15, 30, 50)
    assert RULES.impact_from == (0, 50, 250)


def test_the_matrix_is_the_published_one() -> None:
    low, moderate, high, critical = Grade
    assert RULES.matrix == (
        (low, low, moderate),
        (low, moderate, moderate),
        (moderate, high, high),
        (high, high, critical),
    )


def test_every_likelihood_fact_is_used_by_some_factor() -> None:
    not_likelihood = {"themes", "people_exposed", "linked_sites", "tested", "positive", "cluster_recurrence_days"}
    assert set(RULES.inputs) == {field.name for field in fields(GradingFacts)} - not_likelihood


@pytest.mark.parametrize(("theme", "count"), [(WORK, 9), (HOUSING, 8), (TRANSPORT, 6)])
def test_each_theme_has_its_own_inputs_and_the_common_ones(theme: Any, count: int) -> None:
    assert len(RULES.inputs_of([theme])) == count


def test_every_factor_names_its_source() -> None:
    assert all(factor.source for factor in RULES.factors)
    assert all("beleidsnorm" in f.source.lower() for f in RULES.factors if f.theme in (HOUSING, TRANSPORT))


def _falling_matrix(data: dict[str, Any]) -> None:
    data["matrix"][3] = ["low", "low", "low"]


def _short_matrix(data: dict[str, Any]) -> None:
    data["matrix"].pop()


def _falling_bands(data: dict[str, Any]) -> None:
    data["likelihood_from"] = [0, 30, 15, 50]


def _forbidden_input(data: dict[str, Any]) -> None:
    data["inputs"]["nationality"] = {"asks": "welke nationaliteit", "gone": "-"}
    data["factors"].append(
        {
            "id": "nationality",
            "kind": "yes",
            "inputs": ["nationality"],
            "points": 5,
            "because": "-",
            "short": "-",
            "source": "-",
        }
    )


def _negative_points(data: dict[str, Any]) -> None:
    data["factors"][2]["points"] = -12


def _two_alike(data: dict[str, Any]) -> None:
    data["factors"].append(data["factors"][2])


def _unused_input(data: dict[str, Any]) -> None:
    data["factors"] = [factor for factor in data["factors"] if factor["id"] != "no_room_to_isolate"]


def _falling_steps(data: dict[str, Any]) -> None:
    data["factors"][1]["steps"].reverse()


def _unknown_grade(data: dict[str, Any]) -> None:
    data["trigger"]["at_least"] = "terrible"


def _unknown_kind(data: dict[str, Any]) -> None:
    data["factors"][0]["kind"] = "feeling"


def _missing_part(data: dict[str, Any]) -> None:
    del data["unknowns"]


def _hole_in_bands(data: dict[str, Any]) -> None:
    data["impact_from"] = [10, 50, 250]


def _unknown_input(data: dict[str, Any]) -> None:
    data["factors"][2]["inputs"] = ["moon_phase"]


def _unknown_part(data: dict[str, Any]) -> None:
    data["moon"] = 1


def _ends_before_it_begins(data: dict[str, Any]) -> None:
    data["valid_until"] = date(2020, 6, 30)


def _unknown_region(data: dict[str, Any]) -> None:
    data["regions"] = ["VR06", "VR26"]


def _idle_cluster(data: dict[str, Any]) -> None:
    data["cluster"] = {"recurrence_days": 100, "rule": "-", "source": "-"}


def _cluster_without_band(data: dict[str, Any]) -> None:
    data["cluster"] = {"recurrence_days": 0, "rule": "-", "source": "-", "impact_at_least": 4}


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (_falling_matrix, "matrix: a grade may not fall"),
        (_short_matrix, "matrix: must have a row"),
        (_falling_bands, "likelihood_from: must rise, the band from 15 overlaps"),
        (_hole_in_bands, "impact_from: leaves a hole"),
        (_unknown_input, "factors.sick_at_work: moon_phase is not among the inputs"),
        (_unknown_part, "moon: no ruleset has this"),
        (_forbidden_input, "inputs.nationality: no grade may rest on this"),
        (_negative_points, "points must be positive"),
        (_two_alike, "factors.sick_at_work: there are two"),
        (_unused_input, "inputs.no_room_to_isolate: no factor uses it"),
        (_falling_steps, "factors.symptoms: its steps must rise"),
        (_unknown_grade, "trigger.at_least: must be one of low, moderate, high, critical"),
        (_unknown_kind, "factors.infections.kind: must be one of yes, at_least, over, under, sector"),
        (_missing_part, "unknowns: is missing"),
        (_ends_before_it_begins, "valid_until: lies before valid_from"),
        (_unknown_region, "regions: VR26 is no safety region"),
        (_idle_cluster, "cluster: must say impact_at_least, at_least or both"),
        (_cluster_without_band, "cluster.impact_at_least: not a band; cluster.recurrence_days: must be at least 1"),
    ],
)
def test_nonsense_is_refused_and_named(edit: Edit, fault: str) -> None:
    data = copy.deepcopy(DATA)
    edit(data)
    with pytest.raises(InvalidRuleset, match=fault):
        read_ruleset(data)
