"""A ruleset: versioned data that says what counts, read and checked as a whole before anything is graded by it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from services.triage.domain.factors import (
    AtLeast,
    BySector,
    Factor,
    Input,
    Kind,
    Norm,
    SectorPoints,
    Step,
    Yes,
)
from services.triage.domain.facts import GradingFacts
from shared.vocabulary import Grade, Sector, Theme


class InvalidRuleset(ValueError):
    """The data do not make a ruleset; `faults` says everything that is wrong with them."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class UnknownsRule:
    """When too little is known while somebody is ill, the grade goes one step up, to `at_most`."""

    share_above: float
    at_most: Grade
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """So many linked infections make the grade at least `at_least`, and under conditions critical."""

    infections: int
    at_least: Grade
    critical_from_impact: int
    critical_from_share: float
    confidence_z: float
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything a grade follows from."""

    version: str
    title: str
    valid_from: date
    window_days: int
    linking_days: int
    high_risk_sectors: frozenset[Sector]
    likelihood_from: tuple[int, ...]
    impact_from: tuple[int, ...]
    impact_when_unknown: int
    linked_sites_for_highest_impact: int
    matrix: tuple[tuple[Grade, ...], ...]
    unknowns: UnknownsRule
    trigger: TriggerRule
    inputs: Mapping[str, Input]
    factors: tuple[Factor, ...]

    def inputs_of(self, themes: Sequence[Theme]) -> tuple[Input, ...]:
        """The likelihood inputs that belong to these themes, those of every theme included."""
        return tuple(entry for entry in self.inputs.values() if entry.theme is None or entry.theme in themes)

    def sector_points(self, sector: Sector) -> int:
        """What a sector alone gives."""
        given = (factor.kind.counted(GradingFacts((), sector=sector)) for factor in self.factors)
        return sum(counted.points for counted in given if counted)


def read_ruleset(data: Mapping[str, Any]) -> Ruleset:
    """A ruleset from its data; raises InvalidRuleset with every fault found and where it is."""
    if faults := list(_faults_in_parts(data)):
        raise InvalidRuleset(faults)
    try:
        ruleset = _read(data)
        faults = list(_faults(ruleset))
    except _UNREADABLE as error:
        raise InvalidRuleset([_why(error)]) from error
    if faults:
        raise InvalidRuleset(faults)
    return ruleset


_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_OPTIONAL = {"valid_until"}


def _faults_in_parts(data: Mapping[str, Any]) -> Iterator[str]:
    """Each part read alone, so that one that is wrong does not hide another."""
    known = {field.name for field in fields(Ruleset)}
    yield from (f"{name}: is missing" for name in sorted(known - _OPTIONAL - set(data)))
    yield from (f"{name}: no ruleset has this" for name in sorted(set(data) - known))
    inputs = data.get("inputs", {})
    for name, entry in inputs.items():
        yield from _fault(f"inputs.{name}", partial(_input, name, entry))
    asked = {name: Input(name, None, "", "") for name in inputs}
    for position, entry in enumerate(data.get("factors", ()), start=1):
        where = f"factors.{entry.get('id', position)}"
        unknown = [name for name in entry.get("inputs", ()) if name not in asked]
        yield from (f"{where}: {name} is not among the inputs" for name in unknown)
        if not unknown:
            yield from _fault(where, partial(_factor, entry, asked, frozenset()))


def _fault(where: str, read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except _UNREADABLE as error:
        yield f"{where}: {_why(error)}"


def _why(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def _read(data: Mapping[str, Any]) -> Ruleset:
    high_risk = frozenset(Sector(sector) for sector in data["high_risk_sectors"])
    inputs = {name: _input(name, entry) for name, entry in data["inputs"].items()}
    unknowns, trigger = data["unknowns"], data["trigger"]
    return Ruleset(
        version=data["version"],
        title=data["title"],
        valid_from=data["valid_from"],
        window_days=data["window_days"],
        linking_days=data["linking_days"],
        high_risk_sectors=high_risk,
        likelihood_from=tuple(data["likelihood_from"]),
        impact_from=tuple(data["impact_from"]),
        impact_when_unknown=data["impact_when_unknown"],
        linked_sites_for_highest_impact=data["linked_sites_for_highest_impact"],
        matrix=tuple(tuple(Grade(grade) for grade in row) for row in data["matrix"]),
        unknowns=UnknownsRule(**{**unknowns, "at_most": Grade(unknowns["at_most"])}),
        trigger=TriggerRule(**{**trigger, "at_least": Grade(trigger["at_least"])}),
        inputs=inputs,
        factors=tuple(_factor(entry, inputs, high_risk) for entry in data["factors"]),
    )


def _input(name: str, data: Mapping[str, Any]) -> Input:
    theme = Theme(data["theme"]) if "theme" in data else None
    return Input(name, theme, data["asks"], data["gone"], data.get("found", ""))


def _factor(data: Mapping[str, Any], inputs: Mapping[str, Input], high_risk: frozenset[Sector]) -> Factor:
    used = tuple(inputs[name] for name in data["inputs"])
    return Factor(
        id=data["id"],
        theme=used[0].theme,
        inputs=used,
        kind=_kind(data, used, high_risk),
        source=data["source"],
        valid_from=data.get("valid_from"),
        valid_until=data.get("valid_until"),
    )


def _kind(data: Mapping[str, Any], inputs: tuple[Input, ...], high_risk: frozenset[Sector]) -> Kind:
    match data["kind"]:
        case "yes":
            return Yes(inputs, data["points"], data["because"], data["short"])
        case "at_least":
            return AtLeast(inputs[0], tuple(_step(step) for step in data["steps"]), data["short"])
        case "over" | "under":
            return Norm(
                input=inputs[0],
                points=data["points"],
                norm=data["norm"],
                under=data["kind"] == "under",
                because=data["because"],
                short=data["short"],
                found=data["found"],
                norm_in_high_risk_sector=data.get("norm_in_high_risk_sector"),
                high_risk_sectors=high_risk,
            )
        case "sector":
            given = {Sector(name): SectorPoints(**entry) for name, entry in data["sectors"].items()}
            return BySector(inputs[0], given)
        case other:
            raise ValueError(f"no kind of factor is called {other}")


def _step(data: Mapping[str, Any]) -> Step:
    return Step(data["from"], data["points"], data["because"], data["found"], data.get("one", ""))


def _faults(ruleset: Ruleset) -> Iterator[str]:
    yield from _faults_in_bands(ruleset)
    yield from _faults_in_matrix(ruleset)
    yield from _faults_in_factors(ruleset)
    if not 1 <= ruleset.impact_when_unknown <= len(ruleset.impact_from):
        yield "impact_when_unknown: not a band"
    if not 0 < ruleset.trigger.critical_from_share <= 1 or not 0 <= ruleset.unknowns.share_above < 1:
        yield "shares: between 0 and 1"
    if ruleset.window_days < 1 or ruleset.linking_days < 1:
        yield "days: at least 1"


def _faults_in_bands(ruleset: Ruleset) -> Iterator[str]:
    for name, starts in (("likelihood", ruleset.likelihood_from), ("impact", ruleset.impact_from)):
        if not starts or starts[0] != 0:
            yield f"{name}_from: leaves a hole, the first band must begin at 0"
        for before, start in pairwise(starts):
            if start <= before:
                yield f"{name}_from: must rise, the band from {start} overlaps the one from {before}"


def _faults_in_matrix(ruleset: Ruleset) -> Iterator[str]:
    rows = [[grade.rank for grade in row] for row in ruleset.matrix]
    if len(rows) != len(ruleset.likelihood_from) or {len(row) for row in rows} != {len(ruleset.impact_from)}:
        yield "matrix: must have a row per likelihood band and a column per impact band"
        return
    lines = [*rows, *(list(column) for column in zip(*rows, strict=True))]
    if any(line != sorted(line) for line in lines):
        yield "matrix: a grade may not fall where likelihood or impact rises"


def _faults_in_factors(ruleset: Ruleset) -> Iterator[str]:
    known = {field.name for field in fields(GradingFacts)}
    for name in ruleset.inputs:
        if name not in known:
            yield f"inputs.{name}: no grade may rest on this"
    used = [entry.name for factor in ruleset.factors for entry in factor.inputs]
    for name in sorted(set(ruleset.inputs) - set(used)):
        yield f"inputs.{name}: no factor uses it"
    ids = [factor.id for factor in ruleset.factors]
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        yield f"factors.{id_}: there are two"
    for factor in ruleset.factors:
        if any(points <= 0 for _, points in factor.kind.rows()):
            yield f"factors.{factor.id}: points must be positive"
        if isinstance(factor.kind, AtLeast) and not _rising(factor.kind):
            yield f"factors.{factor.id}: its steps must rise in count and points"
        if len({entry.theme for entry in factor.inputs}) > 1:
            yield f"factors.{factor.id}: its inputs belong to different themes"


def _rising(kind: AtLeast) -> bool:
    pairs = [(step.start, step.points) for step in kind.steps]
    return all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(pairs))
