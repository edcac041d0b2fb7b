"""What members see and press to merge, split and tell apart cases, and to answer whether two are the same."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.triage.app import create_app
from services.triage.domain.linkage.relation import Relation
from services.triage.domain.suggestion import suggested, suggestion_id
from services.triage.settings import Settings
from services.triage.store import COLLECTIONS, LINK_SUGGESTIONS, Room
from shared.mongo import Database
from tests.members import GIJS, LENA, RIKST
from tests.service_harness import CSRF, Visit, fresh_database, running, settings_for
from tests.stack import Stack
from tests.triage.builders import NOON
from tests.triage.domain.linkage.builders import LINKS, record
from tests.triage.test_regrouping_service import OUTBREAK, opened, seen, somewhere, somewhere_like

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

DATABASE = fresh_database()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(platform_stack: Stack, platform_broker: Any) -> AsyncIterator[Visit]:
    async with running(create_app, settings_for(Settings, platform_stack, DATABASE)) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def lena(visit: Visit) -> AsyncIterator[httpx.AsyncClient]:
    async with visit(LENA) as client:
        yield client


async def sent(client: httpx.AsyncClient, path: str, **form: Any) -> httpx.Response:
    return await client.post(path, data={"csrf": CSRF, **form})


async def page(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def two(stack: Stack, client: httpx.AsyncClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """One with an outbreak, one quiet."""
    return await opened(stack, client, somewhere(**OUTBREAK)), await opened(stack, client, somewhere(people_exposed=8))


async def asked(stack: Stack, one: dict[str, Any], other: dict[str, Any]) -> str:
    """A question about two cases, as linking asks it; one that it asked itself is taken over."""
    database = Database(stack.mongo_url, DATABASE, COLLECTIONS)
    id_ = suggestion_id(one["id"], other["id"])
    likeness = LINKS.compare(record(postcode="7141DC", house_number="12"), record(postcode="7141DC", house_number="14"))
    pairs = [(case["id"], case["signals"][0]) for case in (one, other)]
    own = await database.get(LINK_SUGGESTIONS, id_)
    room = Room([own] if own else [])
    room.apply([room.suggestion(id_).becomes(suggested(pairs[0], pairs[1], likeness, Relation.DUPLICATE, NOON))])
    await database.save(room.changed)
    await database.stop()
    return id_


@pytest.mark.plan("S07")
async def test_two_cases_are_compared_and_merged_and_each_page_says_where_everything_is(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one, other = await two(platform_stack, lena)
    found = await page(lena, f"/cases/{one['id']}/merge?q={other['number']}")
    (address,) = re.findall(rf'href="/cases/([^"]+)/merge/([^"]+)">Vergelijk met {other["number"]}', found)
    assert set(address) == {one["id"], other["id"]}

    address = f"/cases/{one['id']}/merge/{other['id']}"
    compared = await page(lena, address)
    for text in (
        f"Zaak {one['number']} sluit. 1 melding en wat nog over haar adres komt, gaan naar zaak {other['number']}.",
        f"Zaak {other['number']} heeft dan 2 meldingen en wordt kritiek in plaats van laag.",
        f"Zaak {other['number']} krijgt een klok van 24 uur, die loopt tot",
        "Positief getest",
        f"Liever andersom: {one['number']} blijft",
    ):
        assert text in compared, text
    assert (await seen(lena, one["id"]))["merged"] is None

    done = await sent(lena, address, why="Het is dezelfde nachtploeg.")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{other['id']}")
    stays = await page(lena, f"/cases/{other['id']}")
    for text in (
        f"Zaak {one['number']}</a> is samengevoegd met deze zaak, met 1 melding: Het is dezelfde nachtploeg.",
        f"uit zaak {one['number']}",
        f"Zaak {one['number']} hierin samengevoegd, met 1 melding",
        "Lena Otten, LOT-C",
    ):
        assert text in stays, text
    gone = await page(lena, f"/cases/{one['id']}")
    for text in (
        f"Samengevoegd met zaak {other['number']}",
        f'href="/cases/{other["id"]}">Ga naar zaak {other["number"]}',
        f'href="/cases/{one["id"]}/unmerge"',
        "Het is dezelfde nachtploeg.",
    ):
        assert text in gone, text
    assert "Wijk af van de regels" not in gone
    assert one["number"] not in (await lena.get("/?pageSize=200")).text
    assert "samengevoegd" in (await lena.get("/cases", params={"q": one["number"]})).text


async def test_a_merge_is_undone_after_seeing_what_that_leads_to(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one, other = await two(platform_stack, lena)
    await sent(lena, f"/cases/{one['id']}/merge/{other['id']}", why="Het is dezelfde nachtploeg.")
    address = f"/cases/{one['id']}/unmerge"
    asks = await page(lena, address)
    for text in (
        f"Maak de samenvoeging met zaak {other['number']} ongedaan",
        f"Zaak {one['number']} staat weer op zichzelf, open, met 1 melding, ingeschat als kritiek.",
        f"Zaak {other['number']} heeft dan 1 melding en wordt laag in plaats van kritiek.",
        f"De klok van zaak {other['number']} stopt.",
    ):
        assert text in asks, text
    (turn,) = re.findall(r'name="turn" value="(\d+)"', asks)
    assert (await sent(lena, address, turn=turn)).status_code == 400
    done = await sent(lena, address, turn=turn, why="Toch een ander pand.")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{one['id']}")
    assert f"Samenvoeging met zaak {other['number']} ongedaan gemaakt" in await page(lena, f"/cases/{one['id']}")
    again = await sent(lena, address, turn=turn, why="Toch een ander pand.")
    assert again.status_code == 409
    assert "intussen opnieuw samengevoegd of losgemaakt" in again.text
    assert "Toch een ander pand." in again.text


@pytest.mark.plan("S07")
async def test_a_graver_case_is_not_buried_under_what_a_person_set_and_the_page_before_says_so(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one, other = await two(platform_stack, lena)
    order = {"grade": "moderate", "reason": "De eigenaar is gebeld."}
    assert (await lena.post(f"/v1/cases/{other['id']}/override", json=order)).status_code == 200
    address = f"/cases/{one['id']}/merge/{other['id']}"
    asks = await page(lena, address)
    for text in (
        f"Zaak {other['number']} heeft dan 2 meldingen en wordt kritiek in plaats van matig.",
        f"Zaak {other['number']} vraagt dan om een bezoek binnen 24 uur.",
        f"Lena Otten zette zaak {other['number']} op matig. Dat geldt dan niet meer, want wat erbij komt uit zaak "
        f"{one['number']} is ernstiger.",
        f"De klok van zaak {one['number']} loopt verder in zaak {other['number']}.",
    ):
        assert text in asks, text
    await sent(lena, address, why="Het is dezelfde nachtploeg.")
    stays = await page(lena, f"/cases/{other['id']}")
    assert "Lena Otten zette deze zaak op matig; dat geldt niet meer" in stays
    assert "De eigenaar is gebeld." in stays
    assert (await seen(lena, other["id"]))["clock"]["startedAt"] == (await seen(lena, one["id"]))["clock"]["startedAt"]

    undoing = await page(lena, f"/cases/{one['id']}/unmerge")
    for text in (
        f"Zaak {other['number']} heeft dan 1 melding en wordt matig in plaats van kritiek.",
        f"De klok van zaak {other['number']} stopt.",
        f"Zaak {other['number']} vraagt dan niet meer om een bezoek binnen 24 uur",
        f"De inschatting matig die Lena Otten zette, geldt dan voor zaak {other['number']}.",
    ):
        assert text in undoing, text


async def test_a_fault_or_a_refusal_keeps_what_was_typed(
    platform_stack: Stack, lena: httpx.AsyncClient, visit: Visit
) -> None:
    one, other = await two(platform_stack, lena)
    address = f"/cases/{one['id']}/merge/{other['id']}"
    refused = await sent(lena, address, why="  ")
    assert refused.status_code == 400
    assert "Schrijf waarom het dezelfde situatie is." in refused.text
    long = await sent(lena, address, why="Dezelfde ploeg. " * 200)
    assert long.status_code == 400
    assert re.search(r'id="f-why-fault">.*Gebruik ten hoogste 2000 tekens\.', long.text)
    assert "Dezelfde ploeg. Dezelfde ploeg." in long.text
    async with visit(GIJS) as gijs:
        assert (await sent(gijs, address, why="Gezien bij het bezoek.")).status_code == 303
    late = await sent(lena, address, why="Ik weet het zeker.")
    assert late.status_code == 409
    assert f"Zaak {one['number']} is al samengevoegd met zaak {other['number']}, door Gijs Dijkstra" in late.text
    forged = await lena.post(address, data={"csrf": "guess", "why": "x"})
    assert forged.status_code == 403


async def test_cases_are_told_apart_and_that_is_taken_back(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    one, other = await two(platform_stack, lena)
    done = await sent(lena, f"/cases/{one['id']}/apart/{other['id']}", apart="Een andere vestiging.")
    assert done.status_code == 303
    for case, about in ((one, other), (other, one)):
        shown = await page(lena, f"/cases/{case['id']}")
        assert f'Niet dezelfde situatie als <a href="/cases/{about["id"]}">' in shown
        assert "Een andere vestiging." in shown
    compared = await page(lena, f"/cases/{other['id']}/merge/{one['id']}")
    assert "heeft vastgelegd dat dit niet dezelfde situatie is: Een andere vestiging." in compared
    assert "Voeg samen</button>" not in compared
    lift = f"/cases/{one['id']}/together/{other['id']}"
    assert "staat dan niet meer dat zij verschillen" in await page(lena, lift)
    assert (await sent(lena, lift, why="Het is toch één vestiging.")).status_code == 303
    assert "Niet dezelfde situatie als" not in await page(lena, f"/cases/{other['id']}")


async def test_signals_are_chosen_looked_at_and_split_off_or_moved(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    about = somewhere(people_exposed=8)
    one = await opened(platform_stack, lena, about, somewhere_like(about, **OUTBREAK))
    other = await opened(platform_stack, lena, somewhere(people_exposed=8))
    address = f"/cases/{one['id']}/signals"
    assert one["signals"][1] in await page(lena, address)
    nothing = await sent(lena, address)
    for text in ("Kies ten minste één melding.", "Kies waar de meldingen heen gaan.", "Schrijf waarom"):
        assert text in nothing.text, text
    wish = {"signals": one["signals"][1], "why": "Dit gaat over de loods ernaast."}
    unknown = await sent(lena, address, **wish, to="other", number="Z-2020-NIETS")
    assert (unknown.status_code, "Er is geen zaak met dit nummer." in unknown.text) == (400, True)
    assert "Dit gaat over de loods ernaast." in unknown.text

    trial = await sent(lena, address, **wish, to="new")
    assert trial.status_code == 200
    assert "Er komt een nieuwe zaak met 1 melding, ingeschat als kritiek." in trial.text
    assert f"Zaak {one['number']} heeft dan 1 melding en wordt laag in plaats van kritiek." in trial.text
    assert len((await seen(lena, one["id"]))["signals"]) == 2
    done = await sent(lena, address, **wish, to="new", step="do")
    part = done.headers["location"].removeprefix("/cases/")
    assert (await seen(lena, part))["splitFrom"]["id"] == one["id"]
    assert f'Afgesplitst van <a href="/cases/{one["id"]}">' in await page(lena, f"/cases/{part}")
    assert "maar één melding" in await page(lena, address)

    reunite = f"/cases/{part}/reunite"
    assert f"gaan naar zaak {one['number']}." in await page(lena, reunite)
    assert (await sent(lena, reunite, why="Toch dezelfde loods.")).status_code == 303
    moved = await sent(lena, address, **wish, to="other", number=other["number"][-6:].lower(), step="do")
    assert moved.headers["location"] == f"/cases/{other['id']}"
    assert f"verplaatst uit zaak {one['number']}" in await page(lena, f"/cases/{other['id']}")
    stale = await sent(lena, address, **wish, to="new", step="do")
    assert stale.status_code == 409
    assert "Dit gaat over de loods ernaast." in stale.text


async def is_asked(client: httpx.AsyncClient, address: str, question: str) -> bool:
    """Whether a question is on any page of the list."""
    number = 1
    while (listed := await page(client, f"{address}&pageSize=200&page={number}")).count('href="/links/'):
        if f'href="/links/{question}"' in listed:
            return True
        number += 1
    return False


@pytest.mark.plan("S07")
async def test_a_question_is_answered_after_seeing_why_it_is_asked(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one, other = await two(platform_stack, lena)
    question = await asked(platform_stack, one, other)
    assert await is_asked(lena, "/links?region=VR06", question)
    assert not await is_asked(lena, "/links?region=VR01", question)
    assert f'href="/links/{question}"' in await page(lena, f"/cases/{one['id']}")
    shown = await page(lena, f"/links/{question}")
    for text in (
        "het huisnummer ernaast",
        "pleit sterk ervoor",
        "Waarschijnlijk twee keer dezelfde melding",
        one["number"],
    ):
        assert text in shown, text
    faulty = await sent(lena, f"/links/{question}", why="Zelfde erf.")
    assert (faulty.status_code, "Kies of het dezelfde situatie is." in faulty.text) == (400, True)
    assert "Zelfde erf." in faulty.text
    done = await sent(lena, f"/links/{question}", answer="confirmed", why="Zelfde erf.")
    assert done.status_code == 303
    merged = [case for case in (one, other) if (await seen(lena, case["id"]))["merged"]]
    assert len(merged) == 1
    listed = await page(lena, "/links")
    assert f'href="/links/{question}"' not in listed
    assert f'href="/cases/{merged[0]["id"]}/unmerge"' in listed
    late = await sent(lena, f"/links/{question}", answer="refused", why="Ander erf, zeker.")
    assert late.status_code == 409
    assert "Ander erf, zeker." in late.text
    assert "dezelfde situatie, Lena Otten (LOT-C)" in late.text

    await sent(lena, f"/cases/{merged[0]['id']}/unmerge", why="Toch niet.")
    assert await is_asked(lena, "/links?region=VR06", question)
    no = await sent(lena, f"/links/{question}", answer="refused", why="Ander erf.")
    assert no.headers["location"] == "/links"
    past = await page(lena, f"/links/{question}")
    assert "niet dezelfde situatie" in past
    assert "/together/" in past
    assert "Ander erf." in await page(lena, f"/cases/{one['id']}")


async def test_who_only_reads_sees_it_all_and_changes_nothing(platform_stack: Stack, visit: Visit) -> None:
    async with visit(LENA) as lena, visit(RIKST) as reader:
        one, other = await two(platform_stack, lena)
        question = await asked(platform_stack, one, other)
        assert "Alleen leden van het platform kunnen dit beantwoorden." in await page(reader, f"/links/{question}")
        assert "Voeg samen met" not in await page(reader, f"/cases/{one['id']}")
        for path in (
            f"/cases/{one['id']}/merge",
            f"/cases/{one['id']}/merge/{other['id']}",
            f"/cases/{one['id']}/signals",
        ):
            assert (await reader.get(path)).status_code == 403
        assert (await sent(reader, f"/links/{question}", answer="refused", why="x")).status_code == 403
        assert (await lena.get("/links/nothing")).status_code == 404
        assert (await lena.get(f"/cases/{one['id']}/merge/nothing")).status_code == 404
        assert (await sent(lena, "/cases/nothing/unmerge", why="x")).status_code == 404
