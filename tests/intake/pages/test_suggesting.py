"""What the form offers while a place is typed."""

import httpx
from fastapi import FastAPI

from services.intake.pages.suggesting import router
from tests.intake.builders import REFERENCE

APP = FastAPI()
APP.include_router(router(REFERENCE))


async def offered(typed: str) -> list[str]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://intake") as nobody:
        answer = await nobody.post("/places", data={"q": typed})
    return [found["place"] for found in answer.json()]


async def test_the_start_of_a_name_in_any_spelling_is_enough() -> None:
    assert "Groenlo" in await offered("groen")
    assert "Súdwest-Fryslân" not in await offered("")


async def test_two_letters_or_a_whole_story_offer_nothing() -> None:
    assert await offered("gr") == []
    assert await offered("g" * 61) == []
