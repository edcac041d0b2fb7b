"""The weights as data: nonsense is refused as a whole, and each fault says where it is."""

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.triage.domain.linkage.model_data import InvalidLinkModel, read_link_model
from services.triage.store import RULESETS, link_model_at

DATA = tomllib.loads((RULESETS / "links-2020-1.toml").read_text(encoding="utf-8"))
Edit = Callable[[dict[str, Any]], object]


def test_version_2020_1_is_read() -> None:
    model = read_link_model(DATA)
    assert (model.version, model.automatic_from, model.suggested_from, model.days) == ("2020.1", 0.95, 0.5, 84)
    assert [block.name for block in model.blocks] == ["registration", "address", "name"]


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (lambda data: data.pop("prior"), "prior: is missing"),
        (lambda data: data.update(prior=1.5), "prior: must lie between 0 and 1"),
        (lambda data: data.update(prior="one"), "prior: must lie between 0 and 1"),
        (lambda data: data.update(weather=1), "weather: no model has this"),
        (lambda data: data.update(suggested_from=0.99), "suggested_from: lies above automatic_from"),
        (lambda data: data.update(days=0), "days: must be a whole number from 1"),
        (lambda data: data.update(blocks=[]), "blocks: there are none"),
        (lambda data: data["blocks"][0].pop("by"), "blocks.registration: by is missing"),
        (lambda data: data["blocks"][0].update(by=[]), "blocks.registration: is made by no field"),
        (lambda data: data["blocks"][0].update(colour="red"), "blocks.registration:"),
        (lambda data: data["blocks"].append(data["blocks"][0]), "blocks.registration: there are two"),
        (
            lambda data: data["comparisons"][1].update(kind="smell"),
            "comparisons.name: no kind of comparison is called smell",
        ),
        (lambda data: data["comparisons"][1].update(fields=["name"]), "comparisons.name: reads 2 fields, not 1"),
        (lambda data: data["comparisons"][1].update(levels=[]), "comparisons.name: has no levels"),
        (lambda data: data["comparisons"][1]["levels"].pop(), "comparisons.name: leaves a hole"),
        (lambda data: data["comparisons"][1]["levels"][0].pop("m"), "comparisons.name: level same: m is missing"),
        (lambda data: data["comparisons"][1]["levels"][0].update(m=0), "comparisons.name.same: m and u must lie"),
        (
            lambda data: data["comparisons"][1]["levels"][0].update(m=0.7),
            "comparisons.name.levels: m adds up to 1.1, not to 1",
        ),
        (
            lambda data: data["comparisons"][1]["levels"][1].update(at_least=0.98),
            "comparisons.name.alike: must ask for less agreement than same",
        ),
        (
            lambda data: data["comparisons"][4]["levels"][0].update(name="nearly"),
            "comparisons.sector: level nearly: there is only other, akin, same",
        ),
        (
            lambda data: data["comparisons"][1].update(unless=["address"]),
            "comparisons.name: unless address, which is not compared before it",
        ),
    ],
)
def test_data_that_do_not_hold_together_are_refused_and_say_where(edit: Edit, fault: str) -> None:
    data = copy.deepcopy(DATA)
    edit(data)
    with pytest.raises(InvalidLinkModel) as refusal:
        read_link_model(data)
    assert any(one.startswith(fault) for one in refusal.value.faults), refusal.value.faults


def test_agreeing_less_may_not_weigh_more() -> None:
    data = copy.deepcopy(DATA)
    name = data["comparisons"][1]["levels"]
    name[0]["m"], name[1]["m"] = name[1]["m"], name[0]["m"]
    with pytest.raises(InvalidLinkModel, match=r"comparisons\.name\.alike: agrees less than same and weighs more"):
        read_link_model(data)


def test_one_fault_does_not_hide_another() -> None:
    data = copy.deepcopy(DATA)
    data["comparisons"][0]["kind"] = "smell"
    data["comparisons"][2]["kind"] = "taste"
    data["prior"] = 0
    with pytest.raises(InvalidLinkModel) as refusal:
        read_link_model(data)
    assert len(refusal.value.faults) == 3


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "links.toml"
    file.write_text("prior = = 1")
    with pytest.raises(InvalidLinkModel, match="is no TOML"):
        link_model_at(str(file))
