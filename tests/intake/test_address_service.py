"""The whole service beside a stand-in for the national address service: asked by every door, and missed by none."""

import time
from collections.abc import AsyncIterator
from html import unescape
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr

from deploy.kafka.apply import Broker
from services.intake.app import create_app
from services.intake.settings import Settings
from shared.contracts.catalogue import SIGNALS
from tests.intake.address_service import ADDRESS, StandIn, address_service
from tests.intake.test_hotline import call
from tests.intake.test_service import WORKS, receipt_on, submit
from tests.members import HANNA, LENA
from tests.service_harness import CSRF, Visit, body_of, eventually, fresh_database, records_on, running, settings_for
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

TYPED = "voorbeeldweg 12"
PICK = f"address/{ADDRESS['id']}"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def stand_in() -> AsyncIterator[StandIn]:
    async with address_service() as running_service:
        yield running_service


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def beside(platform_stack: Stack, platform_broker: Broker, stand_in: StandIn) -> AsyncIterator[Visit]:
    """Intake that may ask the address service, visited from a telephone that gives itself away."""
    pepper = SecretStr("a pepper of these tests alone")
    settings = settings_for(
        Settings, platform_stack, fresh_database(), pepper=pepper, locatieserver=stand_in.url, instance="intake-beside"
    )
    headers = {"User-Agent": "Telefoon van Andrzej", "Accept": "text/html", "Referer": "http://elders.example/"}
    async with running(
        create_app, settings, client=("203.0.113.77", 4711), headers=headers, follow_redirects=True
    ) as visit:
        yield visit


@pytest.fixture(autouse=True)
def as_ever(stand_in: StandIn) -> None:
    stand_in.asked.clear()
    stand_in.delay = 0.0


async def site_told(stack: Stack, name: str) -> dict[str, object]:
    async def there() -> list[object]:
        return [body_of(one) for one in await records_on(stack, SIGNALS) if name.encode() in one.value]

    (body,) = await eventually(there)
    return dict(body["situation"]["site"])


@pytest.mark.plan("S06")
async def test_a_street_is_found_without_a_postcode_and_nothing_but_the_place_leaves(
    beside: Visit, stand_in: StandIn, platform_stack: Stack
) -> None:
    name = f"Slachterij {uuid4()}"
    async with beside(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=bg"), themes="work")
        assert "Може и улица с номер." in page.text
        asked = await submit(nobody, page, place=TYPED, name=name)
        assert ADDRESS["weergavenaam"] in unescape(asked.text)
        assert f'value="{PICK}"' in asked.text
        page = await submit(nobody, asked, place=TYPED, name=name, pick=PICK)
        assert page.url.path == "/report/work"
        for _ in range(5):
            page = await submit(nobody, page)
        assert "7131MC 12a, Lichtenvoorde, Oost Gelre" in page.text
        receipt_on(await submit(nobody, page))
    site = await site_told(platform_stack, name)
    assert (site["postcode"], site["houseNumber"], site["place"]) == ("7131MC", "12a", "Lichtenvoorde")
    assert (site["municipality"], site["region"]) == ("Oost Gelre", "VR06")
    assert stand_in.words == [TYPED]
    for _, parameters, headers in stand_in.asked:
        assert set(parameters) <= {"q", "fq", "rows", "id", "fl"}
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert headers["user-agent"] == "Brandmeester"


async def test_operators_and_lot_c_find_streets_too(beside: Visit, stand_in: StandIn, platform_stack: Stack) -> None:
    name = f"Koelhuis {uuid4()}"
    async with beside(HANNA) as hanna:
        typed = call(name=name, postcode="", house_number="", place=TYPED)
        offered = await hanna.post("/hotline", data=typed)
        assert f'value="{PICK}"' in offered.text
        sent = await hanna.post("/hotline", data={**typed, "pick": PICK, "joins": "new"})
        assert 'id="receipt"' in sent.text
    assert (await site_told(platform_stack, name))["postcode"] == "7131MC"
    nowhere = {**WORKS, "site": {"name": f"Loods {uuid4()}"}}
    async with beside(None) as nobody:
        id_ = (await nobody.post("/v1/signals", json=nowhere)).json()["id"]
    async with beside(LENA) as lena:
        why = {"csrf": CSRF, "place": TYPED, "why": "de melder noemde de straat"}
        offered = await lena.post(f"/signals/{id_}/place", data=why)
        assert f'value="{PICK}"' in offered.text
        assert "de melder noemde de straat" in offered.text
        page = await lena.post(f"/signals/{id_}/place", data={**why, "pick": PICK})
        assert "7131MC 12a" in page.text


async def test_a_slow_service_keeps_nobody_waiting_and_the_place_stays_as_typed(
    beside: Visit, stand_in: StandIn
) -> None:
    async with beside(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=nl"), themes="work")
        stand_in.delay = 10.0
        began = time.monotonic()
        page = await submit(nobody, page, place="Verweggistan aan de beek")
        assert time.monotonic() - began < 3.0
        assert page.url.path == "/report/work"


async def test_the_privacy_page_says_so_only_where_somebody_is_asked(beside: Visit, service: Visit) -> None:
    async with beside(None) as here, service(None) as elsewhere:
        assert "landelijke adressendienst (PDOK)" in (await here.get("/privacy?lang=nl")).text
        assert "PDOK" not in (await elsewhere.get("/privacy?lang=nl")).text
        page = await submit(elsewhere, await elsewhere.get("/?lang=nl"), themes="work")
        assert "straat met huisnummer" not in page.text
