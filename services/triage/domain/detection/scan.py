"""The prospective space-time permutation scan: which places hear more lately than their share of all days.

After Kulldorff and others (2005, PLoS Medicine 2:e59), by the conventions of SaTScan:

- A cylinder is a circle around one of the places, up to a radius, times the last 1, 2, … days of the study period.
- Expected in it = cases of its places * cases of its days / all cases: no population is needed, and what differs by
  place or by day alone makes no cluster. Its log-likelihood ratio is
  c ln(c / e) + (C - c) ln((C - c) / (C - e)) where c > e, and 0 elsewhere.
- Replications deal the dates of all cases out over the cases anew. p = rank of the observed ratio among the highest
  ratio of each replication / (replications + 1).
- Recurrence interval = 1 / p days, for an analysis that is done daily: how long one waits, on average, for so unlikely
  a cluster where nothing is going on.
- Of each centre the likeliest cylinder stands for it. Clusters are told from the likeliest on, and none that shares a
  place with one already told, nor a further one that chance always reaches (p = 1).
- Places at one distance enter a circle together. The least number of cases holds in the replications too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

EARTH_RADIUS_METRES = 6_367_000.0
"""As SaTScan reckons."""

MOST_CASES = 2_000_000
"""Each case is dealt out by itself; more of them do not fit into memory."""

_AT_ONE_TIME = 4_000_000
_AS_GOOD_AS_EQUAL = 1e-6
"""For ratios and for metres, which come out of the same sum done in another order."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its position: metres in a plane, or degrees (latitude, longitude) on the globe."""

    name: str
    position: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cases:
    """How many cases a place had on a day."""

    place: str
    day: date
    count: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Which cylinders are looked at, and how often chance is asked."""

    most_metres: float
    most_days: int
    least_cases: int = 3
    replications: int = 999
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Cluster:
    """More cases than expected around `centre` from `start` on."""

    centre: str
    places: tuple[str, ...]
    radius_metres: float
    start: date
    end: date
    observed: int
    expected: float
    log_likelihood_ratio: float
    p: float

    @property
    def recurrence_days(self) -> float:
        """How often chance alone would give as much, in days."""
        return 1 / self.p


def scan(
    places: Sequence[Place], cases: Sequence[Cases], start: date, end: date, limits: Limits, *, on_globe: bool = False
) -> list[Cluster]:
    """The clusters at the end of the study period, the likeliest first; raises ValueError for what makes no sense.

    Cases outside the period do not count; a case at a place that is not listed is an error.
    """
    _check(start, end, limits)
    index = {place.name: n for n, place in enumerate(places)}
    where, ages = _single_cases(cases, index, start, end)
    if not len(where):
        return []
    days = min(limits.most_days, (end - start).days + 1)
    cylinders = _Cylinders.around(places, where, ages, days, limits, on_globe)
    if not len(cylinders.ends):
        return []
    ratios = cylinders.ratios(_recent(where, ages, len(places), days)[..., None], limits.least_cases)[..., 0]
    highest = np.sort(np.fromiter(_highest_by_chance(cylinders, where, ages, limits), float, limits.replications))
    found = [
        _cluster(places, cylinders, where, ages, end, circle, day, float(ratios[circle, day]), _p(highest, ratio))
        for circle, day, ratio in _best_apart(cylinders, ratios)
    ]
    return [cluster for number, cluster in enumerate(found) if number == 0 or cluster.p < 1]


def distances(one: Numbers, other: Numbers, *, on_globe: bool) -> Numbers:
    """Metres from each of these positions to each of the others: straight in a plane, by great circle on the globe."""
    if not on_globe:
        return np.asarray(np.hypot(one[:, None, 0] - other[:, 0], one[:, None, 1] - other[:, 1]))
    (latitude, longitude), (latitudes, longitudes) = np.radians(one).T, np.radians(other).T
    half = np.sin((latitude[:, None] - latitudes) / 2) ** 2
    half += np.cos(latitude[:, None]) * np.cos(latitudes) * np.sin((longitude[:, None] - longitudes) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_METRES * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def log_likelihood_ratio(observed: Numbers, expected: Numbers, total: int) -> Numbers:
    """How much likelier the cases are with a cluster than without; 0 where there are no more than expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = observed * np.log(observed / expected)
        outside = np.where(observed < total, (total - observed) * np.log((total - observed) / (total - expected)), 0)
    return np.where(observed > expected, inside + outside, 0.0)


