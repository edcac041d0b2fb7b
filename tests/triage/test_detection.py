"""Detection in the whole service: signals on the topic become a cluster that is told and shown."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from services.triage import schedule
from services.triage.app import create_app
from services.triage.settings import Settings
from services.triage.store import RULESETS
from shared.contracts import examples, planning, reporting
from shared.contracts.catalogue import CLUSTERS, SECTORS
from shared.contracts.intake import SignalReceived
from shared.contracts.situations import wire_situation
from shared.situation import Site
from shared.vocabulary import Sector
from tests.members import HANNA, LENA
from tests.service_harness import CSRF, Visit, eventually, fresh_database, running, settings_for, tell, told_on
from tests.stack import Stack
from tests.triage.builders import WORK, received, situation

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

CLUSTER_COUNTS = """
    based_on = "2020.1"
    version = "2020.1-vr10"
    title = "Een cluster telt mee"
    regions = ["VR10"]
    valid_from = 2020-07-01
    cluster = {recurrence_days = 100, at_least = "high", rule = "Een cluster telt mee.", source = "Proef"}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(
    platform_stack: Stack, platform_broker: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Visit]:
    folder = tmp_path_factory.mktemp("rulesets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "QUIET_SECONDS", 0.5)
        settings = settings_for(Settings, platform_stack, fresh_database(), rulesets=rules_that_count_clusters(folder))
        # Chance is reckoned from all signals there are, and so not from those of other tests.
        async with running(create_app, settings) as visit:
            yield visit


def rules_that_count_clusters(folder: Path) -> Path:
    """The published rules, and for one region some that let a cluster raise the grade."""
    published = (RULESETS / "ruleset-2020-1.toml").read_text(encoding="utf-8")
    (folder / "ruleset-2020-1.toml").write_text(published, encoding="utf-8")
    (folder / "ruleset-2020-1-vr10.toml").write_text(CLUSTER_COUNTS, encoding="utf-8")
    return folder


def signal(postcode: str, days_ago: int) -> SignalReceived:
    """A signal about a meat plant at an address of its own."""
    region = "VR10" if postcode.startswith("1791") else None
    site = Site("Vleesbedrijf", postcode, str(uuid4().int % 90000 + 1), None, None, region)
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
        assert "5 zaken, verwacht" in page
        assert '<svg class="bm-drawing"' in page
        assert (await hotline.get("/clusters")).status_code == 403
        await is_said_of_its_cases(lena, told)
        await counts_in_its_region(lena, told["cases"])
        await counts_in_a_back_test(lena)
        await shows_the_last_look(lena)
        await rise_is_told(platform_stack, lena)
    again = len(await told_here())
    await tell(platform_stack, str(uuid4()), signal("1012AB", 9))
    await asyncio.sleep(2)
    assert len(await told_here()) - again <= 1


async def shows_the_last_look(lena: httpx.AsyncClient) -> None:
    """What was found beside the clusters; it is kept once every case in one was assessed, so a moment later."""

    async def shown() -> bool:
        page = (await lena.get("/clusters")).text
        return all(text in page for text in ("Toets van Knox per thema", "hoogstens 3 km en 7 dagen", "Sectoren op "))

    await eventually(shown)


async def is_said_of_its_cases(lena: httpx.AsyncClient, told: dict[str, Any]) -> None:
    """The page and the API of a case name the cluster it lies in; those of other cases name none."""
    inside = told["cases"][0]
    (cluster,) = (await lena.get(f"/v1/cases/{inside}")).json()["clusters"]
    assert (cluster["theme"], cluster["centre"], cluster["observed"]) == ("work", "1791", 5)
    page = (await lena.get(f"/cases/{inside}")).text
    assert "Deze zaak ligt in een cluster" in page
    assert f'href="/clusters#cluster-{cluster["id"]}"' in page
    items = (await lena.get("/v1/cases", params={"pageSize": 200})).json()["items"]
    outside = next(item["id"] for item in items if item["id"] not in told["cases"])
    assert (await lena.get(f"/v1/cases/{outside}")).json()["clusters"] == []
    assert "ligt in een cluster" not in (await lena.get(f"/cases/{outside}")).text


async def counts_in_a_back_test(lena: httpx.AsyncClient) -> None:
    """Rules that let a cluster count can be tried on past cases, though none of the country did so before."""
    rules = CLUSTER_COUNTS.replace('regions = ["VR10"]', "").replace("2020.1-vr10", "proef").replace("high", "critical")
    order = {"csrf": CSRF, "against": "file", "source": "platform"}
    begun = await lena.post("/backtests", data=order, files={"ruleset": ("mine", rules.encode())})
    assert begun.status_code == 303, begun.text
    await eventually(lambda: shows(lena, begun.headers["location"], "5 van ", " zaken worden anders ingeschat"))


async def counts_in_its_region(lena: httpx.AsyncClient, cases: list[str]) -> None:
    async def assessed() -> dict[str, Any] | None:
        case = dict((await lena.get(f"/v1/cases/{cases[0]}")).json())
        return case if case["assessment"]["cluster"] else None

    case = await eventually(assessed)
    assert (case["grade"], case["assessment"]["ruleset"]) == ("high", "2020.1-vr10")
    assert [stage["stage"] for stage in case["clock"]["stages"] if stage["at"]] == ["received", "graded"]
    page = (await lena.get(f"/cases/{cases[0]}")).text
    assert "De locatie ligt in een cluster van meldingen (bij toeval eens in" in page
    assert "De zaak ligt in een cluster van meldingen, dat volgens de regels meetelt" in page
    elsewhere = (await lena.get("/v1/cases", params={"grade": "high", "pageSize": 200})).json()["items"]
    assert {item["region"] for item in elsewhere} == {"VR10"}
    rules = (await lena.get("/rules", params={"version": "2020.1-vr10"})).text
    assert "Een cluster telt mee." in rules
    assert "In een cluster liggen verandert in deze versie geen inschatting" in (await lena.get("/rules")).text


async def shows(lena: httpx.AsyncClient, path: str, *texts: str) -> bool:
    page = (await lena.get(path)).text
    return all(text in page for text in texts)


async def rise_is_told(stack: Stack, lena: httpx.AsyncClient) -> None:
    async def told() -> dict[str, Any] | None:
        pictures = await told_on(stack, SECTORS, Sector.MEAT.value)
        return next((body["rise"] for _, _, body in pictures[::-1] if body["rise"]), None)

    rise = await eventually(told)
    assert rise["signals"] >= 5
    assert "C1" in rise["alarms"]
    assert rise["signals"] > rise["upper"]["C1"]
    await eventually(lambda: shows(lena, "/sectors", "Meer meldingen dan verwacht", "afgerond op een kwartier"))


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
