"""(c) Signals over HTTP a second: against intake without a store, and against one bare insert per request."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import httpx
from motor.motor_asyncio import AsyncIOMotorClient

from tests.bench.figures import Figure, figure
from tests.shared.bus.tally import PARKED_KEY
from tests.stack import Stack, free_port_base

PATH = "/v1/signals"
SIGNAL = {
    "themes": ["work", "transport"],
    "sector": "meat",
    "site": {"postcode": "7141 AB", "houseNumber": "12", "place": "Groenlo"},
    "observations": {"peopleExposed": 120, "confirmedInfections": 3, "distanceNotKept": True, "sharedBreaks": True},
}
WITH_WORDS = {**SIGNAL, "text": "Wij staan de hele dag schouder aan schouder.", "contact": "een vriend"}
CONNECTIONS = 64
SECONDS = float(os.environ.get("BRANDMEESTER_BENCH_SECONDS", "4"))
PATIENCE_SECONDS = 60.0


def environment_of(stack: Stack, port: int, database: str) -> dict[str, str]:
    settings = {
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "INSTANCE": f"bench-{port}",
        "KAFKA_BOOTSTRAP": stack.kafka_bootstrap,
        "KAFKA_USERNAME": "intake",
        "KAFKA_PASSWORD": stack.kafka_passwords["intake"],
        "MONGO_URL": stack.mongo_url,
        "MONGO_DATABASE": database,
        "PARKED_KEY": PARKED_KEY,
        "PEPPER": "a pepper of this benchmark alone",
        "OIDC_ISSUER": "http://localhost:1",
        "SESSION_SECRET": "a secret of this benchmark alone",
        "LOG_LEVEL": "WARNING",
    }
    return {**os.environ, **{f"BRANDMEESTER_INTAKE_{name}": value for name, value in settings.items()}}


@asynccontextmanager
async def serving(stack: Stack, which: str, port: int) -> AsyncIterator[int]:
    """One of the servers in a process of its own, with a database of its own; yields its port."""
    database = f"bench{uuid4().hex[:10]}"
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.intake_servers", which, env=environment_of(stack, port, database)
    )
    try:
        await _until_ready(server, port)
        yield port
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()
        client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(stack.mongo_url)
        for name in (database, f"{database}_keys"):
            await client.drop_database(name)
        client.close()


async def _until_ready(server: asyncio.subprocess.Process, port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            if server.returncode is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not come up")
            await asyncio.sleep(0.2)


async def requests_a_second(port: int, signal: object) -> float:
    """What one client process gets through, with many connections at once."""
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.http_load", str(port), PATH, str(CONNECTIONS), str(SECONDS),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await client.communicate(json.dumps(signal).encode())
    if client.returncode:
        raise RuntimeError("the client failed")
    return float(output)


async def figures(stack: Stack, repetitions: int) -> list[Figure]:
    """All of (c), the servers by turns."""
    base = free_port_base()
    async with AsyncExitStack() as servers:
        ours, storeless, idle, bare = [
            await servers.enter_async_context(serving(stack, which, base + number))
            for number, which in enumerate(("ours", "storeless", "idle", "bare"), start=1)
        ]
        turns: dict[str, tuple[int, object]] = {
            "intake": (ours, SIGNAL),
            "intake, with words to seal": (ours, WITH_WORDS),
            "the same without a store": (storeless, SIGNAL),
            "the same with nothing behind HTTP": (idle, SIGNAL),
            "one insert per request": (bare, SIGNAL),
        }
        measured = [{name: await requests_a_second(*turn) for name, turn in turns.items()} for _ in range(repetitions)]
    pairs = [
        ("intake", "the same without a store"),
        ("intake", "the same with nothing behind HTTP"),
        ("intake", "one insert per request"),
        ("intake, with words to seal", "one insert per request"),
    ]
    return [
        figure(name, peer, "requests a second", [(row[name], row[peer]) for row in measured]) for name, peer in pairs
    ]
