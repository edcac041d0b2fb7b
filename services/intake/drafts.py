"""What is typed at desks and not sent yet: one encrypted draft a form, gone after a night or when it is sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import PyMongoError

from services.intake.keys import Keys
from shared.mongo import Database

KEPT_FOR = timedelta(hours=12)

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A call that was not sent, by its own number, with when it was last typed in."""

    call: str
    typed: Typed
    kept: datetime


class Drafts:
    """Drafts by who typed them in which call; neither these nor what was typed can be read in the database."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._drafts = database.raw["drafts"]
        self._keys = keys

    async def prepare(self) -> None:
        """Let the database itself remove what is too old, and find somebody's without a search."""
        await self._drafts.create_index("expires", expireAfterSeconds=0)
        await self._drafts.create_index("whose")

    async def keep(self, subject: str, call: str, typed: Typed, now: datetime, lasts: timedelta = KEPT_FOR) -> None:
        """Store what stands in the form of this call now instead of what stood there before."""
        content = {"call": call, "typed": {name: list(values) for name, values in typed.items()}}
        draft = {
            "whose": self._keys.draft_id(subject),
            "sealed": self._keys.wrap(json.dumps(content).encode()),
            "expires": now + lasts,
        }
        await self._drafts.replace_one({"_id": self._id(subject, call)}, draft, upsert=True)

    async def find(self, subject: str, call: str, now: datetime) -> Draft | None:
        """What this person had typed in this call, if it is not too old; without the database a form opens empty."""
        try:
            stored = await self._drafts.find_one({"_id": self._id(subject, call)})
        except PyMongoError:
            return None
        return None if stored is None or stored["expires"] <= now else self._draft(stored)

    async def unfinished(self, subject: str, now: datetime) -> list[Draft]:
        """All that this person typed and did not send, the latest first; nothing while the database is away."""
        query = {"whose": self._keys.draft_id(subject), "expires": {"$gt": now}}
        try:
            return [self._draft(stored) async for stored in self._drafts.find(query).sort("expires", -1)]
        except PyMongoError:
            return []

    async def forget(self, subject: str, call: str) -> None:
        """It was sent, or its operator wants it gone."""
        await self._drafts.delete_one({"_id": self._id(subject, call)})

    def _id(self, subject: str, call: str) -> str:
        return self._keys.draft_id(f"{subject}\0{call}")

    def _draft(self, stored: Mapping[str, Any]) -> Draft:
        content = json.loads(self._keys.unwrap(stored["sealed"]))
        return Draft(content["call"], content["typed"], stored["expires"] - KEPT_FOR)
