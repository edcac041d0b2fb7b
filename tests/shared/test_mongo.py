"""The database: what need not be asked is not asked, and who comes second hears so at once."""

import asyncio

import pytest

from shared.bus.documents import Conflict, Document, RefusedByDatabase
from shared.mongo import Database
from tests.shared.bus.tally import SENT, Sent
from tests.stack import Stack

NOBODY_LISTENS = "mongodb://127.0.0.1:9/"


@pytest.mark.parametrize(
    "query",
    [
        {"_id": {"$in": []}},
        {"state.place": "Groenlo", "_id": {"$in": []}},
        {"$or": [{"_id": {"$in": []}}, {"state.signals": {"$in": []}}]},
    ],
)
async def test_a_query_for_none_of_the_values_is_answered_without_asking(query: dict[str, object]) -> None:
    database = Database(NOBODY_LISTENS, "nothing", [SENT])
    assert await database.find(SENT, query) == []
    await database.stop()


@pytest.mark.stack
async def test_a_document_that_somebody_else_made_is_a_conflict_at_once_also_among_others(
    platform_stack: Stack, mongo_database: str
) -> None:
    database = Database(platform_stack.mongo_url, mongo_database, [SENT])
    await database.start()
    old: Document[Sent] = Document(SENT.name, "old")
    await written(database, old, "Groenlo")
    await written(database, Document(SENT.name, "taken"), "Venlo")
    changed, late, new = old, Document[Sent](SENT.name, "taken"), Document[Sent](SENT.name, "new")
    for document in (changed, late, new):
        document.apply(document.becomes(Sent("Dongen")))
    async with asyncio.timeout(10):
        with pytest.raises(Conflict):
            await database.save([changed, late, new], as_one=True)
    found = {document.id: document.state.place for document in await database.find(SENT, {})}
    assert found == {"old": "Groenlo", "taken": "Venlo"}
    await database.stop()


@pytest.mark.stack
@pytest.mark.parametrize("old", [True, False], ids=["changed", "new"])
async def test_the_document_that_cannot_be_written_is_named_and_no_larger_one(
    platform_stack: Stack, mongo_database: str, old: bool
) -> None:
    """Whoever is named has its message parked; a number that the driver refuses was tried for ever, and held up all."""
    database = Database(platform_stack.mongo_url, mongo_database, [SENT])
    await database.start()
    culprit, innocent = Document[Sent](SENT.name, "culprit"), Document[Sent](SENT.name, "innocent")
    if old:
        await written(database, culprit, "Groenlo")
    for document, place in ((innocent, "x" * 10_000), (culprit, "Venlo")):
        document.apply(document.becomes(Sent(place)))
    culprit.taken["intake:s"] = culprit.newly_taken["intake:s"] = 2**63
    with pytest.raises(RefusedByDatabase) as refused:
        await database.save([innocent, culprit])
    assert refused.value.key == culprit.key
    await database.stop()


async def written(database: Database, document: Document[Sent], place: str) -> None:
    document.apply(document.becomes(Sent(place)))
    await database.save([document])
