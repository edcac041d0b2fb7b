"""What planning knows of a case, as triage told it last."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.planning.domain.network import Place
from shared.situation import Observation, Site
from shared.vocabulary import Grade, Sector, Theme


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case by its id and the number that people say."""

    id: str
    number: str


@dataclass(frozen=True, slots=True)
class Case:
    """The picture of a case. `observations` are carried along, unread, for those who go there.

    `infections` counts confirmed infections and positives, `trigger` tells why linked infections set a lower bound,
    `due_at` is the end of the 24-hour clock, `closed` the reason why a person closed it. `absorbed` are the ids of the
    cases that this picture holds too, since they were merged into it; `merged_into` is where this one went.
    """

    id: str
    number: str
    grade: Grade
    summary: str
    themes: tuple[Theme, ...]
    sector: Sector | None
    site: Site
    regions: tuple[str, ...]
    points_by_theme: Mapping[Theme, int]
    infections: int = 0
    trigger: str | None = None
    workers_live_in: tuple[str, ...] = ()
    observations: Mapping[str, Observation] = field(default_factory=dict)
    due_at: datetime | None = None
    closed: str | None = None
    absorbed: tuple[str, ...] = ()
    merged_into: CaseRef | None = None

    @property
    def ref(self) -> CaseRef:
        return CaseRef(self.id, self.number)

    @property
    def asks_for_visit(self) -> bool:
        """Whether it is open, a case of its own, and graded high or critical."""
        return self.closed is None and self.merged_into is None and self.grade.calls_for_visit

    @property
    def region(self) -> str | None:
        """The work site's region."""
        return next(iter(self.regions), None)

    @property
    def place(self) -> Place:
        return Place(self.regions, self.site.municipality)

    @property
    def has_infections(self) -> bool:
        return self.infections > 0 or self.trigger is not None

    @property
    def crosses_border(self) -> bool:
        return bool(self.workers_live_in) or self.site.country != "NL"

    def called(self, other: CaseRef) -> "Case":
        """The same picture as that of another case."""
        return replace(self, id=other.id, number=other.number)

    def closed_for(self, reason: str) -> "Case":
        return replace(self, closed=reason)

    def rises_above(self, earlier: "Case | None") -> bool:
        """Whether it now asks for a visit that its earlier picture did not ask for, or less urgently."""
        if not self.grade.calls_for_visit:
            return False
        return earlier is None or earlier.closed is not None or self.grade.rank > earlier.grade.rank

    def falls_below_visit(self, earlier: "Case") -> bool:
        """Whether the grade no longer asks for the visit it asked for before."""
        return earlier.grade.calls_for_visit and not self.grade.calls_for_visit
