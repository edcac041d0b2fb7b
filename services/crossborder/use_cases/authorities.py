"""People and authorities: who they are, whether that still holds, and their entry from the start data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.crossborder.domain import authorities
from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.people import Actor
from services.crossborder.start_data import StartData
from services.crossborder.store import AUTHORITIES, Room, room_of_authority
from services.crossborder.use_cases.facts import tell_authority
from services.crossborder.use_cases.refusals import NotFound, NotYours
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document
from shared.health import StartUp
from shared.mongo import Database


@dataclass(frozen=True)
class AuthorityDesk:
    """What people do with authorities."""

    database: Database
    bus: Bus
    start: StartData

    async def find(self, country: str | None = None, region: str | None = None) -> list[Document[Authority]]:
        """The authorities by country and name; there are a few dozen at most."""
        asked = {"state.country": country, "state.region": region}
        query = {field: value for field, value in asked.items() if value is not None}
        by_name = (("state.country", -1), ("state.name", 1))
        return await self.database.find(AUTHORITIES, query, sort=by_name)

    async def get(self, party: str) -> Document[Authority]:
        """One authority; raises NotFound."""
        found = await self.database.get(AUTHORITIES, party)
        if found is None:
            raise NotFound
        return found

    async def counts(self) -> dict[str | None, int]:
        """How many authorities there are by freshness."""
        now = self.bus.now()
        return dict(Counter(str(found.state.freshness(now)) for found in await self.find()))

    async def confirm(self, party: str, note: str, actor: Actor) -> Document[Authority]:
        """Record that a person checked an authority's data; raises NotFound or NotYours."""

        def decide(room: Room) -> Sequence[Change[Any]]:
            document = room.find(AUTHORITIES.name, party)
            if document is None:
                raise NotFound
            if not actor.may_act_for(document.state.regions):
                raise NotYours
            now = self.bus.now()
            after = authorities.confirmed(document.state, actor.person, now, note)
            return [document.becomes(after, tell_authority(after, now))]

        return (await self.bus.decide(room_of_authority(self.database, party), decide))[0]

    async def load_start_data(self, start_up: StartUp) -> None:
        """Enter and tell each authority of the start data that is not in the books yet; people's changes stay."""
        start_up.expected = len(self.start.authorities)
        start_up.loaded = 0
        for authority in self.start.authorities.values():
            await self._enter(authority)
            start_up.loaded += 1

    async def _enter(self, authority: Authority) -> None:
        def decide(room: Room) -> Sequence[Change[Any]]:
            document = room.find_or_new(AUTHORITIES.name, authority.party)
            if document.exists:
                return []
            now = self.bus.now()
            new = authorities.entered(authority, now)
            return [document.becomes(new, tell_authority(new, now))]

        await self.bus.decide(room_of_authority(self.database, authority.party), decide)
