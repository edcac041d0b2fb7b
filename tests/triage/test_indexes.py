"""What the work list and the escalations look for, an index leads to: a large number of other cases costs nothing."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from services.triage.domain import case as cases
from services.triage.domain.case import Case, ClosureReason
from services.triage.store import CASES, COLLECTIONS, Cases, Filter
from services.triage.store.cases import MOST_OPEN_IN
from services.triage.store.precedents import MOST_OF_EACH, Precedents
from shared.bus.documents import Document, WorkingSet
from shared.mongo import Database
from shared.vocabulary import Grade, Theme
from tests.service_harness import fresh_database
from tests.stack import Stack
from tests.triage.builders import MEMBER, RULES, after, signal, situation

pytestmark = pytest.mark.stack

NOW = after(days=1)
MANY = 1500


def opened(grade: Grade, hours_ago: float = 30) -> Case:
    seen = {
        Grade.LOW: {"people_exposed": 20},
        Grade.HIGH: {"people_exposed": 20, "confirmed_infections": 4},
        Grade.CRITICAL: {"people_exposed": 300, "confirmed_infections": 9},
    }[grade]
    at = NOW - timedelta(hours=hours_ago)
    return cases.found("Z-1", signal(str(uuid4()), at, situation(**seen)), RULES, at)


def shut(case: Case) -> Case:
    return cases.closed(case, ClosureReason.VISITED, None, MEMBER, NOW)


HIGH_BY_RULES, HIGH_BY_HAND = opened(Grade.HIGH, 20), cases.overridden(opened(Grade.LOW), Grade.HIGH, "-", MEMBER, NOW)
LOWERED = cases.overridden(opened(Grade.HIGH), Grade.LOW, "-", MEMBER, NOW)
EARLY = opened(Grade.CRITICAL, 2)
SHUT_HIGH = shut(opened(Grade.HIGH, 50))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def store(platform_stack: Stack) -> AsyncIterator[Database]:
    database = Database(platform_stack.mongo_url, fresh_database(), COLLECTIONS)
    await database.start()
    few = [HIGH_BY_RULES, HIGH_BY_HAND, LOWERED, EARLY, SHUT_HIGH]
    many = [opened(Grade.LOW)] * MANY + [shut(opened(Grade.CRITICAL))] * MANY
    room = WorkingSet()
    room.apply([Document(CASES.name, str(uuid4())).becomes(case) for case in [*few, *many]])
    await database.insert_each(room.changed)
    yield database
    await database.raw.client.drop_database(database.raw.name)
    await database.stop()


async def looked_at(database: Database, query: dict[str, Any]) -> tuple[int, int]:
    """How many documents a query selects, and how many the server looked at to find them."""
    plan = await database.raw.command("explain", {"find": CASES.name, "filter": query}, verbosity="executionStats")
    stats = plan["executionStats"]
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    return stats["nReturned"], max(stats["totalDocsExamined"], stats["totalKeysExamined"])


@pytest.mark.plan("S12")
@pytest.mark.parametrize(("grade", "number"), [(Grade.HIGH, 2), (Grade.CRITICAL, 1)])
async def test_the_grade_filter_looks_at_cases_of_that_grade_alone(store: Database, grade: Grade, number: int) -> None:
    for more in ({}, {"theme": Theme.WORK}, {"region": "VR06"}, {"text": "groenlo"}):
        found, looked = await looked_at(store, Filter(grade=grade, open=True, **more).query())
        assert found == number, more
        assert looked <= 10, more


@pytest.mark.plan("S08")
async def test_the_escalations_look_at_clocks_of_their_hours_alone(store: Database) -> None:
    seen: list[dict[str, Any]] = []

    class Watched:
        def find(self, query: dict[str, Any], *_: object) -> Any:
            seen.append(query)
            return store.raw[CASES.name].find(query, {"_id": 1})

    watched = Cases(store)
    due = await watched.with_thresholds_due(NOW)
    assert len(due) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cases, "_raw", Watched())
        await watched.with_thresholds_due(NOW)
    found, looked = await looked_at(store, seen[0])
    assert found == 1
    assert looked <= 10


async def test_what_is_open_around_is_led_to_by_its_postcodes(store: Database) -> None:
    inside = {"$in": [re.compile("^7141"), re.compile("^7131")]}
    query = {"state.closure": None, "state.situation.site.postcode": inside}
    found, looked = await looked_at(store, {**query, "state.closure": {"$eq": None}})
    assert found > 0
    assert looked <= found + 5
    assert len(await Cases(store).open_in(["7141", "7131"])) == MOST_OPEN_IN
    assert await Cases(store).open_in(["1011"]) == []


@pytest.mark.plan("S22")
async def test_precedents_are_looked_for_among_so_many_closed_cases_however_many_there_are(store: Database) -> None:
    mine = opened(Grade.CRITICAL)
    found = await Precedents(store).like("none of them", mine)
    assert 0 < len(found) <= MOST_OF_EACH * (1 + len(mine.assessment.factors))
    assert {case.reason for case in found} == {ClosureReason.VISITED}
    for shared in ({"state.assessment.factors.factor": "infections"}, {"state.situation.sector": "meat"}):
        query = {**shared, "state.closure.at": {"$gt": NOW - timedelta(days=999)}}
        plan = await store.raw.command(
            "explain",
            {"find": CASES.name, "filter": query, "sort": {"state.closure.at": -1}, "limit": MOST_OF_EACH},
            verbosity="executionStats",
        )
        assert plan["executionStats"]["totalDocsExamined"] <= MOST_OF_EACH
        assert "SORT" not in str(plan["queryPlanner"]["winningPlan"]).replace("SORT_MERGE", "")


async def test_figures_are_those_of_open_cases_by_the_grade_that_holds(store: Database) -> None:
    figures = await Cases(store).figures(NOW)
    assert figures.open_by_grade == {Grade.LOW: MANY + 1, Grade.MODERATE: 0, Grade.HIGH: 2, Grade.CRITICAL: 1}
    assert (figures.clocks_running, figures.clocks_breached) == (3, 0)


async def test_closed_cases_come_after_open_ones_the_newest_first(store: Database) -> None:
    page, total = await Cases(store).page(Filter(grade=Grade.HIGH), 0, 10)
    assert total == 3
    assert page[-1].state == replace(SHUT_HIGH, opened_at=SHUT_HIGH.opened_at)
    second, _ = await Cases(store).page(Filter(grade=Grade.HIGH), 2, 2)
    assert [document.id for document in second] == [page[2].id]
    everything, total = await Cases(store).page(Filter(), MANY + 4, 3)
    assert total == 2 * MANY + 5
    assert all(not document.state.is_open for document in everything)


async def test_cases_of_an_older_release_are_found_too_once_they_have_their_words(store: Database) -> None:
    raw, named = store.raw[CASES.name], Filter(text="z1 groenlo").query()
    everything = await raw.count_documents({})
    await raw.update_many({"state.closure": None}, {"$unset": {"words": ""}})
    assert 0 < (await looked_at(store, named))[0] < everything
    while await Cases(store).add_words():
        pass
    assert await raw.count_documents(named) == everything
