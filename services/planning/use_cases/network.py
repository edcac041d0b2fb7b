"""The network map: its start data are stored and told once, and again where they changed."""

from collections.abc import Sequence
from functools import partial

from services.planning import facts
from services.planning.domain.network import Party
from services.planning.store import PARTIES, Room
from services.planning.use_cases.desk import Changes, Desk
from shared.bus.documents import Document, tell
from shared.contracts import catalogue as topics
from shared.health import StartUp

AT_ONCE = 100


async def load_start_data(desk: Desk, start_up: StartUp) -> None:
    """Store and tell every party that is not known yet, or known otherwise."""
    parties = list(desk.start_data.parties.values())
    start_up.loaded, start_up.expected = 0, len(parties)
    for first in range(0, len(parties), AT_ONCE):
        some = parties[first : first + AT_ONCE]
        load = partial(desk.store.load_parties, [party.id for party in some])
        await desk.bus.decide(load, partial(_describe, desk, some))
        start_up.loaded += len(some)


def _describe(desk: Desk, parties: Sequence[Party], room: Room) -> Changes:
    now = desk.bus.now()
    known: list[tuple[Document[Party], Party]] = [
        (room.find_or_new(PARTIES.name, party.id), party) for party in parties
    ]
    return [
        document.becomes(party, tell(topics.PARTIES, facts.described(party), now))
        for document, party in known
        if document.content != party
    ]
