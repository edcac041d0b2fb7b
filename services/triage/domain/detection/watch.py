"""What is watched every day: signals of the last 28 days, per theme for clusters and per sector for a rise.

In a cluster and in the Knox test a situation counts once, however often it was reported: of each case the first signal.

The numbers are those of the published rules: windows up to 7 days, 3 km around work sites and 15 km around housing
and for transport, 3 signals at least, 999 replications, an alert from a recurrence interval of 100 days on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.triage.domain.detection.ears import Method, Verdict, ears
from services.triage.domain.detection.knox import knox
from services.triage.domain.detection.scan import Cases, Cluster, Limits, Place, scan
from shared.vocabulary import Sector, Theme

DAYS_BACK = 28
ALERT_FROM_DAYS = 100
LEAST_SIGNALS = 3
MOST_SIGNALS = 2_000
"""The scan grows with the square of the signals that count; a theme with more is not scanned, and the page says so."""

MOST_METRES = {Theme.WORK: 3_000.0, Theme.HOUSING: 15_000.0, Theme.TRANSPORT: 15_000.0}
SAME_WITHIN = timedelta(days=7)
"""A cluster that shows again within this time, at one of its places, is the same."""

REPLICATIONS = 999
SEED = 2020
CLOSE_DAYS = 7
PERMUTATIONS = 199


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is watched of a signal: nothing but where, when and what about."""

    case: str
    number: str
    day: date
    postcode: str | None
    themes: tuple[Theme, ...]
    sector: Sector | None


@dataclass(frozen=True, slots=True)
class Member:
    """A case inside a cluster, by its first signal."""

    case: str
    number: str
    postcode: str


@dataclass(frozen=True, slots=True)
class DetectedCluster:
    """More cases about a theme, close together and lately, than chance makes; as last seen."""

    theme: Theme
    centre: str
    places: tuple[str, ...]
    radius_metres: float
    start: date
    end: date
    observed: int
    expected: float
    log_likelihood_ratio: float
    p: float
    recurrence_days: float
    members: tuple[Member, ...]
    detected_at: datetime


@dataclass(frozen=True, slots=True)
class Rise:
    """The count of a sector on the last day, `day`, and what each method makes of it."""

    sector: Sector
    day: date
    counts: tuple[int, ...]
    verdicts: Mapping[Method, Verdict]

    @property
    def today(self) -> int:
        return self.counts[-1]

    @property
    def alarms(self) -> tuple[Method, ...]:
        """The methods that raise an alarm; none below three signals."""
        if self.today < LEAST_SIGNALS:
            return ()
        return tuple(method for method, verdict in self.verdicts.items() if verdict.alarm)


@dataclass(frozen=True, slots=True)
class Interaction:
    """Whether cases of a theme that are close in place are close in time, too, more often than chance makes them.

    Close is at most `metres` and `days` apart. `p` is that of as many such pairs or more when the days are dealt out
    anew, and at least 1 / (PERMUTATIONS + 1). A check on the clusters: it names no place. `signals` are those that
    count, one of each case.
    """

    theme: Theme
    signals: int
    metres: float
    days: int
    close_pairs: int
    expected: float
    p: float


def first_day(today: date) -> date:
    """The first of the days that are watched."""
    return today - timedelta(days=DAYS_BACK - 1)


def clusters(
    sightings: Sequence[Sighting], points: Mapping[str, tuple[float, float]], today: date, now: datetime
) -> list[DetectedCluster]:
    """The clusters of all themes that are worth an alert."""
    scanned = [theme for theme in Theme if theme not in unscanned(sightings)]
    return [found for theme in scanned for found in _of_theme(theme, sightings, points, today, now)]


def unscanned(sightings: Sequence[Sighting]) -> list[Theme]:
    """The themes with too many signals to be scanned."""
    return [theme for theme in Theme if len(first_of_each(theme, sightings)) > MOST_SIGNALS]


