"""The whole service on the real Kafka and MongoDB: signals come in, members look and close, facts go out."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from services.triage import clock_schedule
from services.triage.app import create_app
from services.triage.domain.numbers import case_id
from services.triage.settings import Settings
from services.triage.use_cases import precedents as comparing
from shared.contracts import examples, planning, reporting
from shared.contracts.catalogue import CASES
from shared.situation import Site, Situation
from shared.vocabulary import Sector
from tests.members import GIJS, HANNA, LENA, RIKST
from tests.service_harness import (
    ADDRESSES,
    CSRF,
    Visit,
    eventually,
    fresh_database,
    running,
    settings_for,
    tell,
    told_on,
)
from tests.stack import Stack
from tests.triage.builders import TRANSPORT, WORK, own_address, received, situation, supplemented, withdrawn

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(
    platform_stack: Stack, platform_broker: Any, monkeypatch_module: pytest.MonkeyPatch
) -> AsyncIterator[Visit]:
    monkeypatch_module.setattr(clock_schedule, "EVERY_SECONDS", 0.5)
    async with running(create_app, settings_for(Settings, platform_stack, fresh_database())) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def lena(visit: Visit) -> AsyncIterator[httpx.AsyncClient]:
    async with visit(LENA) as client:
        yield client


def somewhere(*themes: Any, **seen: Any) -> Situation:
    """A situation at an address of its own in Groenlo."""
    site = own_address("Vleesbedrijf De Voorbeeldhoeve")
    return situation(*themes, sector=Sector.MEAT, site=site, **seen)


OUTBREAK = {"people_exposed": 657, "tested": 212, "positive": 45}


async def opened(stack: Stack, client: httpx.AsyncClient, about: Situation) -> dict[str, Any]:
    """A case as the API shows it, made by a signal on the topic."""
    signal = str(uuid4())
    await tell(stack, signal, received(about))
    return dict(await eventually(lambda: case_of(client, signal)))


async def without_escalations(stack: Stack, case: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What is told of a case but for its clock: the signals of these tests are of 2020, and so long past it."""
    return [told for told in await told_on(stack, CASES, case) if told[1] != "cases.escalated.v1"]


async def case_of(client: httpx.AsyncClient, signal: str) -> dict[str, Any] | None:
    answer = await client.get("/v1/cases", params={"signalId": signal})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return items[0] if items else None


