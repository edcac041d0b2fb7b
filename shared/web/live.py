"""Tells open pages, by server-sent events, that something changed here; what, they see by asking again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from shared.web.members import Member
from shared.web.sign_in import api_member

HEARTBEAT = timedelta(seconds=20)
# A stream ends before the session can have ended long ago; the browser opens the next by itself.
LIFETIME = timedelta(minutes=10)
# Many changes in one second are one reason to look again.
PAUSE = timedelta(seconds=1)


class Changes:
    """The pages that listen to one process of a service."""

    def __init__(self, heartbeat: timedelta = HEARTBEAT, pause: timedelta = PAUSE) -> None:
        self._heartbeat = heartbeat.total_seconds()
        self._pause = pause.total_seconds()
        self._listeners: set[asyncio.Event] = set()
        self._closed = False

    def happened(self) -> None:
        """Something that a page may show was saved."""
        for listener in self._listeners:
            listener.set()

    def close(self) -> None:
        """Let every listener go, so that the process can stop at once."""
        self._closed = True
        self.happened()

    async def events(self) -> AsyncIterator[str]:
        """One listener's stream, in the format of server-sent events."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        ends = asyncio.get_running_loop().time() + LIFETIME.total_seconds()
        try:
            yield "retry: 3000\n\n"
            while not self._closed and asyncio.get_running_loop().time() < ends:
                yield await self._next(changed)
        finally:
            self._listeners.discard(changed)

    async def _next(self, changed: asyncio.Event) -> str:
        try:
            async with asyncio.timeout(self._heartbeat):
                await changed.wait()
        except TimeoutError:
            return ": nothing new\n\n"
        if not self._closed:
            await asyncio.sleep(self._pause)
        changed.clear()
        return "data: changed\n\n"

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get("/live")
        async def live(member: Annotated[Member, Depends(api_member)]) -> StreamingResponse:
            return StreamingResponse(self.events(), media_type="text/event-stream")

        return router
