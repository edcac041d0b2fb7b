"""The whole service on the real Kafka and MongoDB: by every door in, told once, and nothing said that must not be."""

import asyncio
import itertools
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from services.intake.store import inbound_signal_id
from services.intake.submission import EXAMPLE
from shared.calendar import AMSTERDAM
from shared.contracts.catalogue import SIGNALS, inbound_topic
from shared.contracts.envelope import Envelope
from shared.contracts.intake import InboundSignal
from shared.web.times import full_day, said_day
from tests.members import HANNA, LENA, OMAR, VICTOR
from tests.service_harness import (
    CSRF,
    PORTS,
    Visit,
    body_of,
    eventually,
    publish,
    put,
    records_on,
    type_of,
)
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

SECRET_WORDS = "Mijn neef Andrzej werkt hier ook"
WORKS = {"themes": ["work"], "sector": "meat", "site": {"postcode": "7141AB", "houseNumber": "12"}, "observations": {}}


async def told(stack: Stack, wanted: Callable[[Any], bool]) -> Any:
    """The one record on the signals topic that is wanted, as soon as it is there."""

    async def there() -> list[Any]:
        return [record for record in await records_on(stack, SIGNALS) if wanted(record)]

    (record,) = await eventually(there)
    return record


def about(subject: str) -> Callable[[Any], bool]:
    return lambda record: record.key == subject.encode()


async def submit(nobody: httpx.AsyncClient, page: httpx.Response, **typed: Any) -> httpx.Response:
    """Fill in the main form of a page and send it, as a browser without scripts does."""
    form = re.search(r'<form class="bm-form"[^>]*action="([^"]+)".*?</form>', page.text, re.S)
    assert form, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    return await nobody.post(form[1], data={**hidden, **typed})


async def walk(nobody: httpx.AsyncClient, name: str = "Slachterij Voorbeeld", **words: str) -> httpx.Response:
    """Through the whole form up to its last page."""
    page = await nobody.get("/?lang=pl")
    page = await submit(nobody, page, themes=["work", "transport"])
    page = await submit(nobody, page, area="NL", postcode="7141 ab", house_number="12 A", name=name)
    page = await submit(nobody, page, sector="meat")
    page = await submit(nobody, page, people_exposed="120", confirmed_infections="3")
    page = await submit(nobody, page, distance_kept="no", van_mixed_households="yes")
    page = await submit(nobody, page, homes=["nl", "kreis-borken"])
    return await submit(nobody, page, **words)


def receipt_on(page: httpx.Response) -> str:
    found = re.search(r'id="receipt">([0-9A-Z-]{19})<', page.text)
    assert found, page.text
    return found[1]


async def listed(visitor: httpx.AsyncClient, words: str, **filters: str) -> str:
    """The page of the list of signals that holds these words, or nothing; of one quarter of an hour order is chance."""
    for number in itertools.count(1):
        answer = await visitor.get("/signals", params={**filters, "pageSize": 200, "page": number})
        if words in answer.text:
            return answer.text
        # What is past the last page leads back to it.
        if answer.history or answer.is_redirect or 'href="/signals/' not in answer.text:
            return ""
    raise AssertionError("a list without an end")


async def ask(nobody: httpx.AsyncClient, code: str) -> httpx.Response:
    return await submit(nobody, await nobody.get("/status?lang=en"), code=code)


@pytest.mark.plan("S06")
@pytest.mark.plan("S22")
@pytest.mark.plan("C04")
async def test_a_form_becomes_one_signal_that_is_told(service: Visit, platform_stack: Stack) -> None:
    name = f"Slachterij {uuid4()}"
    async with service(None) as nobody:
        page = await walk(nobody, name)
        sent = await submit(nobody, page)
        code = receipt_on(sent)
        again = await submit(nobody, page)
        assert receipt_on(again) == code

        async def passed_on() -> bool:
            return "has been passed on" in (await ask(nobody, code.lower().replace("-", " "))).text

        await eventually(passed_on)
    record = await told(platform_stack, lambda one: name.encode() in one.value)
    body = body_of(record)
    assert body["channel"] == "web"
    assert (body["situation"]["site"]["postcode"], body["situation"]["site"]["houseNumber"]) == ("7141AB", "12a")
    assert body["situation"]["site"]["region"] == "VR06"
    assert body["situation"]["site"]["municipality"] == "Oost Gelre"
    assert body["situation"]["observations"]["distanceNotKept"] is True
    assert body["situation"]["workersLiveIn"] == ["kreis-borken"]
    assert body["situation"]["observations"]["sickPeopleAtWork"] is None


