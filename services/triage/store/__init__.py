"""Triage's database: its collections, what is loaded of them for a decision or a page, and the rules as data."""

from services.triage.store.cases import Cases, Figures, Filter
from services.triage.store.clusters import CLUSTERS, Clusters
from services.triage.store.documents import (
    BLOCK_CLAIMS,
    CASES,
    DOCUMENTS,
    PROGRESS,
    VISITS,
    BlockClaim,
    Room,
)
from services.triage.store.rulesets import RULESETS, load_ruleset, ruleset_at
from services.triage.store.sectors import SECTORS, Sectors

COLLECTIONS = (*DOCUMENTS, CLUSTERS, SECTORS)

__all__ = [
    "BLOCK_CLAIMS",
    "CASES",
    "CLUSTERS",
    "COLLECTIONS",
    "PROGRESS",
    "RULESETS",
    "SECTORS",
    "VISITS",
    "BlockClaim",
    "Cases",
    "Clusters",
    "Figures",
    "Filter",
    "Room",
    "Sectors",
    "load_ruleset",
    "ruleset_at",
]