def first_of_each(theme: Theme, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Of each case the first signal about a theme that can be placed, or else the first of all.

    Signals of one case are the same situation told again: they corroborate it, and make no cluster.
    """
    about = (one for one in sightings if theme in one.themes)
    first: dict[str, Sighting] = {}
    for one in sorted(about, key=lambda one: (one.postcode is None, one.day)):
        first.setdefault(one.case, one)
    return list(first.values())


def interactions(sightings: Sequence[Sighting], points: Mapping[str, tuple[float, float]]) -> list[Interaction]:
    """The Knox test of every theme that is scanned and has signals enough to say anything."""
    scanned = [theme for theme in Theme if theme not in unscanned(sightings)]
    return [found for theme in scanned if (found := _interaction(theme, sightings, points))]


def rises(sightings: Iterable[Sighting], today: date) -> list[Rise]:
    """Every sector with its daily counts in the whole country, judged on the last day."""
    first = first_day(today)
    per_sector = {sector: [0] * DAYS_BACK for sector in Sector}
    for sighting in sightings:
        if sighting.sector is not None and first <= sighting.day <= today:
            per_sector[sighting.sector][(sighting.day - first).days] += 1
    return [Rise(sector, today, tuple(counts), _judged(counts)) for sector, counts in per_sector.items()]


def is_current(cluster: DetectedCluster, today: date) -> bool:
    """Whether a cluster was seen so lately that it may still go on."""
    return today - cluster.end <= SAME_WITHIN


def continues(known: DetectedCluster, found: DetectedCluster) -> bool:
    """Whether a cluster that is found is one that is known already."""
    near = not set(known.places).isdisjoint(found.places)
    return known.theme == found.theme and near and found.end - known.end <= SAME_WITHIN


def as_seen(known: DetectedCluster | None, found: DetectedCluster) -> DetectedCluster | None:
    """The cluster as it is now; None when nothing about it is new."""
    if known is None:
        return found
    found = replace(found, detected_at=known.detected_at)
    return None if found == known else found


def _of_theme(
    theme: Theme,
    sightings: Sequence[Sighting],
    points: Mapping[str, tuple[float, float]],
    today: date,
    now: datetime,
) -> list[DetectedCluster]:
    firsts = first_of_each(theme, sightings)
    cases = [Cases(one.postcode, one.day) for one in firsts if one.postcode in points and one.postcode is not None]
    places = [Place(name, points[name]) for name in sorted({case.place for case in cases})]
    limits = Limits(MOST_METRES[theme], 7, LEAST_SIGNALS, REPLICATIONS, SEED)
    return [
        _detected(theme, found, firsts, now)
        for found in scan(places, cases, first_day(today), today, limits)
        if found.recurrence_days >= ALERT_FROM_DAYS
    ]


def _interaction(
    theme: Theme, sightings: Sequence[Sighting], points: Mapping[str, tuple[float, float]]
) -> Interaction | None:
    placed = [(one, one.postcode) for one in first_of_each(theme, sightings) if one.postcode in points]
    if len(placed) < LEAST_SIGNALS:
        return None
    found = knox(
        [points[postcode or ""] for _, postcode in placed],
        [float(one.day.toordinal()) for one, _ in placed],
        space=MOST_METRES[theme],
        time=CLOSE_DAYS,
        permutations=PERMUTATIONS,
        seed=SEED,
    )
    p = found.p_by_permutation
    return Interaction(theme, len(placed), MOST_METRES[theme], CLOSE_DAYS, found.close_pairs, found.expected, p)


def _detected(theme: Theme, found: Cluster, firsts: Iterable[Sighting], now: datetime) -> DetectedCluster:
    members = [
        Member(one.case, one.number, one.postcode)
        for one in firsts
        if one.postcode in found.places and found.start <= one.day <= found.end and one.postcode is not None
    ]
    return DetectedCluster(
        theme=theme,
        centre=found.centre,
        places=found.places,
        radius_metres=found.radius_metres,
        start=found.start,
        end=found.end,
        observed=found.observed,
        expected=found.expected,
        log_likelihood_ratio=found.log_likelihood_ratio,
        p=found.p,
        recurrence_days=found.recurrence_days,
        members=tuple(sorted(members, key=lambda member: (member.number, member.postcode))),
        detected_at=now,
    )


def _judged(counts: Sequence[int]) -> dict[Method, Verdict]:
    return {method: ears(counts, method, first=len(counts))[0] for method in Method}
