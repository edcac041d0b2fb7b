"""What was merged counts once: in the ranking of sectors, in replays of all cases, in the list of what burns."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from services.triage.domain import case as cases
from services.triage.domain.assessing import InCluster
from services.triage.domain.backtest import ClusterSeen
from services.triage.domain.detection.watch import DetectedCluster, Member
from services.triage.domain.regrouping import Decision
from services.triage.domain.sectors import SectorCount
from services.triage.domain.visits import Visit
from services.triage.store import CASES, CLUSTERS, COLLECTIONS, VISITS, Cases, Filter, PastCases, Room, Sectors
from services.triage.use_cases import regrouping
from shared.bus.documents import Change, Document
from shared.mongo import Database
from shared.situation import Site
from shared.vocabulary import Grade, Sector, Theme
from tests.stack import Stack
from tests.triage.builders import MEMBER, NOON, RULES, after, signal, situation

pytestmark = pytest.mark.stack

A, B = (f"0000000{letter}-0000-5000-8000-000000000000" for letter in "ab")


@pytest.fixture
async def database(platform_stack: Stack, mongo_database: str) -> AsyncIterator[Database]:
    """Two cases of the meat sector, the first of which was visited."""
    database = Database(platform_stack.mongo_url, mongo_database, COLLECTIONS)
    await database.start()
    room = Room()
    for id_, seen in ((A, {"confirmed_infections": 4}), (B, {})):
        about = situation(sector=Sector.MEAT, site=Site(region="VR06"), people_exposed=20, **seen)
        case = cases.found(f"Z-2020-{id_[7].upper()}", signal(f"s{id_[7]}", NOON, about), RULES, NOON)
        room.apply([room.case(id_).becomes(case)])
    visit = Visit(after(hours=1), A, Sector.MEAT, "VR06", infringements=2)
    room.apply([Document[Visit](VISITS.name, "visit").becomes(visit)])
    await database.save(room.changed)
    yield database
    await database.stop()


async def regroup(database: Database, *undo: Any) -> None:
    """Merge the first into the second, or undo that."""
    decision = Decision(MEMBER, "Hetzelfde huis.", after(hours=2))
    room = await Cases(database).load_to_regroup(A, B)
    changes: list[Change[Any]] = (
        regrouping.merge_undone(room, A, decision, RULES) if undo else regrouping.merged(room, A, B, decision, RULES)
    )
    room.apply(changes)
    await database.save(room.changed, as_one=room.spans_documents)


async def counted(database: Database) -> SectorCount:
    return (await Sectors(database).counts(after(hours=3)))[Sector.MEAT, "VR06"]


@pytest.mark.plan("S02")
async def test_the_ranking_counts_merged_cases_as_one_that_was_visited(database: Database) -> None:
    apart = await counted(database)
    assert (apart.cases, apart.visited, apart.signals, apart.open_cases) == (2, 1, 2, {Grade.HIGH: 1, Grade.LOW: 1})
    await regroup(database)
    merged = await counted(database)
    assert (merged.cases, merged.visited, merged.signals, merged.open_cases) == (1, 1, 2, {Grade.HIGH: 1})
    await regroup(database, "undo")
    assert await counted(database) == apart


async def test_a_replay_of_all_cases_takes_what_visits_found_along(database: Database) -> None:
    await regroup(database)
    (replayed,) = [case async for piece in PastCases(database).pieces(10) for case in piece]
    assert (replayed.id, len(replayed.signals), [visit.found for visit in replayed.visits]) == (B, 2, [True])


async def test_a_replay_of_all_cases_meets_clusters_that_were_detected_before_a_merge(database: Database) -> None:
    found = DetectedCluster(
        theme=Theme.WORK,
        centre="7141",
        places=("7141",),
        radius_metres=0.0,
        start=date(2020, 10, 19),
        end=date(2020, 10, 20),
        observed=1,
        expected=0.1,
        log_likelihood_ratio=4.0,
        p=0.004,
        recurrence_days=250.0,
        members=(Member(A, "Z-2020-A", "7141"),),
        detected_at=after(hours=1),
    )
    room = Room()
    room.apply([Document[DetectedCluster](CLUSTERS.name, "cluster").becomes(found)])
    await database.save(room.changed)
    await regroup(database)
    (replayed,) = [case async for piece in PastCases(database).pieces(10) for case in piece]
    assert replayed.clusters == (ClusterSeen(after(hours=1), InCluster("cluster", found.end, 250.0)),)


async def test_what_was_merged_away_stands_in_no_work_list(database: Database) -> None:
    await regroup(database)
    listed = Cases(database)
    for wanted, ids in ((Filter(open=True), [B]), (Filter(merged=False), [B]), (Filter(), [B, A])):
        found, total = await listed.page(wanted, 0, 10)
        assert ([document.id for document in found], total) == (ids, len(ids))
    assert (await listed.figures(after(hours=3))).open_by_grade[Grade.HIGH] == 1


async def test_an_older_document_without_the_newer_fields_is_read_as_one_that_was_never_merged(
    database: Database,
) -> None:
    fields = ("merged", "absorbed", "split_from", "not_the_same", "turn")
    await database.raw[CASES.name].update_many({}, {"$unset": {f"state.{name}": "" for name in fields}})
    assert (await counted(database)).cases == 2
    found, total = await Cases(database).page(Filter(merged=False), 0, 10)
    assert (len(found), total, found[0].state.absorbed) == (2, 2, ())
    await regroup(database)
    assert (await counted(database)).cases == 1