async def test_a_form_with_gaps_shows_all_of_them_and_keeps_what_was_typed(service: Visit) -> None:
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=en"), themes="housing")
        page = await submit(nobody, page, postcode="71", house_number="x", place="Groenlo", name="Pension 't Hoekje")
        for shown in (page, await nobody.get("/report/where?lang=en")):
            assert shown.text.count('class="bm-field__fault"') == 2
            for typed in ('value="71"', 'value="x"', 'value="Groenlo"', "Pension &#39;t Hoekje"):
                assert typed in shown.text


async def test_a_step_that_was_refused_has_an_address_and_is_clean_once_somebody_went_on(service: Visit) -> None:
    async with service(None) as nobody:
        where = await submit(nobody, await nobody.get("/?lang=en"), themes="work")
        page = await submit(nobody, where, postcode="71", name="Kas Voorbeeld")
        assert ([one.status_code for one in page.history], page.status_code) == ([303], 200)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        other = await nobody.post("/report/where?lang=nl&go=language", data={**hidden, "postcode": "71"})
        assert "Een postcode heeft vier cijfers" in other.text, "who cannot read a fault asks for another language"
        await nobody.post("/report/where?go=keep", data={**hidden, "postcode": "7141 AB", "house_number": "x"})
        kept = await nobody.get("/report/where?lang=en")
        assert ('href="#f-postcode"' in kept.text, 'href="#f-house_number"' in kept.text) == (False, True)
        assert (await submit(nobody, page, postcode="7141 AB")).url.path == "/report/work"
        again = await nobody.get("/report/where?lang=en")
        assert ('class="bm-faults"' in again.text, 'value="7141 AB"' in again.text) == (False, True)


async def test_a_first_step_that_was_refused_is_no_report_to_go_on_with(service: Visit) -> None:
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=en"))
        assert (page.url.path, 'href="#f-themes"' in page.text) == ("/report/themes", True)
        start = await nobody.get("/?lang=en")
        assert ("What do you want to report?" in start.text, 'class="bm-faults"' in start.text) == (True, False)


async def test_answers_that_are_gone_are_told_of_at_an_address(service: Visit) -> None:
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=en"), themes="work")
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        too_old = {**hidden, "s": "too old"}
        assert "Continue a report?" in (await nobody.post("/report/work", data=too_old)).text
        nobody.cookies.delete(f"brandmeester-answers-{PORTS.service('intake')}")
        gone = await nobody.post("/report/work", data=too_old)
    assert ([one.status_code for one in gone.history], gone.status_code) == ([303], 200)
    assert "Your answers are no longer here" in gone.text


@pytest.mark.plan("S06")
async def test_who_writes_a_number_is_warned_once_and_can_leave_it_or_have_it_taken_out(service: Visit) -> None:
    async with service(None) as nobody:
        warned = await walk(nobody, words="Dzwoń 512 345 678, PESEL nie podam")
        assert (warned.status_code, warned.url.path) == (200, "/report/words")
        assert "– Numer telefonu: <strong>512 345 678</strong>" in warned.text
        assert 'href="#f-words"' in warned.text
        assert ">Dzwoń 512 345 678, PESEL nie podam</textarea>" in warned.text
        left = await submit(nobody, warned, words="Dzwoń 512 345 678, PESEL nie podam", go="on")
        assert (left.url.path, "512 345 678" in left.text) == ("/report/check", True)
        out = await submit(nobody, warned, words="Dzwoń 512 345 678, PESEL nie podam", go="take_out")
        assert (out.url.path, "512 345 678" in out.text) == ("/report/check", False)
        assert "Dzwoń […], PESEL nie podam" in out.text


