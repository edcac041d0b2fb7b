"""`brandmeester triage backtest`: past cases through another ruleset, held against what visits found."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, track

from deploy.local.description import Description, NotRunning
from deploy.local.files import data_folder
from deploy.triage.grading import RulesetOption, read_or_refuse, refuse, rules_or_refuse
from services.triage.domain.backtest import Score, Tally, replayed, replayed_from_store
from services.triage.domain.ruleset import Rules, Ruleset
from services.triage.store import PastCases, load_rulebook
from services.triage.use_cases.reading import BadCases, past_cases_from
from shared.mongo import Database

PIECE = 200
MOST_BYTES = 256 << 20


def backtest(
    against: Annotated[str, typer.Option(help="the other ruleset: a version that is shipped, or a TOML file")],
    cases: Annotated[
        str,
        typer.Argument(
            metavar="[CASES.jsonl]", help="one case a line; - reads the input; all cases of the platform if not given"
        ),
    ] = "",
    ruleset: RulesetOption = "",
) -> None:
    """Print as JSON which cases another ruleset grades otherwise, and how well either agrees with what visits found.

    A line is {"id": …, "facts": {…as for grade…}, "found": true, false or left out}; `found` says whether a visit
    found an outbreak. A grade of high or critical is taken as foretelling one.

    Without a file all cases of the platform on this machine are replayed, each against the rules of its day if no
    ruleset is named. Then a visit counts as a find when its report names an infringement, and of a visited case only
    what was known before the visit is graded.
    """
    after = rules_or_refuse(against)
    if cases:
        before = rules_or_refuse(ruleset)
        _print(_of_file(cases, before, after), before.version, after)
    else:
        rules: Rules = rules_or_refuse(ruleset) if ruleset else load_rulebook()
        _print(asyncio.run(_of_platform(rules, after)), ruleset or "the rules of each day", after)


def _of_file(file: str, before: Ruleset, after: Ruleset) -> Tally:
    try:
        past = past_cases_from(read_or_refuse(file, MOST_BYTES), before)
    except BadCases as bad:
        refuse([f"line {number}: {fault}" for number, line in bad.lines for fault in line.faults])
    tally = Tally()
    shown = track(past, "Replaying", console=Console(stderr=True), disable=len(past) == 0)
    tally.add(replayed(case, before, after) for case in shown)
    return tally


async def _of_platform(before: Rules, after: Ruleset) -> Tally:
    try:
        platform = Description.read(data_folder())
    except NotRunning as reason:
        refuse([str(reason)])
    database, tally = Database(platform.mongo, "triage", []), Tally()
    try:
        past = PastCases(database)
        with Progress(console=Console(stderr=True)) as shown:
            bar = shown.add_task("Replaying", total=await past.count())
            async for piece in past.pieces(PIECE):
                tally.add(replayed_from_store(case, before, after) for case in piece)
                shown.advance(bar, len(piece))
    finally:
        await database.stop()
    return tally


def _print(tally: Tally, before: str, after: Ruleset) -> None:
    scores = tally.scores()
    report = {
        "cases": tally.cases,
        "visited": tally.looked_at,
        "changed": tally.changed,
        "rulesets": [{"ruleset": before, **_told(scores[0])}, {"ruleset": after.version, **_told(scores[1])}],
        "changes": list(_changes(tally)),
    }
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))


def _changes(tally: Tally) -> Iterable[dict[str, Any]]:
    for one in tally.changes():
        number = {"number": one.label} if one.label != one.id else {}
        yield {"id": one.id, **number, "before": one.before, "after": one.after}


def _told(given: Score) -> dict[str, Any]:
    return {
        "precision": given.precision,
        "recall": given.recall,
        "calibration": {
            grade.value: {**asdict(of_grade), "share": of_grade.share} for grade, of_grade in given.calibration.items()
        },
    }
