"""Whether a service lives, whether it is ready and what it waits for, and its metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


@dataclass
class StartUp:
    """How far a service has come: what it waits for now, and how much of its start data is loaded."""

    waiting_for: str | None = "MongoDB"
    loaded: int = 0
    expected: int = 0

    @property
    def ready(self) -> bool:
        return self.waiting_for is None


def health_router(start_up: StartUp, registry: CollectorRegistry, refresh: Callable[[], Awaitable[None]]) -> APIRouter:
    """`/health/live`, `/health/ready` and `/metrics`; `refresh` brings gauges up to date before a scrape."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/health/ready")
    async def ready() -> JSONResponse:
        body = {
            "status": "ready" if start_up.ready else "waiting",
            "waitingFor": start_up.waiting_for,
            "startData": {"loaded": start_up.loaded, "expected": start_up.expected},
        }
        return JSONResponse(body, status_code=200 if start_up.ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        await refresh()
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