@pytest.mark.plan("S06")
async def test_a_number_in_the_name_of_a_site_is_told_of_reaches_no_topic_and_is_kept_with_the_words(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    hotel, phone = f"Хотел {uuid4()}", "0888 123 456"
    async with service(None) as nobody, service(LENA) as lena, service(VICTOR) as victor:
        where = await submit(nobody, await nobody.get("/?lang=bg"), themes="housing")
        typed = {"name": f"{hotel} {phone}", "postcode": "7141 AB"}
        warned = await submit(nobody, where, **typed)
        assert (warned.status_code, warned.url.path) == (200, "/report/where")
        assert f'href="#f-name">Име на фирмата или сградата</a> – Телефонен номер: <strong>{phone}<' in warned.text
        page = await submit(nobody, warned, **typed, go="on")
        for _ in range(4):
            page = await submit(nobody, page)
        assert page.url.path == "/report/check"
        receipt_on(await submit(nobody, page))
        record = await told(platform_stack, lambda one: hotel.encode() in one.value)
        id_ = body_of(record)["dataref"].rpartition("/")[2]
        for seen in ((await victor.get(f"/signals/{id_}")).text, await listed(victor, hotel)):
            assert (f"{hotel} […]" in seen, phone in seen) == (True, False)
        look = {"csrf": CSRF, "reason": "voorbereiding"}
        hidden = (await lena.post(f"/signals/{id_}/words", data=look)).text
        assert f"<dd>{hotel} [telefoonnummer]</dd>" in hidden
        shown = (await lena.post(f"/signals/{id_}/words", data={**look, "full": "yes"})).text
        assert f"<dd>{hotel} {phone}</dd>" in shown
    assert body_of(record)["situation"]["site"]["name"] == f"{hotel} […]"
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        stored = repr([mongo[database][name].find_one({"_id": id_}) for name in ("signals", "reporter_data")])
    assert (hotel in stored, phone in stored) == (True, False)


@pytest.mark.plan("S06")
async def test_a_code_that_was_lost_on_the_way_is_shown_again_to_the_browser_that_sent(service: Visit) -> None:
    async with service(None) as nobody:
        page = await walk(nobody)
        before = httpx.Cookies(nobody.cookies)
        code = receipt_on(await submit(nobody, page))
        marked = httpx.Cookies(nobody.cookies)
        for cookies in (before, marked):
            nobody.cookies = cookies
            assert receipt_on(await nobody.get("/report/check")) == code
        for cookies in (before, marked):
            nobody.cookies = cookies
            start = await nobody.get("/?lang=en")
            assert "A report was just sent from this device" in start.text
            assert ("What do you want to report?" in start.text, code in start.text) == (True, False)
            led = re.search(r'href="(/report/check[^"]*)"', start.text)
            assert led and receipt_on(await nobody.get(led[1])) == code
        csrf = re.search(r'name="csrf" value="([^"]*)"', start.text)
        assert csrf
        await nobody.post("/report/clear", data={"csrf": csrf[1]})
        assert code not in (await nobody.get("/report/check")).text


async def test_who_comes_upon_a_report_that_was_begun_is_asked_and_can_begin_anew(service: Visit) -> None:
    async with service(None) as nobody:
        where = await submit(nobody, await nobody.get("/?lang=en"), themes="work")
        assert (await submit(nobody, where, name="Kas Voorbeeld", unsure="yes")).url.path == "/report/work"
        begun = await nobody.get("/?lang=en")
        assert ("Continue a report?" in begun.text, "Kas Voorbeeld" in begun.text) == (True, False)
        assert "Kas Voorbeeld" in (await nobody.get("/report/check")).text
        anew = await submit(nobody, begun)
        assert "What do you want to report?" in anew.text
        assert "Kas Voorbeeld" not in (await nobody.get("/report/where")).text


async def test_another_language_keeps_what_is_typed_on_the_open_step_without_looking_for_faults(
    service: Visit,
) -> None:
    async with service(None) as nobody:
        where = await submit(nobody, await nobody.get("/?lang=en"), themes="work")
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', where.text))
        switch = re.search(r'formaction="([^"]*lang=uk[^"]*)"', where.text)
        assert switch
        page = await nobody.post(unescape(switch[1]), data={**hidden, "postcode": "71", "name": "Kas Voorbeeld"})
        assert (page.status_code, '<html lang="uk">' in page.text) == (200, True)
        assert all(typed in page.text for typed in ('value="71"', 'value="Kas Voorbeeld"'))


async def test_the_last_step_says_what_was_understood_and_which_place_is_not_known(service: Visit) -> None:
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=en"), themes="work")
        page = await submit(nobody, page, place="Qxzvwk", pick="other")
        page = await submit(nobody, await submit(nobody, page), people_exposed="40-60")
        for _ in range(2):
            page = await submit(nobody, page)
        page = await submit(nobody, page, words="one\r\ntwo")
        assert page.url.path == "/report/check"
        assert "<dd>60 (you wrote: 40-60)</dd>" in page.text
        assert "We do not know this place" in page.text


@pytest.mark.parametrize(
    ("typed", "said"), [("4", "4\xa0m²"), ("4,5", "4,5\xa0m²"), ("4-6", "4\xa0m² (u schreef: 4-6)")]
)
async def test_the_last_step_reads_space_back_with_its_unit(service: Visit, typed: str, said: str) -> None:
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=nl"), themes="housing")
        for _ in range(3):
            page = await submit(nobody, page, place="Groenlo")
        page = await submit(nobody, page, square_metres_per_person=typed)
        page = await submit(nobody, page)
        assert (page.url.path, f"<dd>{said}</dd>" in page.text) == ("/report/check", True)


async def test_the_form_asks_when_it_was_seen_and_reads_the_day_back(service: Visit, platform_stack: Stack) -> None:
    name, today = f"Slachterij {uuid4()}", datetime.now(AMSTERDAM).date()
    seen = today - timedelta(20)
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=en"), themes="work")
        page = await submit(nobody, page, place="Groenlo", name=name)
        page = await submit(nobody, await submit(nobody, page))
        assert f'<option value="{today - timedelta(1)}">Yesterday</option>' in page.text
        page = await submit(nobody, page, when="earlier")
        assert (page.url.path, 'href="#f-day"' in page.text) == ("/report/seen", True)
        page = await submit(nobody, page, when="earlier", day=f"{seen:%d.%m.%Y}")
        page = await submit(nobody, await submit(nobody, page))
        assert f"<dd>{seen:%A, %B} {seen.day}, {seen.year}</dd>" in page.text
        receipt_on(await submit(nobody, page))
    record = await told(platform_stack, lambda one: name.encode() in one.value)
    assert body_of(record)["situation"]["observedOn"] == seen.isoformat()
    async with service(LENA) as lena:
        assert (
            f"{full_day(seen)}, 20 dagen voor de ontvangst" in (await lena.get(f"/signals/{record.key.decode()}")).text
        )
        assert f"gezien: {said_day(seen, datetime.now(UTC))}" in await listed(lena, name)


async def test_nobody_can_skip_to_the_end(service: Visit) -> None:
    async with service(None) as nobody:
        await submit(nobody, await nobody.get("/"), themes="work")
        assert (await nobody.get("/report/check")).url.path == "/report/where"


async def test_answers_can_be_erased_from_the_browser(service: Visit) -> None:
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/"), themes="work")
        cookie = f"brandmeester-answers-{PORTS.service('intake')}"
        assert cookie in nobody.cookies
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        await nobody.post("/report/clear", data={"csrf": token[1]})
        assert cookie not in nobody.cookies


async def test_a_form_from_elsewhere_is_refused(service: Visit) -> None:
    async with service(None) as nobody:
        assert (await nobody.post("/report/send", data={"s": "x"})).status_code == 403


async def test_an_error_speaks_the_language_of_the_form_not_of_the_telephone(service: Visit) -> None:
    dutch_telephone = {"accept": "text/html", "accept-language": "nl"}
    async with service(None) as nobody:
        page = await nobody.get("/?lang=bg", headers=dutch_telephone)
        action = re.search(r'<form class="bm-form"[^>]*action="([^"]+)"', page.text)
        assert action
        refused = await nobody.post(action[1], data={"themes": "work"}, headers=dutch_telephone)
    assert refused.status_code == 403
    assert '<html lang="bg">' in refused.text
    assert 'href="/?lang=bg"' in refused.text


async def test_what_is_wrong_with_a_number_is_said_with_its_question(service: Visit) -> None:
    async with service(None) as nobody:
        page = await submit(nobody, await nobody.get("/?lang=nl"), themes=["work"])
        page = await submit(nobody, page, unsure="yes")
        page = await submit(nobody, page, sector="meat")
        page = await submit(nobody, page, people_exposed="veel")
    asked = "Hoeveel mensen werken daar ongeveer?"
    assert f'<a href="#f-people_exposed">{asked} Vul één getal in, bijvoorbeeld 40.' in page.text


async def test_a_van_is_asked_about_as_a_van_and_its_plate_is_not_asked(service: Visit) -> None:
    async with service(None) as nobody:
        where = await submit(nobody, await nobody.get("/?lang=nl"), themes=["transport"])
        health = await submit(nobody, await submit(nobody, where, unsure="yes"))
    assert "Waar rijdt het busje?" in where.text
    assert "Wij vragen geen kenteken." in where.text
    assert "Hoeveel mensen rijden er ongeveer mee in het busje?" in health.text


async def test_a_broken_address_of_a_signal_leads_nowhere(service: Visit) -> None:
    async with service(LENA) as lena:
        page = await lena.get("/signals/7f3a", headers={"accept": "text/html"})
    assert page.status_code == 404


async def test_http_gives_a_receipt_and_tells_the_quarter_hour_only(service: Visit, platform_stack: Stack) -> None:
    async with service(None) as nobody:
        handed_in = await nobody.post("/v1/signals", json=EXAMPLE)
    assert handed_in.status_code == 201
    answer = handed_in.json()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", answer["receipt"])
    record = await told(platform_stack, about(answer["id"]))
    envelope = Envelope.of_headers(record.headers)
    received = datetime.fromisoformat(body_of(record)["receivedAt"])
    stamped = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    assert envelope.time == received == stamped
    assert (received.minute % 15, received.second, received.microsecond) == (0, 0, 0)


async def test_a_bad_post_gets_every_fault_at_once(service: Visit) -> None:
    bad = {
        "themes": ["cooking"],
        "site": {"houseNumber": "x", "colour": "red"},
        "observations": {"tested": 1, "positive": 2},
    }
    async with service(None) as nobody:
        answer = await nobody.post("/v1/signals", json=bad)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    fields = {fault["field"] for fault in answer.json()["faults"]}
    assert {"themes.0", "site.houseNumber", "site.colour", "observations.positive"} <= fields


NOT_AS_TYPED = {
    "themes": ["work", "work"],
    "site": {"name": "  ", "place": "Groenlo\x00", "municipality": "Oost\nGelre"},
    "observations": {
        "tested": "24",
        "positive": True,
        "peopleExposed": 24.5,
        "noScreens": "yes",
        "sharedBreaks": 1,
        "squareMetresPerPerson": "8",
    },
    "reference": "",
}


async def test_every_door_for_programs_takes_a_value_for_what_it_is(service: Visit, platform_stack: Stack) -> None:
    async with service(None) as nobody:
        answer = await nobody.post("/v1/signals", json={**NOT_AS_TYPED, "text": "\x07", "contact": " "})
    assert {fault["field"]: fault["code"] for fault in answer.json()["faults"]} == {
        "themes.1": "twice",
        "site.name": "blank",
        "site.place": "characters",
        "site.municipality": "one_line",
        "observations.tested": "number",
        "observations.positive": "number",
        "observations.peopleExposed": "number",
        "observations.noScreens": "boolean",
        "observations.sharedBreaks": "boolean",
        "observations.squareMetresPerPerson": "number",
        "reference": "blank",
        "text": "characters",
        "contact": "blank",
    }
    message_id = str(uuid4())
    reference = NOT_AS_TYPED["reference"]
    situation = {name: value for name, value in NOT_AS_TYPED.items() if name != "reference"}
    await send_inbound(
        platform_stack, json.dumps({"situation": situation, "reference": reference}).encode(), message_id
    )
    record = await told(platform_stack, lambda one: message_id.encode() in one.value)
    assert {fault["field"].removeprefix("situation.") for fault in body_of(record)["faults"]} == {
        "themes.1",
        *(f"site.{name}" for name in NOT_AS_TYPED["site"]),
        *(f"observations.{name}" for name in NOT_AS_TYPED["observations"]),
        "reference",
    }


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b'{"themes": ["cooking"]}', "themes.0", "choice"),
        (b'{"themes": []}', "themes", "too_few"),
        (b'{"themes": "work"}', "themes", "list"),
        (b'{"themes": ["work"], "themes": ["housing"]}', "themes", "twice"),
        (b'{"themes": ["work"], "reference": "\\ud800"}', "reference", "characters"),
        (b'{"themes": ["work"], "observations": {"tested": NaN}}', "observations.tested", "number"),
        (b'{"themes": ["work"], "observations": {"tested": 1%s}}' % (b"0" * 400), "observations.tested", "at_most"),
        (b'{"themes": ["work"], "observations": {"tested": 1%s}}' % (b"0" * 5000), "", "json"),
        (b'{"themes": %s}' % (b"[" * 100_000), "", "nested"),
        (b'{"themes": ["\xff"]}', "", "encoding"),
    ],
)
async def test_one_thing_wrong_is_one_fault(service: Visit, body: bytes, field: str, code: str) -> None:
    async with service(None) as nobody:
        answer = await nobody.post("/v1/signals", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.json()["faults"]] == [(field, code)]


