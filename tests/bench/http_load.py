"""`python -m tests.bench.http_load port path connections seconds`: posts the body on stdin, prints answers a second.

A process of its own, since a client that shares the server's would be measured with it.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
WARM_UP_SECONDS = 0.5


class Refused(Exception):
    """The server answered something else than that it took the request in."""


def request(port: int, path: str, body: bytes) -> bytes:
    """One POST of JSON on a connection that stays open."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection with one request on its way at a time; `answered` gets each answer's status and body."""

    def __init__(self, answered: Callable[[Connection, int, bytes], None]) -> None:
        self._answered = answered
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def post(self, whole_request: bytes) -> None:
        self._transport.write(whole_request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        found = _LENGTH.search(self._received, 0, end) if end >= 0 else None
        if found is None or len(self._received) < (whole := end + 4 + int(found[1])):
            return
        status, body = int(self._received[9:12]), self._received[end + 4 : whole]
        self._received = self._received[whole:]
        self._answered(self, status, body)

    def close(self) -> None:
        self._transport.close()


async def connect(port: int, answered: Callable[[Connection, int, bytes], None]) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(
        lambda: Connection(answered), host="127.0.0.1", port=port
    )
    return connection


async def rate(port: int, whole_request: bytes, connections: int, seconds: float) -> float:
    """Requests a second that were taken in, each connection sending its next when it has its answer."""
    taken = 0
    over = asyncio.get_running_loop().create_future()

    def answered(connection: Connection, status: int, _body: bytes) -> None:
        nonlocal taken
        if not 200 <= status < 300:
            if not over.done():
                over.set_exception(Refused(str(status)))
            return
        taken += 1
        connection.post(whole_request)

    opened = [await connect(port, answered) for _ in range(connections)]
    for connection in opened:
        connection.post(whole_request)
    await asyncio.wait([over], timeout=WARM_UP_SECONDS)
    before, began = taken, time.perf_counter()
    await asyncio.wait([over], timeout=seconds)
    measured = (taken - before) / (time.perf_counter() - began)
    if over.done():
        over.result()
    for connection in opened:
        connection.close()
    return measured


def main() -> None:
    port, path, connections, seconds = sys.argv[1:]
    body = sys.stdin.buffer.read()
    whole = request(int(port), path, body)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(runner.run(rate(int(port), whole, int(connections), float(seconds))))


if __name__ == "__main__":
    main()
