"""What one look at the signals found beside the clusters, kept so that a page need not look again."""

from dataclasses import dataclass
from datetime import datetime

from services.triage.domain.detection.watch import Interaction, Rise
from shared.vocabulary import Theme


@dataclass(frozen=True, slots=True)
class Look:
    """When it was, to the quarter hour; every sector and test of a theme. A theme in `unscanned` was left out."""

    at: datetime
    rises: tuple[Rise, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    unscanned: tuple[Theme, ...] = ()
