"""`python -m tests.bench.intake_servers ours|storeless|idle|bare`: what benchmark (c) compares, as intake is run."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import uvicorn
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.intake.app import create_app
from services.intake.domain.signal import Status
from services.intake.settings import Settings
from services.intake.use_cases.signals import Intake, Received, Submission
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, WorkingSet
from shared.service import run, share_the_interpreter, spare_the_collector


async def decided_without_a_store(
    _bus: Bus, _load: object, decision: Callable[[WorkingSet], Sequence[Change[Any]]], guess: WorkingSet | None = None
) -> list[Document[Any]]:
    """The bus's place held by somebody who remembers nothing."""
    room = guess or WorkingSet()
    room.apply(decision(room))
    return room.changed


async def answered_at_once(_intake: Intake, _submission: Submission) -> Received:
    """The verb's place held by somebody who does nothing at all, so that only HTTP is left."""
    return Received(str(uuid4()), "K7QF-2MZ0-9XTC-41RD", Status.RECEIVED, repeated=False)


def bare(settings: Settings) -> Starlette:
    """One insert per request and nothing else, acknowledged as durably as intake's."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(settings.mongo_url)
    database = client.get_database(settings.mongo_database, write_concern=WriteConcern("majority", j=True))

    async def take(request: Request) -> JSONResponse:
        id_ = str(uuid4())
        await database["signals"].insert_one({"_id": id_, "state": await request.json()})
        return JSONResponse({"id": id_}, status_code=201)

    async def ready(_request: Request) -> JSONResponse:
        return JSONResponse({})

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        client.close()

    routes = [Route("/v1/signals", take, methods=["POST"]), Route("/health/ready", ready)]
    return Starlette(routes=routes, lifespan=lifespan)


def main() -> None:
    match sys.argv[1]:
        case "bare":
            settings = Settings()
            spare_the_collector()
            share_the_interpreter()
            uvicorn.run(bare(settings), host=settings.host, port=settings.port, access_log=False, log_level="warning")
        case "storeless":
            Bus.decide = decided_without_a_store  # type: ignore[method-assign, assignment]
            run(create_app, Settings)
        case "idle":
            Intake.receive_signal = answered_at_once  # type: ignore[method-assign, assignment]
            run(create_app, Settings)
        case _:
            run(create_app, Settings)


if __name__ == "__main__":
    main()
