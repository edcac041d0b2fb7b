"""Group commit: many callers share one write, and each gets its own outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from shared.bus import relay
from shared.bus.documents import Conflict, Document, RefusedByDatabase, WorkingSet, tell
from shared.bus.group_commit import GroupCommit
from shared.contracts.catalogue import SIGNALS
from shared.mongo import Database
from tests.shared.bus.tally import NOON, SENT, Sender, Sent, signal_about
from tests.stack import Stack


class Paper:
    """Something to write on, whose writes end when they are let go."""

    def __init__(self) -> None:
        self.writes: list[list[str]] = []
        self.let_go = asyncio.Event()
        self.refused: dict[str, Exception] = {}
        self.away: Exception | None = None

    async def write(self, items: Sequence[str]) -> list[Exception | None]:
        self.writes.append(list(items))
        await self.let_go.wait()
        if self.away is not None:
            raise self.away
        return [self.refused.get(item) for item in items]


async def handed_in(group: GroupCommit[str], *items: str) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(group.put(item)) for item in items]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_an_item_that_finds_nobody_writing_is_written_at_once() -> None:
    paper = Paper()
    await handed_in(GroupCommit(paper.write), "a")
    assert paper.writes == [["a"]]


async def test_what_comes_in_during_a_write_shares_the_next() -> None:
    paper = Paper()
    group = GroupCommit(paper.write)
    first = await handed_in(group, "a")
    later = await handed_in(group, "b", "c", "d")
    assert paper.writes == [["a"]]
    paper.let_go.set()
    await asyncio.gather(*first, *later)
    assert paper.writes == [["a"], ["b", "c", "d"]]


async def test_one_write_takes_no_more_than_it_may() -> None:
    paper = Paper()
    group = GroupCommit(paper.write, most=2)
    paper.let_go.set()
    await asyncio.gather(*[group.put(item) for item in "abcde"])
    assert paper.writes == [["a", "b"], ["c", "d"], ["e"]]


async def test_a_refused_item_fails_alone() -> None:
    paper = Paper()
    paper.refused["b"] = Conflict()
    paper.let_go.set()
    group = GroupCommit(paper.write)
    outcomes = await asyncio.gather(*[group.put(item) for item in "abc"], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), Conflict, type(None)]


async def test_a_write_that_fails_as_a_whole_is_told_to_all_of_it_and_to_no_later_one() -> None:
    paper = Paper()
    paper.away = ConnectionError()
    paper.let_go.set()
    group = GroupCommit(paper.write)
    outcomes = await asyncio.gather(group.put("a"), group.put("b"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError, ConnectionError]
    paper.away = None
    await group.put("c")
    assert paper.writes[-1] == ["c"]


async def test_what_was_handed_in_is_written_when_its_caller_goes_away() -> None:
    paper = Paper()
    group = GroupCommit(paper.write)
    first = await handed_in(group, "a")
    gone, stays = await handed_in(group, "b", "c")
    gone.cancel()
    paper.let_go.set()
    await asyncio.gather(*first, stays)
    await group.drain()
    assert paper.writes == [["a"], ["b", "c"]]
    assert gone.cancelled()


@pytest_asyncio.fixture
async def database(platform_stack: Stack, mongo_database: str) -> AsyncIterator[Database]:
    found = Database(platform_stack.mongo_url, mongo_database, [SENT])
    await found.start()
    yield found
    await found.stop()


def sent(id_: str, place: str = "Groenlo") -> Document[Any]:
    room, document = WorkingSet(), Document[Sent](SENT.name, id_)
    room.apply([document.becomes(Sent(place), tell(SIGNALS, signal_about("Groenlo"), NOON))])
    return document


@pytest.mark.stack
async def test_in_one_write_a_known_id_conflicts_and_its_neighbours_are_stored(database: Database) -> None:
    assert await database.insert_each([sent("a")]) == [None]
    documents = [sent("b"), sent("a"), sent("c")]
    outcomes = await database.insert_each(documents)
    assert [type(outcome) for outcome in outcomes] == [type(None), Conflict, type(None)]
    assert [document.version for document in documents] == [1, 0, 1]
    assert await database.count(SENT, {}) == 3


@pytest.mark.stack
async def test_a_document_that_cannot_be_written_down_harms_no_neighbour(database: Database) -> None:
    half_a_sign = "\ud83d"
    outcomes = await database.insert_each([sent("a"), sent("b", half_a_sign), sent("c")])
    assert [type(outcome) for outcome in outcomes] == [type(None), RefusedByDatabase, type(None)]
    assert {document.id for document in await database.find(SENT, {})} == {"a", "c"}


@pytest.mark.stack
@pytest.mark.usefixtures("platform_broker")
async def test_decisions_made_at_the_same_time_share_writes_and_are_all_told(
    platform_stack: Stack, mongo_database: str
) -> None:
    async with Sender(platform_stack, mongo_database) as sender:
        writes: list[None] = []
        sender.database.after_save.append(lambda: writes.append(None))
        ids = [str(uuid4()) for _ in range(100)]
        await asyncio.gather(*[sender.send(f"Groenlo {id_}") for id_ in ids])
        assert await sender.database.count(SENT, {}) == 100
        assert len(writes) < 10
        async with asyncio.timeout(20):
            while await sender.database.unpublished():
                await asyncio.sleep(0.05)


@pytest.mark.stack
@pytest.mark.usefixtures("platform_broker")
async def test_of_two_that_found_the_same_subject_one_wins_and_the_other_sees_it(
    platform_stack: Stack, mongo_database: str
) -> None:
    async with Sender(platform_stack, mongo_database) as sender:

        async def load() -> WorkingSet:
            return WorkingSet(await sender.database.find(SENT, {"_id": "one"}))

        def decision(room: WorkingSet) -> list[Any]:
            document: Document[Sent] = room.find_or_new(SENT.name, "one")
            return [] if document.exists else [document.becomes(Sent("Groenlo"))]

        both = [sender.bus.decide(load, decision, guess=WorkingSet()) for _ in range(2)]
        assert sorted(len(stored) for stored in await asyncio.gather(*both)) == [0, 1]


@pytest.mark.stack
@pytest.mark.usefixtures("platform_broker")
async def test_nobody_waits_for_a_relay_that_has_no_room(
    platform_stack: Stack, mongo_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MOST_WAITING", 0)
    async with Sender(platform_stack, mongo_database) as sender:
        async with asyncio.timeout(5):
            for _ in range(3):
                await sender.send("Groenlo")
                await asyncio.sleep(0.1)
        async with asyncio.timeout(20):
            while await sender.database.unpublished():
                await asyncio.sleep(0.05)
