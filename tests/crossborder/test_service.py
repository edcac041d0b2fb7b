"""The whole service on the real Kafka and MongoDB: a case comes in, people act, and the facts go out."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from services.crossborder.app import create_app
from services.crossborder.settings import Settings
from shared.contracts.catalogue import CONTACTS, NOTICES
from shared.contracts.triage import CaseMerged, CaseMergeUndone
from shared.vocabulary import Grade
from tests.crossborder.builders import NOON, assessed
from tests.members import HANNA, LENA, VERA, VICTOR
from tests.service_harness import CSRF, Visit, eventually, fresh_database, running, settings_for, tell, told_on
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


def in_process(stack: Stack, database: str) -> AbstractAsyncContextManager[Visit]:
    return running(create_app, settings_for(Settings, stack, database))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def service(platform_stack: Stack, platform_broker: Any) -> AsyncIterator[Visit]:
    async with in_process(platform_stack, fresh_database()) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def notice(service: Visit, platform_stack: Stack) -> dict[str, Any]:
    """A fresh draft for Kreis Borken, as the list gives it."""
    return await _draft(service, platform_stack, str(uuid4()))


async def _draft(service: Visit, stack: Stack, case: str) -> dict[str, Any]:
    await tell(stack, case, assessed(Grade.CRITICAL))

    async def listed() -> Any:
        async with service(LENA) as lena:
            return (await lena.get("/v1/notices", params={"caseId": case})).json()["items"]

    items = await eventually(listed)
    return dict(items[0])


@pytest.mark.plan("S09")
@pytest.mark.plan("S25")
async def test_a_case_with_people_in_borken_becomes_a_draft_under_vnog(notice: dict[str, Any]) -> None:
    assert notice["authority"] == "kreis-borken"
    assert (notice["region"], notice["taskForce"]) == ("VR06", "Covid 19 Infektion Arbeitsmigranten")
    assert (notice["state"], notice["need"], notice["grade"]) == ("draft", "send", "critical")


@pytest.mark.plan("S09")
async def test_a_notice_is_sent_and_answered_over_http_and_told(
    service: Visit, platform_stack: Stack, notice: dict[str, Any]
) -> None:
    address = f"/v1/notices/{notice['id']}"
    async with service(VERA) as vera:
        sent = await vera.post(f"{address}/dispatch", json={"manner": "email", "contact": "leiding"})
        answered = await vera.post(f"{address}/answer", json={"manner": "telephone", "kind": "no_link"})
    assert (sent.status_code, sent.json()["state"]) == (200, "sent")
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    assert answered.json()["dispatches"][0]["by"] == "Veiligheidsregio NOG"

    async def told() -> Any:
        types = [type_ for _, type_, _ in await told_on(platform_stack, NOTICES, notice["id"])]
        return types if len(types) == 3 else None

    assert await eventually(told) == ["notices.drafted.v1", "notices.sent.v1", "notices.answered.v1"]


async def test_the_letters_are_in_dutch_and_german_and_hold_no_address(service: Visit, notice: dict[str, Any]) -> None:
    async with service(VERA) as vera:
        body = (await vera.get(f"/v1/notices/{notice['id']}")).json()
    assert [letter["language"] for letter in body["letters"]] == ["nl", "de"]
    assert "714.." in str(body)
    assert not any(secret in str(body["letters"]) for secret in ("Jansen", "7141", "Slagerij"))


async def test_another_region_reads_but_may_not_send(service: Visit, notice: dict[str, Any]) -> None:
    async with service(VICTOR) as victor:
        assert (await victor.get(f"/v1/notices/{notice['id']}")).status_code == 200
        refused = await victor.post(f"/v1/notices/{notice['id']}/dispatch", json={"manner": "email"})
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")


async def test_the_hotline_and_the_public_see_no_notices(service: Visit) -> None:
    async with service(HANNA) as hanna, service(None) as nobody:
        assert (await hanna.get("/v1/notices")).status_code == 403
        assert (await nobody.get("/v1/notices")).status_code == 401
        assert (await nobody.get("/", follow_redirects=False)).status_code == 303


async def test_what_cannot_be_done_is_refused_with_a_reason(service: Visit, notice: dict[str, Any]) -> None:
    address = f"/v1/notices/{notice['id']}"
    async with service(VERA) as vera:
        early = await vera.post(f"{address}/answer", json={"manner": "post", "kind": "received"})
        unknown = await vera.post(f"{address}/dispatch", json={"manner": "email", "contact": "niemand"})
        future = (datetime.now().astimezone() + timedelta(days=1)).isoformat()
        ahead = await vera.post(f"{address}/dispatch", json={"manner": "email", "sentAt": future})
        absent = await vera.get("/v1/notices/none")
    assert (early.status_code, unknown.status_code, ahead.status_code) == (409, 400, 400)
    assert unknown.json()["faults"][0]["field"] == "contact"
    assert ahead.json()["faults"][0]["field"] == "sentAt"
    assert absent.status_code == 404


async def test_a_bad_body_names_every_fault(service: Visit, notice: dict[str, Any]) -> None:
    async with service(VERA) as vera:
        bad = await vera.post(f"/v1/notices/{notice['id']}/answer", json={"manner": "pigeon", "extra": 1})
    assert bad.status_code == 400
    assert {fault["field"] for fault in bad.json()["faults"]} == {"manner", "kind", "extra"}


@pytest.mark.plan("S09")
async def test_a_person_sends_and_records_the_answer_on_the_page(service: Visit, notice: dict[str, Any]) -> None:
    address = f"/notices/{notice['id']}"
    async with service(VERA) as vera:
        page = await vera.get(address)
        assert "Verstuur de kennisgeving" in page.text
        gaps = await vera.post(f"{address}/dispatch", data={"csrf": CSRF, "note": "Ook gebeld"})
        assert gaps.status_code == 400
        assert "Maak een keuze." in gaps.text
        assert 'value="Ook gebeld"' in gaps.text
        sent = await vera.post(f"{address}/dispatch", data={"csrf": CSRF, "manner": "email", "sent_at": ""})
        assert (sent.status_code, sent.headers["location"]) == (303, address)
        reply = {"csrf": CSRF, "answer_manner": "email", "kind": "question", "summary": "Welke straat?"}
        assert (await vera.post(f"{address}/answer", data=reply)).status_code == 303
        page = await vera.get(address)
        front = await vera.get("/")
    assert "vraag teruggesteld" in page.text
    assert "Welke straat?" in page.text
    assert "De tekst zoals verstuurd" in page.text
    assert "vraag beantwoorden" in front.text


async def test_a_typed_moment_that_is_none_is_said_beside_its_field(service: Visit, notice: dict[str, Any]) -> None:
    data = {"csrf": CSRF, "manner": "email", "sent_at": "gisteren"}
    async with service(VERA) as vera:
        page = await vera.post(f"/notices/{notice['id']}/dispatch", data=data)
    assert page.status_code == 400
    assert re.search(r'id="f-sent_at-fault".*?Vul een datum en tijd in', page.text)


async def test_a_form_from_elsewhere_is_refused(service: Visit, notice: dict[str, Any]) -> None:
    async with service(VERA) as vera:
        page = await vera.post(f"/notices/{notice['id']}/dispatch", data={"csrf": "guess", "manner": "email"})
    assert page.status_code == 403


async def test_a_letter_can_be_opened_alone_to_print(service: Visit, notice: dict[str, Any]) -> None:
    async with service(VERA) as vera:
        german = await vera.get(f"/notices/{notice['id']}/letters/de")
        french = await vera.get(f"/notices/{notice['id']}/letters/fr")
    assert 'lang="de"' in german.text
    assert french.status_code == 404


@pytest.mark.plan("S09")
async def test_authorities_are_told_without_their_people_and_confirmed_by_their_region(
    service: Visit, platform_stack: Stack
) -> None:
    async with service(VERA) as vera, service(VICTOR) as victor:
        listed = (await vera.get("/v1/contacts", params={"region": "VR06"})).json()
        assert [item["id"] for item in listed["items"]] == ["kreis-borken", "kreis-kleve"]
        assert (await victor.post("/contacts/kreis-kleve/confirmation", data={"csrf": CSRF})).status_code == 403
        done = await vera.post("/contacts/kreis-kleve/confirmation", data={"csrf": CSRF, "note": "gebeld"})
        assert done.status_code == 303
        page = await vera.get("/contacts/kreis-kleve")
    assert "actueel" in page.text
    assert "gebeld" in page.text

    async def told() -> Any:
        found = [body for _, _, body in await told_on(platform_stack, CONTACTS, "kreis-kleve")]
        return found if len(found) >= 2 and found[-1]["confirmedAt"] else None

    first, last = (await eventually(told))[-2:]
    assert (first["confirmedAt"], last["underRegion"]) == (None, "VR06")
    assert "Derksen" not in json.dumps([first, last])


async def test_starting_again_enters_nothing_twice(platform_stack: Stack, fresh_name: str) -> None:
    async with in_process(platform_stack, fresh_name):
        pass
    before = len(await told_on(platform_stack, CONTACTS))
    async with in_process(platform_stack, fresh_name):
        pass
    assert len(await told_on(platform_stack, CONTACTS)) == before


async def test_ops_and_programs_find_their_addresses(service: Visit) -> None:
    async with service(None) as nobody:
        document = (await nobody.get("/v1/openapi.json")).json()
        metrics = (await nobody.get("/metrics")).text
    assert "/v1/notices/{id}/dispatch" in document["paths"]
    assert 'brandmeester_crossborder_authorities{freshness="never_confirmed"}' in metrics


@pytest.mark.plan("S09")
async def test_of_two_merged_cases_one_notice_goes_on_and_the_other_says_which(
    service: Visit, platform_stack: Stack
) -> None:
    one, other = str(uuid4()), str(uuid4())
    first, second = await _draft(service, platform_stack, one), await _draft(service, platform_stack, other)
    links = {"gone": {"case": one, "number": "Z-2020-AAAAAA"}, "stays": {"case": other, "number": "Z-2020-BBBBBB"}}
    why = {"reason": "Het is hetzelfde huis.", "organisation": "LOT-C", "happenedAt": NOON}
    merge = {"number": "Z-2020-AAAAAA", "signals": (), **why, **links}
    await tell(platform_stack, one, CaseMerged.model_validate(merge), first=2)
    async with service(VERA) as vera:

        async def moved() -> Any:
            items = (await vera.get("/v1/notices", params={"caseId": other})).json()["items"]
            return {item["id"]: item for item in items} if len(items) == 2 else None

        found = await eventually(moved)
        assert (found[first["id"]]["insteadId"], found[first["id"]]["need"]) == (second["id"], None)
        assert (found[second["id"]]["insteadId"], found[second["id"]]["need"]) == (None, "send")
        page = (await vera.get(f"/notices/{first['id']}")).text
        for text in (
            f"Gaat op in {second['number']}",
            f'href="/notices/{second["id"]}"',
            "Het is hetzelfde huis. (LOT-C)",
        ):
            assert text in page, text
        await tell(platform_stack, one, CaseMergeUndone.model_validate(merge), first=3)

        async def back() -> Any:
            items = (await vera.get("/v1/notices", params={"caseId": one})).json()["items"]
            return items[0] if items else None

        assert (await eventually(back))["need"] == "send"
