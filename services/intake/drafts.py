"""What an operator has typed and not sent yet: one encrypted draft each, gone after a night or when it is sent."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pymongo.errors import PyMongoError

from services.intake.keys import Keys
from shared.mongo import Database

KEPT_FOR = timedelta(hours=12)

Typed = Mapping[str, Sequence[str]]


class Drafts:
    """Drafts by who typed them; neither the name nor what was typed can be read in the database."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._drafts = database.raw["drafts"]
        self._keys = keys

    async def prepare(self) -> None:
        """Let the database itself remove what is too old."""
        await self._drafts.create_index("expires", expireAfterSeconds=0)

    async def keep(self, subject: str, typed: Typed, now: datetime) -> None:
        """Store what stands in the form now instead of what stood there before."""
        sealed = self._keys.wrap(json.dumps({name: list(values) for name, values in typed.items()}).encode())
        draft = {"sealed": sealed, "expires": now + KEPT_FOR}
        await self._drafts.replace_one({"_id": self._keys.draft_id(subject)}, draft, upsert=True)

    async def find(self, subject: str, now: datetime) -> Typed | None:
        """What this person had typed, if it is not too old; without the database a form opens empty."""
        try:
            stored = await self._drafts.find_one({"_id": self._keys.draft_id(subject)})
        except PyMongoError:
            return None
        if stored is None or stored["expires"] <= now:
            return None
        typed: Typed = json.loads(self._keys.unwrap(stored["sealed"]))
        return typed

    async def forget(self, subject: str) -> None:
        """It was sent, or its operator wants it gone."""
        await self._drafts.delete_one({"_id": self._keys.draft_id(subject)})
