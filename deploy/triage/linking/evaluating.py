"""`brandmeester triage link-evaluate` and `link-example`: how the weights do over pairs that somebody labelled."""

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.triage.grading import refuse
from deploy.triage.linking.datasets import of_signals
from deploy.triage.linking.pairs import COLUMNS, LabelledPair, labelled_pairs, lines_of
from deploy.triage.linking.signals import made_signals
from deploy.triage.linking.weights import WeightsOption, weights_or_refuse
from deploy.triage.tables import BadTable
from services.triage.domain.linkage.blocks import is_candidate
from services.triage.domain.linkage.likeness import Likeness, Verdict
from services.triage.domain.linkage.model import LinkModel
from services.triage.domain.linkage.scoring import Band, Score, calibration


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair and what ours makes of it; a pair that is no candidate is never compared, however alike."""

    pair: LabelledPair
    likeness: Likeness
    candidate: bool

    @property
    def verdict(self) -> Verdict:
        """What triage does with such a pair."""
        return self.likeness.verdict if self.candidate else Verdict.APART

    @property
    def wrong(self) -> bool:
        """Linked or asked about and not the same, or left apart and the same."""
        return self.pair.same == (self.verdict is Verdict.APART)


def link_evaluate(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS.csv", help="labelled pairs of signals", show_default=False)],
    weights: WeightsOption = "2020-1",
) -> None:
    """Print as JSON how the weights do over labelled pairs: precision, recall, F1, calibration, and each wrong pair.

    A line has `same` (yes or no) and columns of both signals, one_… and other_…: name, registration, postcode,
    house_number, place, municipality, country, sector, themes (parted by ;) and received (a date), as far as known;
    `link-example` prints such a file. `automatic` scores what links by itself, `automatic_or_asked` also what a person
    is asked about.
    """
    model = weights_or_refuse(weights)
    try:
        labelled = labelled_pairs(pairs, model.folding)
    except BadTable as bad:
        refuse([str(bad)])
    typer.echo(json.dumps(report(judged(labelled, model), model), ensure_ascii=False, indent=2))


def link_example(
    seed: Annotated[int, typer.Option(min=0, help="the same seed makes the same signals")] = 1,
    situations: Annotated[int, typer.Option(min=1, max=100_000, help="so many the signals are about")] = 100,
    weights: WeightsOption = "2020-1",
) -> None:
    """Print labelled pairs of made signals, as link-evaluate reads them: typos, legal forms, other languages, …"""
    made = made_signals(seed, situations)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines_of(of_signals(weights_or_refuse(weights), made), made))


def judged(labelled: Iterable[LabelledPair], model: LinkModel) -> list[Judged]:
    """What ours makes of each pair."""
    return [
        Judged(pair, model.compare(pair.one, pair.other), is_candidate(pair.one, pair.other, model))
        for pair in labelled
    ]


def report(pairs: list[Judged], model: LinkModel) -> dict[str, Any]:
    """All of it as programs read it."""
    bands = calibration(
        ((one.likeness.probability, one.pair.same) for one in pairs), (model.suggested_from, model.automatic_from)
    )
    return {
        "weights": model.version,
        "pairs": len(pairs),
        "same": sum(one.pair.same for one in pairs),
        "automatic": _told(_score(pairs, {Verdict.AUTOMATIC})),
        "automatic_or_asked": _told(_score(pairs, {Verdict.AUTOMATIC, Verdict.SUGGESTED})),
        "calibration": [_band(band) for band in bands],
        "wrong": [_wrong(one) for one in pairs if one.wrong],
    }


def _score(pairs: list[Judged], found: set[Verdict]) -> Score:
    there = [one for one in pairs if one.verdict in found]
    return Score(sum(one.pair.same for one in pairs), len(there), sum(one.pair.same for one in there))


def _told(score: Score) -> dict[str, Any]:
    return {"found": score.found, "precision": score.precision, "recall": score.recall, "f1": score.f1}


def _band(band: Band) -> dict[str, Any]:
    return {
        "from": band.least,
        "to": band.most,
        "pairs": band.pairs,
        "same": band.same,
        "expected": round(band.expected, 3),
        "share": band.share,
    }


def _wrong(one: Judged) -> dict[str, Any]:
    return {
        "line": one.pair.line,
        "same": one.pair.same,
        "verdict": one.verdict.value,
        "candidate": one.candidate,
        "probability": round(one.likeness.probability, 4),
        "agreements": {agreement.label: agreement.says for agreement in one.likeness.agreements},
    }
