"""The visit a report is about, as planning told it when it was over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.situation import Observation, Site
from shared.vocabulary import Grade, InterventionKind, Sector, Theme


@dataclass(frozen=True, slots=True)
class Power:
    """What a party may do there, and on which legal base."""

    what: str
    legal_base: str


@dataclass(frozen=True, slots=True)
class Involved:
    """A party of the visit, with how many people it sent."""

    party: str
    name: str
    role: str
    powers: tuple[Power, ...] = ()
    people: int | None = None


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of the plan of approach."""

    party: str
    theme: Theme | None
    what: str
    legal_base: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known when the report opens: who, where, when, why and by which plan."""

    intervention: str
    number: str
    kind: InterventionKind
    case: str | None
    case_number: str | None
    grade: Grade | None
    themes: tuple[Theme, ...]
    sector: Sector | None
    site: Site
    region: str | None
    coordinator: str
    coordinator_name: str
    coordinator_reason: str
    completed_at: datetime
    started_at: datetime | None = None
    due_at: datetime | None = None
    parties: tuple[Involved, ...] = ()
    plan: tuple[PlanStep, ...] = ()
    observations: Mapping[str, Observation] = field(default_factory=dict)

    @property
    def visited_at(self) -> datetime:
        """When the team came on site, or else when it was done."""
        return self.started_at or self.completed_at

    def involves(self, organisation: str) -> bool:
        """Whether this party had a part in the visit."""
        return any(party.party == organisation for party in self.parties)
