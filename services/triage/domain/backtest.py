"""Past cases graded by two sets of rules, held against what visits found, and counted as they go by.

What a grade is held against must not have been known to it: of a visited case only the facts from before the visit
count. A visit is a hit when its report names an infringement, or, of a file, when the file says so.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.triage.domain.assessing import InCluster, facts_in, ruleset_for
from services.triage.domain.facts import GradingFacts
from services.triage.domain.grading import judge
from services.triage.domain.merging import CaseSignal, merge
from services.triage.domain.ruleset import Rules, Ruleset
from shared.vocabulary import Grade


@dataclass(frozen=True, slots=True)
class PastCase:
    """The facts of a case as they were, and whether a visit found something; None when nobody looked."""

    id: str
    facts: GradingFacts
    found: bool | None = None


@dataclass(frozen=True, slots=True)
class VisitMade:
    """When the team came to a case, and whether its report names an infringement."""

    came_at: datetime
    found: bool


@dataclass(frozen=True, slots=True)
class ClusterSeen:
    """A detected cluster that a case lies in, and since when that is known."""

    since: datetime
    cluster: InCluster


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case of the platform as it is kept, with its clusters and the visits whose reports are in.

    The clusters are all that were ever detected, whether or not rules of then let them count.
    """

    id: str
    number: str
    signals: tuple[CaseSignal, ...]
    clusters: tuple[ClusterSeen, ...] = ()
    visits: tuple[VisitMade, ...] = ()


@dataclass(frozen=True, slots=True)
class Graded:
    """One past case under both sets of rules; `label` is how people call it."""

    id: str
    label: str
    before: Grade
    after: Grade
    found: bool | None

    @property
    def move(self) -> int:
        """How many levels the grade goes up, or down when negative."""
        return self.after.rank - self.before.rank


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of the visited cases with one grade, in how many the visit found something; no share of none."""

    visited: int
    found: int

    @property
    def share(self) -> float | None:
        return self.found / self.visited if self.visited else None


@dataclass(frozen=True, slots=True)
class Score:
    """How well grades that call for a visit agree with what visits found; None where there is nothing to divide by."""

    calibration: Mapping[Grade, Calibration]

    @property
    def precision(self) -> float | None:
        """Of the cases that it would have visited, in how many something was found."""
        called = [row for grade, row in self.calibration.items() if grade.calls_for_visit]
        return _share(sum(row.found for row in called), sum(row.visited for row in called))

    @property
    def recall(self) -> float | None:
        """Of the cases in which something was found, how many it would have visited."""
        called = sum(row.found for grade, row in self.calibration.items() if grade.calls_for_visit)
        return _share(called, sum(row.found for row in self.calibration.values()))


def replayed(case: PastCase, before: Ruleset, after: Ruleset) -> Graded:
    """A case of a file graded by both."""
    return Graded(case.id, case.id, judge(case.facts, before).grade, judge(case.facts, after).grade, case.found)


def replayed_from_store(case: StoredCase, before: Rules, after: Rules) -> Graded:
    """A case of the platform graded by both, each reading its signals in its own way.

    Where nothing is left of what was known before the visit, all facts count and the visit proves nothing.
    """
    first = min(case.visits, key=lambda visit: visit.came_at, default=None)
    known = [signal for signal in case.signals if first is None or signal.known_at < first.came_at]
    found = any(visit.found for visit in case.visits) if first and known else None
    signals = known or case.signals
    cluster = _cluster_of(case, first.came_at if first and known else None)
    grades = [_grade_of(signals, cluster, rules) for rules in (before, after)]
    return Graded(case.id, case.number, grades[0], grades[1], found)


def _cluster_of(case: StoredCase, until: datetime | None) -> InCluster | None:
    """The cluster that counts: of those known by then the one seen last, of equals the rarest."""
    known = [seen.cluster for seen in case.clusters if until is None or seen.since < until]
    return max(known, key=lambda one: (one.until, one.recurrence_days, one.id), default=None)


def _grade_of(signals: Sequence[CaseSignal], cluster: InCluster | None, rules: Rules) -> Grade:
    ruleset = ruleset_for(signals, rules)
    return judge(facts_in(merge(signals, ruleset), cluster, signals, ruleset), ruleset).grade


@dataclass(slots=True)
class Tally:
    """What is counted of graded cases; of those that change, the largest moves are kept, at most `most` of them."""

    most: int | None = None
    cases: int = 0
    pairs: Counter[tuple[Grade, Grade]] = field(default_factory=Counter)
    visited: Counter[tuple[Grade, Grade, bool]] = field(default_factory=Counter)
    _changes: list[tuple[int, int, Graded]] = field(default_factory=list)

    def add(self, graded: Iterable[Graded]) -> None:
        """Count some more."""
        for one in graded:
            self.cases += 1
            self.pairs[one.before, one.after] += 1
            if one.found is not None:
                self.visited[one.before, one.after, one.found] += 1
            if one.move:
                self._keep(one)

    @property
    def changed(self) -> int:
        """How many cases the other rules grade otherwise."""
        return sum(count for (before, after), count in self.pairs.items() if before != after)

    @property
    def looked_at(self) -> int:
        """How many cases say something of how good a grade was."""
        return self.visited.total()

    def changes(self) -> list[Graded]:
        """The cases that are graded otherwise, the largest moves first and in the order in which they came."""
        return [one for _, _, one in sorted(self._changes, key=lambda kept: (-kept[0], -kept[1]))]

    def scores(self) -> tuple[Score, Score]:
        """How good the grades of either were."""
        return self._score(0), self._score(1)

    def _keep(self, one: Graded) -> None:
        kept = (abs(one.move), -self.cases, one)
        if self.most is None or len(self._changes) < self.most:
            heapq.heappush(self._changes, kept)
        else:
            heapq.heappushpop(self._changes, kept)

    def _score(self, side: int) -> Score:
        found: Counter[Grade] = Counter()
        seen: Counter[Grade] = Counter()
        for (before, after, hit), count in self.visited.items():
            grade = (before, after)[side]
            seen[grade] += count
            found[grade] += count * hit
        return Score({grade: Calibration(seen[grade], found[grade]) for grade in Grade})


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