@pytest.mark.plan("S07")
@pytest.mark.plan("S22")
async def test_a_signal_becomes_a_graded_case_with_reasons_and_a_clock(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    found = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    case = (await lena.get(f"/v1/cases/{found['id']}")).json()
    assert (case["grade"], case["region"], case["assessment"]["points"]) == ("critical", "VR06", 30)
    assert {factor["factor"] for factor in case["assessment"]["factors"]} == {"infections", "sector"}
    assert case["assessment"]["summary"].startswith("Kritiek, omdat er 45 besmettingen")
    assert {tuple(factor["signals"]) for factor in case["assessment"]["factors"]} == {(case["signals"][0]["id"],)}
    shown = (await lena.get(f"/cases/{found['id']}")).text
    assert (
        shown.count(f'gemeld in <a href="{ADDRESSES["intake"]}/signals/{case["signals"][0]["id"]}">melding 1</a>') == 2
    )
    assert case["assessment"]["unknowns"]
    assert (case["clock"]["startedAt"], case["clock"]["dueAt"]) == ("2020-10-20T12:00:00Z", "2020-10-21T12:00:00Z")
    assert [stage["stage"] for stage in case["clock"]["stages"] if stage["at"]] == ["received", "graded"]
    ((_, kind, told),) = await without_escalations(platform_stack, found["id"])
    assert kind == "cases.assessed.v1"
    assert (told["number"], told["assessment"]["grade"]) == (found["number"], "critical")


async def test_signals_about_one_address_are_one_case(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    about = somewhere(people_exposed=20)
    first = await opened(platform_stack, lena, about)
    second = await opened(platform_stack, lena, about)
    assert (second["id"], len(second["signals"])) == (first["id"], 2)


async def test_a_case_of_many_signals_shows_the_newest_and_the_others_on_demand(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    about = somewhere(people_exposed=20)
    case = await opened(platform_stack, lena, about)
    await asyncio.gather(*(tell(platform_stack, str(uuid4()), received(about)) for _ in range(11)))

    async def all_in() -> bool:
        return len((await lena.get(f"/v1/cases/{case['id']}")).json()["signals"]) == 12

    await eventually(all_in)
    page = (await lena.get(f"/cases/{case['id']}")).text
    newest, older = page.split('<details class="bm-more" id="older-signals">')
    assert "Nog 2 meldingen, de oudste onderaan" in older
    assert all(f">Melding {number}</a>" in newest for number in range(3, 13))
    assert all(f">Melding {number}</a>" in older for number in (1, 2))


@pytest.mark.plan("S07")
async def test_a_signal_that_joined_by_itself_says_why_to_people_and_programs(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    about = somewhere(people_exposed=20)
    first = await opened(platform_stack, lena, about)
    otherwise = replace(about, site=replace(about.site, name="DE VOORBEELDHOEVE B.V."), sector=Sector.FOOD)
    second = await opened(platform_stack, lena, otherwise)
    assert second["id"] == first["id"]
    body = (await lena.get(f"/v1/cases/{first['id']}")).json()
    assert body["signals"][0]["link"] is None
    link = body["signals"][1]["link"]
    assert (link["to"], link["relation"]) == (first["signals"][0], "duplicate")
    assert link["probability"] >= 0.95
    levels = {agreement["field"]: agreement["level"] for agreement in link["agreements"]}
    assert (levels["address"], levels["sector"]) == ("same", "akin")
    page = (await lena.get(f"/cases/{first['id']}")).text
    assert "hiermee begon de zaak" in page
    assert "Vanzelf toegevoegd, omdat zij met meer dan 99% kans over hetzelfde gaat als de melding van" in page
    assert "dezelfde postcode en hetzelfde huisnummer" in page
    assert "Sector: een verwante sector" in page
    assert page.index("Waarschijnlijk twee keer dezelfde melding") < page.index('<details id="weighed-')
    assert "mensen blootgesteld: 20" in page


async def test_cases_are_found_by_grade_region_and_theme(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    critical = await opened(platform_stack, lena, somewhere(WORK, **OUTBREAK))
    low = await opened(platform_stack, lena, somewhere(TRANSPORT, people_exposed=3))

    async def ids(**wanted: str) -> set[str]:
        answer = await lena.get("/v1/cases", params={**wanted, "pageSize": "200"})
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json()["items"]}

    assert critical["id"] in await ids(grade="critical", region="VR06")
    assert low["id"] not in await ids(grade="critical")
    assert low["id"] in await ids(theme="transport", open="true")
    assert critical["id"] not in await ids(region="VR23")


def nobody_is_there_yet(clock: dict[str, Any]) -> bool:
    reached = {stage["stage"]: stage["at"] for stage in clock["stages"]}
    return not clock["stoppedAt"] and not reached["on_site"]


@pytest.mark.plan("S08")
async def test_what_burns_comes_first(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    await opened(platform_stack, lena, somewhere(people_exposed=3))
    burning = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    items, address = [], "/v1/cases?open=true&pageSize=200"
    while address:
        answer = (await lena.get(address)).json()
        items += answer["items"]
        address = answer["next"]
    grades = [item["grade"] for item in items if item["clock"] and nobody_is_there_yet(item["clock"])]
    assert burning["id"] in {item["id"] for item in items[: len(grades)]}
    assert grades == sorted(grades, key=["critical", "high", "moderate", "low"].index)


@pytest.mark.plan("S08")
async def test_planning_moves_the_clock_and_its_interventions_are_linked(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    case = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    intervention, made = str(uuid4()), examples.examples()
    about = {"case": case["id"], "happened_at": datetime.now(UTC)}
    await tell(platform_stack, intervention, made[planning.InterventionProposed].model_copy(update=about))
    await tell(platform_stack, intervention, made[planning.InterventionStarted].model_copy(update=about), first=2)

    async def on_site() -> dict[str, Any] | None:
        seen: dict[str, Any] = (await lena.get(f"/v1/cases/{case['id']}")).json()
        stages = {stage["stage"]: stage["at"] for stage in seen["clock"]["stages"]}
        return seen if stages["on_site"] else None

    (linked,) = (await eventually(on_site))["interventions"]
    assert (linked["id"], linked["state"]) == (intervention, "under_way")
    page = (await lena.get(f"/cases/{case['id']}")).text
    assert f"{ADDRESSES['planning']}/interventions/{intervention}" in page
    assert "Rond het bezoek af" in page


async def test_a_member_closes_a_case_once_and_it_is_told(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    case = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    order = {"reason": "visited", "note": "Maatregelen zijn genomen."}
    closed = await lena.post(f"/v1/cases/{case['id']}/closure", json=order)
    assert closed.status_code == 200, closed.text
    assert closed.json()["closure"]["by"] == "Lena Otten"
    assert closed.json()["clock"]["stoppedFor"] == "case_closed"
    again = await lena.post(f"/v1/cases/{case['id']}/closure", json=order)
    assert (again.status_code, again.json()["detail"]) == (409, "De zaak is al gesloten.")

    async def both_told() -> Any:
        told = await without_escalations(platform_stack, case["id"])
        return told if len(told) == 2 else None

    _, kind, body = (await eventually(both_told))[1]
    assert (kind, body["number"], body["reason"]) == ("cases.closed.v1", case["number"], "visited")


@pytest.mark.plan("S08")
async def test_a_clock_that_passes_half_and_four_fifths_of_its_time_is_told_once(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    signal = str(uuid4())
    await tell(platform_stack, signal, received(somewhere(**OUTBREAK), datetime.now(UTC) - timedelta(hours=20)))
    case = await eventually(lambda: case_of(lena, signal))

    async def escalations() -> Any:
        told = await told_on(platform_stack, CASES, case["id"])
        found = [body["threshold"] for _, kind, body in told if kind == "cases.escalated.v1"]
        return found if len(found) >= 2 else None

    await eventually(escalations)
    await asyncio.sleep(1.5)
    assert await escalations() == ["half", "four_fifths"]


async def test_a_withdrawn_signal_lowers_the_case(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    case = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    (signal,) = case["signals"]
    await tell(platform_stack, signal, withdrawn(), first=2)

    async def lowered() -> bool:
        return bool((await lena.get(f"/v1/cases/{case['id']}")).json()["grade"] == "low")

    await eventually(lowered)


@pytest.mark.plan("S22")
async def test_lists_and_pages_say_who_set_a_grade_that_newer_facts_and_withdrawals_put_in_doubt(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    about = somewhere(people_exposed=657, confirmed_infections=4)
    case = await opened(platform_stack, lena, about)
    address, (signal,) = f"/cases/{case['id']}", case["signals"]
    order = {"grade": "moderate", "reason": "Al bezocht.", "seen": "critical"}
    assert (await lena.post(f"/v1{address}/override", json=order)).status_code == 200
    listed = (await lena.get("/cases", params={"q": case["number"]})).text
    assert "gezet door Lena Otten" in listed
    assert "regels zeggen" not in listed
    worse = replace(about, observations=replace(about.observations, tested=200, positive=60, people_exposed=50))
    await tell(platform_stack, signal, supplemented(worse), first=2)

    async def disputed() -> bool:
        return bool((await lena.get(f"/v1{address}")).json()["override"]["disputed"])

    await eventually(disputed)
    page = (await lena.get(address)).text
    for text in (
        "Toen zeiden de regels ook al kritiek. De feiten zijn sindsdien ernstiger geworden",
        "Nieuwe feiten: de regels zeggen iets anders dan matig",
        "Er zijn meer besmettingen (60) dan mensen blootgesteld (50)",
    ):
        assert text in page, text
    assert "regels zeggen kritiek" in (await lena.get("/cases", params={"q": case["number"]})).text
    await tell(platform_stack, signal, withdrawn(), first=3)

    async def gone() -> bool:
        return "De melding van deze zaak is ingetrokken" in (await lena.get(address)).text

    await eventually(gone)
    assert "Niets meer: wat er gemeld was, is ingetrokken." in (await lena.get(address)).text


async def test_bad_requests_name_every_fault(lena: httpx.AsyncClient) -> None:
    answer = await lena.get("/v1/cases", params={"grade": "terrible", "region": "VR99"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert {fault["field"] for fault in answer.json()["faults"]} == {"grade", "region"}
    assert (await lena.get(f"/v1/cases/{case_id('nobody')}")).status_code == 404
    order = {"reason": "boredom", "colour": "red"}
    refused = await lena.post(f"/v1/cases/{case_id('nobody')}/closure", json=order)
    assert {fault["field"] for fault in refused.json()["faults"]} == {"reason", "colour"}


async def test_only_people_of_the_platform_see_cases_and_only_members_close_them(visit: Visit) -> None:
    async with visit(None) as nobody, visit(HANNA) as hotline, visit(RIKST) as reader:
        assert (await nobody.get("/v1/cases")).status_code == 401
        assert (await nobody.get("/", headers={"Accept": "text/html"})).status_code == 303
        assert (await hotline.get("/v1/cases")).status_code == 403
        assert (await reader.get("/v1/cases")).status_code == 200
        closure = await reader.post(f"/v1/cases/{case_id('x')}/closure", json={"reason": "visited"})
        assert closure.status_code == 403


async def test_the_case_page_says_what_why_and_what_next(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    case = await opened(platform_stack, lena, replace(somewhere(**OUTBREAK), observed_on=date(2020, 3, 2)))
    page = (await lena.get(f"/cases/{case['id']}")).text
    for text in (
        "gezien: 2 mrt 2020",
        case["number"],
        "Kritiek, omdat er 45 besmettingen",
        "Noord- en Oost-Gelderland",
        "Wacht op het voorstel",
        "45 bevestigde besmettingen in de laatste 14 dagen.",
        "of mensen 1,5 meter afstand houden",
        f"{ADDRESSES['intake']}/signals/{case['signals'][0]}",
        "Klok van 24 uur gestart",
        "Sluit de zaak",
    ):
        assert text in page, text
    assert "VR06" not in page


@pytest.mark.plan("S22")
async def test_a_case_shows_earlier_ones_like_it_with_what_was_decided_and_found(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    about = {"people_exposed": 120, "cold_or_poorly_ventilated": True, "no_screens": True, "van_mixed_sites": True}
    earlier = await opened(platform_stack, lena, replace(somewhere(**about), sector=Sector.CONSTRUCTION))
    alone = (await lena.get(f"/cases/{earlier['id']}")).text
    assert "Er is geen gesloten zaak die hier genoeg op lijkt." in alone
    intervention, made, now = str(uuid4()), examples.examples(), datetime.now(UTC)
    over = {"case": earlier["id"], "completed_at": now, "happened_at": now}
    await tell(platform_stack, intervention, made[planning.InterventionCompleted].model_copy(update=over))
    submitted = made[reporting.ReportSubmitted].model_copy(update={"intervention": intervention, "infringements": 3})
    await tell(platform_stack, str(uuid4()), submitted)
    order = {"reason": "visited", "note": "Ventilatie is hersteld."}
    await lena.post(f"/v1/cases/{earlier['id']}/closure", json=order)
    later = replace(somewhere(**about, distance_not_kept=True), sector=Sector.CONSTRUCTION)
    case = await opened(platform_stack, lena, later)

    async def shown() -> str | None:
        comparing.KEPT_FOR = timedelta(0)
        page = (await lena.get(f"/cases/{case['id']}")).text
        return page if "3 overtredingen" in page else None

    page = await eventually(shown)
    assert f'<a href="/cases/{earlier["id"]}">{earlier["number"]}</a>' in page
    for text in ("Ventilatie is hersteld.", "hier ook: geen 1,5 meter afstand", "dezelfde sector", "% gelijk"):
        assert text in page, text


@pytest.mark.plan("S12")
async def test_a_case_shows_what_else_is_open_around_it_on_a_map_and_in_a_table(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    def at(postcode: str, **more: Any) -> Situation:
        site = Site("Buurman", postcode, str(uuid4().int % 90000 + 1), None, None, "VR19", **more)
        return situation(site=site, people_exposed=9)

    # Where no other test reports from: Middelburg, Vlissingen 6 km away, and Goes 20 km away.
    case = await opened(platform_stack, lena, at("4331AB"))
    alone = (await lena.get(f"/cases/{case['id']}")).text
    assert "Binnen 10 km is geen andere zaak open." in alone
    same, near, far = [await opened(platform_stack, lena, at(code)) for code in ("4331CD", "4381 AB", "4461AB")]
    page = (await lena.get(f"/cases/{case['id']}")).text
    table = page[page.index("Open zaken in de omgeving") : page.index("Dezelfde gegevens staan in de tabel.")]
    assert table.index(same["number"]) < table.index(near["number"])
    assert far["number"] not in table
    assert case["number"] not in table
    assert re.search(r">\d km</td>", table)
    assert table.index("Kaartje van Zeeland: postcodes als stippen") > table.index(near["number"])
    assert page.count(", 1 zaak</title>") == 2
    assert all(f">{place}</text>" in page for place in ("4331", "4381", "Middelburg", "5 km"))
    await lena.post(f"/v1/cases/{near['id']}/closure", json={"reason": "unfounded"})
    assert near["number"] not in (await lena.get(f"/cases/{case['id']}")).text
    nowhere = await opened(platform_stack, lena, situation(site=Site(place="Groenlo"), people_exposed=9))
    assert "Van deze zaak is geen Nederlandse postcode bekend." in (await lena.get(f"/cases/{nowhere['id']}")).text
    abroad = await opened(platform_stack, lena, at("4331", country="BE"))
    assert "Van deze zaak is geen Nederlandse postcode bekend." in (await lena.get(f"/cases/{abroad['id']}")).text


@pytest.mark.plan("S22")
async def test_a_member_sets_a_grade_with_a_reason_and_takes_it_back(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    case = await opened(platform_stack, lena, somewhere(people_exposed=8))
    address = f"/cases/{case['id']}/override"
    refused = await lena.post(address, data={"csrf": CSRF, "grade": "high"})
    assert refused.status_code == 400
    assert "Schrijf waarom" in refused.text
    done = await lena.post(address, data={"csrf": CSRF, "grade": "high", "why": "De GGD kent dit adres."})
    assert done.status_code == 303
    page = (await lena.get(f"/cases/{case['id']}")).text
    assert "Door een mens gezet op hoog; de regels zeggen laag" in page
    assert "De GGD kent dit adres." in page
    assert case["number"] in (await lena.get("/?grade=high&pageSize=200")).text
    body = (await lena.get(f"/v1/cases/{case['id']}")).json()
    assert (body["grade"], body["assessment"]["grade"], body["override"]["disputed"]) == ("high", "low", False)
    again = await lena.post(f"/v1{address}", json={"grade": "high", "reason": "nogmaals"})
    assert again.status_code == 409
    back = await lena.post(f"/v1{address}", json={"grade": None, "reason": "Het was een ander adres."})
    assert (back.json()["grade"], back.json()["override"]) == ("low", None)

    async def all_told() -> Any:
        told = await without_escalations(platform_stack, case["id"])
        return told if len(told) == 3 else None

    overrides = [body["override"] for _, _, body in await eventually(all_told)]
    assert [override and override["grade"] for override in overrides] == [None, "high", None]


@pytest.mark.plan("S22")
async def test_a_form_of_before_a_colleague_set_the_grade_changes_nothing_and_asks(
    platform_stack: Stack, lena: httpx.AsyncClient, visit: Visit
) -> None:
    case = await opened(platform_stack, lena, somewhere(people_exposed=8))
    address = f"/cases/{case['id']}"
    assert 'name="seen" value="low"' in (await lena.get(address)).text
    graver = {"csrf": CSRF, "seen": "low", "grade": "critical", "why": "De GGD belde: vijf zieken."}
    assert (await lena.post(f"{address}/override", data=graver)).status_code == 303
    async with visit(GIJS) as gijs:
        old = {"csrf": CSRF, "seen": "low", "grade": "moderate", "why": "Wij waren er gisteren <nog>."}
        stale = await gijs.post(f"{address}/override", data=old)
        assert stale.status_code == 409
        for text in (
            "Er is niets vastgelegd",
            "De zaak is nu kritiek: Lena Otten",
            "De GGD belde: vijf zieken.",
            "Wij waren er gisteren &lt;nog&gt;.</textarea>",
            '<option value="moderate" selected>',
            'name="seen" value="critical"',
        ):
            assert text in stale.text, text
        held = (await gijs.get(f"/v1{address}")).json()
        assert (held["grade"], held["clock"]["stoppedAt"]) == ("critical", None)
        shut = {"csrf": CSRF, "seen": "low", "reason": "unfounded", "note": "Gebeld met de locatie."}
        kept = await gijs.post(f"{address}/closure", data=shut)
        assert kept.status_code == 409
        for text in ("De zaak is intussen ernstiger dan u zag.", "Gebeld met de locatie.</textarea>", '"#close"'):
            assert text in kept.text, text
        order = {"reason": "unfounded", "seen": "low"}
        assert (await gijs.post(f"/v1{address}/closure", json=order)).status_code == 409
        assert (await gijs.get(f"/v1{address}")).json()["closure"] is None
        order = {"grade": None, "reason": "Naar de regels.", "seen": "low"}
        assert (await gijs.post(f"/v1{address}/override", json=order)).status_code == 409
        assert (await gijs.post(f"{address}/override", data={**old, "seen": "critical"})).status_code == 303
    assert (await lena.get(f"/v1{address}")).json()["grade"] == "moderate"


async def test_the_work_list_filters_by_address_and_says_why_it_is_empty(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    case = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    assert case["number"] in (await lena.get("/?grade=critical&region=VR06&theme=work")).text
    nothing = (await lena.get("/?region=VR01")).text
    assert case["number"] not in nothing
    assert "Geen open zaak past bij deze keuze." in nothing


async def test_a_page_past_the_last_never_says_that_nothing_burns(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    await opened(platform_stack, lena, somewhere(**OUTBREAK))
    for address in ("/?grade=critical&page=99", "/cases?state=open&page=99", "/links?page=99"):
        answer = await lena.get(address)
        assert (answer.status_code, answer.headers["location"]) == (303, address.replace("page=99", "page=1"))


async def test_cases_are_searched_by_number_name_and_place(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    case = await opened(platform_stack, lena, somewhere(people_exposed=8))
    assert case["number"] in (await lena.get("/cases", params={"q": case["number"].lower()})).text
    for typed in ("voorbeeld", "GROENLO voorbeeldhoeve"):
        assert case["number"] in (await lena.get("/cases", params={"q": typed, "pageSize": "200"})).text
    for typed in (case["number"].replace("-", ""), case["number"][-6:], f"{case['number'][-6:]} groenlo"):
        assert "<strong>1</strong> zaak" in (await lena.get("/cases", params={"q": typed})).text
    assert case["number"] not in (await lena.get("/cases", params={"q": ".*"})).text


async def test_closing_on_the_page_asks_why_and_keeps_what_was_typed(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    case = await opened(platform_stack, lena, somewhere(people_exposed=8))
    address = f"/cases/{case['id']}/closure"
    refused = await lena.post(address, data={"csrf": CSRF, "note": "Gebeld met de locatie"})
    assert refused.status_code == 400
    assert "Kies waarom u de zaak sluit." in refused.text
    assert "Gebeld met de locatie" in refused.text
    done = await lena.post(address, data={"csrf": CSRF, "reason": "unfounded", "note": "Gebeld met de locatie"})
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case['id']}")
    page = (await lena.get(f"/cases/{case['id']}")).text
    assert "Lena Otten, LOT-C" in page
    assert "Er is niets van gebleken. Gebeld met de locatie" in page
    late = await lena.post(address, data={"csrf": CSRF, "reason": "visited", "note": "Team was er om 9 uur"})
    assert late.status_code == 409
    assert "De zaak is al gesloten." in late.text
    assert "U schreef: Team was er om 9 uur" in late.text
    assert f'<div id="case" data-live="/cases/{case["id"]}">' in late.text
    forged = await lena.post(address, data={"csrf": "guess", "reason": "visited"})
    assert forged.status_code == 403


async def test_the_rules_are_there_to_read_in_plain_dutch(lena: httpx.AsyncClient) -> None:
    page = (await lena.get("/rules")).text
    for text in ("2020.1", "mensen geen 1,5 meter afstand houden", "Pokora 2021", "Wat nooit meetelt", "Nationaliteit"):
        assert text in page, text


@pytest.mark.plan("S22")
async def test_the_rules_page_lists_every_version_with_when_and_where_it_holds(visit: Visit) -> None:
    async with visit(RIKST) as reader:
        page = (await reader.get("/rules")).text
        assert "2020.2-draft" in page
        assert "geldt nu" in page
        assert "geldt nergens" in page
        assert "sinds woensdag 1 juli 2020" in page
        assert "heel Nederland" in page
        draft = (await reader.get("/rules", params={"version": "2020.2-draft"})).text
        assert "Dit is een concept. Geen zaak wordt ermee ingeschat" in draft
        assert "Voorbeeld van het platform, door niemand vastgesteld" in draft
        gone = await reader.get("/rules", params={"version": "<2019>"})
        assert gone.status_code == 404
        assert "Regels &lt;2019&gt; staan niet meer bij dit platform" in gone.text


async def test_every_route_of_the_api_is_described(lena: httpx.AsyncClient) -> None:
    document = (await lena.get("/v1/openapi.json")).json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert {"401", "403", "default"} <= operation["responses"].keys()
    assert document["components"]["schemas"]["ClosureOrder"]["examples"]


@pytest.mark.plan("C06")
async def test_assessments_and_clocks_are_measured(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    await opened(platform_stack, lena, somewhere(**OUTBREAK))
    shown = (await lena.get("/metrics")).text
    counted = re.search(r'brandmeester_triage_cases_assessed_total{grade="critical"} (\d+)', shown)
    assert counted
    assert int(counted[1]) >= 1
    assert "brandmeester_triage_clocks_breached" in shown
