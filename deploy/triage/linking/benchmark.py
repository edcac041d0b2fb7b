"""`brandmeester triage link-benchmark`: how well and how fast ours links, beside packages that do the same."""

import csv
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import typer

from deploy.triage.grading import refuse
from deploy.triage.linking import Pair
from deploy.triage.linking.datasets import Dataset, Name, candidate_pairs, of_febrl, of_signals
from deploy.triage.linking.peers import FROM, PEERS, PeersMissing, peer
from deploy.triage.linking.signals import made_signals
from deploy.triage.linking.weights import WeightsOption, weights_or_refuse
from services.triage.domain.linkage.learning import learned
from services.triage.domain.linkage.likeness import Verdict
from services.triage.domain.linkage.scoring import Score

COLUMNS = ("dataset", "engine", "pairs", "precision", "recall", "f1", "seconds")
OURS = "brandmeester"


def link_benchmark(
    dataset: Annotated[Name, typer.Argument(help="persons of FEBRL, or made signals", show_default=False)],
    seed: Annotated[int, typer.Option(min=0, help="the same seed makes the same signals")] = 1,
    situations: Annotated[int, typer.Option(min=1, max=100_000, help="so many the signals are about")] = 2_000,
    weights: WeightsOption = "2020-1",
    peers: Annotated[bool, typer.Option(help="also link with splink and recordlinkage")] = True,
) -> None:
    """Print dataset,engine,pairs,precision,recall,f1,seconds: of ours, and of each peer in the same run.

    A pair is found from a probability of 0.5. Of ours a second line has those that need no person: `automatic`. Weights
    for FEBRL are learned from its pairs without labels; signals are compared by the weights that are shipped. All
    engines look at pairs that share one of our keys.
    """
    try:
        for name in PEERS if peers else ():
            peer(name)
        if dataset is Name.SIGNALS:
            known = of_signals(weights_or_refuse(weights), made_signals(seed, situations))
        else:
            known = of_febrl(dataset)
    except PeersMissing as missing:
        without = "; --no-peers measures ours alone" if dataset is Name.SIGNALS else ""
        refuse([f"{missing}{without}"])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)

    def tell(engine: str, found: set[Pair], seconds: float) -> None:
        score = Score(len(known.truth), len(found), len(found & known.truth))
        shares = (score.precision, score.recall, score.f1)
        writer.writerow((dataset.value, engine, len(found), *map(_cell, shares), f"{seconds:.2f}"))
        sys.stdout.flush()

    (found, certain), seconds = _timed(partial(linked, known))
    tell(OURS, found, seconds)
    tell(f"{OURS} automatic", certain, seconds)
    for name, by_peer in PEERS.items() if peers else ():
        found, seconds = _timed(partial(by_peer, known, partial(candidate_pairs, known)))
        tell(name, found, seconds)


def linked(dataset: Dataset) -> tuple[set[Pair], set[Pair]]:
    """The pairs that ours takes to be the same, and those of them that need no person."""
    records, model = dataset.records, dataset.model
    patterns = {pair: model.pattern(*(records[id_] for id_ in pair)) for pair in candidate_pairs(dataset)}
    if dataset.learns and patterns:
        model = learned(model, Counter(patterns.values()))
    found = {pair for pair, pattern in patterns.items() if model.probability(pattern) >= FROM}
    return found, {pair for pair in found if model.verdict(patterns[pair]) is Verdict.AUTOMATIC}


def _timed(link: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return link(), time.perf_counter() - began


def _cell(share: float | None) -> str:
    return "NA" if share is None else f"{share:.4f}"