@pytest.mark.plan("S25")
async def test_a_district_that_nobody_knows_is_a_fault_that_names_those_there_are(
    service: Visit, platform_stack: Stack
) -> None:
    elsewhere = {**WORKS, "site": {"district": "kreis-atlantis"}, "workersLiveIn": ["kreis-borken", "kreis-atlantis"]}
    async with service(None) as nobody:
        for language, begins in (("en", "Choose one of: kreis-leer, "), ("nl", "Kies een van: kreis-leer, ")):
            answer = await nobody.post("/v1/signals", json=elsewhere, headers={"Accept-Language": language})
            faults = answer.json()["faults"]
            assert [fault["field"] for fault in faults] == ["site.district", "workersLiveIn.1"]
            assert all(fault["message"].startswith(begins) for fault in faults)
            assert all(fault["message"].endswith(", unknown.") for fault in faults)
            assert "atlantis" not in answer.text
        unknown = await nobody.post("/v1/signals", json={**WORKS, "workersLiveIn": ["unknown"]})
    assert body_of(await told(platform_stack, about(unknown.json()["id"])))["situation"]["workersLiveIn"] == []
    message_id = str(uuid4())
    await send_inbound(platform_stack, json.dumps({"situation": elsewhere}).encode(), message_id)
    record = await told(platform_stack, lambda one: message_id.encode() in one.value)
    faults = body_of(record)["faults"]
    assert [fault["field"] for fault in faults] == ["situation.site.district", "situation.workersLiveIn.1"]
    assert all(fault["reason"].startswith("one of kreis-leer, ") for fault in faults)
    assert b"atlantis" not in record.value


