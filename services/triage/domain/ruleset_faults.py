"""What can be wrong with a ruleset: each fault with its place, and the checks of a set that can be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import pairwise
from string import Formatter
from typing import get_args, get_type_hints

from services.triage.domain.factors import AtLeast, BySector, Factor, Norm, Yes
from services.triage.domain.facts import GradingFacts
from services.triage.domain.ruleset import Ruleset
from shared.vocabulary import Sector


class FaultCode(StrEnum):
    """The kinds of faults, in the order in which they can be found: file, form, meaning, place beside others."""

    NO_TOML = "no_toml"
    NO_BASE = "no_base"
    BASE_NOT_WHOLE = "base_not_whole"
    MISSING = "missing"
    UNKNOWN_PART = "unknown_part"
    WRONG_FORM = "wrong_form"
    NOT_A_CHOICE = "not_a_choice"
    NO_WHOLE_NUMBER = "no_whole_number"
    NO_NUMBER = "no_number"
    NO_TEXT = "no_text"
    NO_DATE = "no_date"
    NO_YES_OR_NO = "no_yes_or_no"
    NOT_AMONG_INPUTS = "not_among_inputs"
    FORBIDDEN_INPUT = "forbidden_input"
    UNUSED_INPUT = "unused_input"
    WRONG_INPUT = "wrong_input"
    THEMES_DIFFER = "themes_differ"
    TWICE = "twice"
    NOT_POSITIVE = "not_positive"
    STEPS_FALL = "steps_fall"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    BAND_HOLE = "band_hole"
    BAND_OVERLAP = "band_overlap"
    MATRIX_FORM = "matrix_form"
    MATRIX_FALLS = "matrix_falls"
    NOT_A_BAND = "not_a_band"
    NOT_A_SHARE = "not_a_share"
    LESS_THAN_ONE = "less_than_one"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    NO_REGION = "no_region"
    IDLE_CLUSTER = "idle_cluster"
    TWO_OF_THIS_VERSION = "two_of_this_version"
    BOTH_HOLD = "both_hold"
    NONE_BETWEEN = "none_between"
    NONE_AFTER = "none_after"
    NONE_AT_ALL = "none_at_all"


ENGLISH: Mapping[FaultCode, str] = {
    FaultCode.NO_TOML: "is no TOML: {why}",
    FaultCode.NO_BASE: "there is no such version",
    FaultCode.BASE_NOT_WHOLE: "must name a version that is whole by itself",
    FaultCode.MISSING: "is missing",
    FaultCode.UNKNOWN_PART: "no ruleset has this",
    FaultCode.WRONG_FORM: "has not the form that belongs here",
    FaultCode.NOT_A_CHOICE: "must be one of {choices}",
    FaultCode.NO_WHOLE_NUMBER: "must be a whole number",
    FaultCode.NO_NUMBER: "must be a number",
    FaultCode.NO_TEXT: "must be text",
    FaultCode.NO_DATE: "must be a date",
    FaultCode.NO_YES_OR_NO: "must be true or false",
    FaultCode.NOT_AMONG_INPUTS: "{name} is not among the inputs",
    FaultCode.FORBIDDEN_INPUT: "no grade may rest on this",
    FaultCode.UNUSED_INPUT: "no factor uses it",
    FaultCode.WRONG_INPUT: "a factor of this kind cannot rest on {name}",
    FaultCode.THEMES_DIFFER: "its inputs belong to different themes",
    FaultCode.TWICE: "there are two",
    FaultCode.NOT_POSITIVE: "points must be positive",
    FaultCode.STEPS_FALL: "its steps must rise in count and points",
    FaultCode.UNKNOWN_PLACEHOLDER: "a sentence of it may hold only {allowed} in braces",
    FaultCode.BAND_HOLE: "leaves a hole, the first band must begin at 0",
    FaultCode.BAND_OVERLAP: "must rise, the band from {start} overlaps the one from {before}",
    FaultCode.MATRIX_FORM: "must have a row per likelihood band and a column per impact band",
    FaultCode.MATRIX_FALLS: "a grade may not fall where likelihood or impact rises",
    FaultCode.NOT_A_BAND: "not a band",
    FaultCode.NOT_A_SHARE: "must lie between 0 and 1",
    FaultCode.LESS_THAN_ONE: "must be at least 1",
    FaultCode.ENDS_BEFORE_IT_BEGINS: "lies before valid_from",
    FaultCode.NO_REGION: "{region} is no safety region",
    FaultCode.IDLE_CLUSTER: "must say impact_at_least, at_least or both",
    FaultCode.TWO_OF_THIS_VERSION: "there are two of this version",
    FaultCode.BOTH_HOLD: "both hold for {where} from {first} to {last}",
    FaultCode.NONE_BETWEEN: "none holds for the whole country from {first} to {last}",
    FaultCode.NONE_AFTER: "none holds for the whole country from {first} on",
    FaultCode.NONE_AT_ALL: "no ruleset holds for the whole country",
}


@dataclass(frozen=True, slots=True)
class RulesetFault:
    """One thing that is wrong and its place, `factors.symptoms` or a version; as text, it says so in English."""

    where: str
    code: FaultCode
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.worded(ENGLISH)

    def worded(self, sentences: Mapping[FaultCode, str]) -> str:
        """The fault in the sentences of a language."""
        what = sentences[self.code].format(**self.values)
        return f"{self.where}: {what}" if self.where else what


class InvalidRuleset(ValueError):
    """The data do not make a ruleset, or the sets no rulebook; `faults` says everything that is wrong with them."""

    def __init__(self, faults: Sequence[RulesetFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def faults_in(ruleset: Ruleset) -> Iterator[RulesetFault]:
    """Everything by which a set that can be read would not make sense as a whole."""
    yield from _faults_in_bands(ruleset)
    yield from _faults_in_matrix(ruleset)
    yield from _faults_in_inputs(ruleset)
    for factor in ruleset.factors:
        yield from _faults_in_factor(factor)
    yield from _faults_in_numbers(ruleset)
    yield from _faults_in_validity(ruleset)
    yield from _faults_in_cluster(ruleset)


def _faults_in_bands(ruleset: Ruleset) -> Iterator[RulesetFault]:
    for where, starts in (("likelihood_from", ruleset.likelihood_from), ("impact_from", ruleset.impact_from)):
        if not starts or starts[0] != 0:
            yield RulesetFault(where, FaultCode.BAND_HOLE)
        for before, start in pairwise(starts):
            if start <= before:
                yield RulesetFault(where, FaultCode.BAND_OVERLAP, {"start": start, "before": before})


def _faults_in_matrix(ruleset: Ruleset) -> Iterator[RulesetFault]:
    rows = [[grade.rank for grade in row] for row in ruleset.matrix]
    if len(rows) != len(ruleset.likelihood_from) or {len(row) for row in rows} != {len(ruleset.impact_from)}:
        yield RulesetFault("matrix", FaultCode.MATRIX_FORM)
        return
    lines = [*rows, *(list(column) for column in zip(*rows, strict=True))]
    if any(line != sorted(line) for line in lines):
        yield RulesetFault("matrix", FaultCode.MATRIX_FALLS)


def _faults_in_inputs(ruleset: Ruleset) -> Iterator[RulesetFault]:
    for name in ruleset.inputs:
        if name not in _KIND_OF:
            yield RulesetFault(f"inputs.{name}", FaultCode.FORBIDDEN_INPUT)
    used = [entry.name for factor in ruleset.factors for entry in factor.inputs]
    for name in sorted(set(ruleset.inputs) - set(used)):
        yield RulesetFault(f"inputs.{name}", FaultCode.UNUSED_INPUT)
    ids = [factor.id for factor in ruleset.factors]
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        yield RulesetFault(f"factors.{id_}", FaultCode.TWICE)


def _faults_in_factor(factor: Factor) -> Iterator[RulesetFault]:
    where = f"factors.{factor.id}"
    fitting = _RESTS_ON[type(factor.kind)]
    for entry in factor.inputs:
        if _KIND_OF.get(entry.name, fitting[0]) not in fitting:
            yield RulesetFault(where, FaultCode.WRONG_INPUT, {"name": entry.name})
    if len({entry.theme for entry in factor.inputs}) > 1:
        yield RulesetFault(where, FaultCode.THEMES_DIFFER)
    for sentence, allowed in _sentences(factor):
        if not set(_placeholders(sentence)) <= set(allowed):
            yield RulesetFault(where, FaultCode.UNKNOWN_PLACEHOLDER, {"allowed": ", ".join(allowed)})
            return
    if any(points <= 0 for _, points in factor.kind.rows()):
        yield RulesetFault(where, FaultCode.NOT_POSITIVE)
    if isinstance(factor.kind, AtLeast) and not _rising(factor.kind):
        yield RulesetFault(where, FaultCode.STEPS_FALL)


def _faults_in_numbers(ruleset: Ruleset) -> Iterator[RulesetFault]:
    bands, trigger = len(ruleset.impact_from), ruleset.trigger
    for where, band in (
        ("impact_when_unknown", ruleset.impact_when_unknown),
        ("trigger.critical_from_impact", trigger.critical_from_impact),
    ):
        if not 1 <= band <= bands:
            yield RulesetFault(where, FaultCode.NOT_A_BAND)
    if not 0 < trigger.critical_from_share <= 1:
        yield RulesetFault("trigger.critical_from_share", FaultCode.NOT_A_SHARE)
    if not 0 <= ruleset.unknowns.share_above < 1:
        yield RulesetFault("unknowns.share_above", FaultCode.NOT_A_SHARE)
    for where, number in (
        ("window_days", ruleset.window_days),
        ("linking_days", ruleset.linking_days),
        ("linked_sites_for_highest_impact", ruleset.linked_sites_for_highest_impact),
        ("trigger.infections", trigger.infections),
    ):
        if number < 1:
            yield RulesetFault(where, FaultCode.LESS_THAN_ONE)
    if trigger.confidence_z <= 0:
        yield RulesetFault("trigger.confidence_z", FaultCode.NOT_POSITIVE)


def _faults_in_validity(ruleset: Ruleset) -> Iterator[RulesetFault]:
    if ruleset.valid_until is not None and ruleset.valid_until < ruleset.valid_from:
        yield RulesetFault("valid_until", FaultCode.ENDS_BEFORE_IT_BEGINS)
    for region in sorted(ruleset.regions - _REGIONS):
        yield RulesetFault("regions", FaultCode.NO_REGION, {"region": region})


def _faults_in_cluster(ruleset: Ruleset) -> Iterator[RulesetFault]:
    rule = ruleset.cluster
    if rule is None:
        return
    if rule.impact_at_least is None and rule.at_least is None:
        yield RulesetFault("cluster", FaultCode.IDLE_CLUSTER)
    if rule.impact_at_least is not None and not 1 <= rule.impact_at_least <= len(ruleset.impact_from):
        yield RulesetFault("cluster.impact_at_least", FaultCode.NOT_A_BAND)
    if rule.recurrence_days < 1:
        yield RulesetFault("cluster.recurrence_days", FaultCode.LESS_THAN_ONE)


def _kinds() -> Iterator[tuple[str, type]]:
    hints = get_type_hints(GradingFacts)
    for entry in fields(GradingFacts):
        kinds = [kind for kind in get_args(hints[entry.name]) if kind is not type(None)]
        if entry.name != "themes":
            yield entry.name, kinds[0]


_KIND_OF: Mapping[str, type] = dict(_kinds())
_RESTS_ON: Mapping[type, tuple[type, ...]] = {
    Yes: (bool,),
    AtLeast: (int, float),
    Norm: (int, float),
    BySector: (Sector,),
}
_REGIONS = frozenset(f"VR{number:02}" for number in range(1, 26))


def _sentences(factor: Factor) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What of a factor is filled in, each sentence with the names that may stand in it."""
    if isinstance(factor.kind, AtLeast):
        yield from ((text, ("n",)) for step in factor.kind.steps for text in (step.because, step.one))
    elif isinstance(factor.kind, Norm):
        yield factor.kind.because, ("n", "norm")
        # Said of the rules themselves too, where no number is found yet.
        yield factor.kind.found, ("norm",)


def _placeholders(sentence: str) -> Iterator[str]:
    try:
        for _, name, form, conversion in Formatter().parse(sentence):
            if name is not None:
                yield "?" if form or conversion else name
    except ValueError:
        yield "?"


def _rising(kind: AtLeast) -> bool:
    pairs = [(step.start, step.points) for step in kind.steps]
    return all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(pairs))
