"""The database without a server: what need not be asked is not asked."""

import pytest

from shared.mongo import Database
from tests.shared.bus.tally import SENT

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
