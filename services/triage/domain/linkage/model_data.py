"""The weights as data: read and checked as a whole before anything is compared by them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from math import isfinite
from typing import Any, TypeGuard

from services.triage.domain.linkage.agreement import KINDS, Kind
from services.triage.domain.linkage.model import Block, Comparison, Level, LinkModel


class InvalidLinkModel(ValueError):
    """The data do not make a model; `faults` says everything that is wrong with them and where."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def read_link_model(data: Mapping[str, Any]) -> LinkModel:
    """A model from its data; raises InvalidLinkModel with every fault found and where it is."""
    faults = [*_faults_of_whole(data), *_faults_in_parts(data)]
    if faults:
        raise InvalidLinkModel(faults)
    return LinkModel(
        version=data["version"],
        title=data["title"],
        prior=float(data["prior"]),
        automatic_from=float(data["automatic_from"]),
        suggested_from=float(data["suggested_from"]),
        days=data["days"],
        legal_forms=tuple(data.get("legal_forms", ())),
        trade_words=frozenset(data.get("trade_words", ())),
        blocks=tuple(_block(block) for block in data["blocks"]),
        comparisons=tuple(_comparison(comparison) for comparison in data["comparisons"]),
    )


_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
_NEEDED = ("version", "title", "prior", "automatic_from", "suggested_from", "days", "blocks", "comparisons")
_ALSO = ("legal_forms", "trade_words")
_SUM_MAY_BE_OFF = 1e-6


def _faults_of_whole(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}: is missing" for name in _NEEDED if name not in data)
    yield from (f"{name}: no model has this" for name in sorted(set(data) - {*_NEEDED, *_ALSO}))
    for name in ("prior", "automatic_from", "suggested_from"):
        if name in data and not _share(data[name]):
            yield f"{name}: must lie between 0 and 1"
    suggested, automatic = data.get("suggested_from"), data.get("automatic_from")
    if _share(suggested) and _share(automatic) and suggested > automatic:
        yield "suggested_from: lies above automatic_from"
    if "days" in data and (not isinstance(data["days"], int) or data["days"] < 1):
        yield "days: must be a whole number from 1"
    for name in ("blocks", "comparisons"):
        entries = data.get(name, ())
        if name in data and not entries:
            yield f"{name}: there are none"
        names = [_name_of(entry, "") for entry in entries]
        yield from (
            f"{name}.{twice}: there are two" for twice in sorted({one for one in names if names.count(one) > 1})
        )


def _faults_in_parts(data: Mapping[str, Any]) -> Iterator[str]:
    """Each part read alone, so that one that is wrong does not hide another."""
    before: set[str] = set()
    for position, block in enumerate(data.get("blocks", ()), start=1):
        yield from _fault(f"blocks.{_name_of(block, position)}", partial(_block, block))
    for position, entry in enumerate(data.get("comparisons", ()), start=1):
        where = f"comparisons.{_name_of(entry, position)}"
        unreadable = list(_fault(where, partial(_comparison, entry)))
        yield from unreadable
        for name in entry.get("unless", ()):
            if name not in before:
                yield f"{where}: unless {name}, which is not compared before it"
        before.add(_name_of(entry, position))
        if not unreadable:
            yield from (f"{where}.{fault}" for fault in _faults_in_levels(_comparison(entry)))


def _faults_in_levels(comparison: Comparison) -> Iterator[str]:
    levels = comparison.levels
    for level in levels:
        if not _share(level.m) or not _share(level.u):
            yield f"{level.name}: m and u must lie between 0 and 1"
            return
    for before, after in pairwise(levels):
        if after.bound >= before.bound:
            yield f"{after.name}: must ask for less agreement than {before.name}"
        if after.bits > before.bits:
            yield f"{after.name}: agrees less than {before.name} and weighs more"
    for share in ("m", "u"):
        total = sum(getattr(level, share) for level in levels)
        if abs(total - 1) > _SUM_MAY_BE_OFF:
            yield f"levels: {share} adds up to {total:.6g}, not to 1"


def _fault(where: str, read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except _UNREADABLE as error:
        yield f"{where}: {f'{error.args[0]} is missing' if isinstance(error, KeyError) else error}"


def _name_of(entry: Any, position: int | str) -> str:
    return str(entry.get("field") or entry.get("name") or position) if isinstance(entry, Mapping) else str(position)


def _share(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and 0 < value < 1


def _block(data: Mapping[str, Any]) -> Block:
    block = Block(**{**data, "by": tuple(data["by"])})
    if not block.by:
        raise ValueError("is made by no field")
    if block.pieces < 0 or (block.numbers_within or 0) < 0:
        raise ValueError("pieces and numbers_within cannot be negative")
    return block


def _comparison(data: Mapping[str, Any]) -> Comparison:
    if data["kind"] not in KINDS:
        raise ValueError(f"no kind of comparison is called {data['kind']}")
    kind = KINDS[data["kind"]]
    fields = data.get("fields", [data["field"]])
    if len(fields) != kind.reads:
        raise ValueError(f"reads {kind.reads} fields, not {len(fields)}")
    if not data["levels"]:
        raise ValueError("has no levels")
    levels = tuple(_level(level, kind) for level in data["levels"])
    if levels[-1].bound > _least(kind):
        raise ValueError(f"leaves a hole, its last level {levels[-1].name} must take whatever is left")
    return Comparison(
        field=data["field"],
        label=data["label"],
        degree=kind.make(fields, [frozenset(group) for group in data.get("akin", ())]),
        levels=levels,
        unless=frozenset(data.get("unless", ())),
    )


def _level(data: Mapping[str, Any], kind: Kind) -> Level:
    try:
        return Level(
            name=data["name"],
            bound=_bound(data, kind),
            m=data["m"],
            u=data["u"],
            says=data["says"],
            asks=data.get("asks", False),
        )
    except KeyError as missing:
        raise ValueError(f"level {data.get('name', '')}: {missing.args[0]} is missing") from None


def _bound(data: Mapping[str, Any], kind: Kind) -> float:
    """A named level is called after its degree; the last of a kind with numbers takes what is left."""
    if kind.names:
        if data["name"] not in kind.names:
            raise ValueError(f"level {data['name']}: there is only {', '.join(kind.names)}")
        return float(kind.names.index(data["name"]))
    if kind.unit not in data:
        return _least(kind)
    return -float(data[kind.unit]) if kind.unit == "within" else float(data[kind.unit])


def _least(kind: Kind) -> float:
    return float("-inf") if kind.unit == "within" else 0.0
