"""What finished clocks let expect stands on the page, in the list and in the API; what a clock passed, as well."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from services.triage import clock_schedule
from services.triage.app import create_app
from services.triage.domain.projection import LEAST_RUNS
from services.triage.settings import Settings
from services.triage.use_cases import projecting
from shared.contracts import examples, planning
from shared.contracts.intake import SignalReceived
from shared.vocabulary import Sector
from tests.members import LENA
from tests.service_harness import Visit, eventually, fresh_database, running, settings_for, tell
from tests.stack import Stack
from tests.triage.builders import own_address, received, situation

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(platform_stack: Stack, platform_broker: Any) -> AsyncIterator[Visit]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock_schedule, "EVERY_SECONDS", 0.5)
        patch.setattr(projecting, "READ_ANEW_AFTER", timedelta(0))
        async with running(create_app, settings_for(Settings, platform_stack, fresh_database())) as visit:
            yield visit


def outbreak(hours_ago: float) -> SignalReceived:
    """A signal about many infections at an address of its own."""
    site = own_address()
    about = situation(sector=Sector.MEAT, site=site, people_exposed=657, tested=212, positive=45)
    fact: SignalReceived = received(about, datetime.now(UTC) - timedelta(hours=hours_ago))
    return fact


async def opened(stack: Stack, visit: Visit, hours_ago: float = 1) -> str:
    """The id of a case whose clock began so long ago."""
    signal = str(uuid4())
    await tell(stack, signal, outbreak(hours_ago))

    async def found() -> Any:
        async with visit(LENA) as lena:
            items = (await lena.get("/v1/cases", params={"signalId": signal})).json()["items"]
            return items[0]["id"] if items else None

    return str(await eventually(found))


async def on_site(stack: Stack, case: str, hours: float) -> None:
    """Somebody comes on site so many hours from now."""
    about = {"case": case, "happened_at": datetime.now(UTC) + timedelta(hours=hours)}
    await tell(stack, str(uuid4()), examples.examples()[planning.InterventionStarted].model_copy(update=about))


@pytest.mark.plan("S08")
async def test_a_breach_is_foretold_once_enough_clocks_are_finished(platform_stack: Stack, visit: Visit) -> None:
    case = await opened(platform_stack, visit)
    async with visit(LENA) as lena:
        assert "Nog geen verwachting: die vraagt minstens 10 eerdere zaken" in (await lena.get(f"/cases/{case}")).text
        for _ in range(LEAST_RUNS):
            await on_site(platform_stack, await opened(platform_stack, visit), hours=25)

        async def foretold() -> Any:
            projection = (await lena.get(f"/v1/cases/{case}")).json()["clock"]["projection"]
            return projection if projection["outlook"] else None

        found = await eventually(foretold)
        assert (found["outlook"], found["runs"], found["alike"], found["late"]) == ("likely_late", 10, 10, 10)
        assert [stage["stage"] for stage in found["stages"]] == ["on_site"]
        page = (await lena.get(f"/cases/{case}")).text
        for text in ("meestal <time", "waarschijnlijk te laat", "zouden er geen deze klok halen"):
            assert text in page, text
        assert "waarschijnlijk te laat" in (await lena.get("/")).text
        there = await opened(platform_stack, visit)
        await on_site(platform_stack, there, hours=0)

        async def arrived() -> bool:
            return bool((await lena.get(f"/v1/cases/{there}")).json()["clock"]["stages"][-1]["at"])

        await eventually(arrived)
        assert (await lena.get(f"/v1/cases/{there}")).json()["clock"]["projection"] is None


@pytest.mark.plan("S08")
async def test_what_a_clock_passed_stands_in_the_list_on_its_page_and_in_its_history(
    platform_stack: Stack, visit: Visit
) -> None:
    case = await opened(platform_stack, visit, hours_ago=20)

    async def told() -> Any:
        async with visit(LENA) as lena:
            clock = (await lena.get(f"/v1/cases/{case}")).json()["clock"]
            return clock if len(clock["escalations"]) == 2 else None

    clock = await eventually(told)
    assert [one["threshold"] for one in clock["escalations"]] == ["half", "four_fifths"]
    passed_at = datetime.fromisoformat(clock["escalations"][1]["passedAt"])
    assert passed_at - datetime.fromisoformat(clock["startedAt"]) == timedelta(hours=19.2)
    async with visit(LENA) as lena:
        page = (await lena.get(f"/cases/{case}")).text
        assert "Gewaarschuwd: helft voorbij" in page
        assert "80% van de 24 uur voorbij, niemand ter plaatse" in page
        assert "80% voorbij" in (await lena.get("/")).text
