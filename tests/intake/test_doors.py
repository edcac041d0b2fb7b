"""The doors of members on the real Kafka and MongoDB: findings, the media, and files with many signals."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from services.intake.domain.signal import MOST_WORDS
from shared.calendar import AMSTERDAM
from shared.contracts.catalogue import SIGNALS
from shared.web.members import Member, Role
from shared.web.times import full_day
from tests.intake.test_service import listed
from tests.members import GIJS, HANNA, ILSE, LENA, VERA
from tests.service_harness import CSRF, Visit, body_of, eventually, records_on
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

MIEN = Member("szw", "Mien Smit", "szw", frozenset({Role.READER}), None, "Ministerie van SZW")


async def told_about(stack: Stack, mark: str, count: int = 1) -> list[dict[str, Any]]:
    async def there() -> list[Any]:
        found = [record for record in await records_on(stack, SIGNALS) if mark.encode() in record.value]
        return found if len(found) >= count else []

    return [body_of(record) for record in await eventually(there)]


def typed(**more: Any) -> dict[str, Any]:
    return {"csrf": CSRF, "ticket": str(uuid4()), "themes": ["work"], "place": "Groenlo", **more}


@pytest.mark.plan("S22")
@pytest.mark.plan("S14")
@pytest.mark.parametrize(("who", "channel"), [(VERA, "region"), (ILSE, "member"), (MIEN, "member")])
async def test_a_finding_carries_its_document_its_party_and_the_counts(
    service: Visit, platform_stack: Stack, who: Member, channel: str
) -> None:
    name = f"Slachterij {uuid4()}"
    finding = typed(
        name=name,
        reference="GGD-2020-7",
        tested="212",
        positive="45",
        vans_checked="24",
        vans_in_breach="17",
        day="gisteren",
    )
    async with service(who) as member:
        for title in ("De melding is verstuurd", "Dit was al gemeld"):
            page = await member.post("/findings", data=finding)
            assert title in page.text
        shown = re.search(r'href="(/signals/[0-9a-f-]{36})"', page.text)
        assert shown
        detail = (await member.get(shown[1])).text
    assert "GGD-2020-7" in detail
    assert "bevinding van een instantie" in detail
    yesterday = datetime.now(AMSTERDAM).date() - timedelta(1)
    assert f"<dt>Vastgesteld op</dt><dd>{full_day(yesterday)}, 1 dag voor de ontvangst</dd>" in detail
    (body,) = await told_about(platform_stack, name)
    assert (body["channel"], body["party"], body["official"]) == (channel, who.organisation, True)
    assert body["situation"]["observedOn"] == yesterday.isoformat()
    seen = body["situation"]["observations"]
    assert (seen["tested"], seen["positive"], seen["vansChecked"], seen["vansInBreach"]) == (212, 45, 24, 17)


async def test_a_finding_needs_a_document_and_counts_that_can_be(service: Visit) -> None:
    async with service(VERA) as vera:
        page = await vera.post("/findings", data=typed(themes=[]))
        for field in ("themes", "reference"):
            assert f'href="#f-{field}"' in page.text
        page = await vera.post("/findings", data=typed(reference="x", vans_checked="veel"))
        assert 'href="#f-vans_checked"' in page.text
        page = await vera.post("/findings", data=typed(reference="x", vans_checked="3", vans_in_breach="4"))
        assert 'href="#f-vans_in_breach"' in page.text
    async with service(None) as nobody:
        assert (await nobody.post("/findings", data=typed(reference="x"))).status_code == 403


async def test_members_are_told_of_numbers_once_and_send_with_one_more_press(service: Visit) -> None:
    finding = typed(reference="Dossier Иван BSN 111222333", name="Pension BSN 123456782")
    news = typed(link=f"https://krant.example/{uuid4()}", words="Bel de redactie: 020-1234567")
    async with service(VERA) as vera:
        for door, form, numbers in (
            ("/findings", finding, ["123456782", "111222333"]),
            ("/media", news, ["020-1234567"]),
        ):
            told = await vera.post(door, data=form)
            assert re.findall(r"</a> – [^:]+: <strong>([^<]+)</strong>", told.text) == numbers
            form["warned"] = re.findall(r'name="warned" value="([^"]+)"', told.text)
            assert "De melding is verstuurd" in (await vera.post(door, data=form)).text


@pytest.mark.parametrize(
    ("door", "own"),
    [("/findings", {"reference": "GGD-2020-8"}), ("/media", {"link": "https://krant.example/een", "words": "Dertig."})],
)
async def test_what_was_refused_is_there_again_at_its_address_for_who_typed_it_until_it_is_sent(
    service: Visit, platform_stack: Stack, database: str, door: str, own: dict[str, str]
) -> None:
    name = f"Pension {uuid4()}"
    form = typed(name=name, people_exposed="veel", **own)
    empty = f"{door}?draft={form['ticket']}"
    async with service(VERA) as vera, service(GIJS) as gijs:
        refused = await vera.post(door, data=form, follow_redirects=False)
        assert (refused.status_code, refused.headers["location"]) == (303, f"{empty}&after=refused")
        assert 'href="#f-people_exposed"' in (await vera.get(refused.headers["location"])).text
        before = (await vera.get(empty)).text
        assert (name in before, "#f-people_exposed" in before) == (True, False)
        assert name not in (await gijs.get(empty)).text
        with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
            assert name not in str(list(mongo[database]["drafts"].find()))
        assert "De melding is verstuurd" in (await vera.post(door, data={**form, "people_exposed": "30"})).text
        assert name not in (await vera.get(empty)).text


@pytest.mark.parametrize("door", ["/findings", "/media"])
async def test_what_a_script_keeps_while_a_member_types_is_there_after_a_crash(service: Visit, door: str) -> None:
    form = typed(words=f"Half getypt {uuid4()}", day="gisteren")
    async with service(VERA) as vera:
        assert (await vera.post(f"{door}/draft", data=form)).status_code == 204
        again = (await vera.get(f"{door}?draft={form['ticket']}")).text
        begun = await vera.get(door, follow_redirects=False)
        offered = (await vera.get(door)).text
        cleared = f"{door}/clear"
        asked = await vera.post(cleared, data=form)
        assert ("wissen?" in asked.text, "Half getypt" in asked.text) == (True, True)
        gone = await vera.post(cleared, data={"csrf": CSRF, "ticket": form["ticket"], "sure": "yes"})
    assert f'href="{door}?draft={form["ticket"]}">Ga verder met wat u ' in offered
    assert form["ticket"] not in gone.text
    yesterday = datetime.now(AMSTERDAM).date() - timedelta(1)
    assert ("Half getypt" in again, f"{yesterday:%d-%m-%Y}" in again) == (True, True)
    assert (begun.status_code, "Half getypt" in begun.text) == (303, False)


@pytest.mark.plan("S25")
@pytest.mark.parametrize(("who", "door"), [(VERA, "/findings"), (VERA, "/media"), (HANNA, "/hotline")])
async def test_a_district_that_nobody_knows_is_a_fault_at_every_desk(service: Visit, who: Member, door: str) -> None:
    async with service(who) as member:
        page = await member.post(door, data=typed(homes_elsewhere="kreis-atlantis", area="kreis-atlantis"))
    assert 'href="#f-homes_elsewhere"' in page.text
    assert "Kies een van: Landkreis Leer, " in page.text
    assert 'href="#f-area"' in page.text


@pytest.mark.parametrize(("who", "door"), [(VERA, "/findings"), (VERA, "/media"), (HANNA, "/hotline")])
async def test_a_text_that_is_too_long_is_refused_at_every_desk_and_is_all_still_there(
    service: Visit, who: Member, door: str
) -> None:
    long = "Zes op een kamer. " * 300
    async with service(who) as member:
        assert f"Gebruik ten hoogste {MOST_WORDS} tekens." in (await member.get(door)).text
        page = await member.post(door, data=typed(words=long))
    assert '<a href="#f-words">' in page.text
    assert long.strip() in page.text


async def test_programs_files_and_the_form_take_as_much_text_as_each_other(service: Visit) -> None:
    for length, taken in ((MOST_WORDS, True), (MOST_WORDS + 1, False)):
        words = (f"{uuid4()} " * 200)[: length - 1] + "."
        async with service(None) as program:
            answer = await program.post("/v1/signals", json={"themes": ["work"], "text": words})
            assert answer.status_code == (201 if taken else 400)
        async with service(VERA) as vera:
            tried = (await upload(vera, f"themes,text\nwork,{words}\n")).text
            assert (f"Gebruik ten hoogste {MOST_WORDS} tekens." in tried) is not taken
            assert ('action="/bulk/' in tried) is taken


@pytest.mark.plan("S22")
async def test_one_news_item_is_one_signal_whoever_tells_of_it(service: Visit, platform_stack: Stack) -> None:
    path = f"krant.example/bericht-{uuid4()}"
    async with service(ILSE) as ilse:
        first = await ilse.post(
            "/media",
            data=typed(link=f"https://www.{path}?utm_source=x", words="Uitbraak in slachterij", day="gisteren"),
        )
        assert "De melding is verstuurd" in first.text
    async with service(GIJS) as gijs:
        again = await gijs.post("/media", data=typed(link=f"http://{path}/", words="Andere woorden", name=path))
        assert "Dit was al gemeld" in again.text
    (of_first,), (of_again,) = [re.findall(r'href="/signals/([0-9a-f-]{36})"', page.text) for page in (first, again)]
    assert of_first == of_again
    async with service(ILSE) as ilse:
        shown = (await ilse.get(f"/signals/{of_first}")).text
        assert f"https://{path}" in shown
        assert "<dt>Gebeurd op</dt>" in shown
        bad = await ilse.post("/media", data=typed(link="geen adres", day="morgen"))
        assert 'href="#f-link"' in bad.text
        assert 'href="#f-words"' in bad.text
        assert 'href="#f-day"' in bad.text
        listed = (await ilse.get("/v1/signals", params={"channel": "media"})).json()
    assert [item["id"] for item in listed["items"] if path in item["reference"]] == [of_first]


def lines(mark: str, count: int) -> str:
    rows = [
        f"work,{mark} {number},7141 AB,{number},{mark}-{number},Op regel {number}" for number in range(1, count + 1)
    ]
    return "\n".join(("themes,name,postcode,houseNumber,reference,text", *rows, "cooking,,,,,"))


async def upload(member: httpx.AsyncClient, content: str) -> httpx.Response:
    return await member.post("/bulk", data={"csrf": CSRF}, files={"file": ("meldingen.csv", content.encode())})


async def take_in(member: httpx.AsyncClient, dry: httpx.Response) -> str:
    action = re.search(r'action="(/bulk/[0-9a-f-]{36})"', dry.text)
    assert action, dry.text

    async def done() -> str:
        page = await member.get(action[1])
        return page.text if "Klaar:" in page.text else ""

    started = await member.post(action[1], data={"csrf": CSRF})
    assert started.status_code == 200
    return str(await eventually(done))


def figures(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(Nieuw|Was er al|Niet ingelezen)</dt><dd>(\d+)</dd>", page))


@pytest.mark.plan("S07")
async def test_a_file_is_tried_first_then_taken_in_once_however_often_it_comes(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    mark = f"bulk{uuid4().hex[:8]}"
    async with service(VERA) as vera:
        dry = await upload(vera, lines(mark, 230))
        assert "<strong>230</strong> regels zijn goed, <strong>1</strong> niet" in dry.text
        assert '<td data-label="Regel">232</td>' in dry.text
        assert "cooking" not in dry.text
        assert (await vera.get("/v1/signals", params={"channel": "region", "pageSize": 200})).json()["total"] <= 3
        assert figures(await take_in(vera, dry)) == {"Nieuw": "230", "Was er al": "0", "Niet ingelezen": "0"}
        again = await take_in(vera, await upload(vera, lines(mark, 231)))
        assert figures(again) == {"Nieuw": "1", "Was er al": "230", "Niet ingelezen": "0"}
    assert len(await told_about(platform_stack, mark, 231)) == 231
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        kept = list(mongo[database]["imports"].find({"status": "done"}))
    assert all("sealed" not in one for one in kept)


@pytest.mark.plan("S07")
async def test_the_dry_run_and_the_run_come_to_the_same_verdict_on_each_line(service: Visit) -> None:
    mark = f"bulk{uuid4().hex[:8]}"
    header = "themes,place,reference,text"
    async with service(VERA) as vera:
        await take_in(vera, await upload(vera, f"{header}\nwork,Groenlo,{mark}-1,\nwork,Groenlo,,{mark}\n"))
        content = (
            f"{header}\n"
            f"work,Groenlo,{mark}-1,\n"  # known
            f"housing,Groenlo,{mark}-1,\n"  # known, and other than that
            f"work,Groenlo,,{mark}\n"  # known by its content
            f'work,Groenlo,{mark}-2,"nieuw\nen lang"\n'
            f"work,Aalten,{mark}-2,\n"  # the reference of the line before
            f"work,Groenlo,,{mark} twee keer\n"
            f"work,Groenlo,,{mark} twee keer\n"
        )
        before, meanwhile = await upload(vera, content), await upload(vera, f"{header}\nwork,Winterswijk,{mark}-2,\n")
        assert dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", before.text)) == {
            "Nieuw": "2",
            "Was er al, of staat er twee keer": "3",
            "Wordt niet ingelezen": "2",
        }
        wrong = re.findall(r'<td data-label="Regel">([^<]+)</td>.*?<code>(\w+)</code>: ([^.]+)', before.text)
        assert wrong == [
            ("3", "reference", "Een eerdere melding heeft dit kenmerk ook, met andere inhoud"),
            ("7 (rij 6)", "reference", "Regel 5 heeft dit kenmerk ook, met andere inhoud"),
        ]
        assert "Lees 2 regels in" in before.text
        assert figures(await take_in(vera, before)) == {"Nieuw": "2", "Was er al": "3", "Niet ingelezen": "0"}
        known = (await upload(vera, f"{header}\nwork,Groenlo,{mark}-1,\n")).text
        assert ("Er is niets nieuws om in te lezen." in known, 'action="/bulk/' in known) == (True, False)
        # Nobody could foresee what another file has taken in since.
        assert figures(await take_in(vera, meanwhile)) == {"Nieuw": "0", "Was er al": "0", "Niet ingelezen": "1"}


async def test_the_dry_run_names_lines_with_numbers_and_takes_them_in_all_the_same(service: Visit) -> None:
    content = (
        "themes,name,place,reference,text,contact\n"
        'work,Hal 2,Groenlo,R-1,"120 mensen, 1,5 meter",jan@voorbeeld.example\n'
        "work,Hotel 0888 123 456,Groenlo,Dossier 111222333,bel 06-12345678 of 06-87654321,na vijven\n"
    )
    async with service(VERA) as vera:
        page = (await upload(vera, content)).text
    assert "<dt>Nieuw</dt><dd>2</dd>" in page
    ((line, told),) = re.findall(
        r'<td data-label="Regel">([^<]+)</td><td data-label="Waar en wat"><div>(.*?)</div>', page
    )
    assert (line, re.findall(r"<code>(\w+)</code>: ([^<]+)", told)) == (
        "3",
        [
            ("name", "Telefoonnummer"),
            ("reference", "Burgerservicenummer (BSN)"),
            ("text", "Telefoonnummer"),
            ("contact", "niet herkend als telefoonnummer of e-mailadres"),
        ],
    )
    assert "111222333" not in page


async def test_a_file_that_cannot_be_read_says_where_and_offers_nothing(service: Visit) -> None:
    async with service(VERA) as vera:
        page = await upload(vera, 'themes,text\nwork,"een\ncooking,twee\n')
        assert (page.status_code, "Regel 2: " in page.text) == (400, True)
        assert '<td data-label="Regel">3</td>' in page.text
        assert "is leeg" in (await upload(vera, "")).text
        assert "</strong> niet" not in page.text
        assert 'action="/bulk/' not in page.text
        example = await vera.get("/bulk/example.csv")
        assert example.headers["content-disposition"].startswith("attachment")
        assert "<dt>Nieuw</dt><dd>1</dd>" in (await upload(vera, example.text)).text


async def test_a_file_is_its_partys_own(service: Visit) -> None:
    async with service(VERA) as vera:
        assert (await vera.post("/bulk", data={"csrf": CSRF})).status_code == 400
        dry = await upload(vera, "themes,place\nwork,Groenlo\n")
        action = re.search(r'action="(/bulk/[0-9a-f-]{36})"', dry.text)
        assert action
    async with service(ILSE) as ilse:
        assert (await ilse.post(action[1], data={"csrf": CSRF})).status_code == 404
        assert (await ilse.get(action[1])).status_code == 404
    async with service(HANNA) as hanna:
        assert (await hanna.get("/bulk")).status_code == 403


async def test_a_signal_from_nowhere_known_stands_on_a_list_for_the_national_team(service: Visit) -> None:
    name = f"Ergens {uuid4()}"
    async with service(None) as nobody:
        for site in (
            {"name": name},
            {"name": "elders", "place": "Groenlo"},
            {"name": "over de grens", "country": "DE"},
        ):
            body = {"themes": ["work"], "site": site, "observations": {}}
            assert (await nobody.post("/v1/signals", json=body)).status_code == 201
    async with service(LENA) as lena:
        assert await listed(lena, name, region="unknown")
        assert not await listed(lena, "elders", region="unknown")
        assert not await listed(lena, "over de grens", region="unknown")
