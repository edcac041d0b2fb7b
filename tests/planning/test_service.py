"""The whole service on the real Kafka and MongoDB: a case comes in, people act, and the facts go out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from services.planning.app import create_app
from services.planning.settings import Settings
from shared.contracts.catalogue import CONSULTATIONS, INTERVENTIONS, PARTIES
from shared.contracts.planning import PartyDescribed
from shared.contracts.triage import CaseMerged, CaseMergeUndone
from shared.vocabulary import Grade
from tests.members import GIJS, HANNA, ILSE, LENA, RIKST, VICTOR
from tests.planning.builders import DUE, assessed, report_opened, report_submitted
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
async def proposed(service: Visit, platform_stack: Stack) -> dict[str, Any]:
    """A fresh intervention for the meat plant in Groenlo, as the list gives it."""
    case = str(uuid4())
    await tell(platform_stack, case, assessed(Grade.CRITICAL))
    return await _of_case(service, case)


async def _of_case(service: Visit, case: str) -> dict[str, Any]:
    async def listed() -> Any:
        async with service(LENA) as lena:
            return (await lena.get("/v1/interventions", params={"caseId": case})).json()["items"]

    return dict((await eventually(listed))[0])


async def _convene(client: httpx.AsyncClient, intervention: str) -> dict[str, Any]:
    answer = await client.post("/v1/consultations", json={"interventionId": intervention})
    assert answer.status_code == 201
    return dict(answer.json())


async def _go(client: httpx.AsyncClient, intervention: str) -> None:
    consultation = await _convene(client, intervention)
    body = {"outcome": "go", "reason": "Besmettingen nemen toe.", "participants": ["lotc", "ggd-vr06"]}
    decided = await client.post(f"/v1/consultations/{consultation['id']}/decision", json=body)
    assert (decided.status_code, decided.json()["outcome"]) == (200, "go")


def _everybody(intervention: dict[str, Any]) -> dict[str, Any]:
    return {"assignments": [{"party": line["party"], "people": 2} for line in intervention["staffing"]]}


@pytest.mark.plan("S08")
@pytest.mark.plan("C01")
async def test_a_critical_case_is_a_proposed_intervention_with_everything_to_decide_on(
    proposed: dict[str, Any],
) -> None:
    assert (proposed["state"], proposed["kind"], proposed["region"]) == ("proposed", "repressive", "VR06")
    assert proposed["coordinator"] == "ggd-vr06"
    assert "45 bevestigde besmettingen" in proposed["coordinatorReason"]
    assert {party["party"] for party in proposed["parties"]} == {"ggd-vr06", "iszw", "nvwa", "vr06"}
    assert all(party["competences"][0]["legalBase"] for party in proposed["parties"])
    assert proposed["plan"]
    assert proposed["possible"] == ["decide", "stand_down"]


@pytest.mark.plan("S23")
@pytest.mark.plan("S19")
@pytest.mark.plan("S24")
async def test_an_intervention_goes_from_proposal_to_report_and_every_step_is_told(
    service: Visit, platform_stack: Stack, proposed: dict[str, Any]
) -> None:
    address = f"/v1/interventions/{proposed['id']}"
    async with service(LENA) as lena, service(GIJS) as gijs:
        await _go(lena, proposed["id"])
        staffed = await lena.post(f"{address}/staffing", json=_everybody(proposed))
        started = await gijs.post(f"{address}/start")
        done = await gijs.post(f"{address}/completion", json={"note": "Rondgang klaar."})
    assert [answer.json()["state"] for answer in (staffed, started, done)] == ["staffed", "under_way", "completed"]
    report = str(uuid4())
    await tell(platform_stack, report, report_opened(proposed["id"]), report_submitted(proposed["id"]))

    async def told() -> Any:
        types = [type_ for _, type_, _ in await told_on(platform_stack, INTERVENTIONS, proposed["id"])]
        return types if "interventions.reported.v1" in types else None

    assert await eventually(told) == [
        f"interventions.{step}.v1"
        for step in ("proposed", "decided", "prepared", "staffed", "started", "completed", "reported")
    ]
    consulted = [body for _, _, body in await told_on(platform_stack, CONSULTATIONS)]
    assert [body["outcome"] for body in consulted if body["intervention"] == proposed["id"] and "outcome" in body] == [
        "go"
    ]
    async with service(LENA) as lena:
        found = (await lena.get(address)).json()
    assert (found["state"], found["reportId"], found["outcome"]) == ("reported", report, "carried_out")
    who = [(event["state"], event["organisation"]) for event in found["history"]]
    assert ("under_way", "ggd-vr06") in who


@pytest.mark.plan("S23")
async def test_a_second_call_answers_with_the_consultation_under_way(service: Visit, proposed: dict[str, Any]) -> None:
    async with service(LENA) as lena, service(ILSE) as ilse:
        first = await _convene(lena, proposed["id"])
        second = await ilse.post("/v1/consultations", json={"caseId": proposed["caseId"]})
    assert (second.status_code, second.json()["id"]) == (200, first["id"])
    assert [invitation["party"] for invitation in first["invited"]][-1] == "lotc"
    assert (first["convenedBy"], first["convenedThrough"]) == ("lotc", "lotc")


@pytest.mark.plan("S23")
async def test_two_members_who_call_at_once_end_up_in_one_consultation(
    service: Visit, proposed: dict[str, Any]
) -> None:
    async with service(LENA) as lena, service(ILSE) as ilse:
        body = {"interventionId": proposed["id"]}
        answers = await asyncio.gather(*(who.post("/v1/consultations", json=body) for who in (lena, ilse) * 3))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]


@pytest.mark.plan("S23")
async def test_a_member_may_consult_about_a_moderate_case(service: Visit, platform_stack: Stack) -> None:
    case = str(uuid4())
    await tell(platform_stack, case, assessed(Grade.MODERATE))

    async def convened() -> Any:
        async with service(ILSE) as ilse:
            answer = await ilse.post("/v1/consultations", json={"caseId": case, "note": "Graag om drie uur."})
            return answer.json() if answer.status_code == 201 else None

    consultation = await eventually(convened)
    intervention = await _of_case(service, case)
    assert (intervention["consultationId"], intervention["state"]) == (consultation["id"], "proposed")


async def test_a_no_go_stands_it_down_with_the_reason(service: Visit, proposed: dict[str, Any]) -> None:
    async with service(LENA) as lena:
        consultation = await _convene(lena, proposed["id"])
        body = {"outcome": "no_go", "reason": "Het bedrijf sloot zelf.", "participants": ["lotc"]}
        await lena.post(f"/v1/consultations/{consultation['id']}/decision", json=body)
        found = (await lena.get(f"/v1/interventions/{proposed['id']}")).json()
    assert (found["state"], found["reason"]) == ("stood_down", "Het bedrijf sloot zelf.")


async def test_a_step_out_of_order_is_refused_with_what_is_possible(service: Visit, proposed: dict[str, Any]) -> None:
    address = f"/v1/interventions/{proposed['id']}"
    async with service(LENA) as lena:
        early = await lena.post(f"{address}/start")
        await _go(lena, proposed["id"])
        await lena.post(f"{address}/staffing", json=_everybody(proposed))
        await lena.post(f"{address}/start")
        twice = await lena.post(f"{address}/start")
        late = await lena.post(f"{address}/cancellation", json={"reason": "Toch niet."})
    assert {early.status_code, twice.status_code, late.status_code} == {409}
    assert early.headers["content-type"] == "application/problem+json"
    assert "Nu kan: overleggen en besluiten" in early.json()["detail"]
    assert "is al gestart op" in twice.json()["detail"]
    assert "Nu kan: het bezoek afronden" in late.json()["detail"]


@pytest.mark.plan("S19")
async def test_each_party_answers_for_itself_and_the_coordinator_for_all(
    service: Visit, proposed: dict[str, Any]
) -> None:
    address = f"/v1/interventions/{proposed['id']}/staffing"
    async with service(LENA) as lena, service(ILSE) as ilse, service(GIJS) as gijs:
        await _go(lena, proposed["id"])
        own = await ilse.post(address, json={"assignments": [{"party": "iszw", "people": 2, "lead": "Zoë Çelik"}]})
        other = await ilse.post(address, json={"assignments": [{"party": "nvwa", "people": 1}]})
        faulty = await gijs.post(address, json={"assignments": [{"party": "nvwa", "people": 0}]})
        rest = await gijs.post(address, json=_everybody(proposed))
    assert (own.status_code, own.json()["state"]) == (200, "prepared")
    assert (other.status_code, faulty.status_code) == (403, 400)
    assert faulty.json()["faults"][0]["field"] == "assignments.0.reason"
    assert rest.json()["state"] == "staffed"


async def test_who_has_no_part_in_the_visit_cannot_move_it(service: Visit, proposed: dict[str, Any]) -> None:
    async with service(LENA) as lena, service(VICTOR) as victor, service(RIKST) as reader:
        await _go(lena, proposed["id"])
        refused = await victor.post(f"/v1/interventions/{proposed['id']}/cancellation", json={"reason": "Nee."})
        reading = await reader.post(f"/v1/interventions/{proposed['id']}/cancellation", json={"reason": "Nee."})
        called_off = await lena.post(f"/v1/interventions/{proposed['id']}/cancellation", json={"reason": "Gesloten."})
    assert (refused.status_code, reading.status_code) == (403, 403)
    assert called_off.json()["state"] == "cancelled"


async def test_the_hotline_and_the_public_see_no_interventions(service: Visit) -> None:
    async with service(HANNA) as hanna, service(None) as nobody:
        assert (await hanna.get("/v1/interventions")).status_code == 403
        assert (await nobody.get("/v1/interventions")).status_code == 401
        assert (await nobody.get("/", follow_redirects=False)).status_code == 303


async def test_a_bad_body_names_every_fault(service: Visit, proposed: dict[str, Any]) -> None:
    async with service(LENA) as lena:
        both = await lena.post("/v1/consultations", json={"interventionId": "a", "caseId": "b"})
        unknown = await lena.post("/v1/consultations", json={"caseId": "b"})
        consultation = await _convene(lena, proposed["id"])
        decision = f"/v1/consultations/{consultation['id']}/decision"
        bad = await lena.post(decision, json={"outcome": "maybe", "reason": "", "participants": []})
        stranger = await lena.post(decision, json={"outcome": "go", "reason": "Ja", "participants": ["lotc", "zzz"]})
    assert (both.status_code, unknown.status_code) == (400, 404)
    assert {fault["field"] for fault in bad.json()["faults"]} == {"outcome", "reason", "participants"}
    assert [fault["field"] for fault in stranger.json()["faults"]] == ["participants.1"]


@pytest.mark.plan("S11")
async def test_the_network_map_is_told_once_and_without_its_people(platform_stack: Stack, fresh_name: str) -> None:
    async with in_process(platform_stack, fresh_name):
        pass
    first = await told_on(platform_stack, PARTIES)
    async with in_process(platform_stack, fresh_name):
        pass
    again = await told_on(platform_stack, PARTIES)
    assert len(first) == len(again)
    told = {key: PartyDescribed.model_validate(body) for key, _, body in again}
    assert told["ggd-vr06"].region == "VR06"
    assert told["iszw"].competences
    assert "Otten" not in str(told)


@pytest.mark.plan("S11")
async def test_parties_are_found_by_theme_and_region(service: Visit) -> None:
    async with service(LENA) as lena:
        query = {"theme": "housing", "region": "VR06", "pageSize": 100}
        found = (await lena.get("/v1/parties", params=query)).json()
        one = (await lena.get("/v1/parties/vr06")).json()
        absent = await lena.get("/v1/parties/nobody")
    assert {"politie", "vr06", "ggd-vr06", "gemeente-oost-gelre"} <= {item["id"] for item in found["items"]}
    assert "iszw" not in {item["id"] for item in found["items"]}
    assert one["contacts"][0] == {
        "name": "Vera Roelofs",
        "role": "member",
        "email": "vera.roelofs@vr06.example",
        "onDuty": True,
    }
    assert absent.status_code == 404


async def test_ops_and_programs_find_their_addresses(service: Visit, proposed: dict[str, Any]) -> None:
    async with service(None) as nobody:
        document = (await nobody.get("/v1/openapi.json")).json()
        metrics = (await nobody.get("/metrics")).text
        ready = (await nobody.get("/health/ready")).json()
    assert {"/v1/consultations", "/v1/interventions/{id}/staffing"} <= set(document["paths"])
    for name in ("ConveneOrder", "DecisionOrder", "StaffingOrder", "CompletionOrder", "CancellationOrder"):
        assert document["components"]["schemas"][name]["examples"]
    assert 'brandmeester_planning_interventions{state="proposed"}' in metrics
    assert ready["startData"]["loaded"] == ready["startData"]["expected"] > 400


@pytest.mark.plan("S23")
@pytest.mark.plan("S19")
async def test_a_person_takes_every_step_on_the_pages(service: Visit, proposed: dict[str, Any]) -> None:
    page = f"/interventions/{proposed['id']}"
    form = {"csrf": CSRF}
    async with service(LENA) as lena:
        assert "Roep overleg bijeen" in (await lena.get("/")).text
        assert "Roep overleg bijeen" in (await lena.get(page)).text
        convened = await lena.post(f"{page}/consultation", data={**form, "note": "Om drie uur."})
        consultation = convened.headers["location"]
        assert "Om drie uur." in (await lena.get(consultation)).text
        gaps = await lena.post(f"{consultation}/decision", data={**form, "reason": "Besmettingen nemen toe"})
        assert gaps.status_code == 400
        assert "Kies wat het overleg besloot." in gaps.text
        assert "Kruis ten minste één partij aan." in gaps.text
        assert "Besmettingen nemen toe</textarea>" in gaps.text
        decision = {**form, "outcome": "go", "reason": "Besmettingen nemen toe.", "participants": ["lotc", "vr06"]}
        assert (await lena.post(f"{consultation}/decision", data=decision)).headers["location"] == page
        assert "Veiligheidsregio Noord- en Oost-Gelderland" in (await lena.get(consultation)).text
        assert "4 van 4 partijen" in (await lena.get(page)).text
        rows = {f"people-{line['party']}": "2" for line in proposed["staffing"]}
        faulty = await lena.post(f"{page}/staffing", data={**form, **rows, "people-nvwa": "0", "people-iszw": "veel"})
        assert "Vul een aantal in van 0 tot 1000" in faulty.text
        faulty = await lena.post(f"{page}/staffing", data={**form, **rows, "people-nvwa": "0"})
        assert "Leg uit waarom deze partij niemand stuurt." in faulty.text
        assert (await lena.post(f"{page}/staffing", data={**form, **rows})).status_code == 303
        assert "Start bezoek" in (await lena.get(page)).text
        assert (await lena.post(f"{page}/start", data=form)).status_code == 303
        done = await lena.post(f"{page}/completion", data={**form, "outcome": "partly", "note": ""})
        assert done.status_code == 303
        assert "deels uitgevoerd" in (await lena.get(page)).text
        again = await lena.post(f"{page}/start", data=form, headers={"Accept": "text/html"})
        assert again.status_code == 409
        assert "is al gestart op" in again.text


@pytest.mark.plan("S11")
async def test_every_page_opens_for_a_member(service: Visit, proposed: dict[str, Any]) -> None:
    pages = [
        "/",
        "/?state=all&region=VR06&mine=ja",
        "/?state=over&region=VR01",
        f"/interventions/{proposed['id']}",
        f"/consultations/new?caseId={proposed['caseId']}",
        "/consultations",
        "/consultations?open=ja",
        "/parties?theme=transport&sector=meat&region=VR06",
        "/parties?q=nergens",
        "/parties/politie",
        "/parties/gemeente-oost-gelre",
    ]
    async with service(GIJS) as gijs, service(RIKST) as reader:
        for page in pages:
            assert (await gijs.get(page)).status_code == 200, page
            assert (await reader.get(page)).status_code == 200, page
        assert (await gijs.get("/interventions/none")).status_code == 404


async def test_a_consultation_that_came_too_late_says_so(
    service: Visit, platform_stack: Stack, proposed: dict[str, Any]
) -> None:
    async with service(LENA) as lena:
        consultation = await _convene(lena, proposed["id"])
        await tell(platform_stack, proposed["caseId"], assessed(Grade.CRITICAL), assessed(Grade.LOW))

        async def lapsed() -> bool:
            return "vervallen" in (await lena.get(f"/consultations/{consultation['id']}")).text

        await eventually(lapsed)
        late = await lena.post(
            f"/v1/consultations/{consultation['id']}/decision",
            json={"outcome": "go", "reason": "Toch gaan.", "participants": ["lotc"]},
        )
    assert late.status_code == 409
    assert "Er volgt geen stap meer." in late.json()["detail"]


async def test_a_form_from_elsewhere_is_refused(service: Visit, proposed: dict[str, Any]) -> None:
    async with service(LENA) as lena:
        answer = await lena.post(f"/interventions/{proposed['id']}/consultation", data={"csrf": "guess"})
    assert answer.status_code == 403


@pytest.mark.plan("S23")
async def test_a_region_not_concerned_may_call_a_consultation_and_not_decide_it(
    service: Visit, proposed: dict[str, Any]
) -> None:
    async with service(VICTOR) as victor:
        consultation = await _convene(victor, proposed["id"])
        body = {"outcome": "no_go", "reason": "Wij vinden van niet.", "participants": ["lotc"]}
        refused = await victor.post(f"/v1/consultations/{consultation['id']}/decision", json=body)
        page = await victor.get(f"/consultations/{consultation['id']}")
    assert refused.status_code == 403
    assert "Leg besluit vast" not in page.text


async def test_what_follows_from_a_signal_by_itself_is_dated_to_the_quarter_hour(
    service: Visit, proposed: dict[str, Any]
) -> None:
    dated = [proposed["proposedAt"], *(entry["at"] for entry in proposed["history"])]
    assert {(moment[14:16] in ("00", "15", "30", "45"), moment[17:19]) for moment in dated} == {(True, "00")}


@pytest.mark.plan("S08")
async def test_interventions_follow_a_merge_and_its_undoing_on_pages_and_topics(
    service: Visit, platform_stack: Stack
) -> None:
    one, other, third = (str(uuid4()) for _ in range(3))
    numbers = {one: "Z-2020-ONE", other: "Z-2020-OTHER", third: "Z-2020-THIRD"}
    for case, number in numbers.items():
        await tell(platform_stack, case, assessed(Grade.CRITICAL, number=number))
    first, second, last = [await _of_case(service, case) for case in (one, other, third)]

    def merge(cls: type[Any], gone: str, stays: str) -> Any:
        links = {"gone": {"case": gone, "number": numbers[gone]}, "stays": {"case": stays, "number": numbers[stays]}}
        why = {"reason": "Het is hetzelfde huis.", "organisation": "LOT-C", "happenedAt": DUE}
        return cls.model_validate({"number": numbers[gone], "signals": (), **why, **links})

    async with service(LENA) as lena:

        async def listed(case: str) -> dict[str, str]:
            items = (await lena.get("/v1/interventions", params={"caseId": case})).json()["items"]
            return {item["id"]: item["state"] for item in items}

        async def is_listed(case: str, wanted: dict[str, str]) -> bool:
            return await listed(case) == wanted

        await _go(lena, first["id"])
        await _go(lena, second["id"])
        await tell(platform_stack, one, merge(CaseMerged, one, other), first=2)
        both = {first["id"]: "prepared", second["id"]: "prepared"}
        await eventually(lambda: is_listed(other, both))
        assert await listed(one) == {}
        page = (await lena.get(f"/interventions/{first['id']}")).text
        for text in ("Z-2020-OTHER", "Voor deze zaak loopt nog een interventie", second["number"], "samengevoegd met"):
            assert text in page, text

        await tell(platform_stack, third, merge(CaseMerged, third, other), first=2)
        await eventually(lambda: is_listed(third, {last["id"]: "stood_down"}))
        page = (await lena.get(f"/interventions/{last['id']}")).text
        assert "Het bezoek gaat verder als" in page
        assert "Roep opnieuw overleg bijeen" not in page

        await tell(platform_stack, one, merge(CaseMergeUndone, one, other), first=3)
        await eventually(lambda: is_listed(one, {first["id"]: "prepared"}))
        assert await listed(other) == {second["id"]: "prepared"}
        assert "Voor deze zaak loopt nog" not in (await lena.get(f"/interventions/{first['id']}")).text
        await tell(platform_stack, third, merge(CaseMergeUndone, third, other), first=3)

        async def proposed_anew() -> bool:
            return sorted((await listed(third)).values()) == ["proposed", "stood_down"]

        await eventually(proposed_anew)

    told = [body for _, _, body in await told_on(platform_stack, INTERVENTIONS, first["id"])]
    assert [body["caseNumber"] for body in told if body["state"] == "prepared"] == [
        "Z-2020-ONE",
        "Z-2020-OTHER",
        "Z-2020-ONE",
    ]