@dataclass(frozen=True, slots=True)
class _Cylinders:
    """All circles in one flat list: circle n holds `members[starts[n]:ends[n]]`, the nearest first.

    `expected` is per circle and number of days; permuting changes neither the cases of a place nor those of a day, so
    it holds for the replications as well.
    """

    members: Whole
    starts: Whole
    ends: Whole
    centres: Whole
    radii: Numbers
    expected: Numbers
    positions: Numbers
    on_globe: bool
    total: int

    @classmethod
    def around(
        cls, places: Sequence[Place], where: Whole, ages: Whole, days: int, limits: Limits, on_globe: bool
    ) -> "_Cylinders":
        positions = np.array([place.position for place in places], dtype=float).reshape(-1, 2)
        # Places without cases change no count: circles need not grow by them.
        with_cases = np.unique(where)
        away = distances(positions, positions[with_cases], on_globe=on_globe)
        members, starts, ends, centres, radii = [], [], [], [], []
        so_far = 0
        for centre in range(len(places)):
            near, at = _nearest_first(away[centre], with_cases, limits.most_metres)
            last_of_its_distance = np.flatnonzero(np.diff(at, append=np.inf) > 0)
            members.append(near)
            starts.append(np.full(len(last_of_its_distance), so_far))
            ends.append(so_far + last_of_its_distance + 1)
            centres.append(np.full(len(last_of_its_distance), centre))
            radii.append(at[last_of_its_distance])
            so_far += len(near)
        flat, first, behind = map(np.concatenate, (members, starts, ends))
        cases_of_place = _sums(np.bincount(where, minlength=len(places))[flat][:, None], first, behind)
        cases_of_days = np.bincount(ages, minlength=days)[:days].cumsum()
        expected = cases_of_place * cases_of_days / len(where)
        middles, reach = np.concatenate(centres), np.concatenate(radii)
        return cls(flat, first, behind, middles, reach, expected, positions, on_globe, len(where))

    def ratios(self, recent: Whole, least_cases: int) -> Numbers:
        """The log-likelihood ratio of each cylinder; `recent` is the cases per place, days and replication."""
        observed = _sums(recent[self.members], self.starts, self.ends)
        expected = self.expected[..., None]
        ratios = np.zeros(observed.shape)
        worth = (observed >= least_cases) & (observed > expected)
        ratios[worth] = log_likelihood_ratio(
            observed[worth].astype(float), np.broadcast_to(expected, observed.shape)[worth], self.total
        )
        return ratios

    def inside(self, circle: int) -> Whole:
        """The places in a circle, also those without cases, the nearest first."""
        centre = self.centres[circle]
        (away,) = distances(self.positions[[centre]], self.positions, on_globe=self.on_globe)
        inside = np.flatnonzero(away <= self.radii[circle] + _AS_GOOD_AS_EQUAL)
        return np.asarray(inside[np.argsort(away[inside], kind="stable")])


def _check(start: date, end: date, limits: Limits) -> None:
    if end < start:
        raise ValueError("the study period ends before it starts")
    if limits.most_metres < 0:
        raise ValueError("a radius is never negative")
    if limits.most_days < 1 or limits.least_cases < 1 or limits.replications < 1:
        raise ValueError("days, cases and replications are 1 or more")


