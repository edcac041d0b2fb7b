"""ClamAV's protocol against a stand-in that speaks it: what it says is believed, and without it nothing is lost."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from services.intake.clamav import ClamAV, scanner_at
from services.intake.scanning import NoScanner, Verdict

# The EICAR test string, in two parts so that no scanner takes this file for a virus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LARGE = bytes(200_000)


@asynccontextmanager
async def stand_in(answer: Callable[[bytes], bytes]) -> AsyncIterator[ClamAV]:
    """A daemon that takes a stream in as clamd does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack("!L", await reader.readexactly(4))[0]:
            data += await reader.readexactly(length)
        writer.write(answer(data))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield ClamAV("127.0.0.1", server.sockets[0].getsockname()[1], patience=2)


def as_clamd(data: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"a picture", Verdict.CLEAN),
        (EICAR, Verdict.INFECTED),
        (LARGE, Verdict.CLEAN),
        (LARGE + EICAR, Verdict.INFECTED),
    ],
)
async def test_what_the_scanner_says_is_believed(data: bytes, verdict: Verdict) -> None:
    async with stand_in(as_clamd) as scanner:
        assert await scanner.verdict(data) is verdict


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK"])
async def test_a_scanner_that_gives_no_verdict_has_not_scanned(answer: bytes) -> None:
    async with stand_in(lambda _: answer) as scanner:
        assert await scanner.verdict(b"a picture") is Verdict.NOT_SCANNED


async def test_a_scanner_that_is_away_or_silent_has_not_scanned() -> None:
    assert await ClamAV("127.0.0.1", 1).verdict(b"a picture") is Verdict.NOT_SCANNED

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        scanner = ClamAV("127.0.0.1", server.sockets[0].getsockname()[1], patience=0.1)
        assert await scanner.verdict(b"a picture") is Verdict.NOT_SCANNED


def test_the_setting_chooses_the_scanner() -> None:
    assert isinstance(scanner_at(""), NoScanner)
    assert isinstance(scanner_at("clamav:3310"), ClamAV)
