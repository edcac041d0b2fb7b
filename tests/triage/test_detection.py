"""Detection in the whole service: signals on the topic become a cluster that is told and shown."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import TopicPartition

from services.triage import schedule
from services.triage.app import create_app
from services.triage.settings import Settings
from shared.bus.store import BusStore
from shared.contracts import examples, planning, reporting
from shared.contracts.catalogue import CLUSTERS, SECTORS, SIGNALS
from shared.contracts.intake import SignalReceived
from shared.contracts.situations import wire_situation
from shared.mongo import Database
from shared.settings import ServiceSettings
from shared.situation import Site
from shared.vocabulary import Sector
from tests.bench.stage import Course
from tests.members import HANNA, LENA
from tests.service_harness import Visit, eventually, fresh_database, running, settings_for, tell, told_on
from tests.stack import Stack
from tests.triage.builders import WORK, received, situation

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(platform_stack: Stack, platform_broker: Any) -> AsyncIterator[Visit]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "QUIET_SECONDS", 0.5)
        settings = settings_for(Settings, platform_stack, fresh_database())
        await begin_at_the_end(platform_stack, settings)
        async with running(create_app, settings) as visit:
            yield visit


async def begin_at_the_end(stack: Stack, settings: ServiceSettings) -> None:
    """Leave out what other tests reported: chance is reckoned from all signals there are."""
    database = Database(settings.mongo_url, settings.mongo_database, [])
    partitions = [TopicPartition(SIGNALS.name, number) for number in range(SIGNALS.partitions)]
    consumer = Course(stack).consumer()
    await consumer.start()
    ends = {(place.topic, place.partition): end for place, end in (await consumer.end_offsets(partitions)).items()}
    await consumer.stop()
    await BusStore(database, settings.parked_key.get_secret_value()).keep_offsets(settings.service, ends)
    await database.stop()


def signal(postcode: str, days_ago: int) -> SignalReceived:
    """A signal about a meat plant at an address of its own."""
    site = Site("Vleesbedrijf", postcode, str(uuid4().int % 90000 + 1), None, None, None)
    at = datetime.now(UTC) - timedelta(days=days_ago)
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    fact: SignalReceived = received(situation(WORK, sector=Sector.MEAT, site=site, people_exposed=20))
    return fact.model_copy(update={"received_at": quarter})


@pytest.mark.plan("S02")
async def test_a_cluster_is_told_once_and_shown_with_its_map_and_members(platform_stack: Stack, visit: Visit) -> None:
    elsewhere = [signal(f"{1011 + 100 * n}AB", 5 + n % 20) for n in range(30)]
    # On an island that no other test reports from: their signals are on the topic, too.
    here = [signal("1791DC", 0) for _ in range(5)]
    await asyncio.gather(*(tell(platform_stack, str(uuid4()), fact) for fact in [*elsewhere, *here]))

    async def told_here() -> list[dict[str, Any]]:
        return [told for _, _, told in await told_on(platform_stack, CLUSTERS) if told["centre"] == "1791"]

    async def whole() -> dict[str, Any] | None:
        return next((told for told in await told_here() if told["observed"] == 5), None)

    told = await eventually(whole)
    assert (told["theme"], told["regions"]) == ("work", ["VR10"])
    assert len(told["cases"]) == 5
    assert told["p"] <= 0.01
    assert told["recurrenceDays"] >= 100
    async with visit(LENA) as lena, visit(HANNA) as hotline:
        page = (await lena.get("/clusters")).text
        assert "Werken rond Den Burg" in page
        assert "Noord-Holland Noord" in page
        assert all(f'<th scope="row"><a href="/cases/{case}' in page for case in told["cases"])
        assert '<svg class="bm-drawing"' in page
        assert "slachterij en vleesverwerking" in page
        assert (await hotline.get("/clusters")).status_code == 403
    again = len(await told_here())
    await tell(platform_stack, str(uuid4()), signal("1012AB", 9))
    await asyncio.sleep(2)
    assert len(await told_here()) - again <= 1


@pytest.mark.plan("S02")
@pytest.mark.plan("S27")
async def test_sectors_are_ranked_from_signals_grades_and_visits_and_told(platform_stack: Stack, visit: Visit) -> None:
    made, intervention, report = examples.examples(), str(uuid4()), str(uuid4())
    now = datetime.now(UTC)
    greenhouse = situation(WORK, sector=Sector.GREENHOUSE, site=Site("Kas", "2671AA", "1", None, None, "VR15"))
    visited = {"case": None, "region": "VR15", "completed_at": now, "happened_at": now}
    completed = made[planning.InterventionCompleted].model_copy(
        update={**visited, "situation": wire_situation(greenhouse)}
    )
    submitted = made[reporting.ReportSubmitted].model_copy(update={"intervention": intervention, "infringements": 3})
    # The report first: both orders must count.
    await tell(platform_stack, report, submitted)
    await tell(platform_stack, intervention, completed)
    tests = situation(WORK, sector=Sector.GREENHOUSE, site=greenhouse.site, people_exposed=90, tested=20, positive=3)
    await tell(platform_stack, str(uuid4()), received(tests, at=now))

    async def counted() -> dict[str, Any] | None:
        told = await told_on(platform_stack, SECTORS, Sector.GREENHOUSE.value)
        body = told[-1][2] if told else None
        national = body["national"] if body else {"signals": 0, "visits": 0}
        return body if national["signals"] and national["visits"] and national["reported"] else None

    standing = (await eventually(counted))["regions"]["VR15"]
    assert (standing["signals"], standing["infringements"], standing["testing"]) == (1, 3, "contacts")
    assert standing["pointsByPart"]["findings"] == 15
    assert standing["points"] == sum(standing["pointsByPart"].values())
    async with visit(LENA) as lena, visit(HANNA) as hotline:
        page = (await lena.get("/sectors", params={"region": "VR15"})).text
        assert "glastuinbouw" in page
        assert "3 van 20 positief" in page
        assert "Test wie met besmette mensen werkt, woont of reist." in page
        assert "slachterij" not in page
        assert "slachterij" in (await lena.get("/sectors")).text
        assert (await hotline.get("/sectors")).status_code == 403
