"""`brandmeester triage rulesets`: which rules hold when and where, and whether they fit together."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.triage.grading import refuse
from services.triage.domain.ruleset_faults import InvalidRuleset
from services.triage.store import RULESETS, load_rulebook


def rulesets(
    folder: Annotated[Path, typer.Argument(help="a folder with ruleset-*.toml", show_default=False)] = RULESETS,
) -> None:
    """Print version,valid_from,valid_until,regions,draft,title of a folder's rulesets, those shipped if none is named.

    Ends with 2 and names every fault, hole and overlap when a service could not grade by them.
    """
    try:
        book = load_rulebook(folder)
    except InvalidRuleset as invalid:
        refuse([str(fault) for fault in invalid.faults])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("version", "valid_from", "valid_until", "regions", "draft", "title"))
    for one in book.rulesets:
        regions = ";".join(sorted(one.regions))
        draft = str(one.draft).lower()
        writer.writerow((one.version, one.valid_from, one.valid_until or "", regions, draft, one.title))
