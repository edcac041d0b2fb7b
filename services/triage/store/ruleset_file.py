"""A ruleset as its file has it: the form that each part must have, and the rules that are made of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.triage.domain.factors import AtLeast, BySector, Factor, Input, Kind, Norm, SectorPoints, Step, Yes
from services.triage.domain.ruleset import ClusterRule, Ruleset, TriggerRule, UnknownsRule
from services.triage.domain.ruleset_faults import FaultCode, InvalidRuleset, RulesetFault, faults_in
from shared.vocabulary import Grade, Sector, Theme

_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Count = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
_Number = Annotated[float, Field(ge=-1_000_000, le=1_000_000, allow_inf_nan=False)]
_Grade = Annotated[Grade, Field(strict=False)]
_Theme = Annotated[Theme, Field(strict=False)]
_Sector = Annotated[Sector, Field(strict=False)]
_Inputs = Annotated[list[str], Field(min_length=1)]
_OneInput = Annotated[list[str], Field(min_length=1, max_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Unknowns(_Part):
    share_above: _Number
    at_most: _Grade
    rule: _Text
    source: _Text


class _Trigger(_Part):
    infections: _Count
    at_least: _Grade
    critical_from_impact: _Count
    critical_from_share: _Number
    confidence_z: _Number
    rule: _Text
    source: _Text


class _Cluster(_Part):
    recurrence_days: _Number
    rule: _Text
    source: _Text
    impact_at_least: _Count | None = None
    at_least: _Grade | None = None


class _Input(_Part):
    asks: _Text
    gone: _Text
    found: str = ""
    theme: _Theme | None = None


class _FactorPart(_Part):
    id: _Text
    source: _Text
    valid_from: date | None = None
    valid_until: date | None = None


class _YesFactor(_FactorPart):
    kind: Literal["yes"]
    inputs: _Inputs
    points: _Count
    because: _Text
    short: _Text


class _Step(_Part):
    start: _Count = Field(alias="from")
    points: _Count
    because: _Text
    found: _Text
    one: str = ""


class _AtLeastFactor(_FactorPart):
    kind: Literal["at_least"]
    inputs: _OneInput
    short: _Text
    steps: Annotated[list[_Step], Field(min_length=1)]


class _NormFactor(_FactorPart):
    kind: Literal["over", "under"]
    inputs: _OneInput
    points: _Count
    norm: _Count
    because: _Text
    short: _Text
    found: _Text
    norm_in_high_risk_sector: _Count | None = None


class _SectorPoints(_Part):
    points: _Count
    because: _Text
    short: _Text
    found: _Text


class _SectorFactor(_FactorPart):
    kind: Literal["sector"]
    inputs: _OneInput
    short: _Text
    sectors: dict[_Sector, _SectorPoints]


_AnyFactor = Annotated[_YesFactor | _AtLeastFactor | _NormFactor | _SectorFactor, Field(discriminator="kind")]


class _RulesetFile(_Part):
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$")]
    title: _Text
    valid_from: date
    valid_until: date | None = None
    regions: list[str] = []
    draft: bool = False
    window_days: _Count
    linking_days: _Count
    high_risk_sectors: list[_Sector]
    likelihood_from: list[_Count]
    impact_from: list[_Count]
    impact_when_unknown: _Count
    linked_sites_for_highest_impact: _Count
    matrix: list[list[_Grade]]
    unknowns: _Unknowns
    trigger: _Trigger
    cluster: _Cluster | None = None
    inputs: dict[str, _Input]
    factors: list[_AnyFactor]


def read_ruleset(data: Mapping[str, Any]) -> Ruleset:
    """A ruleset from its data; raises InvalidRuleset with every fault in its form, or else in its meaning."""
    unknown = list(_unknown_inputs(data))
    try:
        file = _RulesetFile.model_validate(data)
    except ValidationError as error:
        raise InvalidRuleset([*(_fault(one, data) for one in error.errors(include_url=False)), *unknown]) from None
    if unknown:
        raise InvalidRuleset(unknown)
    ruleset = _ruleset(file)
    if faults := list(faults_in(ruleset)):
        raise InvalidRuleset(faults)
    return ruleset


def _unknown_inputs(data: Mapping[str, Any]) -> Iterator[RulesetFault]:
    """Told with the faults of form, since a name that is wrong says nothing of the form of the rest."""
    inputs, factors = data.get("inputs"), data.get("factors")
    for factor in factors if isinstance(factors, list) else ():
        names = factor.get("inputs") if isinstance(factor, Mapping) else None
        for name in names if isinstance(names, list) else ():
            if isinstance(inputs, Mapping) and isinstance(name, str) and name not in inputs:
                yield RulesetFault(f"factors.{factor.get('id')}", FaultCode.NOT_AMONG_INPUTS, {"name": name})


def _ruleset(file: _RulesetFile) -> Ruleset:
    inputs = {
        name: Input(name, entry.theme, entry.asks, entry.gone, entry.found) for name, entry in file.inputs.items()
    }
    high_risk = frozenset(file.high_risk_sectors)
    return Ruleset(
        version=file.version,
        title=file.title,
        valid_from=file.valid_from,
        window_days=file.window_days,
        linking_days=file.linking_days,
        high_risk_sectors=high_risk,
        likelihood_from=tuple(file.likelihood_from),
        impact_from=tuple(file.impact_from),
        impact_when_unknown=file.impact_when_unknown,
        linked_sites_for_highest_impact=file.linked_sites_for_highest_impact,
        matrix=tuple(map(tuple, file.matrix)),
        unknowns=UnknownsRule(**dict(file.unknowns)),
        trigger=TriggerRule(**dict(file.trigger)),
        inputs=inputs,
        factors=tuple(_factor(factor, inputs, high_risk) for factor in file.factors),
        valid_until=file.valid_until,
        regions=frozenset(file.regions),
        draft=file.draft,
        cluster=ClusterRule(**dict(file.cluster)) if file.cluster else None,
    )


def _factor(data: _AnyFactor, inputs: Mapping[str, Input], high_risk: frozenset[Sector]) -> Factor:
    used = tuple(inputs[name] for name in data.inputs)
    return Factor(
        id=data.id,
        theme=used[0].theme,
        inputs=used,
        kind=_kind(data, used, high_risk),
        source=data.source,
        valid_from=data.valid_from,
        valid_until=data.valid_until,
    )


def _kind(data: _AnyFactor, inputs: tuple[Input, ...], high_risk: frozenset[Sector]) -> Kind:
    if isinstance(data, _YesFactor):
        return Yes(inputs, data.points, data.because, data.short)
    if isinstance(data, _AtLeastFactor):
        return AtLeast(inputs[0], tuple(Step(**dict(step)) for step in data.steps), data.short)
    if isinstance(data, _SectorFactor):
        return BySector(inputs[0], {sector: SectorPoints(**dict(given)) for sector, given in data.sectors.items()})
    return Norm(
        input=inputs[0],
        points=data.points,
        norm=data.norm,
        under=data.kind == "under",
        because=data.because,
        short=data.short,
        found=data.found,
        norm_in_high_risk_sector=data.norm_in_high_risk_sector,
        high_risk_sectors=high_risk,
    )


_CODES: Mapping[str, FaultCode] = {
    "missing": FaultCode.MISSING,
    "union_tag_not_found": FaultCode.MISSING,
    "extra_forbidden": FaultCode.UNKNOWN_PART,
    "int_type": FaultCode.NO_WHOLE_NUMBER,
    "int_from_float": FaultCode.NO_WHOLE_NUMBER,
    "float_type": FaultCode.NO_NUMBER,
    "string_type": FaultCode.NO_TEXT,
    "bool_type": FaultCode.NO_YES_OR_NO,
    "date_type": FaultCode.NO_DATE,
}


def _fault(error: Any, data: Mapping[str, Any]) -> RulesetFault:
    kind, place = error["type"], list(_place(error["loc"], data))
    if kind == "union_tag_not_found":
        place.append("kind")
    if kind == "union_tag_invalid":
        choices = error["ctx"]["expected_tags"].replace("'", "")
        return RulesetFault(".".join([*place, "kind"]), FaultCode.NOT_A_CHOICE, {"choices": choices})
    if kind in ("enum", "literal_error"):
        choices = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return RulesetFault(".".join(place), FaultCode.NOT_A_CHOICE, {"choices": choices})
    return RulesetFault(".".join(place), _CODES.get(kind, FaultCode.WRONG_FORM))


def _place(loc: Sequence[int | str], data: Mapping[str, Any]) -> Iterator[str]:
    """The way to a part in the words of the file: factors by their id, and without the kind that chose their form."""
    parts = list(loc)
    if len(parts) > 1 and parts[0] == "factors" and isinstance(parts[1], int):
        factor = data["factors"][parts[1]]
        id_ = factor.get("id") if isinstance(factor, Mapping) else None
        parts[1] = id_ if isinstance(id_, str) and id_ else parts[1] + 1
        if len(parts) > 2 and parts[2] == factor.get("kind"):
            del parts[2]
    return (str(part) for part in parts)
