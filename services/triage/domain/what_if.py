"""What the grade would be if some facts were otherwise: a copy of the situation beside the situation itself."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from services.triage.domain.assessment import Assessment
from services.triage.domain.explanation import assess
from services.triage.domain.facts import facts_of
from services.triage.domain.ruleset import Ruleset
from shared.situation import Observation, Observations, Situation
from shared.vocabulary import Sector, Theme

Value = Observation | Sector | tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class FactChanged:
    """One fact that differs on the copy; None is not known."""

    name: str
    now: Value
    then: Value


@dataclass(frozen=True, slots=True)
class FactorMoved:
    """A factor that gives other points on the copy, with the sentence of the side on which it counts most."""

    factor: str
    because: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both assessments under one ruleset, and what differs between them."""

    now: Assessment
    then: Assessment
    facts: tuple[FactChanged, ...]
    factors: tuple[FactorMoved, ...]


def what_if(situation: Situation, otherwise: Situation, rules: Ruleset, cluster: float | None = None) -> WhatIf:
    """The grade of a situation, and of a copy of it with other facts; both lie in the same `cluster`, if in any."""
    now, then = (
        assess(facts_of(one).otherwise(cluster_recurrence_days=cluster), rules) for one in (situation, otherwise)
    )
    return WhatIf(now, then, tuple(_changed(situation, otherwise)), tuple(_moved(now, then)))


def _changed(now: Situation, then: Situation) -> Iterator[FactChanged]:
    pairs: list[tuple[str, Value, Value]] = [("themes", now.themes, then.themes), ("sector", now.sector, then.sector)]
    pairs += [
        (field.name, getattr(now.observations, field.name), getattr(then.observations, field.name))
        for field in fields(Observations)
    ]
    return (FactChanged(name, before, after) for name, before, after in pairs if before != after)


def _moved(now: Assessment, then: Assessment) -> Iterator[FactorMoved]:
    before = {given.factor: given for given in now.factors}
    after = {given.factor: given for given in then.factors}
    for id_ in dict.fromkeys([*before, *after]):
        was, becomes = before.get(id_), after.get(id_)
        points, new_points = (given.points if given else 0 for given in (was, becomes))
        if points != new_points:
            heavier = max((given for given in (was, becomes) if given), key=lambda given: given.points)
            yield FactorMoved(id_, heavier.because, points, new_points)
