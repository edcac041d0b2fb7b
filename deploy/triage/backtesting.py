"""`brandmeester triage backtest`: past cases through another ruleset, held against what visits found."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from deploy.triage.grading import read_or_refuse, refuse, rules_or_refuse
from services.triage.domain.backtest import Graded, PastCase, Score, changes, replayed, score
from services.triage.domain.ruleset import Ruleset
from services.triage.use_cases.reading import BadFacts, past_case_from


def backtest(
    cases: Annotated[str, typer.Argument(metavar="CASES.jsonl", help="one case a line; - reads the input")],
    against: Annotated[str, typer.Option(help="the other ruleset: a version that is shipped, or a TOML file")],
    ruleset: Annotated[str, typer.Option(help="the ruleset to compare with")] = "2020-1",
) -> None:
    """Print as JSON which cases another ruleset grades otherwise, and how well either agrees with what visits found.

    A line is {"id": …, "facts": {…as for grade…}, "found": true, false or left out}; `found` says whether a visit
    found an outbreak. A grade of high or critical is taken as foretelling one.
    """
    before, after = rules_or_refuse(ruleset), rules_or_refuse(against)
    past = _cases(cases, before)
    shown = track(past, "Replaying", console=Console(stderr=True), disable=len(past) == 0)
    graded = [replayed(case, before, after) for case in shown]
    typer.echo(json.dumps(_report(graded, before, after), ensure_ascii=False, indent=2))


def _cases(file: str, rules: Ruleset) -> list[PastCase]:
    faults: list[str] = []
    found: list[PastCase] = []
    for number, line in enumerate(read_or_refuse(file).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(past_case_from(line, rules))
        except BadFacts as bad:
            faults.extend(f"line {number}: {fault}" for fault in bad.faults)
    if faults:
        refuse(faults)
    return found


def _report(graded: Sequence[Graded], before: Ruleset, after: Ruleset) -> dict[str, Any]:
    moved = changes(graded)
    return {
        "cases": len(graded),
        "visited": sum(one.case.found is not None for one in graded),
        "changed": len(moved),
        "rulesets": [
            {"ruleset": before.version, **_told(score([(one.before, one.case.found) for one in graded]))},
            {"ruleset": after.version, **_told(score([(one.after, one.case.found) for one in graded]))},
        ],
        "changes": [asdict(change) for change in moved],
    }


def _told(given: Score) -> dict[str, Any]:
    return {
        "precision": given.precision,
        "recall": given.recall,
        "calibration": {
            grade.value: {**asdict(of_grade), "share": of_grade.share} for grade, of_grade in given.calibration.items()
        },
    }
