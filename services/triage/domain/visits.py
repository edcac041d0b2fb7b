"""A visit as far as it tells about its sector: where it was, and how much was found."""

from dataclasses import dataclass
from datetime import datetime

from shared.vocabulary import Sector


@dataclass(frozen=True, slots=True)
class Visit:
    """A completed visit, preventive or repressive; `infringements` is None until its report is in."""

    completed_at: datetime | None = None
    case: str | None = None
    sector: Sector | None = None
    region: str | None = None
    infringements: int | None = None