async def test_a_postcode_far_from_its_place_is_a_fault_of_the_place(service: Visit) -> None:
    async with service(None) as nobody:
        answer = await nobody.post("/v1/signals", json={**WORKS, "site": {"postcode": "7141AB", "place": "Amsterdam"}})
    assert [(fault["field"], fault["code"]) for fault in answer.json()["faults"]] == [("site.place", "far_apart")]


async def test_a_day_that_is_yet_to_come_is_a_fault_of_that_day(service: Visit) -> None:
    tomorrow = datetime.now(AMSTERDAM).date() + timedelta(1)
    async with service(None) as nobody:
        answer = await nobody.post("/v1/signals", json={**WORKS, "observedOn": tomorrow.isoformat()})
    assert [(fault["field"], fault["code"]) for fault in answer.json()["faults"]] == [("observedOn", "day_to_come")]


async def test_an_idempotency_key_makes_repeated_requests_one_signal(service: Visit) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    async with service(None) as nobody:
        first, second = [(await nobody.post("/v1/signals", json=WORKS, headers=key)).json() for _ in range(2)]
        others = [
            await nobody.post("/v1/signals", json={**WORKS, **other}, headers=key)
            for other in ({"sector": "food"}, {"reference": "another call"})
        ]
    assert first == second
    assert [(other.status_code, "new Idempotency-Key" in other.json()["detail"]) for other in others] == [
        (409, True)
    ] * 2


