"""Triage's database: its collections, what is loaded of them for a decision or a page, and the rules as data."""

from services.triage.store.batches import Batches
from services.triage.store.cases import Cases, Figures, Filter
from services.triage.store.clusters import CLUSTERS, Clusters
from services.triage.store.documents import (
    BLOCK_CLAIMS,
    CASES,
    DOCUMENTS,
    LINK_SUGGESTIONS,
    PROGRESS,
    VISITS,
    Room,
)
from services.triage.store.lead_times import LeadTimes
from services.triage.store.looks import LOOKS, Looks
from services.triage.store.past_cases import PastCases
from services.triage.store.rulesets import (
    RULESETS,
    link_model_at,
    load_link_model,
    load_rulebook,
    load_ruleset,
    read_ruleset_file,
    ruleset_at,
)
from services.triage.store.sectors import SECTORS, Sectors
from services.triage.store.suggestions import Question, Suggestions

COLLECTIONS = (*DOCUMENTS, CLUSTERS, SECTORS, LOOKS)

__all__ = [
    "BLOCK_CLAIMS",
    "CASES",
    "CLUSTERS",
    "COLLECTIONS",
    "LINK_SUGGESTIONS",
    "LOOKS",
    "PROGRESS",
    "RULESETS",
    "SECTORS",
    "VISITS",
    "Batches",
    "Cases",
    "Clusters",
    "Figures",
    "Filter",
    "LeadTimes",
    "Looks",
    "PastCases",
    "Question",
    "Room",
    "Sectors",
    "Suggestions",
    "link_model_at",
    "load_link_model",
    "load_rulebook",
    "load_ruleset",
    "read_ruleset_file",
    "ruleset_at",
]
