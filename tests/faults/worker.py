"""`python -m tests.faults.worker`: a service of nothing but the bus and one decision, to be killed."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvloop
from prometheus_client import start_http_server

from shared.bus.bus import Bus
from shared.logging import configure_logging
from shared.mongo import Database
from shared.service import share_the_interpreter, spare_the_collector
from shared.settings import ServiceSettings, environment
from tests.faults.counting import TALLIES, reader
from tests.faults.disturbance import Disturbance

PREFIX = "worker"


class Settings(ServiceSettings):
    """The settings of every service; `service` is the name of the test, `disturb` what happens to the worker."""

    model_config = environment(PREFIX)

    disturb: str = ""


async def serve(settings: Settings) -> None:
    """Work until told to stop, like a service without its pages."""
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told_to_stop.set)
    loop.add_signal_handler(signal.SIGUSR1, tell_what_is_waited_for)
    database = Database(settings.mongo_url, settings.mongo_database, [TALLIES])
    bus = Bus(settings, database, reader(database, settings.service))
    start_http_server(settings.port, addr=settings.host, registry=bus.registry)

    async def come_up() -> None:
        await database.start()
        await bus.start()

    coming_up = asyncio.create_task(come_up())
    await told_to_stop.wait()
    coming_up.cancel()
    with suppress(asyncio.CancelledError):
        await coming_up
    await bus.stop()
    await database.stop()


def tell_what_is_waited_for() -> None:
    """Write down where each task stands: the only way to see why a worker that is alive does nothing."""
    for task in asyncio.all_tasks():
        print(f"{task.get_name()}: {' > '.join(_places(task.get_coro()))}", file=sys.stderr, flush=True)


def _places(awaited: Any) -> Iterator[str]:
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        yield f"{Path(frame.f_code.co_filename).stem}:{frame.f_lineno} {frame.f_code.co_name}"
        awaited = awaited.cr_await


def main() -> None:
    settings = Settings()
    configure_logging(settings.service, settings.log_level)
    if settings.disturb:
        Disturbance.read(settings.disturb).install()
    spare_the_collector()
    share_the_interpreter()
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
