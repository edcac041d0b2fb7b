"""Open pages hear of changes, few at a time, and let go when the process stops."""

import asyncio
from datetime import timedelta

import httpx

from shared.web.live import Changes

SOON = timedelta(milliseconds=50)


async def test_a_listener_hears_of_many_changes_once() -> None:
    changes = Changes(heartbeat=timedelta(seconds=5), pause=SOON)
    events = changes.events()
    assert await anext(events) == "retry: 3000\n\n"
    heard = asyncio.create_task(anext(events))
    await asyncio.sleep(0)
    for _ in range(100):
        changes.happened()
    assert await heard == "data: changed\n\n"
    quiet = asyncio.create_task(anext(events))
    await asyncio.sleep(0.1)
    assert not quiet.done()
    changes.happened()
    assert await quiet == "data: changed\n\n"


async def test_silence_is_kept_alive() -> None:
    events = Changes(heartbeat=SOON, pause=SOON).events()
    await anext(events)
    assert await anext(events) == ": nothing new\n\n"


async def test_listeners_are_let_go_at_once_when_the_process_stops() -> None:
    changes = Changes(heartbeat=timedelta(seconds=30), pause=timedelta(seconds=30))
    events = changes.events()
    await anext(events)
    last = asyncio.create_task(anext(events))
    await asyncio.sleep(0)
    changes.close()
    async with asyncio.timeout(1):
        await last
        assert [event async for event in events] == []


async def test_only_members_may_listen(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/live")).status_code == 401
