"""The packages that ours is held against, each used as its manual advises, and told which pairs are the same.

Nothing of the platform needs them; `requirements-peers.txt` has them.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deploy.triage.linking import Pair, pair
from services.triage.domain.linkage.agreement import Record, Value
from services.triage.domain.linkage.blocks import keys_of
from services.triage.domain.linkage.model import LinkModel

if TYPE_CHECKING:
    from deploy.triage.linking.datasets import Dataset

INSTALL = ".venv/bin/pip install --require-hashes -r requirements-peers.txt"
FROM = 0.5
_ALIKE = (0.95, 0.85, 0.7)
_BINARY_FROM = 0.85
_EDITS = (1, 2)
_SAMPLED = 1_000_000
_EXPECTED_RECALL = 0.7


class PeersMissing(Exception):
    """A package that only benchmarks need is not here; the message says how to get it."""

    def __init__(self, module: str) -> None:
        package = module.split(".", 1)[0]
        super().__init__(f"the package {package} is not here. Install it with: {INSTALL}")


def peer(module: str) -> Any:
    """A module of a peer, or PeersMissing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise PeersMissing(module) from None


def by_splink(dataset: Dataset, _pairs: Callable[[], Sequence[Pair]]) -> set[Pair]:
    """Splink: pairs that share one of our keys; u from pairs drawn at random, m by expectation maximisation."""
    splink, library = peer("splink"), peer("splink.comparison_library")
    # It warns of every level that no pair is on; a table of figures has no place for that.
    logging.getLogger("splink").setLevel(logging.ERROR)
    sides = [side for side in (dataset.left, dataset.right) if side is not None]
    connection = splink.DuckDBAPI()
    tables = [
        connection.register(_table(side, dataset.fields, dataset.model), dataset_display_name=f"side{number}")
        for number, side in enumerate(sides)
    ]
    comparisons = [
        *(library.JaroWinklerAtThresholds(field, list(_ALIKE)) for field in dataset.texts),
        *(library.DamerauLevenshteinAtThresholds(field, list(_EDITS)) for field in dataset.edits),
        *(library.ExactMatch(field) for field in dataset.exact),
    ]
    settings = splink.SettingsCreator(
        link_type="link_only" if dataset.right is not None else "dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[splink.block_on("keys", arrays_to_explode=["keys"])],
    )
    linker = splink.Linker(tables, settings, log_level=None)
    training = linker.training
    certain = [splink.block_on(*fields) for fields in dataset.certain]
    training.estimate_probability_two_random_records_match(certain, recall=_EXPECTED_RECALL)
    training.estimate_u_using_random_sampling(max_pairs=_SAMPLED, seed=1)
    for field in dataset.within:
        training.estimate_parameters_using_expectation_maximisation(splink.block_on(field))
    found = linker.inference.predict(threshold_match_probability=FROM).as_pandas_dataframe()
    return set(map(pair, found["unique_id_l"], found["unique_id_r"]))


def by_recordlinkage(dataset: Dataset, pairs: Callable[[], Sequence[Pair]]) -> set[Pair]:
    """The Python Record Linkage Toolkit: our pairs, its comparisons and its classifier by expectation maximisation."""
    toolkit, pandas = peer("recordlinkage"), peer("pandas")
    table = _table(dataset.records, dataset.fields, dataset.model).set_index("unique_id")
    compare = toolkit.Compare()
    for field in dataset.texts:
        compare.string(field, field, method="jarowinkler", threshold=_BINARY_FROM)
    for field in dataset.edits:
        compare.string(field, field, method="damerau_levenshtein", threshold=_BINARY_FROM)
    for field in dataset.exact:
        compare.exact(field, field)
    compared = compare.compute(pandas.MultiIndex.from_tuples(pairs(), names=["one", "other"]), table)
    return {pair(*both) for both in toolkit.ECMClassifier().fit_predict(compared)}


PEERS: Mapping[str, Callable[[Dataset, Callable[[], Sequence[Pair]]], set[Pair]]] = {
    "splink": by_splink,
    "recordlinkage": by_recordlinkage,
}
"""By the name of the package."""


def _table(records: Mapping[str, Record], fields: Iterable[str], model: LinkModel) -> Any:
    """The records as the packages take them, with the keys by which ours finds candidates."""
    rows = [
        {
            "unique_id": id_,
            **{field: _text(record.get(field)) for field in fields},
            "keys": list(dict.fromkeys(keys_of(record, model))),
        }
        for id_, record in records.items()
    ]
    return peer("pandas").DataFrame(rows)


def _text(value: Value | None) -> str | None:
    if isinstance(value, tuple):
        return " ".join(value)
    return None if value is None else str(value)
