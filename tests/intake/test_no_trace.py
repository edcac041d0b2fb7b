"""Whatever a telephone gives away is planted in a report, and then looked for wherever the platform writes."""

import asyncio
import base64
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from tests.intake.pictures import COMMENT, MAKER, photo
from tests.intake.test_private_page import do
from tests.intake.test_service import receipt_on, submit, walk
from tests.service_harness import Visit
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

WORDS = "Andrzej slaapt in kamer negen"
WRONG_NUMBER = "06-1234567"
FILE_NAME = "Andrzej bij de oven.jpg"
SECONDS_NORTH = [struct.pack(order, 33771, 1000) for order in (">II", "<II")]


@pytest.mark.plan("S06")
async def test_nothing_that_gives_a_reporter_away_is_found_in_any_file_log_or_metric(
    service: Visit, platform_stack: Stack, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    if platform_stack.data is None:
        pytest.skip("the files of containers are not at hand")
    site, picture = f"Slachterij {uuid4()}", photo()
    async with service(None) as nobody:
        page = await walk(nobody, site, words=WORDS, contact=WRONG_NUMBER)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        typed = {**hidden, "words": WORDS, "contact": WRONG_NUMBER}
        page = await nobody.post("/report/words", data=typed, files={"pictures": (FILE_NAME, picture, "image/jpeg")})
        code = receipt_on(await submit(nobody, page))
        await do(nobody, code, "answer", answer=f"Bel {WRONG_NUMBER}")
        metrics = (await nobody.get("/metrics")).text
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as mongo:
        mongo.admin.command("fsync")
    await asyncio.sleep(1)

    places = {"metrics": metrics.encode(), "logs": (caplog.text + "".join(capfd.readouterr())).encode()}
    mongo_files = dict(files_below(platform_stack.data / "mongo" / "storage"))
    kafka_files = dict(files_below(platform_stack.data / "kafka"))
    places |= mongo_files | kafka_files | dict(files_below(platform_stack.data / "logs"))

    # The search sees what is there: what is meant to be told, and what was planted where it came from.
    written = {place for place, content in mongo_files.items() if site.encode() in content}
    assert {"journal" in place for place in written} == {True, False}
    assert any(site.encode() in content for content in kafka_files.values())
    assert all(sign in picture for sign in (COMMENT, MAKER))
    assert any(sign in picture for sign in SECONDS_NORTH)

    found = {(sign, place) for sign in signs(code) for place, content in places.items() if sign in content}
    assert found == set()


def signs(code: str) -> list[bytes]:
    """Everything planted, as it is and as a program may have packed it."""
    plain = [
        b"203.0.113.77",
        b"198.51.100.77",
        b"Telefoon van",
        MAKER,
        COMMENT,
        FILE_NAME.encode(),
        WORDS.encode(),
        WRONG_NUMBER.encode(),
    ]
    plain += [b"kamer negen", b"bij de oven", code.encode(), code.replace("-", "").encode()]
    packed = [base64.b64encode(sign)[:-4] for sign in plain if len(sign) > 12]
    return [*plain, *packed, *SECONDS_NORTH]


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file with its content; one that goes away meanwhile is gone."""
    for file in folder.rglob("*"):
        if file.is_file():
            try:
                yield str(file.relative_to(folder.parent)), file.read_bytes()
            except FileNotFoundError:
                continue
