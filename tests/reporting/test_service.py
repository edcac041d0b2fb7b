"""The whole service on the real Kafka and MongoDB: a visit ends, people report and share, partners are told."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from pypdf import PdfReader

from deploy.kafka.apply import Broker
from services.reporting import schedule
from services.reporting.app import create_app
from services.reporting.settings import Settings
from shared.contracts.catalogue import REPORTS, partner_topic
from shared.contracts.intake import Fault, SignalRejected
from shared.contracts.planning import InvolvedParty, PartyDescribed
from shared.vocabulary import PartyKind
from tests.members import GIJS, HANNA, ILSE, LENA, RIKST, VICTOR
from tests.reporting.builders import completed
from tests.service_harness import (
    ADDRESSES,
    CSRF,
    Visit,
    body_of,
    eventually,
    fresh_database,
    records_on,
    running,
    settings_for,
    tell,
    type_of,
)
from tests.stack import Stack

pytestmark = [pytest.mark.stack]

FILLED_IN = {
    "outcome": "carried_out",
    "peoplePresent": 412,
    "tested": 212,
    "positive": 45,
    "findings": [{"theme": "work", "text": "Op de lijn is minder dan 1,5 meter afstand.", "infringements": 2}],
    "measures": ["work_stopped"],
    "conclusion": "De lijn is de bron.",
}


@dataclass(frozen=True)
class Running:
    """The service with a way to visit it as somebody, and the broker around it."""

    visit: Visit
    stack: Stack
    broker: Broker


def described(name: str, kind: PartyKind, region: str | None) -> PartyDescribed:
    return PartyDescribed(name=name, kind=kind, region=region, member=True, competences=())


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def service(platform_stack: Stack, platform_broker: Broker) -> AsyncIterator[Running]:
    platform_broker.admit_partner("ggd-vr06", "partner-password")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schedule, "LOOK_FOR_PARTNERS_EVERY", 0.5)
        async with _with_parties(platform_stack, platform_broker) as running_service:
            yield running_service


@asynccontextmanager
async def _with_parties(platform_stack: Stack, platform_broker: Broker) -> AsyncIterator[Running]:
    """The service once it was told of a few parties."""
    async with running(create_app, settings_for(Settings, platform_stack, fresh_database())) as visit:
        for party, fact in {
            "ggd-vr06": described("GGD Noord- en Oost-Gelderland", PartyKind.HEALTH_SERVICE, "VR06"),
            "vr23": described("Veiligheidsregio Limburg-Noord", PartyKind.SAFETY_REGION, "VR23"),
            "late": described("Een late partij", PartyKind.SAFETY_REGION, "VR06"),
        }.items():
            await tell(platform_stack, party, fact)
        yield Running(visit, platform_stack, platform_broker)


@pytest_asyncio.fixture(loop_scope="session")
async def report(service: Running) -> str:
    """A freshly opened report of a visit that ISZW took part in; its address."""
    intervention = str(uuid4())
    iszw = InvolvedParty(party="iszw", name="Inspectie SZW", role="participant", competences=())
    fact = completed()
    fact = fact.model_copy(update={"parties": (*fact.parties, iszw)})
    await tell(service.stack, intervention, fact)

    async def listed() -> Any:
        async with service.visit(LENA) as lena:
            return (await lena.get("/v1/reports", params={"interventionId": intervention})).json()["items"]

    return f"/v1/reports/{(await eventually(listed))[0]['id']}"


async def submit(service: Running, report: str) -> None:
    async with service.visit(GIJS) as gijs:
        assert (await gijs.patch(report, json=FILLED_IN)).status_code == 200
        assert (await gijs.post(f"{report}/submission")).status_code == 200


@pytest.mark.plan("S20")
@pytest.mark.plan("S21")
@pytest.mark.plan("C05")
async def test_a_report_is_filled_in_submitted_shared_and_told(service: Running, report: str) -> None:
    async with service.visit(GIJS) as gijs:
        opened = (await gijs.get(report)).json()
        assert (opened["state"], opened["coordinator"]) == ("open", "ggd-vr06")
        assert (opened["site"]["postcode"], opened["sharedWith"]) == ("7141DC", ["ggd-vr06", "iszw"])
        await submit(service, report)
        answer = await gijs.post(f"{report}/sharing", json={"sharedWith": ["ggd-vr06", "vr23"]})
    body = answer.json()
    assert (answer.status_code, body["state"], body["infringements"]) == (200, "shared", 2)
    assert [(line["party"], line["state"]) for line in body["deliveries"]] == [
        ("ggd-vr06", "notified"),
        ("vr23", "waiting"),
    ]

    async def facts() -> Any:
        found = [type_of(record) for record in await records_on(service.stack, REPORTS, body["id"])]
        return found if len(found) == 3 else None

    assert await eventually(facts) == ["reports.opened.v1", "reports.submitted.v1", "reports.shared.v1"]
    record = (await eventually(lambda: records_on(service.stack, partner_topic("ggd-vr06"), body["id"])))[0]
    notice = body_of(record)
    assert (notice["number"], notice["site"]["place"]) == (body["number"], "Groenlo")
    assert notice["dataref"] == f"{ADDRESSES['reporting']}/reports/{body['id']}"
    assert record.timestamp % 3_600_000 == 0
    assert "lijn" not in record.value.decode()


async def test_gaps_and_contradictions_come_all_at_once(service: Running, report: str) -> None:
    async with service.visit(GIJS) as gijs:
        early = await gijs.post(f"{report}/submission")
        wrong = await gijs.patch(report, json={"tested": 1, "positive": 2, "measures": ["none", "advice"]})
        odd = await gijs.patch(report, json={"outcome": "great", "peoplePresent": -1, "colour": "red"})
        stranger = await gijs.patch(report, json={"sharedWith": ["ggd-vr06", "nobody"]})
    assert [fault["field"] for fault in early.json()["faults"]] == [
        "outcome",
        "peoplePresent",
        "findings.work.text",
        "findings.work.infringements",
        "measures",
        "conclusion",
    ]
    assert {fault["field"] for fault in wrong.json()["faults"]} == {"positive", "measures"}
    assert {fault["field"] for fault in odd.json()["faults"]} == {"outcome", "peoplePresent", "colour"}
    assert [fault["field"] for fault in stranger.json()["faults"]] == ["sharedWith.1"]
    assert {answer.status_code for answer in (early, wrong, odd, stranger)} == {400}


async def test_what_cannot_be_done_now_is_refused_with_a_reason(service: Running, report: str) -> None:
    async with service.visit(GIJS) as gijs:
        early = await gijs.post(f"{report}/sharing", json={"sharedWith": ["vr23"]})
        await submit(service, report)
        again = await gijs.post(f"{report}/submission")
        late = await gijs.patch(report, json={"conclusion": "Anders."})
        absent = await gijs.get("/v1/reports/none")
    assert [answer.status_code for answer in (early, again, late, absent)] == [409, 409, 409, 404]
    assert "nog niet ingediend" in early.json()["detail"]


@pytest.mark.plan("S21")
async def test_only_who_is_named_may_read_and_only_the_coordinator_and_lotc_write(
    service: Running, report: str
) -> None:
    visit = service.visit
    async with visit(VICTOR) as victor, visit(ILSE) as ilse, visit(LENA) as lena, visit(RIKST) as rikst:
        refused = await victor.get(report)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
        assert report.rpartition("/")[2] not in (await victor.get("/v1/reports")).text
        assert (await ilse.get(report)).status_code == 200
        assert (await ilse.patch(report, json={"conclusion": "Van ons."})).status_code == 403
        assert (await rikst.get(report)).status_code == 200
        assert (await rikst.patch(report, json={"conclusion": "Van ons."})).status_code == 403
        await submit(service, report)
        assert (await lena.post(f"{report}/sharing", json={"sharedWith": ["vr23"]})).status_code == 200
        assert (await victor.get(report)).status_code == 200
    async with visit(HANNA) as hanna, visit(None) as nobody:
        assert (await hanna.get(report)).status_code == 403
        assert (await nobody.get(report)).status_code == 401


@pytest.mark.plan("S21")
async def test_a_report_is_also_a_pdf(service: Running, report: str) -> None:
    async with service.visit(GIJS) as gijs, service.visit(VICTOR) as victor:
        asked = await gijs.get(report, headers={"Accept": "application/pdf"})
        named = await gijs.get(report, params={"format": "pdf"})
        page = await gijs.get(report.replace("/v1", "") + "/pdf")
        plain = await gijs.get(report)
        refused = await victor.get(report, headers={"Accept": "application/pdf"})
    for answer in (asked, named, page):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert "Groenlo" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert plain.headers["content-type"] == "application/json"
    assert "Accept" in plain.headers["vary"]
    assert refused.status_code == 403


@pytest.mark.plan("C05")
async def test_a_party_that_is_connected_later_is_told_then_and_once(service: Running, report: str) -> None:
    # The service looks for new partners every half second here; see the fixture.
    await submit(service, report)
    async with service.visit(GIJS) as gijs:
        shared = (await gijs.post(f"{report}/sharing", json={"sharedWith": ["late"]})).json()
        assert shared["deliveries"][0]["state"] == "waiting"
        service.broker.admit_partner("late", "partner-password")

        async def told() -> Any:
            deliveries = (await gijs.get(report)).json()["deliveries"]
            return deliveries[0]["state"] == "notified"

        await eventually(told)
    records = await eventually(lambda: records_on(service.stack, partner_topic("late"), shared["id"]))
    assert [type_of(record) for record in records] == ["report-notices.issued.v1"]


@pytest.mark.plan("C04")
async def test_a_refused_message_goes_back_to_its_sender_alone(service: Running) -> None:
    party = f"i{uuid4().hex[:8]}"
    service.broker.admit_partner(party, "partner-password")
    rejected = SignalRejected(
        party=party,
        message_id="m-1",
        topic=f"intake.inbound.{party}.v1",
        partition=0,
        offset=7,
        faults=(Fault(field="situation.themes", reason="Field required"),),
    )
    await tell(service.stack, str(uuid4()), rejected)
    (record,) = await eventually(lambda: records_on(service.stack, partner_topic(party)))
    body = body_of(record)
    assert (type_of(record), body["messageId"], body["offset"]) == ("signal-rejections.issued.v1", "m-1", 7)
    assert body["faults"] == [{"field": "situation.themes", "reason": "Field required"}]
    assert record.timestamp % 3_600_000 == 0


@pytest.mark.plan("S20")
async def test_a_person_fills_in_submits_and_shares_on_the_page(service: Running, report: str) -> None:
    address = report.replace("/v1", "")
    typed = {
        "csrf": CSRF,
        "outcome": "carried_out",
        "people_present": "1.412",
        "findings.work.text": "Schermen ontbreken.\r\nPauzes samen.",
        "findings.work.infringements": "0",
        "shared_with": ["ggd-vr06", "iszw"],
    }
    async with service.visit(GIJS) as gijs:
        page = await gijs.get(address)
        assert "Vul het rapport in" in page.text
        gaps = await gijs.post(address, data={**typed, "then": "submit"})
        assert gaps.status_code == 400
        assert "Schrijf de conclusie op." in gaps.text
        assert "Schermen ontbreken." in gaps.text
        kept = (await gijs.get(report)).json()
        assert (kept["peoplePresent"], kept["findings"][0]["infringements"]) == (1412, 0)
        whole = {**typed, "measures": ["none"], "conclusion": "Goed bezoek.", "then": "submit"}
        done = await gijs.post(address, data=whole)
        assert (done.status_code, done.headers["location"]) == (303, address)
        nobody = await gijs.post(f"{address}/sharing", data={"csrf": CSRF})
        assert nobody.status_code == 400
        assert "Kies met wie u het rapport deelt." in nobody.text
        form = {"csrf": CSRF, "shared_with": ["iszw"], "another": "vr23"}
        assert (await gijs.post(f"{address}/sharing", data=form)).status_code == 303
        page = await gijs.get(address)
        front = await gijs.get("/")
    assert "geen aansluiting" in page.text
    assert "Goed bezoek." in page.text
    assert "Met: Inspectie SZW, Veiligheidsregio Limburg-Noord" in page.text
    assert kept["number"] in front.text


async def test_typed_numbers_that_are_none_are_said_beside_their_field(service: Running, report: str) -> None:
    data = {"csrf": CSRF, "people_present": "veel", "conclusion": "Blijft staan.", "then": "save"}
    async with service.visit(GIJS) as gijs:
        page = await gijs.post(report.replace("/v1", ""), data=data)
    assert page.status_code == 400
    assert 'id="f-people_present-fault"' in page.text
    assert 'value="veel"' in page.text
    assert "Blijft staan." in page.text


async def test_pages_refuse_who_has_no_part_and_forms_from_elsewhere(service: Running, report: str) -> None:
    address = report.replace("/v1", "")
    visit = service.visit
    async with visit(VICTOR) as victor, visit(ILSE) as ilse, visit(GIJS) as gijs, visit(None) as nobody:
        assert (await victor.get(address, headers={"Accept": "text/html"})).status_code == 403
        assert (await ilse.post(address, data={"csrf": CSRF, "conclusion": "Nee"})).status_code == 403
        assert (await gijs.post(address, data={"csrf": "guess"})).status_code == 403
        assert (await nobody.get(address, follow_redirects=False)).status_code == 303
        assert "Vul het rapport in" not in (await ilse.get(address)).text


@pytest.mark.plan("S04")
async def test_the_operational_picture_shows_every_visit_without_name_or_address(service: Running, report: str) -> None:
    async with service.visit(VICTOR) as victor, service.visit(GIJS) as gijs:
        page = (await victor.get("/picture", params={"region": "VR06", "state": "completed"})).text
        none = (await victor.get("/picture", params={"region": "VR01"})).text
        linked = (await gijs.get("/picture")).text
    assert "Oost Gelre" in page
    assert "uitgevoerd" in page
    assert not any(secret in page for secret in ("De Voorbeeldhoeve", "7141", report.rpartition("/")[2]))
    assert report.rpartition("/")[2] in linked
    assert "Geen interventie past bij deze keuze." in none


async def test_ops_and_programs_find_their_addresses(service: Running) -> None:
    async with service.visit(None) as nobody:
        document = (await nobody.get("/v1/openapi.json")).json()
        metrics = (await nobody.get("/metrics")).text
    assert "application/pdf" in document["paths"]["/v1/reports/{id}"]["get"]["responses"]["200"]["content"]
    assert {"get", "patch"} <= document["paths"]["/v1/reports/{id}"].keys()
    assert 'brandmeester_reporting_deliveries{state="waiting"}' in metrics
    assert "brandmeester_reporting_pdf_seconds_count" in metrics
