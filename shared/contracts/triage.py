"""Triage's facts: cases, their grades with the reasons, and the 24-hour clock."""

from datetime import date

from pydantic import Field

from shared.contracts.common import Moment, Situation
from shared.contracts.envelope import Fact, WireModel, fact
from shared.vocabulary import ClockStage, Grade, Sector, Theme


class FactorPoints(WireModel):
    """One factor that counted, with the points it gave and what it rests on."""

    factor: str
    points: int
    theme: Theme | None
    because: str = Field(description="one plain Dutch sentence")
    source: str = Field(description="the norm or study")


class Assessment(WireModel):
    """A grade with its whole explanation; the same input under the same ruleset gives the same assessment."""

    grade: Grade
    ruleset: str
    points: int
    likelihood: int = Field(ge=1, le=4)
    impact: int = Field(ge=1, le=3)
    impact_assumed: bool
    factors: tuple[FactorPoints, ...]
    unknowns: tuple[str, ...]
    raised_for_unknowns: bool
    trigger: str | None = Field(description="why three or more linked infections set a lower bound; None if not")
    smallest_change: str | None
    summary: str = Field(description="the reasons in one or two plain Dutch sentences")
    input_hash: str
    cluster: str | None = Field(
        default=None, description="what lying in a detected cluster does, where the ruleset has a clause for that"
    )


class GradeOverride(WireModel):
    """A grade that a member set in place of that of the rules; the reason is on the case page.

    `disputed` tells that the rules have since come to a grade that is neither the one then nor the one set, or to the
    one then on facts that are graver.
    """

    grade: Grade
    set_at: Moment
    organisation: str = Field(description="the entity of who set it")
    disputed: bool


@fact("cases.assessed.v1")
class CaseAssessed(Fact):
    """A case was opened or assessed anew. Subject: the case. Carries the whole picture, so that nobody calls back.

    `clock_started_at` is the receipt of the signal that raised the grade to high or critical, None while no clock
    runs; `clock_due_at` lies 24 hours later. `assessment` is always that of the rules; the grade that holds is
    `grade`: where a member set one, theirs. `absorbed` are the cases that were merged into this one and still are,
    those that were merged into one of them included.
    """

    number: str = Field(description="the number people say, for example Z-2020-0042")
    situation: Situation
    signals: tuple[str, ...]
    assessment: Assessment
    previous_grade: Grade | None
    points_by_theme: dict[Theme, int]
    regions: tuple[str, ...] = Field(description="safety regions the case touches, the work site's first")
    clock_started_at: Moment | None
    clock_due_at: Moment | None
    assessed_at: Moment
    override: GradeOverride | None = None
    absorbed: tuple[str, ...] = ()

    @property
    def grade(self) -> Grade:
        """The grade that holds."""
        return self.override.grade if self.override else self.assessment.grade


@fact("cases.escalated.v1")
class CaseEscalated(Fact):
    """The 24-hour clock of a case passed a threshold with nobody on site; told once per threshold of each clock.

    `passed_at` is when it was passed, which may lie before it is told: after an outage all that was passed is told.
    """

    number: str
    threshold: str = Field(pattern="^(half|four_fifths|breach)$", description="half, four_fifths (80%) or breach")
    grade: Grade
    stage: ClockStage = Field(description="the last stage that was reached")
    regions: tuple[str, ...] = Field(description="safety regions the case touches, the work site's first")
    clock_started_at: Moment
    clock_due_at: Moment
    passed_at: Moment


@fact("cases.closed.v1")
class CaseClosed(Fact):
    """A person closed the case, for a reason from a short list."""

    number: str
    reason: str
    closed_at: Moment


class CaseLink(WireModel):
    """A case by its id and by the number that people say."""

    case: str
    number: str


class Regrouped(Fact):
    """A person put signals into another case. Told of both cases, so that who follows one of them knows.

    `number` is that of the case it is told of, `signals` are those that changed case, `reason` is as the person wrote
    it. What an open case holds from now on is in the CaseAssessed that comes just before.
    """

    number: str
    signals: tuple[str, ...]
    reason: str
    organisation: str = Field(description="the entity of who did it")
    happened_at: Moment


@fact("cases.merged.v1")
class CaseMerged(Regrouped):
    """All signals of a case went to another; of the one that is gone nothing more is told until it comes back."""

    gone: CaseLink
    stays: CaseLink


@fact("cases.merge-undone.v1")
class CaseMergeUndone(Regrouped):
    """A case that was merged away is a case of its own again, with what it had brought."""

    gone: CaseLink = Field(description="the case that came back")
    stays: CaseLink


@fact("cases.split.v1")
class CaseSplit(Regrouped):
    """Some signals of a case founded a new one; undoing that merges the part back."""

    origin: CaseLink
    part: CaseLink


@fact("clusters.detected.v1")
class ClusterDetected(Fact):
    """More cases about a theme came from close together than chance makes. Subject: the cluster.

    Told when it is first seen and whenever its picture changes, with the whole picture. A case counts once, by its
    first signal in the 28 days that are watched: other reports of the same situation make no cluster.
    `recurrence_days` says how often chance alone would give as much, for a look a day.
    """

    theme: Theme
    centre: str = Field(description="the postcode of four digits in the middle")
    places: tuple[str, ...] = Field(description="the postcodes of four digits inside, the centre first")
    radius_metres: float
    start: date
    end: date
    observed: int = Field(description="cases inside, each counted once")
    expected: float
    log_likelihood_ratio: float
    p: float
    recurrence_days: float
    regions: tuple[str, ...]
    cases: tuple[str, ...] = Field(description="the cases inside")
    detected_at: Moment


class SectorStanding(WireModel):
    """A sector's place among the sectors, with the points by what they were given for and the counts behind them."""

    rank: int = Field(ge=1)
    points: int = Field(ge=0, le=100)
    points_by_part: dict[str, int] = Field(description="signals, grades, clusters, findings, coverage")
    signals: int = Field(description="in the last 28 days")
    open_cases: dict[Grade, int]
    clusters: int = Field(description="seen in the last 7 days")
    visits: int = Field(description="completed in the last 84 days")
    reported: int = Field(description="of these visits, with a report")
    infringements: int = Field(description="found in these reports")
    cases: int = Field(description="opened in the last 84 days")
    visited: int = Field(description="of these cases, with a visit")
    tested: int
    positive: int
    testing: str = Field(description="what testing is for: start, everyone, contacts or sample")


class SectorRise(WireModel):
    """More signals of a sector in the country on a day than the days before let expect, by one EARS method or more."""

    day: date
    signals: int
    upper: dict[str, float | None] = Field(description="what C1, C2 and C3 take for the most to be expected")
    alarms: tuple[str, ...] = Field(description="the methods by which it is more: C1, C2, C3")


@fact("sectors.ranked.v1")
class SectorRanked(Fact):
    """The full state of one sector in the ranking; the topic is compacted. Subject: the sector.

    `regions` has every safety region in which anything of the sector was counted.
    """

    sector: Sector
    national: SectorStanding
    regions: dict[str, SectorStanding]
    counted_at: Moment
    rise: SectorRise | None = Field(default=None, description="only on a day on which a method alarms")


@fact("visits.concluded.v1")
class VisitConcluded(Fact):
    """A visit that answers signals is over. Subject: the intervention.

    Tells intake whose signals were followed up, so that their reporters may know; nothing of who went or what was
    found. A visit without a case, as a preventive one is, is not told. Told anew where its case was merged.
    """

    case: str
    signals: tuple[str, ...] = Field(description="those of the case that were there before the team was, the newest")
    visited_on: date
