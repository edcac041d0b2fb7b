"""Cases regrouped through the running service: by programs, by two members at once, while signals keep coming."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from services.triage.app import create_app
from services.triage.domain.numbers import case_id
from services.triage.settings import Settings
from shared.calendar import AMSTERDAM
from shared.contracts.catalogue import CASES, VISITS
from shared.contracts.examples import examples
from shared.contracts.planning import InterventionCompleted, InterventionRevised, InterventionStarted
from shared.situation import Situation
from shared.vocabulary import InterventionKind, Sector
from tests.members import GIJS, HANNA, LENA, RIKST
from tests.service_harness import Visit, eventually, fresh_database, running, settings_for, tell, told_on
from tests.stack import Stack
from tests.triage.builders import own_address, received, situation, supplemented, withdrawn

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

WHY = "Beide meldingen gaan over de nachtploeg."
OUTBREAK = {"people_exposed": 657, "tested": 212, "positive": 45}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(platform_stack: Stack, platform_broker: Any) -> AsyncIterator[Visit]:
    async with running(create_app, settings_for(Settings, platform_stack, fresh_database())) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def lena(visit: Visit) -> AsyncIterator[httpx.AsyncClient]:
    async with visit(LENA) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def gijs(visit: Visit) -> AsyncIterator[httpx.AsyncClient]:
    async with visit(GIJS) as client:
        yield client


def somewhere(**seen: Any) -> Situation:
    """A situation at an address of its own in Groenlo."""
    site = own_address("Vleesbedrijf De Voorbeeldhoeve")
    return situation(sector=Sector.MEAT, site=site, **seen)


async def opened(stack: Stack, client: httpx.AsyncClient, *about: Situation) -> dict[str, Any]:
    """The case of these situations, one signal each."""
    signals = [str(uuid4()) for _ in about]
    for signal, one in zip(signals, about, strict=True):
        await tell(stack, signal, received(one))

    async def whole() -> dict[str, Any] | None:
        items = (await client.get("/v1/cases", params={"signalId": signals[-1]})).json()["items"]
        return items[0] if items and len(items[0]["signals"]) == len(about) else None

    return dict(await eventually(whole))


async def seen(client: httpx.AsyncClient, case: str) -> dict[str, Any]:
    answer = await client.get(f"/v1/cases/{case}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ordered(client: httpx.AsyncClient, case: str, what: str, status: int = 200, **order: Any) -> dict[str, Any]:
    answer = await client.post(f"/v1/cases/{case}/{what}", json={"reason": WHY, **order})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def told_of(stack: Stack, case: str, number: int) -> list[str]:
    """The kinds of facts of a case once so many are there, but for those of its clock."""

    async def all_told() -> list[str] | None:
        kinds = [kind for _, kind, _ in await told_on(stack, CASES, case) if kind != "cases.escalated.v1"]
        return kinds if len(kinds) >= number else None

    return list(await eventually(all_told))


@pytest.mark.plan("S07")
async def test_a_case_is_merged_and_comes_back_with_everything_on_record(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    other = await opened(platform_stack, lena, somewhere(people_exposed=8))
    gone = await ordered(lena, one["id"], "merge", into=other["id"])
    assert gone["merged"]["into"] == {"id": other["id"], "number": other["number"]}
    assert (gone["merged"]["by"], gone["merged"]["reason"], gone["signals"]) == ("Lena Otten", WHY, [])
    stays = await seen(lena, other["id"])
    assert (stays["grade"], stays["absorbed"]) == ("critical", [one["id"]])
    assert {signal["id"] for signal in stays["signals"]} == {*one["signals"], *other["signals"]}
    assert stays["clock"]["startedAt"] == one["clock"]["startedAt"]
    line = next(entry for entry in stays["history"] if entry["event"] == "took_in_case")
    assert (line["other"]["number"], line["who"], line["why"]) == (one["number"], "Lena Otten", WHY)
    listed = (await lena.get("/v1/cases", params={"open": "true", "pageSize": "200"})).json()["items"]
    assert one["id"] not in {item["id"] for item in listed}

    back = await ordered(lena, one["id"], "merge", into=None, turn=gone["merged"]["turn"])
    assert (back["grade"], back["merged"], [signal["id"] for signal in back["signals"]]) == (
        "critical",
        None,
        one["signals"],
    )
    left = await seen(lena, other["id"])
    assert (left["grade"], left["absorbed"], left["clock"]["stoppedFor"]) == ("low", [], "regrouped")
    assert await told_of(platform_stack, one["id"], 4) == [
        "cases.assessed.v1",
        "cases.merged.v1",
        "cases.assessed.v1",
        "cases.merge-undone.v1",
    ]
    assert await told_of(platform_stack, other["id"], 5) == [
        "cases.assessed.v1",
        "cases.assessed.v1",
        "cases.merged.v1",
        "cases.assessed.v1",
        "cases.merge-undone.v1",
    ]


async def test_signals_are_split_off_moved_and_brought_back(platform_stack: Stack, lena: httpx.AsyncClient) -> None:
    about = somewhere(people_exposed=8)
    one = await opened(platform_stack, lena, about, somewhere_like(about, **OUTBREAK))
    part = await ordered(lena, one["id"], "split", 201, signals=one["signals"][1:])
    assert (part["grade"], part["splitFrom"]["id"]) == ("critical", one["id"])
    assert part["notTheSame"][0]["other"]["id"] == one["id"]
    refused = await lena.post(f"/v1/cases/{part['id']}/merge", json={"into": one["id"], "reason": WHY})
    assert (refused.status_code, "niet dezelfde situatie" in refused.json()["detail"]) == (409, True)
    await ordered(lena, part["id"], "reunion")
    assert len((await seen(lena, one["id"]))["signals"]) == 2

    other = await opened(platform_stack, lena, somewhere(people_exposed=9))
    await ordered(lena, one["id"], "signal-moves", to=other["id"], signals=one["signals"][1:])
    moved = (await seen(lena, other["id"]))["signals"][-1]
    assert (moved["id"], moved["movedFrom"]["number"]) == (one["signals"][1], one["number"])
    await ordered(lena, other["id"], "signal-moves", to=one["id"], signals=one["signals"][1:])
    assert [signal["id"] for signal in (await seen(lena, one["id"]))["signals"]] == one["signals"]


def somewhere_like(about: Situation, **known: Any) -> Situation:
    return situation(sector=Sector.MEAT, site=about.site, **known)


async def test_cases_are_told_apart_until_somebody_takes_it_back(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one, other = [await opened(platform_stack, lena, somewhere(people_exposed=8)) for _ in range(2)]
    marked = await ordered(lena, one["id"], "distinctions", other=other["id"])
    assert marked["notTheSame"][0]["other"]["id"] == other["id"]
    await ordered(lena, other["id"], "merge", 409, into=one["id"])
    await ordered(lena, other["id"], "distinctions", other=one["id"], apart=False)
    await ordered(lena, other["id"], "merge", into=one["id"])


async def test_bad_orders_name_every_fault(lena: httpx.AsyncClient, visit: Visit, platform_stack: Stack) -> None:
    case = await opened(platform_stack, lena, somewhere(people_exposed=8))
    address = f"/v1/cases/{case['id']}"
    answer = await lena.post(f"{address}/signal-moves", json={"signals": [], "reason": "  ", "colour": "red"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert {fault["field"] for fault in answer.json()["faults"]} == {"to", "signals", "reason", "colour"}
    for what, field in (("merge", "into"), ("signal-moves", "to"), ("distinctions", "other")):
        order = {field: "nowhere", "reason": WHY, **({"signals": case["signals"]} if field == "to" else {})}
        answer = await lena.post(f"{address}/{what}", json=order)
        assert (answer.status_code, answer.json()["faults"][0]["field"]) == (400, field), answer.text
    missing = await lena.post(f"/v1/cases/{case_id('nobody')}/merge", json={"into": case["id"], "reason": WHY})
    assert missing.status_code == 404
    refused = await lena.post(f"{address}/merge", json={"into": case["id"], "reason": WHY})
    assert "niet met zichzelf" in refused.json()["detail"]
    async with visit(RIKST) as reader, visit(HANNA) as hotline, visit(None) as nobody:
        for client, status in ((reader, 403), (hotline, 403), (nobody, 401)):
            answer = await client.post(f"{address}/split", json={"signals": case["signals"], "reason": WHY})
            assert answer.status_code == status


@pytest.mark.plan("S07")
async def test_of_two_members_who_decide_at_once_one_is_told_what_the_other_did(
    platform_stack: Stack, lena: httpx.AsyncClient, gijs: httpx.AsyncClient
) -> None:
    for _ in range(5):
        one, other, third = [await opened(platform_stack, lena, somewhere(people_exposed=8)) for _ in range(3)]
        answers = await asyncio.gather(
            lena.post(f"/v1/cases/{one['id']}/merge", json={"into": other["id"], "reason": WHY}),
            gijs.post(f"/v1/cases/{other['id']}/merge", json={"into": one["id"], "reason": WHY}),
            gijs.post(f"/v1/cases/{one['id']}/merge", json={"into": third["id"], "reason": WHY}),
        )
        refused = [answer for answer in answers if answer.status_code != 200]
        assert {answer.status_code for answer in refused} <= {409}
        assert refused
        assert all("is al samengevoegd met zaak" in answer.json()["detail"] for answer in refused)
        await _everything_once(lena, [one, other, third])


@pytest.mark.plan("S07")
async def test_nothing_is_lost_or_doubled_while_members_regroup_and_signals_keep_coming(
    platform_stack: Stack, lena: httpx.AsyncClient, gijs: httpx.AsyncClient
) -> None:
    about = [somewhere(people_exposed=8) for _ in range(2)]
    one, other = [await opened(platform_stack, lena, each) for each in about]
    late = {str(uuid4()): about[n % 2] for n in range(40)}

    async def report() -> None:
        for signal, where in late.items():
            await tell(platform_stack, signal, received(where), supplemented(somewhere_like(where, people_exposed=9)))

    async def regroup(client: httpx.AsyncClient, gone: str, stays: str) -> Counter[int]:
        answers: Counter[int] = Counter()
        for n in range(20):
            order = {"into": None if n % 2 else stays, "reason": WHY}
            answers[(await client.post(f"/v1/cases/{gone}/merge", json=order)).status_code] += 1
        return answers

    _, *answers = await asyncio.gather(
        report(), regroup(lena, one["id"], other["id"]), regroup(gijs, other["id"], one["id"])
    )
    assert sum(answers, Counter())[200] > 0
    assert set(sum(answers, Counter())) <= {200, 409}

    async def all_in() -> bool:
        cases = [await seen(lena, case["id"]) for case in (one, other)]
        signals = [signal for case in cases for signal in case["signals"]]
        return len(signals) >= 42 and all(
            signal["situation"]["observations"]["peopleExposed"] == 9 for signal in signals if signal["id"] in late
        )

    await eventually(all_in)
    await _everything_once(lena, [one, other], late)
    cases = [await seen(lena, case["id"]) for case in (one, other)]
    entries = [entry for case in cases for entry in case["history"]]
    supplements = Counter(entry["signal"] for entry in entries if entry["event"] == "signal_supplemented")
    assert supplements == Counter(dict.fromkeys(late, 1))


async def _everything_once(
    client: httpx.AsyncClient, cases: Sequence[dict[str, Any]], more: Sequence[str] | dict[str, Any] = ()
) -> None:
    """Each signal is in exactly one case, and whatever is merged away holds none."""
    now = [await seen(client, case["id"]) for case in cases]
    held = Counter(signal["id"] for case in now for signal in case["signals"])
    assert held == Counter([signal for case in cases for signal in case["signals"]] + list(more))
    assert all(bool(case["merged"]) == (not case["signals"]) for case in now)


@pytest.mark.plan("S08")
async def test_a_team_that_is_on_site_for_a_merged_case_stops_the_clock_of_the_one_that_stays(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    other = await opened(platform_stack, lena, somewhere(people_exposed=8))
    intervention = str(uuid4())
    started = examples()[InterventionStarted].model_copy(
        update={"case": one["id"], "happened_at": datetime.now(UTC) + timedelta(minutes=1)}
    )
    await tell(platform_stack, intervention, started)

    async def on_site(case: str) -> Any:
        stages = (await seen(lena, case))["clock"]["stages"]
        return next(stage["at"] for stage in stages if stage["stage"] == "on_site")

    reached = await eventually(lambda: on_site(one["id"]))
    await ordered(lena, one["id"], "merge", into=other["id"])
    assert await on_site(other["id"]) == reached
    assert [it["id"] for it in (await seen(lena, other["id"]))["interventions"]] == [intervention]
    # Nobody waits for that team any more: the case does not stand among those that do.
    waiting = (await lena.get("/v1/cases", params={"open": "true", "pageSize": "200"})).json()["items"]
    running = [item["id"] for item in waiting if item["clock"] and not item["clock"]["stoppedAt"]]
    assert other["id"] in running
    third = await opened(platform_stack, lena, somewhere(people_exposed=20, confirmed_infections=4))
    order = [item["id"] for item in (await lena.get("/v1/cases", params={"pageSize": "200"})).json()["items"]]
    assert order.index(third["id"]) < order.index(other["id"])
    await ordered(lena, one["id"], "merge", into=None)
    assert (await seen(lena, other["id"]))["interventions"] == []
    # Other tests read the same topics, and look at the order of what burns.
    for case in (one, third):
        await tell(platform_stack, case["signals"][0], withdrawn(), first=2)


@pytest.mark.plan("S06")
async def test_a_visit_that_is_over_is_told_with_the_signals_it_answers_and_no_other_visit_is(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    case = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    now, made = datetime.now(UTC), examples()
    over = {"case": case["id"], "started_at": now, "completed_at": now, "happened_at": now}
    answering, preventive, planned = (str(uuid4()) for _ in range(3))
    await tell(platform_stack, planned, made[InterventionStarted].model_copy(update=over))
    preventively = {**over, "case": None, "kind": InterventionKind.PREVENTIVE}
    await tell(platform_stack, preventive, made[InterventionCompleted].model_copy(update=preventively))
    await tell(platform_stack, answering, made[InterventionCompleted].model_copy(update=over))
    (told,) = await eventually(lambda: told_on(platform_stack, VISITS, answering))
    day = now.astimezone(AMSTERDAM).date().isoformat()
    assert told[1:] == (
        "visits.concluded.v1",
        {"case": case["id"], "signals": case["signals"], "visitedOn": day},
    )
    assert await told_on(platform_stack, VISITS, preventive) == []
    assert await told_on(platform_stack, VISITS, planned) == []


@pytest.mark.plan("S06")
async def test_a_visit_for_a_case_that_was_merged_meanwhile_answers_the_signals_that_it_brought(
    platform_stack: Stack, lena: httpx.AsyncClient
) -> None:
    one = await opened(platform_stack, lena, somewhere(**OUTBREAK))
    other = await opened(platform_stack, lena, somewhere(people_exposed=8))
    last = await opened(platform_stack, lena, somewhere(people_exposed=9))
    await ordered(lena, one["id"], "merge", into=other["id"])
    await ordered(lena, other["id"], "merge", into=last["id"])
    now, visit = datetime.now(UTC), str(uuid4())
    over = {"case": one["id"], "started_at": now, "completed_at": now, "happened_at": now}
    completed = examples()[InterventionCompleted].model_copy(update=over)
    await tell(platform_stack, visit, completed)
    (told,) = await eventually(lambda: told_on(platform_stack, VISITS, visit))
    assert told[2]["signals"] == one["signals"]

    # Planning learns of the merge, and takes the visit along.
    revised = examples()[InterventionRevised].model_copy(update={**over, "case": last["id"]})
    await tell(platform_stack, visit, revised, first=2)

    async def told_anew() -> Any:
        return (await told_on(platform_stack, VISITS, visit))[1:]

    (anew,) = await eventually(told_anew)
    assert set(anew[2]["signals"]) == {*one["signals"], *other["signals"], *last["signals"]}
