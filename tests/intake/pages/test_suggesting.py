"""What the form offers while a place is typed."""

import httpx
from fastapi import FastAPI

from services.intake.locatieserver import NoAddresses
from services.intake.pages.suggesting import router
from tests.intake.builders import REFERENCE
from tests.intake.pages.test_finding import WEG, Service


async def offered(typed: str, addresses: Service | NoAddresses | None = None) -> list[str]:
    app = FastAPI()
    app.include_router(router(REFERENCE, addresses or NoAddresses()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://intake") as nobody:
        answer = await nobody.post("/places", data={"q": typed})
    return [found["place"] for found in answer.json()]


async def test_the_start_of_a_name_in_any_spelling_is_enough() -> None:
    assert "Groenlo" in await offered("groen")
    assert "Súdwest-Fryslân" not in await offered("")


async def test_two_letters_or_a_whole_story_offer_nothing() -> None:
    assert await offered("gr") == []
    assert await offered("g" * 61) == []


async def test_an_address_service_is_asked_for_what_we_do_not_know_or_what_has_a_number_in_it() -> None:
    service = Service(WEG)
    assert "Groenlo" in await offered("groen", service)
    assert service.asked == []
    assert await offered("voorbeeldweg", service) == [WEG.label]
    assert (await offered("Groenlo 12", service))[0] == WEG.label
    assert service.asked == ["voorbeeldweg", "Groenlo 12"]
    assert await offered("v" * 61, service) == []
