"""`python -m tests.intake.flooding port from connections seconds body`: asks as fast as it is answered, counts answers.

A process of its own, as a flood is. Prints how often each status came, as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter

from tests.bench.http_load import request


async def flood(port: int, address: str, connections: int, seconds: float, body: bytes) -> Counter[str]:
    whole, statuses, ends = request(port, "/v1/signals", body), Counter[str](), time.monotonic() + seconds

    async def ask() -> None:
        while time.monotonic() < ends:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
                while time.monotonic() < ends:
                    writer.write(whole)
                    head = await reader.readuntil(b"\r\n\r\n")
                    statuses[head[9:12].decode()] += 1
                    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                    await reader.readexactly(length)
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.05)

    await asyncio.gather(*(ask() for _ in range(connections)))
    return statuses


if __name__ == "__main__":
    port, address, connections, seconds, body = sys.argv[1:]
    print(json.dumps(asyncio.run(flood(int(port), address, int(connections), float(seconds), body.encode()))))
