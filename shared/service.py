"""The one way a service is put together and run: start-up that waits, health, metrics, web layer, clean stop."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from types import FrameType

import structlog
import uvicorn
from aiokafka.errors import KafkaError
from fastapi import FastAPI
from prometheus_client import Histogram, ProcessCollector
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.bus.bus import Bus
from shared.health import KAFKA, MONGODB, StartUp, health_router
from shared.logging import configure_logging
from shared.mongo import Database
from shared.parked_pages import parked_router
from shared.settings import ServiceSettings
from shared.web.install import install_web
from shared.web.live import Changes
from shared.web.problems import Problem, ProblemAnswers
from shared.web.shell import Pages

log = structlog.get_logger()

API_VERSION = "1.0.0"
STOP_WITHIN = 15
_ANSWER_WITHIN = 2.0

LoadStartData = Callable[[StartUp], Awaitable[None]]
"""Loads a service's own start data, once; tells on the StartUp how far it is."""


def service_app(
    settings: ServiceSettings,
    database: Database,
    bus: Bus,
    pages: Pages,
    *,
    title: str,
    description: str,
    load_start_data: LoadStartData | None = None,
    background: Sequence[Callable[[], Awaitable[None]]] = (),
    larger_bodies: Mapping[str, int] | None = None,
    innermost: Sequence[Middleware] = (),
) -> FastAPI:
    """A service's application with everything the five have in common; the caller adds its own routers.

    HTTP answers at once; MongoDB, Kafka and the start data are waited for behind it, and `/health/ready` says for
    what. `background` is work that runs until the service stops, `larger_bodies` what may be sent to some paths,
    `innermost` what stands between the web layer and the routes.
    """
    start_up = StartUp()

    async def come_up() -> None:
        await database.start()
        start_up.waiting_for = KAFKA
        await bus.start()
        if load_start_data is not None:
            start_up.waiting_for = "start data"
            await _until_loaded(load_start_data, start_up)
        start_up.waiting_for = None
        log.info("ready")
        if background:
            await asyncio.gather(*(work() for work in background))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        coming_up = asyncio.create_task(come_up(), name="come-up")
        coming_up.add_done_callback(_tell_failure)
        yield
        coming_up.cancel()
        with suppress(asyncio.CancelledError):
            await coming_up
        await bus.stop()
        await database.stop()

    app = FastAPI(
        title=title,
        description=description,
        version=API_VERSION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=innermost,
    )
    app.state.start_up = start_up
    changes = install_web(app, settings, pages, larger_bodies=larger_bodies)
    database.after_save.append(changes.happened)
    app.state.live_pages = changes
    answers = ProblemAnswers(pages)

    @app.exception_handler(PyMongoError)
    async def database_away(request: Request, error: PyMongoError) -> Response:
        log.warning("database away during a request", error=type(error).__name__)
        return answers.answer(request, Problem(503, headers={"Retry-After": "5"}))

    async def missing() -> list[str]:
        answers = await asyncio.gather(_answers(database.ping()), _answers(bus.ping()))
        return [name for name, there in zip((MONGODB, KAFKA), answers, strict=True) if not there]

    ProcessCollector(registry=bus.registry)
    app.include_router(health_router(start_up, bus.registry, bus.refresh_metrics, missing))
    app.include_router(parked_router(bus, pages))
    app.add_middleware(
        RequestTimes,
        histogram=Histogram(
            f"brandmeester_{settings.service}_http_request_seconds",
            "Time to answer, by route",
            ["method", "route", "status"],
            registry=bus.registry,
        ),
    )
    return app


async def _answers(question: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            await question
    except (PyMongoError, KafkaError, TimeoutError):
        return False
    return True


class RequestTimes:
    """Measures answers by route template, so that no id and no address ends in a label."""

    def __init__(self, app: ASGIApp, histogram: Histogram) -> None:
        self._app = app
        self._histogram = histogram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._histogram.labels(scope["method"], route, str(status)).observe(time.perf_counter() - began)


def run(create_app: Callable[[ServiceSettings], FastAPI], settings_class: type[ServiceSettings]) -> None:
    """Run one service from its environment until it is told to stop."""
    try:
        settings = settings_class()
    except ValidationError as error:
        _tell_missing(error, settings_class)
        sys.exit(2)
    configure_logging(settings.service, settings.log_level)
    # No access log and no proxy headers: a reporter's address is stored and logged nowhere.
    app = create_app(settings)
    spare_the_collector()
    share_the_interpreter()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    with suppress(KeyboardInterrupt):
        _Server(config, app.state.live_pages).run()


def spare_the_collector() -> None:
    """Collect garbage seldom, and not what start-up made.

    A batch makes thousands of objects that all live until it is written; Python's default would look through them
    after every 700, which took a third of the time of a message. Imports leave next to nothing to collect now.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    gc.enable()


def share_the_interpreter() -> None:
    """Let the driver's threads have the interpreter sooner than after Python's five milliseconds.

    Each answer of MongoDB comes in by a thread of Motor's, and would wait so long for a loop that is busy.
    """
    sys.setswitchinterval(0.0005)


class _Server(uvicorn.Server):
    """Lets live pages go when told to stop; their open streams would hold up a clean stop."""

    def __init__(self, config: uvicorn.Config, live_pages: Changes) -> None:
        super().__init__(config)
        self._live_pages = live_pages

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._live_pages.close()
        super().handle_exit(sig, frame)


async def _until_loaded(load: LoadStartData, start_up: StartUp) -> None:
    while True:
        try:
            await load(start_up)
        except PyMongoError as error:
            log.warning("start data not loaded yet", error=type(error).__name__)
            await asyncio.sleep(1)
        else:
            return


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("start-up failed", exc_info=error)


def _tell_missing(error: ValidationError, settings_class: type[ServiceSettings]) -> None:
    prefix = str(settings_class.model_config.get("env_prefix", ""))
    for fault in error.errors(include_input=False, include_url=False):
        name = prefix + "_".join(str(part) for part in fault["loc"]).upper()
        sys.stderr.write(f"setting {name}: {fault['msg']}\n")
