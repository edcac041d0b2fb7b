"""Signals that look odd come in like all others; members see what was noticed, and find them by it."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.intake.floods import AT_ONCE
from services.intake.turns import IN_COMPANY
from tests.intake.test_service import WORKS, ask, listed, receipt_on, submit, walk
from tests.members import LENA
from tests.service_harness import Visit

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


def elsewhere() -> dict[str, str]:
    """A visitor whom no other test is, by the header of the proxy in front."""
    return {"X-Visitor": f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"}


async def hand_in(nobody: httpx.AsyncClient, visitor: dict[str, str], **more: Any) -> str:
    answer = await nobody.post("/v1/signals", json={**WORKS, **more}, headers=visitor)
    assert answer.status_code == 201
    return str(answer.json()["id"])


@pytest.mark.plan("S07")
async def test_an_odd_signal_comes_in_and_says_to_members_what_is_odd(service: Visit) -> None:
    numbers = {"peopleExposed": 3, "confirmedInfections": 30_000}
    async with service(None) as nobody:
        odd = await hand_in(nobody, elsewhere(), observations=numbers, text="http://a.example http://b.example")
        plain = await hand_in(nobody, elsewhere())
    async with service(LENA) as lena:
        page = (await lena.get(f"/signals/{odd}")).text
        assert "Aan deze melding valt iets op" in page
        assert "Een getal is groter dan wij op één plek kennen." in page
        assert "Er zijn meer mensen ziek of getest dan er volgens de melding zijn." in page
        assert "In de tekst staat meer dan één webadres." in page
        assert "valt iets op" not in (await lena.get(f"/signals/{plain}")).text
        view = (await lena.get(f"/v1/signals/{odd}")).json()
        assert view["marks"] == ["implausible_number", "links", "more_than_all"]
        listed = (await lena.get("/v1/signals", params={"mark": "links", "pageSize": 200})).json()["items"]
        assert odd in {item["id"] for item in listed}
        assert plain not in {item["id"] for item in listed}


async def test_members_find_what_stands_out_by_what_it_is(service: Visit) -> None:
    async with service(None) as nobody:
        odd = await hand_in(nobody, elsewhere(), observations={"peopleExposed": 3, "tested": 4})
    async with service(LENA) as lena:
        shown = [await listed(lena, f"/signals/{odd}", mark=mark) for mark in ("", "any", "more_than_all", "links")]
        assert [bool(page) for page in shown] == [True, True, True, False]
        assert "valt op: meer dan er mensen zijn" in (await lena.get("/signals?mark=any")).text


async def test_many_from_one_visitor_are_marked_and_another_behind_the_same_proxy_is_not(service: Visit) -> None:
    many, other = elsewhere(), elsewhere()
    async with service(None) as nobody, service(LENA) as lena:
        ids = [await hand_in(nobody, many, text=f"Kamer {n}: acht mensen op {uuid4()}") for n in range(AT_ONCE + 1)]
        ids.append(await hand_in(nobody, other))
        marks = [(await lena.get(f"/v1/signals/{id_}")).json()["marks"] for id_ in ids]
    assert marks == [*[[]] * AT_ONCE, ["many_from_one_source"], []]


async def test_the_same_text_twice_is_marked_and_the_same_form_twice_is_not(service: Visit) -> None:
    text = f"Wij zitten met zijn twaalven in een busje, {uuid4()}"
    async with service(None) as nobody, service(LENA) as lena:
        first, second = [await hand_in(nobody, elsewhere(), text=text) for _ in range(2)]
        marks = [(await lena.get(f"/v1/signals/{id_}")).json()["marks"] for id_ in (first, second)]
        assert marks == [[], ["same_words"]]
    async with service(None) as nobody:
        nobody.headers.update(elsewhere())
        page = await walk(nobody, f"Slachterij {uuid4()}", words=f"{text} ook nog")
        assert receipt_on(await submit(nobody, page)) == receipt_on(await submit(nobody, page))


@pytest.mark.plan("S06")
async def test_guesses_of_one_visitor_wait_for_each_other_and_not_others_for_them(service: Visit) -> None:
    guesses = 3 * IN_COMPANY
    async with service(None) as guesser, service(None) as somebody:
        guesser.headers.update(elsewhere())
        somebody.headers.update(elsewhere())
        assert (await ask(guesser, "0000-0000-0000-0000")).status_code == 200
        assert (await somebody.get("/?lang=nl")).status_code == 200
        began = time.monotonic()
        guessing = asyncio.gather(*(ask(guesser, f"0000-0000-0000-{n:04}") for n in range(guesses)))
        await asyncio.sleep(0.3)
        asked = time.monotonic()
        assert (await somebody.get("/?lang=nl")).status_code == 200
        assert time.monotonic() - asked < 0.5
        assert {page.status_code for page in await guessing} == {200}
        assert time.monotonic() - began >= 0.6 * guesses / IN_COMPANY
