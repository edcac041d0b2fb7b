"""Signals that come in at once are written together: over real sockets, into a MongoDB that keeps them waiting."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from shared.contracts.catalogue import SIGNALS
from tests.intake.test_flood_of_requests import serving
from tests.service_harness import eventually, fresh_database, records_on, type_of
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

REFUSED = "Wat de database niet wil"
WORDS = "Andrzej slaapt in kamer negen"
MOST_WRITES = 8


def about(name: str) -> dict[str, Any]:
    site = {"postcode": "7141AB", "name": name}
    return {"themes": ["work"], "sector": "meat", "site": site, "observations": {}, "text": WORDS}


@contextmanager
def writes_held_up(mongo: MongoClient[dict[str, Any]]) -> Iterator[None]:
    """Whatever is handed in meanwhile waits for the write under way, and is written with others after it."""
    mongo.admin.command("fsync", lock=True)
    try:
        yield
    finally:
        mongo.admin.command("fsyncUnlock")


class Sender:
    """One client on a connection of its own, with a key under which it may try again."""

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        self._body = json.dumps(about(name)).encode()
        self._headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        self._port = port

    async def sends(self) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            return await client.post(
                f"http://127.0.0.1:{self._port}/v1/signals", content=self._body, headers=self._headers
            )

    async def sends_and_goes_away(self) -> None:
        head = [f"Host: 127.0.0.1:{self._port}", f"Content-Length: {len(self._body)}"]
        head += [f"{name}: {value}" for name, value in self._headers.items()]
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write("\r\n".join(["POST /v1/signals HTTP/1.1", *head, "", ""]).encode() + self._body)
        await writer.drain()
        await asyncio.sleep(1)
        writer.transport.abort()


@pytest.mark.plan("S07", "C04")
async def test_one_that_is_refused_fails_alone_and_who_goes_away_loses_nothing(
    platform_stack: Stack, tmp_path: Path
) -> None:
    database, log = fresh_database(), tmp_path / "intake.log"
    async with serving(platform_stack, database, log) as port:
        with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
            stored, validator = mongo[database]["signals"], {"state.situation.site.name": {"$ne": REFUSED}}
            mongo[database].command("collMod", "signals", validator=validator)
            stay, leave, refused = (
                [Sender(port, name or f"Slachterij {uuid4()}") for _ in range(count)]
                for name, count in (("", 24), ("", 12), (REFUSED, 4))
            )
            before = _inserts(mongo)
            with writes_held_up(mongo):
                asked = [asyncio.create_task(one.sends()) for one in (*stay, *refused)]
                await asyncio.gather(*(one.sends_and_goes_away() for one in leave))
                assert not any(task.done() for task in asked)
            answers = await asyncio.gather(*asked)
            stays, refusals = answers[: len(stay)], answers[len(stay) :]
            assert {answer.status_code for answer in stays} == {201}
            assert {answer.status_code for answer in refusals} == {500}
            assert {answer.headers["content-type"] for answer in refusals} == {"application/problem+json"}
            assert not any(REFUSED in answer.text for answer in refusals)

            # A service with an empty database also takes in what other tests sent over inbound topics.
            wanted = {one.name for one in (*stay, *leave)}
            named = {"state.situation.site.name": {"$in": [*wanted, REFUSED]}}

            async def all_stored() -> bool:
                return stored.count_documents(named) >= len(wanted)

            await eventually(all_stored)
            ids = {one["_id"]: one["state"]["situation"]["site"]["name"] for one in stored.find(named)}
            others = {one["_id"] for one in stored.find()} - ids.keys()
            assert Counter(ids.values()) == Counter(wanted)
            assert _inserts(mongo) - before <= MOST_WRITES
            # Words and key of each are there, and of what was refused nothing.
            for kept in (mongo[database]["reporter_data"], mongo[f"{database}_keys"]["signal_keys"]):
                assert {one["_id"] for one in kept.find()} - others == set(ids)
            # Who went away asks again, and is told what the others were.
            again = [await one.sends() for one in (*leave, *stay[:2])]
            assert {one.status_code for one in again} == {201}
            assert {ids[one.json()["id"]] for one in again} == {one.name for one in (*leave, *stay[:2])}
            assert stored.count_documents(named) == len(wanted)

    async def all_told() -> list[str] | None:
        records = [record for record in await records_on(platform_stack, SIGNALS) if record.key.decode() in ids]
        return [type_of(record) for record in records] if len(records) >= len(ids) else None

    assert Counter(await eventually(all_told)) == {"signals.received.v1": len(ids)}
    assert WORDS not in log.read_text()


def _inserts(mongo: MongoClient[dict[str, Any]]) -> int:
    """How many commands so far had the database write new documents."""
    return int(mongo.admin.command("serverStatus")["metrics"]["commands"]["insert"]["total"])
