"""Back-tests on the running service: all cases or a file through other rules, beside what visits found."""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from services.triage.app import create_app
from services.triage.domain.backtest import Tally
from services.triage.domain.numbers import case_id
from services.triage.settings import Settings
from services.triage.store import RULESETS, PastCases
from services.triage.store.backtests import Backtests, Run, RunState, outcome_of
from services.triage.use_cases import backtesting
from shared.contracts import examples, planning, reporting
from shared.mongo import Database
from shared.settings import ServiceSettings
from shared.vocabulary import Sector
from tests.members import HANNA, LENA, RIKST
from tests.service_harness import CSRF, Visit, eventually, fresh_database, running, settings_for, tell
from tests.stack import Stack
from tests.triage.builders import WORK, own_address, received, situation

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

SHIPPED = (RULESETS / "ruleset-2020-1.toml").read_text(encoding="utf-8")
STRICT = """
based_on = "2020.1"
version = "streng"
title = "Streng"
valid_from = 2021-01-01
likelihood_from = [0, 1, 2, 3]
"""
ORDER = {"csrf": CSRF, "against": "file", "source": "platform"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def settings(platform_stack: Stack, platform_broker: Any) -> ServiceSettings:
    return settings_for(Settings, platform_stack, fresh_database())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(platform_stack: Stack, settings: ServiceSettings) -> AsyncIterator[Visit]:
    async with running(create_app, settings) as visit:
        await three_cases(platform_stack, visit)
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def lena(visit: Visit) -> AsyncIterator[httpx.AsyncClient]:
    async with visit(LENA) as client:
        yield client


async def three_cases(stack: Stack, visit: Visit) -> None:
    """One visited with infringements, one visited with none, one never visited; all without distance kept."""
    signals = [str(uuid4()) for _ in range(3)]
    for signal in signals:
        about = situation(WORK, sector=Sector.OTHER, site=own_address(), people_exposed=20, distance_not_kept=True)
        await tell(stack, signal, received(about, datetime.now(UTC) - timedelta(hours=3)))
    made = examples.examples()
    for signal, infringements in zip(signals[:2], (3, 0), strict=True):
        intervention, now = str(uuid4()), datetime.now(UTC)
        over = {"case": case_id(signal), "completed_at": now, "happened_at": now}
        await tell(stack, intervention, made[planning.InterventionCompleted].model_copy(update=over))
        found = {"intervention": intervention, "infringements": infringements}
        await tell(stack, str(uuid4()), made[reporting.ReportSubmitted].model_copy(update=found))

    async def there() -> bool:
        async with visit(LENA) as lena:
            items = (await lena.get("/v1/cases")).json()["items"]
            return sum(any(it["state"] == "completed" for it in one["interventions"]) for one in items) == 2

    await eventually(there)


async def done(client: httpx.AsyncClient, answer: httpx.Response) -> str:
    """The page of a back-test once it is through."""
    assert answer.status_code == 303, answer.text

    async def through() -> str | None:
        page = (await client.get(answer.headers["location"])).text
        return None if "Voortgang" in page else page

    return str(await eventually(through))


def upload(name: str, content: str) -> dict[str, tuple[str, bytes]]:
    return {name: ("mine", content.encode())}


@pytest.mark.plan("S22")
async def test_all_cases_are_replayed_beside_what_visits_found(lena: httpx.AsyncClient) -> None:
    page = await done(lena, await lena.post("/backtests", data=ORDER, files=upload("ruleset", STRICT)))
    assert "3 van 3 zaken worden anders ingeschat" in page
    mark = hashlib.sha256(STRICT.encode()).hexdigest()[:8]
    assert f"Streng (eigen bestand, kenmerk {mark})" in (await lena.get("/backtests")).text
    assert "2 zaken zijn bezocht en daarna beschreven." in page
    # By the published rules none of the three would be visited, by the strict ones all.
    assert re.findall(r'data-label="Raak">(.*?)</td>', page)[1:] == ["1 van 2 (50%)"]
    assert re.findall(r'data-label="Gevangen">(.*?)</td>', page) == ["0 van 1 (0%)", "1 van 1 (100%)"]
    assert "niet te zeggen" in page
    items = (await lena.get("/v1/cases")).json()["items"]
    assert all(f'<a href="/cases/{one["id"]}">{one["number"]}</a>' in page for one in items)
    assert all(one["grade"] == "low" for one in items)


async def test_rules_that_change_nothing_say_so(lena: httpx.AsyncClient) -> None:
    page = await done(lena, await lena.post("/backtests", data={**ORDER, "against": "2020.1"}))
    assert "Geen van 3 zaken wordt anders ingeschat" in page
    listed = (await lena.get("/backtests")).text
    assert "2020.2-draft: Concept: een cluster van meldingen telt mee (concept)" in listed
    assert "Lena Otten, LOT-C" in listed
    assert "klaar" in listed


@pytest.mark.plan("S22")
async def test_a_file_of_cases_is_replayed_and_not_kept(lena: httpx.AsyncClient, settings: ServiceSettings) -> None:
    lines = [
        {
            "id": "bedrijf-7",
            "facts": {"sector": "other", "people_exposed": 20, "distance_not_kept": True},
            "found": True,
        },
        {"id": "kantoor", "facts": {"sector": "office", "people_exposed": 40}, "found": False},
    ]
    cases = "\n".join(map(json.dumps, lines))
    files = {**upload("ruleset", STRICT), **upload("cases", cases)}
    page = await done(lena, await lena.post("/backtests", data={**ORDER, "source": "file"}, files=files))
    assert "1 van 2 zaken wordt anders ingeschat" in page
    assert "bedrijf-7" in page
    assert "Het bestand zegt of het bezoek een uitbraak vond." in page
    database = Database(settings.mongo_url, settings.mongo_database, [])
    kept = [one async for one in database.raw["backtests"].find({"from_file": True})]
    await database.stop()
    assert "kantoor" not in str(kept)
    assert all("expires" in one for one in kept)


@pytest.mark.parametrize(
    ("order", "files", "texts"),
    [
        ({}, {}, ["Kies met welke regels", "Kies welke zaken"]),
        ({"against": "1999.1", "source": "moon"}, {}, ["Kies met welke regels", "Kies welke zaken"]),
        (ORDER, {}, ["Kies het bestand met uw regels."]),
        ({**ORDER, "source": "file"}, upload("ruleset", STRICT), ["Kies het bestand met zaken."]),
        (
            {**ORDER, "source": "file"},
            {**upload("ruleset", STRICT), **upload("cases", "")},
            ["staat geen enkele zaak"],
        ),
        (ORDER, upload("ruleset", ""), ["Dit bestand is leeg. Kies een ander."]),
        (
            {**ORDER, "source": "file"},
            {**upload("ruleset", STRICT), **upload("cases", '{"id": "Z-1", "facts": {}}\n' * 2)},
            ["1 regel klopt niet", "Regel 2: id: Dit staat er twee keer"],
        ),
        ({**ORDER, "against": "2020.1"}, upload("ruleset", STRICT), ["Kies hierboven “een eigen bestand”"]),
        (ORDER, {**upload("ruleset", STRICT), **upload("cases", "{}")}, ["Kies hierboven “een bestand met zaken”"]),
        (ORDER, upload("ruleset", "x" * 300_000), ["Dit bestand is te groot voor regels"]),
        (ORDER, upload("ruleset", "a = = b"), ["1 fout in de regels", "is geen TOML"]),
        (
            ORDER,
            upload(
                "ruleset", SHIPPED.replace("window_days = 14", "window_days = 0").replace("[0, 50, 250]", "[0, 50, 50]")
            ),
            [
                "2 fouten in de regels",
                "window_days: moet minstens 1 zijn",
                "impact_from: moet oplopen: de band vanaf 50",
            ],
        ),
        (
            {**ORDER, "against": "2020.1", "source": "file"},
            upload("cases", '{"id": "a", "facts": {"infections": -1}}\n{"facts": {"nationality": "<b>x"}}'),
            [
                "2 regels kloppen niet",
                "Regel 1: facts.infections: ",
                "Regel 2: id: ",
                "Regel 2: facts.nationality: ",
            ],
        ),
        ({**ORDER, "against": "2020.1", "source": "file"}, upload("cases", "\n\n"), ["staat geen enkele zaak"]),
        (
            {**ORDER, "against": "2020.1", "source": "file"},
            upload("cases", "{}\n" * 50_002),
            ["te veel regels: hoogstens 50.000", "kies het dan opnieuw"],
        ),
        ({**ORDER, "against": "2020.1", "source": "file"}, upload("cases", "\x00\xff{"), ["1 regel klopt niet"]),
    ],
)
async def test_everything_that_is_wrong_is_told_and_nothing_begins(
    lena: httpx.AsyncClient, order: dict[str, str], files: Any, texts: list[str]
) -> None:
    refused = await lena.post("/backtests", data={"csrf": CSRF, **order}, files=files or None)
    assert refused.status_code == 400
    for text in texts:
        assert text in refused.text, text
    assert "<b>x" not in refused.text


async def test_who_may_only_read_begins_none_and_strangers_see_none(visit: Visit) -> None:
    async with visit(RIKST) as reader, visit(HANNA) as hotline, visit(LENA) as lena:
        assert "Alleen leden kunnen een proef beginnen" in (await reader.get("/backtests")).text
        assert (await reader.post("/backtests", data={**ORDER, "against": "2020.1"})).status_code == 403
        assert (await hotline.get("/backtests")).status_code == 403
        assert (await lena.post("/backtests", data={**ORDER, "csrf": "guess"})).status_code == 403
        assert (await lena.get(f"/backtests/{uuid4()}")).status_code == 404


async def test_a_run_whose_process_ended_says_so(lena: httpx.AsyncClient, settings: ServiceSettings) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    run = Run(long_ago, "Lena Otten", "LOT-C", "2020.1", "Regels", False, None, 100, long_ago, 40, RunState.RUNNING)
    database = Database(settings.mongo_url, settings.mongo_database, [])
    await Backtests(database).add("silent", run)
    page = (await lena.get("/backtests/silent")).text
    assert "afgebroken" in page
    assert "Begin opnieuw" in page
    await Backtests(database).note("silent", datetime.now(UTC))
    assert '<progress id="bar" value="40" max="100">' in (await lena.get("/backtests/silent")).text
    await database.stop()


async def test_waiting_ones_are_bounded_and_what_fails_is_told(
    lena: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtesting, "MOST_WAITING", 0)
    refused = await lena.post("/backtests", data={**ORDER, "against": "2020.1"})
    assert refused.status_code == 400
    assert "Er wachten al genoeg proeven." in refused.text
    monkeypatch.undo()
    monkeypatch.setattr(backtesting, "replayed_from_store", lambda *_: 1 / 0)
    page = await done(lena, await lena.post("/backtests", data={**ORDER, "against": "2020.1"}))
    assert "mislukt" in page
    monkeypatch.undo()
    assert "Geen van 3 zaken" in await done(lena, await lena.post("/backtests", data={**ORDER, "against": "2020.1"}))


async def test_pieces_are_all_cases_once(settings: ServiceSettings, visit: Visit) -> None:
    database = Database(settings.mongo_url, settings.mongo_database, [])
    past = PastCases(database)
    pieces = [piece async for piece in past.pieces(2)]
    assert [len(piece) for piece in pieces] == [2, 1]
    assert len({case.id for piece in pieces for case in piece}) == 3
    assert sorted(visit.found for piece in pieces for case in piece for visit in case.visits) == [False, True]
    assert await past.count() == 3
    await database.stop()


async def test_an_outcome_is_read_as_it_was_kept(settings: ServiceSettings, visit: Visit) -> None:
    database, now = Database(settings.mongo_url, settings.mongo_database, []), datetime(2020, 10, 20, tzinfo=UTC)
    runs, outcome = Backtests(database), outcome_of(Tally())
    await runs.add("kept", Run(now, "a", "b", "c", "d", True, "e", 1, now))
    await runs.note("kept", now, state=RunState.DONE, outcome=outcome)
    kept = await runs.get("kept")
    await database.stop()
    assert kept is not None
    assert (kept.state, kept.outcome) == (RunState.DONE, outcome)