def _single_cases(cases: Sequence[Cases], index: dict[str, int], start: date, end: date) -> tuple[Whole, Whole]:
    """Each case by itself: its place, and how many days before the end it was."""
    inside = [case for case in cases if start <= case.day <= end]
    counts = [case.count for case in inside]
    if sum(counts) > MOST_CASES:
        raise ValueError(f"at most {MOST_CASES} cases can be scanned at once")
    where = np.repeat(np.array([index[case.place] for case in inside], dtype=np.int64), counts)
    ages = np.repeat(np.array([(end - case.day).days for case in inside], dtype=np.int64), counts)
    return where, ages


def _nearest_first(away: Numbers, which: Whole, most: float) -> tuple[Whole, Numbers]:
    inside = np.flatnonzero(away <= most)
    order = inside[np.argsort(away[inside], kind="stable")]
    return which[order], away[order]


def _sums(values: Whole, starts: Whole, ends: Whole) -> Whole:
    """The sum of values[start:end] for each pair of starts and ends."""
    running = np.zeros((len(values) + 1, *values.shape[1:]), dtype=np.int64)
    np.cumsum(values, axis=0, out=running[1:])
    return running[ends] - running[starts]


def _recent(where: Whole, ages: Whole, places: int, days: int) -> Whole:
    """The cases of each place in the last 1, 2, … days."""
    lately = ages < days
    per_day = np.bincount(where[lately] * days + ages[lately], minlength=places * days)
    return np.asarray(per_day.reshape(places, days).cumsum(axis=1), dtype=np.int64)


def _highest_by_chance(cylinders: _Cylinders, where: Whole, ages: Whole, limits: Limits) -> Iterator[float]:
    """The highest ratio of each replication, some replications at a time."""
    random = np.random.default_rng(limits.seed)
    places, days = len(cylinders.positions), cylinders.expected.shape[1]
    together = max(1, _AT_ONE_TIME // max(1, len(cylinders.members) * days))
    for done in range(0, limits.replications, together):
        dealt = [
            _recent(where, random.permutation(ages), places, days)
            for _ in range(min(together, limits.replications - done))
        ]
        yield from cylinders.ratios(np.stack(dealt, axis=-1), limits.least_cases).max(axis=(0, 1))


def _p(highest: Numbers, ratio: float) -> float:
    below = int(np.searchsorted(highest, ratio - _AS_GOOD_AS_EQUAL, side="left"))
    return (len(highest) - below + 1) / (len(highest) + 1)


def _best_apart(cylinders: _Cylinders, ratios: Numbers) -> Iterator[tuple[int, int, float]]:
    """Circle and days of the clusters to tell: the best of each centre, the likeliest first, no place twice."""
    days = ratios.argmax(axis=1)
    best = ratios.max(axis=1)
    order = np.lexsort((cylinders.centres, cylinders.radii, -best.round(9)))
    seen: set[int] = set()
    taken = np.zeros(len(cylinders.positions), dtype=bool)
    for circle in order[best[order] > 0]:
        centre = int(cylinders.centres[circle])
        if centre in seen:
            continue
        seen.add(centre)
        inside = cylinders.inside(int(circle))
        if not taken[inside].any():
            taken[inside] = True
            yield int(circle), int(days[circle]), float(best[circle])


def _cluster(
    places: Sequence[Place],
    cylinders: _Cylinders,
    where: Whole,
    ages: Whole,
    end: date,
    circle: int,
    day: int,
    ratio: float,
    p: float,
) -> Cluster:
    inside = cylinders.inside(circle)
    return Cluster(
        centre=places[int(cylinders.centres[circle])].name,
        places=tuple(places[n].name for n in inside),
        radius_metres=float(cylinders.radii[circle]),
        start=end - timedelta(days=day),
        end=end,
        observed=int(np.count_nonzero(np.isin(where, inside) & (ages <= day))),
        expected=float(cylinders.expected[circle, day]),
        log_likelihood_ratio=ratio,
        p=p,
    )
