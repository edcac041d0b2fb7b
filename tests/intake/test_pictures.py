"""Pictures on a real MongoDB: refused when a scanner finds something, swept when nobody refers to them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from services.intake.keys import Keys
from services.intake.picture_files import PictureFiles
from services.intake.pixels import NoPicture
from services.intake.scanning import NoScanner, Verdict
from services.intake.store import SIGNALS, Signals, Vault
from services.intake.use_cases.pictures import LEFT_AFTER, Pictures
from shared.bus.documents import Document
from shared.mongo import Database
from tests.intake.builders import NOON, signal
from tests.intake.pictures import photo

pytestmark = pytest.mark.stack
LATER = NOON + LEFT_AFTER + timedelta(hours=1)


@dataclass
class Clock:
    """All that pictures ask of a bus."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


class Alarmed:
    async def verdict(self, data: bytes) -> Verdict:
        return Verdict.INFECTED


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pictures(own_database: Database, mongo_database: str, clock: Clock) -> Pictures:
    keys = Keys("a pepper of these tests alone")
    vault = Vault(own_database, mongo_database, keys)
    return Pictures(cast(Any, clock), Signals(own_database), vault, PictureFiles(own_database), keys, NoScanner())


async def test_a_picture_is_sealed_and_opens_for_its_signal(pictures: Pictures) -> None:
    kept = await pictures.take_in("s-1", photo())
    assert kept.scanned == Verdict.NOT_SCANNED
    shown = await pictures.shown("s-1", kept.id)
    assert shown is not None
    assert shown.startswith(b"\xff\xd8")
    assert shown[:40] not in (await pictures.files.read(kept.id) or b"")
    await pictures.vault.forget("s-1")
    assert await pictures.shown("s-1", kept.id) is None


async def test_what_a_scanner_finds_something_in_is_not_kept(pictures: Pictures) -> None:
    with pytest.raises(NoPicture) as refusal:
        await replace(pictures, scanner=Alarmed()).take_in("s-1", photo())
    assert refusal.value.reason == "picture_infected"
    assert await pictures.files.of_signal("s-1") == []


async def test_one_form_cannot_name_the_pictures_of_another(pictures: Pictures) -> None:
    own, others = await pictures.take_in("s-1", photo()), await pictures.take_in("s-2", photo())
    assert await pictures.chosen("s-1", [others.id, own.id]) == (own,)


async def test_what_nobody_refers_to_is_swept_with_its_key_and_not_too_soon(pictures: Pictures, clock: Clock) -> None:
    left = await pictures.take_in("s-1", photo())
    assert await pictures.sweep() == 0
    clock.at = LATER
    assert await pictures.sweep() == 1
    assert await pictures.files.read(left.id) is None
    assert await pictures.vault.open("s-1", [b""]) == []


async def test_what_a_signal_refers_to_stays_though_a_crash_left_it_unnoted(
    pictures: Pictures, own_database: Database, clock: Clock
) -> None:
    id_ = str(uuid4())
    kept = await pictures.take_in(id_, photo())
    document = Document(SIGNALS.name, id_, content=replace(signal(), pictures=(kept,)))
    await own_database.save([document])
    clock.at = LATER
    assert await pictures.sweep() == 0
    assert await pictures.shown(id_, kept.id) is not None
    assert [found async for found in pictures.files.not_kept(before=LATER)] == []
