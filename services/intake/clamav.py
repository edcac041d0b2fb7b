"""ClamAV looks through files: its daemon's INSTREAM command, over TCP, one connection per file."""

import asyncio
import struct

import structlog

from services.intake.scanning import NoScanner, Scanner, Verdict

log = structlog.get_logger()

_CHUNK_BYTES = 64 * 1024
_PATIENCE_SECONDS = 20.0
_LONGEST_ANSWER = 4096


class ClamAV:
    """A scanner that is away, slow or refuses a file has not scanned it; the file is marked so, never lost."""

    def __init__(self, host: str, port: int, patience: float = _PATIENCE_SECONDS) -> None:
        self._host = host
        self._port = port
        self._patience = patience

    async def verdict(self, data: bytes) -> Verdict:
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._ask(data)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            log.warning("virus scanner away", error=type(error).__name__)
            return Verdict.NOT_SCANNED
        if answer.endswith(b" FOUND"):
            return Verdict.INFECTED
        if answer == b"stream: OK":
            return Verdict.CLEAN
        log.warning("virus scanner did not scan")
        return Verdict.NOT_SCANNED

    async def _ask(self, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=_LONGEST_ANSWER)
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(data), _CHUNK_BYTES):
                chunk = data[start : start + _CHUNK_BYTES]
                writer.write(struct.pack("!L", len(chunk)) + chunk)
                await writer.drain()
            writer.write(struct.pack("!L", 0))
            await writer.drain()
            return (await reader.readuntil(b"\0")).removesuffix(b"\0")
        finally:
            writer.close()


def scanner_at(address: str) -> Scanner:
    """The scanner of a setting such as `clamav:3310`; without one, none."""
    host, _, port = address.rpartition(":")
    return ClamAV(host, int(port)) if address else NoScanner()
