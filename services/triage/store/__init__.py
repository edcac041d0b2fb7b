"""Triage's database: its collections, what is loaded of them for a decision or a page, and the rules as data."""

from services.triage.store.cases import Cases, Figures, Filter
from services.triage.store.documents import (
    BLOCK_CLAIMS,
    CASES,
    COLLECTIONS,
    PROGRESS,
    BlockClaim,
    Room,
)
from services.triage.store.rulesets import RULESETS, load_ruleset, ruleset_at

__all__ = [
    "BLOCK_CLAIMS",
    "CASES",
    "COLLECTIONS",
    "PROGRESS",
    "RULESETS",
    "BlockClaim",
    "Cases",
    "Figures",
    "Filter",
    "Room",
    "load_ruleset",
    "ruleset_at",
]
