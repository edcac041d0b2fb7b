"""What single fact could turn out otherwise, in words that hold for every value they cover.

A number is cut where the rules may tell its values apart, so that all values of a piece are graded alike; neighbouring
pieces that lead to one grade are said as one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from services.triage.domain.factors import AtLeast, BySector, Change, Norm, Yes
from services.triage.domain.facts import GradingFacts
from services.triage.domain.grading import Verdict, cluster_clause, judge
from services.triage.domain.ruleset import Ruleset

# How far a change lies from what is known, beside its points; orders explanations, never a grade.
_PER_INFECTION = 5
_PER_IMPACT_BAND = 10

_NO_CLUSTER = "de locatie niet in een cluster van meldingen ligt"


@dataclass(frozen=True, slots=True)
class Turn:
    """One fact turning out otherwise: "als blijkt dat {found}", with the verdict on the nearest that this may mean.

    All that it may mean is graded alike, or graver where `at_least` is said.
    """

    input: str
    found: str
    then: Verdict
    distance: int
    at_least: bool = False


def turns(facts: GradingFacts, now: Verdict, rules: Ruleset) -> Iterator[Turn]:
    """Every single fact by which the grade would be another one."""
    for change in _plain(facts, rules):
        then = judge(change.facts, rules)
        if then.grade != now.grade:
            yield Turn(change.input, change.found, then, _distance(now, then))
    for name in _COUNTED:
        if name in rules.inputs or name in _ALWAYS_COUNTED:
            yield from _of_number(name, facts, now, rules)


def _plain(facts: GradingFacts, rules: Ruleset) -> Iterator[Change]:
    asked = rules.inputs_of(facts.themes)
    for factor in rules.factors:
        if isinstance(factor.kind, Yes | BySector):
            if set(factor.inputs) <= set(asked):
                yield from factor.kind.stronger(facts)
            yield from factor.kind.gone(facts)
    if cluster_clause(facts, rules):
        yield Change("cluster_recurrence_days", facts.otherwise(cluster_recurrence_days=None), _NO_CLUSTER)


def _distance(now: Verdict, then: Verdict, infections: int = 0) -> int:
    bands = abs(then.impact - now.impact)
    return abs(then.points - now.points) + _PER_INFECTION * infections + _PER_IMPACT_BAND * bands


@dataclass(frozen=True, slots=True)
class _Piece:
    """The values of a number from `start` to before `end`, all graded alike; without an end there is no largest."""

    start: int
    end: int | None
    then: Verdict
    distance: int
    told: bool
    at_least: bool


def _of_number(name: str, facts: GradingFacts, now: Verdict, rules: Ruleset) -> Iterator[Turn]:
    if getattr(facts, name) is None and not _is_asked(name, facts, rules):
        return
    kinds = _kinds(name, rules)
    if name in _MEASURED and any(isinstance(kind, Norm) and not kind.under for kind in kinds):
        return  # Just over a norm lies no next number to begin with.
    starts = _starts(name, kinds, facts, rules)
    pieces = [
        _piece(name, start, end, facts, now, rules)
        for start, end in zip_longest(starts, starts[1:], fillvalue=None)
        if start is not None
    ]
    for (told, _, at_least), alike in groupby(pieces, key=lambda one: (one.told, one.then.grade, one.at_least)):
        if told:
            run = list(alike)
            nearest = min(run, key=lambda one: one.distance)
            words = _Words(name, kinds, len(starts), facts, rules)
            yield Turn(name, words.said(run[0].start, run[-1].end), nearest.then, nearest.distance, at_least)


def _kinds(name: str, rules: Ruleset) -> list[AtLeast | Norm]:
    return [
        factor.kind
        for factor in rules.factors
        if isinstance(factor.kind, AtLeast | Norm) and factor.kind.input.name == name
    ]


def _starts(name: str, kinds: Sequence[AtLeast | Norm], facts: GradingFacts, rules: Ruleset) -> list[int]:
    """Where the values of a number may begin to be graded otherwise, 0 first."""
    besides: Mapping[str, Iterable[int]] = {
        "infections": (1, rules.trigger.infections),
        "people_with_symptoms": (1,),
        "people_exposed": rules.impact_from,
        "linked_sites": (rules.linked_sites_for_highest_impact,),
    }
    found = {start for kind in kinds for start in kind.starts(facts)} | set(besides.get(name, ()))
    return [0, *sorted(start for start in found if start > 0)]


def _piece(name: str, start: int, end: int | None, facts: GradingFacts, now: Verdict, rules: Ruleset) -> _Piece:
    known = getattr(facts, name)
    if known is not None and start <= known and (end is None or known < end):
        return _Piece(start, end, now, 0, told=False, at_least=False)
    nearest = end - 1 if end is not None and known is not None and known >= end else start
    changed = facts.otherwise(**{name: nearest})
    then = judge(changed, rules)
    told = then.grade != now.grade and _may_be_found(name, facts, now, then, rules)
    at_least = False
    if name == "infections" and start >= rules.trigger.infections:
        # With fewer than the positives that are known, their share would be another one too.
        told = told and start >= (facts.positive or 0)
        at_least = told and judge(_as_positive_as_can_be(changed), rules).grade != then.grade
    infections = abs(nearest - (known or 0)) if name == "infections" else 0
    return _Piece(start, end, then, _distance(now, then, infections), told, at_least)


def _may_be_found(name: str, facts: GradingFacts, now: Verdict, then: Verdict, rules: Ruleset) -> bool:
    """A risk is looked for under the themes of the case; that a number becomes known is by itself no change of it."""
    if then.points > now.points and not _is_asked(name, facts, rules):
        return False
    return getattr(facts, name) is not None or (then.points, then.impact) != (now.points, now.impact)


def _is_asked(name: str, facts: GradingFacts, rules: Ruleset) -> bool:
    entry = rules.inputs.get(name)
    return entry is None or entry.theme is None or entry.theme in facts.themes


def _as_positive_as_can_be(changed: GradingFacts) -> GradingFacts:
    """More infections may be more positives among those who were tested."""
    return changed.otherwise(positive=max(changed.positive or 0, changed.tested or 0)) if changed.tested else changed


@dataclass(frozen=True, slots=True)
class _Counted:
    """How a number is said, of `many` and of `one`."""

    many: str
    one: str


_COUNTED: Mapping[str, _Counted] = {
    "infections": _Counted("er {n} bevestigde besmettingen zijn", "er {n} bevestigde besmetting is"),
    "people_with_symptoms": _Counted("er {n} mensen met klachten zijn", "er {n} persoon met klachten is"),
    "people_per_bedroom": _Counted("{n} mensen één slaapkamer delen", "{n} persoon één slaapkamer heeft"),
    "square_metres_per_person": _Counted("er {n} m² per persoon is", "er {n} m² per persoon is"),
    "people_per_toilet_or_shower": _Counted(
        "{n} mensen één toilet of douche delen", "{n} persoon één toilet of douche heeft"
    ),
    "linked_sites": _Counted("{n} andere locaties verbonden zijn", "{n} andere locatie verbonden is"),
    "people_exposed": _Counted("er {n} mensen zijn blootgesteld", "er {n} persoon is blootgesteld"),
}
"""Tested and positive are not among them: the share of positives turns with every one of them."""

_ALWAYS_COUNTED = ("infections", "people_exposed")
_MEASURED = ("square_metres_per_person",)
_LINKED = _Counted("er {n} besmettingen zijn die bij elkaar horen", "er {n} besmetting is")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words for some values of one number; `pieces` is in how many it is cut."""

    name: str
    kinds: Sequence[AtLeast | Norm]
    pieces: int
    facts: GradingFacts
    rules: Ruleset

    def said(self, start: int, end: int | None) -> str:
        """What goes on after "als blijkt dat" for the values from start to before end."""
        entry = self.rules.inputs.get(self.name)
        if entry and len(self.kinds) == 1 and self.pieces == 2 and isinstance(norm := self.kinds[0], Norm):
            wrong = norm.under == (start == 0)
            return norm.found.format(norm=norm.norm_for(self.facts)) if wrong else entry.gone
        if (start, end) == (0, 1) and self.name not in _MEASURED:
            return entry.gone if entry else self._counted(start, end).many.format(n="geen")
        words = self._counted(start, end)
        return (words.one if (start, end) == (1, 2) else words.many).format(n=self._range(start, end))

    def _counted(self, start: int, end: int | None) -> _Counted:
        least = self.rules.trigger.infections
        if self.name == "infections" and (start >= least or (start, end) == (0, least)):
            return _LINKED
        return _COUNTED[self.name]

    def _range(self, start: int, end: int | None) -> str:
        if end is None:
            return f"{_number(start)} of meer"
        if start == 0:
            return f"minder dan {_number(end)}"
        if self.name in _MEASURED:
            return f"{_number(start)} tot {_number(end)}"
        last = end - 1
        if last == start:
            return _number(start)
        return f"{_number(start)} {'of' if last == start + 1 else 'tot en met'} {_number(last)}"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
