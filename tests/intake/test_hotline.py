"""The hotline on the real Kafka and MongoDB: a call is typed once, joined to what is known, and called back."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from shared.calendar import AMSTERDAM
from shared.contracts.catalogue import SIGNALS
from shared.web.members import Member, Role
from tests.members import HANNA, LENA
from tests.service_harness import (
    CSRF,
    Visit,
    body_of,
    eventually,
    records_on,
)
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

NUMBER = "06-87654321"
HENK = Member("hotline-2", "Henk Oord", "hotline", frozenset({Role.OPERATOR}))
"""Another operator."""


def call(**typed: Any) -> dict[str, Any]:
    """A call about a slaughterhouse, as the screen sends it."""
    return {
        "csrf": CSRF,
        "ticket": str(uuid4()),
        "themes": ["work"],
        "postcode": "7141 ab",
        "house_number": "12",
        "confirmed_infections": "3",
        **typed,
    }


def receipt_on(page: httpx.Response) -> str:
    found = re.search(r'id="receipt">([0-9A-Z-]{19})<', page.text)
    assert found, page.text
    return found[1]


def in_an_hour() -> str:
    return (datetime.now(AMSTERDAM) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")


async def told_about(stack: Stack, name: str) -> dict[str, Any]:
    async def there() -> list[Any]:
        return [record for record in await records_on(stack, SIGNALS) if name.encode() in record.value]

    (record,) = await eventually(there)
    return body_of(record)


@pytest.mark.plan("S07")
@pytest.mark.plan("S22")
@pytest.mark.plan("C04")
async def test_a_call_becomes_a_signal_whose_code_is_read_out(service: Visit, platform_stack: Stack) -> None:
    typed = call(name=f"Slachterij {uuid4()}", joins="new", distance_kept="no")
    async with service(HANNA) as hanna:
        sent = await hanna.post("/hotline", data=typed)
        again = await hanna.post("/hotline", data=typed)
    assert receipt_on(sent) == receipt_on(again)
    assert "één melding gebleven" in again.text
    assert "http://localhost:8001/status" in sent.text, "where the caller follows it and sends pictures"
    body = await told_about(platform_stack, typed["name"])
    assert (body["channel"], body["party"], body["corroborates"]) == ("hotline", "hotline", None)
    assert body["situation"]["observations"]["distanceNotKept"] is True


async def test_only_operators_see_the_screen(service: Visit) -> None:
    async with service(LENA) as lena:
        for path in ("/hotline", "/hotline/callbacks"):
            assert (await lena.get(path)).status_code == 403
        assert (await lena.post("/hotline", data=call())).status_code == 403


async def test_everything_wrong_with_a_call_is_shown_at_once_and_nothing_typed_is_lost(service: Visit) -> None:
    async with service(HANNA) as hanna:
        page = await hanna.post(
            "/hotline",
            data=call(
                themes=[], house_number="x", tested="1", positive="2", words="De vloer", callback="yes", day="morgen"
            ),
        )
        assert ([one.status_code for one in page.history], page.status_code) == ([303], 200)
        for shown in (page, await hanna.get(str(page.url))):
            for field in ("themes", "house_number", "positive", "due", "why", "contact", "day"):
                assert f'href="#f-{field}"' in shown.text
            assert "De vloer" in shown.text
        clean = await hanna.get("/hotline", params={"call": page.url.params["call"]})
        assert ("De vloer" in clean.text, 'class="bm-faults"' in clean.text) == (True, False)
        await hanna.post("/hotline/clear", data={"csrf": CSRF, "ticket": page.url.params["call"], "sure": "yes"})


async def test_an_operator_is_told_of_numbers_once_and_sends_with_one_more_press(service: Visit) -> None:
    typed = call(
        joins="new", name="Pension 0888 123 456", words="BSN 111222333", callback="yes", due=in_an_hour(),
        why="bel zijn zus 06-12345678", contact="12345",
    )  # fmt: skip
    async with service(HANNA) as hanna:
        told = await hanna.post("/hotline", data=typed)
        assert [one.status_code for one in told.history] == [303]
        named = re.findall(r'<li><a href="#f-(\w+)">[^<]+</a> – ([^:]+): <strong>([^<]+)</strong>', told.text)
        assert named == [
            ("name", "Telefoonnummer", "0888 123 456"),
            ("words", "Burgerservicenummer (BSN)", "111222333"),
            ("contact", "niet herkend als telefoonnummer of e-mailadres", "12345"),
            ("why", "Telefoonnummer", "06-12345678"),
        ]
        typed["warned"] = re.findall(r'name="warned" value="([^"]+)"', told.text)
        more = await hanna.post("/hotline", data={**typed, "words": "BSN 111222333, en 123456782"})
        assert "<strong>123456782</strong>" in more.text
        receipt_on(await hanna.post("/hotline", data=typed))


async def test_an_answer_about_housing_makes_it_about_housing(service: Visit, platform_stack: Stack) -> None:
    typed = call(name=f"Pension {uuid4()}", joins="new", people_per_bedroom="6")
    async with service(HANNA) as hanna:
        receipt_on(await hanna.post("/hotline", data=typed))
    body = await told_about(platform_stack, typed["name"])
    assert body["situation"]["themes"] == ["work", "housing"]
    assert body["situation"]["observations"]["peoplePerBedroom"] == 6


@pytest.mark.plan("S22")
async def test_a_call_about_what_is_known_asks_first_and_can_be_joined(service: Visit, platform_stack: Stack) -> None:
    name = f"Vleesbedrijf {uuid4()}"
    site = {"name": name, "postcode": "7121AA", "houseNumber": "7"}
    async with service(None) as nobody:
        seen = {"confirmedInfections": 3, "tested": 40, "sickPeopleAtWork": True, "sharedBreaks": True}
        body = {"themes": ["work"], "sector": "meat", "site": site, "observations": seen}
        known = (await nobody.post("/v1/signals", json=body)).json()
    second = call(postcode="", house_number="", place="aalten", name=name.upper())
    async with service(HANNA) as hanna:
        asked = await hanna.post("/hotline", data=second)
        assert "is dit dezelfde situatie" in asked.text
        assert f'value="{known["id"]}"' in asked.text
        assert (
            "slachterij en vleesverwerking; Bevestigde besmettingen: 3; Getest: 40; Zieke mensen aan het werk: ja"
            in (asked.text)
        )
        joined = await hanna.post("/hotline", data={**second, "joins": known["id"]})
        assert receipt_on(joined)
        assert known["id"] in joined.text
        unknown = await hanna.post("/hotline", data={**call(), "joins": str(uuid4())})
        assert unknown.status_code == 400

    async def told() -> list[dict[str, Any]]:
        bodies = [body_of(record) for record in await records_on(platform_stack, SIGNALS)]
        return [body for body in bodies if body.get("corroborates") == known["id"]]

    (body,) = await eventually(told)
    assert body["situation"]["site"]["postcode"] == "7121AA"
    assert body["situation"]["site"]["houseNumber"] == "7"
    assert body["situation"]["observations"]["confirmedInfections"] == 3


async def test_a_draft_survives_and_goes_when_the_call_is_sent(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    words = f"Een beller vertelt {uuid4()}"
    typed = call(words=words, language="pl", joins="new", day="gisteren")
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        of_others = [draft["_id"] for draft in mongo[database]["drafts"].find()]
        async with service(HANNA) as hanna:
            assert (await hanna.post("/hotline/draft", data=typed)).status_code == 200
        (draft,) = list(mongo[database]["drafts"].find({"_id": {"$nin": of_others}}))
        assert words not in repr(draft)
        assert "hotline" not in repr(draft)
        assert [index for index in mongo[database]["drafts"].list_indexes() if index.get("expireAfterSeconds") == 0]
        async with service(HANNA) as after_the_crash:
            offered = (await after_the_crash.get("/hotline")).text
            address = f"/hotline?call={typed['ticket']}"
            assert f'href="{address}"' in offered
            page = await after_the_crash.get(address)
            assert f">{words}</textarea>" in page.text
            assert typed["ticket"] in page.text
            yesterday = datetime.now(AMSTERDAM) - timedelta(1)
            assert f'value="{yesterday:%d-%m-%Y}"' in page.text, "which day that is may have changed by then"
            receipt_on(await after_the_crash.post("/hotline", data=typed))
            assert words not in (await after_the_crash.get("/hotline")).text
            # The last keystroke may arrive after the call was sent.
            await after_the_crash.post("/hotline/draft", data=typed)
            assert words not in (await after_the_crash.get("/hotline")).text
            unsent = call(words=words)
            asked = await after_the_crash.post("/hotline/clear", data=unsent)
            assert "Wilt u dit gesprek wissen?" in asked.text
            assert words in asked.text
            for ticket in (typed["ticket"], unsent["ticket"]):
                cleared = await after_the_crash.post(
                    "/hotline/clear", data={"csrf": CSRF, "ticket": ticket, "sure": "yes"}
                )
        assert cleared.status_code == 200
        (code_shown,) = mongo[database]["drafts"].find({"_id": {"$nin": of_others}})
        assert code_shown["_id"] != draft["_id"]
        stored = [*mongo[database]["signals"].find(), *mongo[database]["callbacks"].find()]
        assert '"pl"' not in json.dumps(stored, default=str), "the language is for the call only"


async def test_two_calls_at_once_keep_a_draft_each(service: Visit) -> None:
    one, other = (call(words=f"Een beller vertelt {uuid4()}", joins="new") for _ in range(2))
    async with service(HANNA) as hanna:
        first, second = [(await hanna.get("/hotline")).url.params["call"] for _ in range(2)]
        assert first != second
        for typed in (one, other):
            await hanna.post("/hotline/draft", data=typed)
        offered = (await hanna.get("/hotline")).text
        assert f"‘{one['words']}’</a></li>" in offered
        for typed, elses in ((one, other), (other, one)):
            assert f'href="/hotline?call={typed["ticket"]}"' in offered
            page = (await hanna.get("/hotline", params={"call": typed["ticket"]})).text
            assert f">{typed['words']}</textarea>" in page
            assert f">{elses['words']}</textarea>" not in page
        receipt_on(await hanna.post("/hotline", data=one))
        offered = (await hanna.get("/hotline")).text
        assert (one["words"] in offered, other["words"] in offered) == (False, True)
        reloaded = await hanna.get("/hotline", params={"call": one["ticket"]})
        assert ('name="words"' in reloaded.text, receipt_on(reloaded) != "") == (False, True), "nothing to send again"
        await hanna.post("/hotline/clear", data={**other, "sure": "yes"})
    async with service(LENA) as lena:
        assert (await lena.get("/hotline", params={"call": other["ticket"]})).status_code == 403


async def test_the_code_of_a_call_is_there_again_for_ten_minutes_for_who_took_it(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    typed = call(joins="new", callback="yes", due=in_an_hour(), why="meer vragen", contact=NUMBER)
    call_ = f"/hotline?call={typed['ticket']}"
    async with service(HANNA) as hanna:
        sent = await hanna.post("/hotline", data=typed)
        assert str(sent.url).endswith(call_)
        # A key pressed a moment before is kept a moment after.
        await hanna.post("/hotline/draft", data=typed)
        again = await hanna.get(call_)
        assert receipt_on(again) == receipt_on(sent)
        assert "Terugbellen: " in again.text
        assert typed["ticket"] not in (await hanna.get("/hotline")).text
    async with service(HENK) as henk:
        assert 'id="receipt"' not in (await henk.get(call_)).text
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        drafts = mongo[database]["drafts"]
        assert receipt_on(sent) not in str(list(drafts.find()))
        soon = {"expires": {"$lte": datetime.now(UTC) + timedelta(minutes=10)}}
        assert drafts.update_many(soon, {"$set": {"expires": datetime.now(UTC)}}).modified_count
    async with service(HANNA) as hanna:
        assert 'id="receipt"' not in (await hanna.get(call_)).text


async def test_a_call_back_is_promised_read_on_record_and_forgotten(
    service: Visit, platform_stack: Stack, database: str
) -> None:
    why = f"meer over de busjes {uuid4()}"
    typed = call(joins="new", callback="yes", due=in_an_hour(), why=why, contact=NUMBER, language="pl")
    async with service(HANNA) as hanna:
        sent = await hanna.post("/hotline", data=typed)
        id_ = re.search(r'href="/signals/([0-9a-f-]{36})"', sent.text)
        assert id_
        listed = await hanna.get("/hotline/callbacks")
        assert "Polski" in listed.text
        assert why not in listed.text
        shown = await hanna.post(f"/hotline/callbacks/{id_[1]}/contact", data={"csrf": CSRF})
        assert why in shown.text
        assert NUMBER in shown.text
        past = await hanna.post(f"/hotline/callbacks/{id_[1]}/due", data={"csrf": CSRF, "due": "2020-01-01T12:00"})
        assert past.status_code == 400
        await hanna.post(f"/hotline/callbacks/{id_[1]}/due", data={"csrf": CSRF, "due": in_an_hour()})
        for _ in range(2):
            done = await hanna.post(
                f"/hotline/callbacks/{id_[1]}/end", data={"csrf": CSRF, "go": "done", "sure": "yes"}
            )
            assert id_[1] not in done.text
        assert (await hanna.post(f"/hotline/callbacks/{uuid4()}/end", data={"csrf": CSRF})).status_code == 404
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        assert mongo[database]["reporter_data"].find_one({"_id": f"{id_[1]}/callback"}) is None
        stored = mongo[database]["callbacks"].find_one({"_id": id_[1]})
        look = mongo[database]["looks"].find_one({"signal": id_[1]})
    assert stored is not None
    assert (stored["state"]["state"], stored["state"]["language"]) == ("done", None)
    assert look is not None
    assert (look["name"], look["processing_activity"]) == (
        HANNA.name,
        "urn:nl.brandmeester:processing:handling-signals",
    )


@pytest.mark.parametrize(
    ("go", "asks", "yes"),
    [
        ("done", "Hebt u deze beller gesproken?", "Ja, gesproken"),
        ("given_up", "Wilt u deze beller niet meer bellen?", "Ja, niet meer bellen"),
    ],
)
async def test_a_number_goes_only_once_who_ends_a_call_back_has_said_to_be_sure(
    service: Visit, platform_stack: Stack, database: str, go: str, asks: str, yes: str
) -> None:
    typed = call(joins="new", callback="yes", due=in_an_hour(), why="meer vragen", contact=NUMBER)
    async with service(HANNA) as hanna:
        sent = await hanna.post("/hotline", data=typed)
        id_ = re.search(r'href="/signals/([0-9a-f-]{36})"', sent.text)
        assert id_
        end = f"/hotline/callbacks/{id_[1]}/end"
        asked = await hanna.post(end, data={"csrf": CSRF, "go": go})
        assert (asks in asked.text, f'name="go" value="{go}">{yes}<' in asked.text) == (True, True)
        assert NUMBER in (await hanna.post(f"/hotline/callbacks/{id_[1]}/contact", data={"csrf": CSRF})).text
        assert id_[1] not in (await hanna.post(end, data={"csrf": CSRF, "go": go, "sure": "yes"})).text
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        stored = mongo[database]["callbacks"].find_one({"_id": id_[1]})
        assert mongo[database]["reporter_data"].find_one({"_id": f"{id_[1]}/callback"}) is None
    assert stored is not None
    assert stored["state"]["state"] == go


async def test_people_may_live_in_more_than_one_district(service: Visit, platform_stack: Stack) -> None:
    typed = call(name=f"Slachterij {uuid4()}", joins="new", homes_elsewhere="kreis-kleve", homes=["kreis-borken"])
    async with service(HANNA) as hanna:
        assert 'name="homes" value="kreis-borken"' in (await hanna.get("/hotline")).text
        receipt_on(await hanna.post("/hotline", data=typed))
    body = await told_about(platform_stack, typed["name"])
    assert sorted(body["situation"]["workersLiveIn"]) == ["kreis-borken", "kreis-kleve"]
