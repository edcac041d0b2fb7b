"""Whether a service lives, whether it is ready and what it waits for, and its metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

MONGODB = "MongoDB"
KAFKA = "Kafka"


@dataclass
class StartUp:
    """How far a service has come: what it waits for now, and how much of its start data is loaded."""

    waiting_for: str | None = MONGODB
    loaded: int = 0
    expected: int = 0

    @property
    def ready(self) -> bool:
        return self.waiting_for is None


def health_router(
    start_up: StartUp,
    registry: CollectorRegistry,
    refresh: Callable[[], Awaitable[None]],
    missing: Callable[[], Awaitable[list[str]]],
) -> APIRouter:
    """`/health/live`, `/health/ready` and `/metrics`.

    `refresh` brings gauges up to date before a scrape; `missing` names what does not answer now. Without MongoDB a
    service cannot serve; without Kafka it goes on with what it has, so that a form stays up, and says so.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/health/ready")
    async def ready() -> JSONResponse:
        away = await missing() if start_up.ready else []
        waiting_for = MONGODB if MONGODB in away else start_up.waiting_for
        body = {
            "status": "waiting" if waiting_for else "ready",
            "waitingFor": waiting_for,
            "away": away,
            "startData": {"loaded": start_up.loaded, "expected": start_up.expected},
        }
        return JSONResponse(body, status_code=503 if waiting_for else 200)

    @router.get("/metrics")
    async def metrics() -> Response:
        await refresh()
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
