"""The command `brandmeester triage grade`, as somebody with facts in a file uses it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from deploy.cli import app
from services.triage.store import RULESETS


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["triage", "grade", *map(str, words)])


def graded(folder: Path, **facts: Any) -> dict[str, Any]:
    file = folder / "facts.json"
    file.write_text(json.dumps(facts))
    result = run(file)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.mark.plan("S22")
@pytest.mark.parametrize(
    ("facts", "grade", "points"),
    [
        ({"sector": "meat", "people_exposed": 657, "tested": 212, "positive": 45}, "critical", 30),
        (
            {"sector": "meat", "people_exposed": 500, "distance_not_kept": True, "van_mixed_households": True},
            "high",
            30,
        ),
        (
            {"sector": "greenhouse", "people_exposed": 100, "distance_not_kept": True, "shared_breaks": True},
            "moderate",
            23,
        ),
        ({"sector": "office", "people_exposed": 40}, "low", 0),
        ({"sector": "outdoor", "people_exposed": 20, "infections": 3, "tested": 20}, "high", 23),
        ({"sector": "outdoor", "people_exposed": 20, "infections": 3, "tested": 20, "positive": 3}, "high", 23),
        ({"sector": "outdoor", "people_exposed": 20, "tested": 10, "positive": 3}, "critical", 23),
    ],
)
def test_the_worked_examples_come_out_as_written(
    tmp_path: Path, facts: dict[str, Any], grade: str, points: int
) -> None:
    answer = graded(tmp_path, **facts)
    assert (answer["grade"], answer["points"]) == (grade, points)
    assert answer["ruleset"] == "2020.1"
    assert answer["summary"] and len(answer["input_hash"]) == 64


@pytest.mark.parametrize(
    ("given", "rests_on"),
    [
        ({"positive": 45, "tested": 212}, {"positive": 45}),
        ({"infections": 45}, {"infections": 45}),
        ({"infections": 2, "positive": 45}, {"positive": 45}),
        ({"infections": 46, "positive": 45}, {"infections": 46}),
        ({"infections": 45, "positive": 45}, {"infections": 45, "positive": 45}),
    ],
)
def test_each_factor_names_the_facts_that_were_given(
    tmp_path: Path, given: dict[str, int], rests_on: dict[str, int]
) -> None:
    assert graded(tmp_path, **given)["factors"][0]["rests_on"] == rests_on


def test_the_grade_of_the_matrix_and_the_share_stand_beside_the_grade(tmp_path: Path) -> None:
    answer = graded(tmp_path, sector="meat", people_exposed=657, tested=212, positive=45)
    assert (answer["by_matrix"], answer["grade"]) == ("high", "critical")
    assert round(answer["positive_share_lower_bound"], 3) == 0.163
    assert answer["conflicts"] == []


def test_more_positives_than_tests_are_told_and_graded_without_a_share(tmp_path: Path) -> None:
    answer = graded(tmp_path, sector="outdoor", people_exposed=20, tested=10, positive=12)
    assert (answer["grade"], answer["positive_share_lower_bound"]) == ("high", None)
    assert len(answer["conflicts"]) == 1
    assert "positief (12)" in answer["conflicts"][0]
    assert "getest (10)" in answer["conflicts"][0]


def test_nothing_known_is_graded_too_and_a_known_zero_is_no_factor(tmp_path: Path) -> None:
    nothing = graded(tmp_path)
    assert (nothing["grade"], nothing["impact"], nothing["impact_assumed"]) == ("low", 2, True)
    assert graded(tmp_path, infections=0, people_with_symptoms=0, distance_not_kept=None)["factors"] == []


def test_every_fault_is_named_at_once_and_no_value_repeated(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text('{"infections": -1, "nationality": "secret", "sector": "moon", "shared_breaks": "sometimes"}')
    result = run(file)
    assert result.exit_code == 2
    for name in ("infections", "nationality: no grade may rest on this", "sector", "shared_breaks"):
        assert name in result.stderr
    assert "secret" not in result.output


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"infections": 3, "sector": "meat", "infections": 0}', "infections: is given twice"),
        ('{"positive": 45, "positive": 45}', "positive: is given twice"),
        ('{"infections": 0, "confirmed_infections": 9}', "confirmed_infections: is given twice"),
        ('{"moon": {"a": 1, "a": 2}}', "moon.a: is given twice"),
    ],
)
def test_a_fact_given_twice_is_refused_by_its_name(tmp_path: Path, text: str, name: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(text)
    result = run(file)
    assert (result.exit_code, name in result.stderr) == (2, True), result.stderr
    assert "no grade may rest on this" not in result.stderr or "moon" in text


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "3", '{"infections": ' + "9" * 9000 + "}"])
def test_what_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(text)
    assert run(file).exit_code == 2


def test_a_byte_order_mark_is_no_fact_and_a_file_without_end_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes(b'\xef\xbb\xbf{"sector": "office"}')
    assert json.loads(run(file).stdout)["grade"] == "low"
    for endless in (run("/dev/zero"), CliRunner().invoke(app, ["triage", "grade", "-"], input=" " * (2 << 20))):
        assert (endless.exit_code, "larger than 1 MB" in endless.stderr) == (2, True)
    file.write_text("[" * 100_000)
    assert run(file).exit_code == 2


def test_a_missing_file_and_an_unknown_ruleset_are_refused(tmp_path: Path) -> None:
    assert run(tmp_path / "none.json").exit_code == 2
    assert run().exit_code == 2
    file = tmp_path / "facts.json"
    file.write_text("{}")
    assert run(file, "--ruleset", "1999-1").exit_code == 2


def test_a_ruleset_that_does_not_hold_together_says_everything_that_is_wrong(tmp_path: Path) -> None:
    rules = (RULESETS / "ruleset-2020-1.toml").read_text(encoding="utf-8")
    rules = rules.replace('inputs = ["sick_people_at_work"]', 'inputs = ["moon_phase"]')
    file, facts = tmp_path / "mine.toml", tmp_path / "facts.json"
    file.write_text(rules.replace('kind = "sector"', 'kind = "feeling"'), encoding="utf-8")
    facts.write_text("{}")
    result = run(facts, "--ruleset", file)
    assert result.exit_code == 2
    assert "factors.sick_at_work: moon_phase is not among the inputs" in result.stderr
    assert "factors.sector.kind: must be one of yes, at_least, over, under, sector" in result.stderr


def test_the_schemas_describe_every_field_of_facts_and_answer(tmp_path: Path) -> None:
    facts, answer = (json.loads(run(option).stdout) for option in ("--schema", "--answer-schema"))
    assert facts["additionalProperties"] is False
    assert "required" not in facts
    for name, field in facts["properties"].items():
        assert "left out or null: " in field["description"], name
    assert set(graded(tmp_path)) == set(answer["properties"])
    factor = answer["$defs"]["FactorAnswer"]["properties"]
    assert "null: " in factor["valid_from"]["description"]
    assert all("description" in field for field in (*factor.values(), *answer["properties"].values()))
