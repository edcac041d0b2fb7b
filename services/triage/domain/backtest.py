"""Grades held against what visits found, and the same cases under another ruleset."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.domain.facts import GradingFacts
from services.triage.domain.grading import judge
from services.triage.domain.ruleset import Ruleset
from shared.vocabulary import Grade


@dataclass(frozen=True, slots=True)
class PastCase:
    """The facts of a case as they were, and whether a visit found an outbreak; None when nobody looked."""

    id: str
    facts: GradingFacts
    found: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A case that another ruleset grades otherwise."""

    id: str
    before: Grade
    after: Grade


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of the visited cases with one grade, in how many the visit found an outbreak; no share of none."""

    visited: int
    found: int

    @property
    def share(self) -> float | None:
        return self.found / self.visited if self.visited else None


@dataclass(frozen=True, slots=True)
class Score:
    """How well grades that call for a visit agree with what visits found; None where there is nothing to divide by."""

    precision: float | None
    recall: float | None
    calibration: dict[Grade, Calibration]


@dataclass(frozen=True, slots=True)
class Graded:
    """One past case under both rulesets."""

    case: PastCase
    before: Grade
    after: Grade


def replayed(case: PastCase, before: Ruleset, after: Ruleset) -> Graded:
    """The case graded by both."""
    return Graded(case, judge(case.facts, before).grade, judge(case.facts, after).grade)


def changes(graded: Sequence[Graded]) -> list[Change]:
    """Which cases the other ruleset grades otherwise, the largest moves first."""
    moved = [Change(one.case.id, one.before, one.after) for one in graded if one.before != one.after]
    return sorted(moved, key=lambda change: -abs(change.after.rank - change.before.rank))


def score(grades: Sequence[tuple[Grade, bool | None]]) -> Score:
    """Grades beside what the visit found; only visited cases say anything."""
    visited = [(grade, found) for grade, found in grades if found is not None]
    right = sum(found for grade, found in visited if grade.calls_for_visit)
    calibration = {
        grade: Calibration(
            visited=sum(given == grade for given, _ in visited),
            found=sum(found for given, found in visited if given == grade),
        )
        for grade in Grade
    }
    return Score(
        precision=_share(right, sum(grade.calls_for_visit for grade, _ in visited)),
        recall=_share(right, sum(found for _, found in visited)),
        calibration=calibration,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
