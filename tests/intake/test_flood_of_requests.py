"""A real flood over real sockets: others are answered as ever, nobody is refused for long, no address is written."""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from services.intake.domain.signal import Mark
from services.intake.floods import AT_ONCE
from services.intake.turns import MOST_WAITING
from tests.bench.intake import environment_of
from tests.intake.test_no_trace import files_below
from tests.intake.test_service import submit
from tests.service_harness import eventually, fresh_database
from tests.stack import Stack, free_port_base

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

FLOOD, SOMEBODY = "127.7.7.2", "127.7.7.3"
SECONDS, CONNECTIONS = 5, MOST_WAITING + 100
PATIENCE_SECONDS = 1.0
SIGNAL = {"themes": ["work"], "sector": "meat", "site": {"postcode": "7141AB"}, "observations": {}}


@asynccontextmanager
async def serving(stack: Stack, database: str, log: Path) -> AsyncIterator[int]:
    """Intake as it is run, in a process of its own; yields its port."""
    port = free_port_base()
    with log.open("wb") as output:
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.intake", env=environment_of(stack, port, database), stdout=output
        )
        try:
            async with httpx.AsyncClient(trust_env=False) as client:

                async def ready() -> bool:
                    try:
                        return (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success
                    except httpx.TransportError:
                        return False

                await eventually(ready)
            yield port
        finally:
            server.terminate()
            await server.wait()


@asynccontextmanager
async def flood(port: int, body: object) -> AsyncIterator["asyncio.Task[dict[str, int]]"]:
    """As many connections as one source may have waiting, and more; its answers by status are the task's result."""
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.intake.flooding", str(port), FLOOD, str(CONNECTIONS), str(SECONDS),
        json.dumps(body),         stdout=asyncio.subprocess.PIPE, env=os.environ,
    )  # fmt: skip

    async def answers() -> dict[str, int]:
        output, _ = await client.communicate()
        return dict(json.loads(output))

    task = asyncio.create_task(answers())
    yield task
    await task


def somebody(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        transport=httpx.AsyncHTTPTransport(local_address=SOMEBODY),
        follow_redirects=True,
        headers={"Accept": "text/html"},
        timeout=30,
    )


async def times_of_a_visit(person: httpx.AsyncClient) -> list[float]:
    """How long two pages of the form take, each as it is asked for."""
    times = []
    person.cookies.clear()  # who began a report is asked whether to go on with it
    began = time.monotonic()
    page = await person.get("/?lang=bg")
    times.append(time.monotonic() - began)
    began = time.monotonic()
    page = await submit(person, page, themes="work")
    times.append(time.monotonic() - began)
    assert page.status_code == 200
    assert page.url.path == "/report/where"
    return times


async def during(port: int, body: object, person: httpx.AsyncClient) -> dict[str, int]:
    """What a flood is answered, in numbers by status, while somebody else is answered without having to wait."""
    times: list[float] = []
    async with flood(port, body) as flooding:
        while not flooding.done():
            times += await times_of_a_visit(person)
            await asyncio.sleep(0.1)
    assert len(times) > 20, times
    assert max(times) < PATIENCE_SECONDS, sorted(times)[-5:]
    return flooding.result()


@pytest.mark.plan("S06")
async def test_a_flood_from_one_source_slows_nobody_else(platform_stack: Stack, tmp_path: Path) -> None:
    database, log = fresh_database(), tmp_path / "intake.log"
    async with serving(platform_stack, database, log) as port, somebody(port) as person:
        await times_of_a_visit(person)
        # What waits for nothing must be taken by turns as well: without that, others waited two seconds here.
        faulty = await during(port, {"themes": []}, person)
        assert set(faulty) == {"400", "429"}
        statuses = await during(port, SIGNAL, person)
        handed_in = await person.post("/v1/signals", json=SIGNAL)
        metrics = (await person.get("/metrics")).text
    # The flood is served too, and told when there is too much of it.
    assert set(statuses) == {"201", "429"}
    assert statuses["201"] > 100
    turned_away = re.search(r"brandmeester_intake_requests_turned_away_total (\d\S*)", metrics)
    assert turned_away and float(turned_away[1]) >= statuses["429"] + faulty["429"] > 0

    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        signals = mongo[database]["signals"]
        unmarked = signals.count_documents({"state.marks": {"$ne": Mark.MANY_FROM_ONE_SOURCE.value}})
        assert signals.count_documents({}) >= statuses["201"]
        assert AT_ONCE <= unmarked <= AT_ONCE + 2
        assert signals.find_one({"_id": handed_in.json()["id"]})["state"]["marks"] == []  # type: ignore[index]
        mongo.admin.command("fsync")
        mongo.drop_database(database)
        mongo.drop_database(f"{database}_keys")
    places = {"log": log.read_bytes(), "metrics": metrics.encode()}
    if platform_stack.data is not None:
        places |= dict(files_below(platform_stack.data / "mongo" / "storage")) | dict(
            files_below(platform_stack.data / "kafka")
        )
    assert [
        place for place, content in places.items() if FLOOD.encode() in content or SOMEBODY.encode() in content
    ] == []