@pytest.mark.parametrize(
    ("key", "status"), [("k" * 15, 400), ("k" * 101, 400), ("k" * 15 + " k", 400), ("!~" * 8, 201)]
)
async def test_which_idempotency_keys_there_may_be(service: Visit, key: str, status: int) -> None:
    async with service(None) as nobody:
        assert (await nobody.post("/v1/signals", json=WORKS, headers={"Idempotency-Key": key})).status_code == status
        (described,) = (await nobody.get("/v1/openapi.json")).json()["paths"]["/v1/signals"]["post"]["parameters"]
    (rules,) = (choice for choice in described["schema"]["anyOf"] if choice["type"] == "string")
    fits = rules["minLength"] <= len(key) <= rules["maxLength"] and bool(re.search(rules["pattern"], key))
    assert fits is (status == 201)


@pytest.mark.parametrize("authorization", ["Basic aGFubmE6Z2VoZWlt", "Bearer", "token"])
async def test_a_slip_in_the_authorization_never_makes_a_signal_anonymous(service: Visit, authorization: str) -> None:
    async with service(None) as nobody:
        answer = await nobody.post("/v1/signals", json=WORKS, headers={"Authorization": authorization})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_only_what_it_is_about_must_be_said(service: Visit, platform_stack: Stack) -> None:
    async with service(None) as nobody:
        answer = await nobody.post("/v1/signals", json={"themes": ["work"]})
    assert answer.status_code == 201
    body = body_of(await told(platform_stack, about(answer.json()["id"])))
    assert body["situation"]["site"]["region"] is None


