"""The last look at the signals and at the sectors: when it was, and what it found."""

from pydantic import TypeAdapter

from services.triage.domain.detection.look import Look
from shared.bus.documents import Document, WorkingSet
from shared.mongo import Collection, Database

LOOKS = Collection("looks", TypeAdapter(Look))
SIGNALS, SECTORS = "signals", "sectors"


class LookRoom(WorkingSet):
    """One of the two."""

    def look(self, id_: str) -> Document[Look]:
        """It, stored or new."""
        return self.find_or_new(LOOKS.name, id_)


class Looks:
    """Loading them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def room(self, id_: str) -> LookRoom:
        """To be replaced by a newer one."""
        return LookRoom(await self._database.find(LOOKS, {"_id": id_}))

    async def last(self, id_: str) -> Look | None:
        """To show; None before the first."""
        found = await self._database.get(LOOKS, id_)
        return found.state if found else None
