"""`brandmeester triage grade`: what a situation is graded as, and why, for a file with its facts."""

import json
import sys
from codecs import BOM_UTF8
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from deploy.triage.answer import GradeAnswer, answer_to
from services.triage.domain.ruleset import Ruleset
from services.triage.domain.ruleset_faults import InvalidRuleset
from services.triage.store import load_rulebook, ruleset_at
from services.triage.use_cases.reading import BadFacts, facts_schema, facts_told
from shared.calendar import day_of

RulesetOption = Annotated[
    str, typer.Option("--ruleset", help="a version that is shipped, or a TOML file; what holds today if not given")
]

MOST_BYTES_OF_FACTS = 1 << 20


def grade(
    facts: Annotated[str, typer.Argument(metavar="FACTS.json", help="the facts; - reads them from the input")] = "",
    schema: Annotated[
        bool,
        typer.Option("--schema", help="print the JSON Schema of the facts instead, with unit and range"),
    ] = False,
    answer_schema: Annotated[
        bool, typer.Option("--answer-schema", help="print the JSON Schema of the answer instead")
    ] = False,
    ruleset: RulesetOption = "",
) -> None:
    """Print the grade of the facts with its whole explanation, as JSON. What is left out is unknown.

    FACTS.json is one object, such as {"sector": "meat", "people_exposed": 657, "tested": 212, "positive": 45}.
    In the answer, `grade` is what holds and `by_matrix` what it was before unknowns and before the trigger.
    """
    if schema or answer_schema:
        _print(facts_schema() if schema else GradeAnswer.model_json_schema())
        return
    if not facts:
        refuse(["FACTS.json: name a file, or ask for --schema or --answer-schema"])
    rules = rules_or_refuse(ruleset)
    try:
        told = facts_told(read_or_refuse(facts, MOST_BYTES_OF_FACTS))
    except BadFacts as bad:
        refuse(bad.faults)
    _print(answer_to(told, rules).model_dump(mode="json"))


def rules_or_refuse(ruleset: str) -> Ruleset:
    """The rules of that version or file, or those that hold today; a person reads all that is wrong with them."""
    try:
        return ruleset_at(ruleset) if ruleset else load_rulebook().at(day_of(datetime.now(UTC)), None)
    except InvalidRuleset as invalid:
        refuse([f"ruleset {fault}" for fault in invalid.faults])
    except OSError:
        refuse(["ruleset: there is no such version or file"])


def read_or_refuse(file: str, most: int) -> bytes:
    """What is in a file, or comes in when the file is called `-`; at most so many bytes, without the mark of UTF-8."""
    try:
        if file == "-":
            content = sys.stdin.buffer.read(most + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(most + 1)
    except OSError as error:
        refuse([f"{file}: {(error.strerror or 'cannot be read').lower()}"])
    if len(content) > most:
        refuse([f"{file}: larger than {most >> 20} MB"])
    return content.removeprefix(BOM_UTF8)


def refuse(faults: Sequence[str]) -> NoReturn:
    """Say everything that is wrong at once, and end with 2."""
    for fault in faults:
        typer.echo(f"✗ {fault}", err=True)
    raise typer.Exit(2)


def _print(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
