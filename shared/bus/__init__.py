"""Facts in and facts out: batches in, documents as the unit of truth, one leased relay out."""

from shared.bus.bus import Bus
from shared.bus.documents import Change, Conflict, Document, WorkingSet
from shared.bus.message import Message
from shared.bus.stage import Reader, Refusal

__all__ = ["Bus", "Change", "Conflict", "Document", "Message", "Reader", "Refusal", "WorkingSet"]
