"""A visit as far as it tells about its sector, where it was and how much was found, and which signals it answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.triage.domain.merging import CaseSignal
from shared.vocabulary import Sector


@dataclass(frozen=True, slots=True)
class Visit:
    """A completed visit, preventive or repressive; `infringements` is None until its report is in."""

    completed_at: datetime | None = None
    case: str | None = None
    sector: Sector | None = None
    region: str | None = None
    infringements: int | None = None
    began_at: datetime | None = None


MOST_ANSWERED = 1000
"""More would not fit into one fact; nobody has that many reporters about one place in one case."""


def answered_by(visit: Visit, signals: Iterable[CaseSignal]) -> tuple[str, ...]:
    """The signals that were there before the team was, the newest of very many."""
    began = visit.began_at or visit.completed_at
    if began is None:
        return ()
    earlier = [one for one in signals if one.withdrawn_at is None and one.received_at < began]
    return tuple(one.id for one in sorted(earlier, key=lambda one: (one.received_at, one.id))[-MOST_ANSWERED:])
