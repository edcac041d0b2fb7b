"""The command `brandmeester triage backtest`: past cases through another ruleset."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from deploy.cli import app
from services.triage.store import RULESETS

CASES: list[dict[str, Any]] = [
    {"id": "plant", "facts": {"sector": "meat", "people_exposed": 657, "tested": 212, "positive": 45}, "found": True},
    {
        "id": "vans",
        "facts": {
            "sector": "meat",
            "people_exposed": 500,
            "distance_not_kept": True,
            "van_mixed_households": True,
        },
        "found": False,
    },
    {"id": "office", "facts": {"sector": "office", "people_exposed": 40}, "found": True},
    {"id": "unseen", "facts": {}},
]


def run(folder: Path, cases: list[dict[str, Any]], rules: str) -> Result:
    file, other = folder / "cases.jsonl", folder / "other.toml"
    file.write_text("\n".join(json.dumps(case) for case in cases))
    other.write_text(rules, encoding="utf-8")
    return CliRunner().invoke(app, ["triage", "backtest", str(file), "--against", str(other)])


def shipped() -> str:
    return (RULESETS / "ruleset-2020-1.toml").read_text(encoding="utf-8")


@pytest.mark.plan("S22")
def test_it_says_which_cases_change_and_how_well_either_foretold_what_was_found(tmp_path: Path) -> None:
    rules = shipped().replace("likelihood_from = [0, 15, 30, 50]", "likelihood_from = [0, 15, 31, 50]")
    result = run(tmp_path, CASES, rules.replace('version = "2020.1"', 'version = "2020.2"'))
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["cases"], report["visited"], report["changed"]) == (4, 3, 1)
    assert report["changes"] == [{"id": "vans", "before": "high", "after": "moderate"}]
    before, after = report["rulesets"]
    assert (before["ruleset"], before["precision"], before["recall"]) == ("2020.1", 0.5, 0.5)
    assert (after["ruleset"], after["precision"], after["recall"]) == ("2020.2", 1.0, 0.5)
    assert before["calibration"]["high"] == {"visited": 1, "found": 0, "share": 0.0}
    assert after["calibration"]["high"] == {"visited": 0, "found": 0, "share": None}


def test_nothing_to_replay_is_no_error(tmp_path: Path) -> None:
    report = json.loads(run(tmp_path, [], shipped()).stdout)
    assert (report["cases"], report["rulesets"][0]["precision"]) == (0, None)


def test_every_line_that_is_wrong_is_named(tmp_path: Path) -> None:
    result = run(tmp_path, [{"id": "a", "facts": {"infections": -1}}, {"facts": {"moon": 1}}], shipped())
    assert result.exit_code == 2
    for fault in ("line 1: facts.infections", "line 2: id", "line 2: facts.moon: no grade may rest on this"):
        assert fault in result.stderr


def test_the_file_in_the_guide_is_one_that_can_be_replayed(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "how-to" / "work-on-cases.md").read_text(encoding="utf-8")
    block = guide.partition("```json\n")[2].partition("```")[0]
    report = json.loads(run(tmp_path, [json.loads(line) for line in block.splitlines()], shipped()).stdout)
    assert (report["cases"], report["visited"]) == (2, 1)