async def test_two_forms_sent_at_once_are_one_signal(service: Visit) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    async with service(None) as nobody:
        answers = await asyncio.gather(*(nobody.post("/v1/signals", json=WORKS, headers=key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["receipt"] for answer in answers}) == 1


async def send_inbound(stack: Stack, body: bytes, message_id: str) -> None:
    envelope = Envelope(message_id, "urn:example:hotline", InboundSignal.TYPE, datetime.now(UTC), message_id)
    await publish(stack, inbound_topic("intaketest"), (envelope, body))


@pytest.mark.plan("S07")
@pytest.mark.plan("C04")
async def test_an_integrations_message_becomes_one_signal(service: Visit, platform_stack: Stack) -> None:
    reference = f"call {uuid4()}"
    body = json.dumps({"situation": WORKS, "reference": reference}).encode()
    message_id = str(uuid4())
    for _ in range(2):
        await send_inbound(platform_stack, body, message_id)
    async with service(LENA) as lena:

        async def listed() -> list[Any]:
            page = (await lena.get("/v1/signals", params={"channel": "integration", "pageSize": 200})).json()
            return [item for item in page["items"] if item["reference"] == reference]

        (signal,) = await eventually(listed)
    record = await told(platform_stack, about(signal["id"]))
    assert body_of(record)["party"] == "intaketest"


async def test_a_bad_message_is_parked_and_answered_without_its_values(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    message_id = str(uuid4())
    body = json.dumps({"situation": {**WORKS, "remarks": SECRET_WORDS}}).encode()
    await send_inbound(platform_stack, body, message_id)
    record = await told(platform_stack, lambda one: message_id.encode() in one.value)
    told_back = body_of(record)
    assert type_of(record) == "signals.rejected.v1"
    assert (told_back["party"], told_back["messageId"]) == ("intaketest", message_id)
    assert [fault["field"] for fault in told_back["faults"]] == ["situation.remarks"]
    assert "Andrzej" not in record.value.decode()


async def test_a_message_with_a_key_given_twice_is_answered_and_not_taken_in(
    service: Visit, platform_stack: Stack
) -> None:
    """The same by topic as by POST: whichever of both were taken, the other would be lost unsaid."""
    message_id = str(uuid4())
    whole = json.dumps({"situation": WORKS})
    body = whole.replace('"situation": {', '"situation": {"sector": "fruit", "sector": "meat", ', 1).encode()
    await send_inbound(platform_stack, body, message_id)
    record = await told(platform_stack, lambda one: message_id.encode() in one.value)
    assert type_of(record) == "signals.rejected.v1"
    assert body_of(record)["faults"][0] == {"field": "situation.sector", "reason": "given twice"}


@pytest.mark.parametrize("header", [("ce_sequence", b"1" * 30), ("ce_time", None)], ids=["a huge number", "null"])
async def test_what_a_client_puts_into_a_header_is_its_own_fault_only(
    service: Visit, platform_stack: Stack, header: tuple[str, bytes | None]
) -> None:
    """Either once kept intake from taking in anything more, of anybody."""
    body, bad, good = json.dumps({"situation": WORKS}).encode(), str(uuid4()), str(uuid4())
    envelope = Envelope(bad, "urn:example:hotline", InboundSignal.TYPE, datetime.now(UTC), bad)
    headers = [*envelope.headers(), header]
    await put(platform_stack, inbound_topic("intaketest").name, body, key=bad.encode(), headers=headers)
    await send_inbound(platform_stack, body, good)
    record = await told(platform_stack, lambda one: bad.encode() in one.value)
    assert [fault["field"] for fault in body_of(record)["faults"]] == [header[0]]
    await told(platform_stack, about(inbound_signal_id(inbound_topic("intaketest").name, good)))


async def test_a_sender_that_counts_in_its_own_way_loses_nothing(service: Visit, platform_stack: Stack) -> None:
    """A desk that gives each signal its own id, one subject and always the number 1; the id alone makes it one."""
    ids = [str(uuid4()) for _ in range(3)]
    body = json.dumps({"situation": WORKS}).encode()
    for id_ in ids:
        envelope = Envelope(id_, "urn:example:hotline", InboundSignal.TYPE, datetime.now(UTC), "desk", 1)
        await publish(platform_stack, inbound_topic("intaketest"), (envelope, body))
    for id_ in ids:
        await told(platform_stack, about(inbound_signal_id(inbound_topic("intaketest").name, id_)))


async def test_a_receipt_that_does_not_exist_is_answered_like_one_that_does(service: Visit) -> None:
    async with service(None) as nobody:
        code = (await nobody.post("/v1/signals", json=WORKS)).json()["receipt"]
        times = []
        for typed in (code, "0000-0000-0000-0000", "geen code"):
            began = time.monotonic()
            assert (await ask(nobody, typed)).status_code == 200
            times.append(time.monotonic() - began)
    assert min(times) >= 0.6
    assert max(times) - min(times) < 0.4


async def test_withdrawing_destroys_the_words_and_is_told(service: Visit, platform_stack: Stack, database: str) -> None:
    async with service(None) as nobody:
        handed_in = (await nobody.post("/v1/signals", json={**WORKS, "text": SECRET_WORDS})).json()
        page = await ask(nobody, handed_in["receipt"])
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        form = {"csrf": token[1], "code": handed_in["receipt"], "lang": "en"}
        assert "has been withdrawn" in (await nobody.post("/status/withdrawal", data=form)).text
    record = await told(
        platform_stack, lambda one: about(handed_in["id"])(one) and type_of(one) == "signals.withdrawn.v1"
    )
    assert body_of(record)["withdrawnAt"]
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        assert mongo[f"{database}_keys"]["signal_keys"].find_one({"_id": handed_in["id"]}) is None
        assert mongo[database]["reporter_data"].find_one({"_id": handed_in["id"]}) is None


async def test_words_are_read_by_who_may_and_every_look_is_recorded(service: Visit) -> None:
    async with service(None) as nobody:
        id_ = (await nobody.post("/v1/signals", json={**WORKS, "text": SECRET_WORDS})).json()["id"]
    async with service(VICTOR) as victor:
        assert "Alleen LOT-C, en de veiligheidsregio en de GGD" in (await victor.get(f"/signals/{id_}")).text
        refused = await victor.post(f"/signals/{id_}/words", data={"csrf": CSRF, "reason": "nieuwsgierig"})
        assert (refused.status_code, "Andrzej" in refused.text) == (403, False)
    async with service(LENA) as lena:
        assert "Andrzej" not in (await lena.get(f"/signals/{id_}")).text
        assert (await lena.post(f"/signals/{id_}/words", data={"csrf": CSRF, "reason": ""})).status_code == 400
        read = await lena.post(f"/signals/{id_}/words", data={"csrf": CSRF, "reason": "voorbereiding bezoek"})
        assert SECRET_WORDS in read.text
        after = (await lena.get(f"/signals/{id_}")).text
        assert "Lena Otten" in after
        assert "voorbereiding bezoek" in after


async def test_facts_are_for_members_only(service: Visit) -> None:
    async with service(None) as nobody:
        # One more than a page of two holds, whatever other tests have sent.
        id_, *_others = [(await nobody.post("/v1/signals", json=WORKS)).json()["id"] for _ in range(3)]
        assert (await nobody.get(f"/v1/signals/{id_}")).status_code == 401
        assert (await nobody.get("/v1/signals")).status_code == 401
    async with service(LENA) as lena:
        signal = (await lena.get(f"/v1/signals/{id_}")).json()
        assert signal["situation"]["site"]["region"] == "VR06"
        assert signal["hasText"] is False
        listed = (await lena.get("/v1/signals", params={"region": "VR06", "pageSize": 2})).json()
        assert (len(listed["items"]), listed["next"] is not None) == (2, True)
        assert "Oost-Gelderland" in (await lena.get("/signals?region=VR06&theme=work")).text
        assert (await lena.get(f"/v1/signals/{uuid4()}")).status_code == 404


async def test_who_runs_the_machines_reads_no_signals_and_the_hotline_does(service: Visit) -> None:
    async with service(None) as nobody:
        id_ = (await nobody.post("/v1/signals", json=WORKS)).json()["id"]
    paths = (f"/signals/{id_}", "/signals", f"/v1/signals/{id_}", "/v1/signals")
    async with service(OMAR) as omar, service(HANNA) as hanna:
        assert [(await omar.get(path)).status_code for path in paths] == [403] * 4
        assert [(await hanna.get(path)).status_code for path in paths] == [200] * 4
        looked = await omar.post(f"/signals/{id_}/words", data={"csrf": CSRF, "reason": "nieuwsgierig"})
        assert looked.status_code == 403


async def test_numbers_in_words_are_hidden_until_somebody_shows_them_on_record(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    async with service(None) as nobody:
        told = (await nobody.post("/v1/signals", json={**WORKS, "text": "Vraag het Jan, 06-11122233"})).json()
    look = {"csrf": CSRF, "reason": "voorbereiding bezoek"}
    async with service(LENA) as lena:
        hidden = await lena.post(f"/signals/{told['id']}/words", data=look)
        assert "Vraag het Jan, [telefoonnummer]" in hidden.text
        assert "11122233" not in hidden.text
        assert "11122233" in (await lena.post(f"/signals/{told['id']}/words", data={**look, "full": "yes"})).text
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        looks = [look["operation"] for look in mongo[database]["looks"].find({"signal": told["id"]})]
    assert sorted(looks) == ["read-personal-numbers", "read-reporter-data"]


@pytest.mark.plan("S06")
async def test_nothing_of_the_reporter_is_stored_readably_or_told(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    async with service(None) as nobody:
        receipt = receipt_on(await submit(nobody, await walk(nobody, words=SECRET_WORDS, contact="06-12345678")))
    await asyncio.sleep(0.5)
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        stored = "".join(
            repr(document)
            for name in (database, f"{database}_keys")
            for collection in mongo[name].list_collection_names()
            if collection != "looks"
            for document in mongo[name][collection].find()
        )
    on_topic = "".join(repr(record) for record in await records_on(platform_stack, SIGNALS))
    for secret in ("Andrzej", "12345678", "203.0.113.77", receipt, receipt.replace("-", "")):
        assert secret not in stored
        assert secret not in on_topic


@pytest.mark.plan("C06")
async def test_signals_are_counted_by_channel(service: Visit) -> None:
    async with service(None) as nobody:
        await nobody.post("/v1/signals", json=WORKS)
        metrics = (await nobody.get("/metrics")).text
    assert re.search(r'brandmeester_intake_signals_submitted_total{channel="web",outcome="received"} \d', metrics)
