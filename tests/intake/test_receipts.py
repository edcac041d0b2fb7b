"""Ten thousand guesses at a receipt, on a real MongoDB."""

import asyncio
import secrets
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import pytest

from services.intake.domain.receipt import code_of, normal
from services.intake.keys import Keys
from services.intake.store import SIGNALS, Signals
from services.intake.use_cases.following import Following
from shared.bus.documents import Document
from shared.mongo import Database
from tests.intake.builders import signal

pytestmark = pytest.mark.stack
GUESSES, AT_ONCE = 10_000, 100


@pytest.mark.plan("S06")
async def test_ten_thousand_guesses_open_nothing(own_database: Database) -> None:
    keys, code = Keys("a pepper of these tests alone"), code_of(secrets.token_bytes(10))
    receipt = keys.receipt_hash(normal(code) or "")
    await own_database.save([Document(SIGNALS.name, str(uuid4()), content=replace(signal(), receipt=receipt))])
    nothing = cast(Any, None)
    following = Following(nothing, Signals(own_database), nothing, keys, nothing)
    for _ in range(GUESSES // AT_ONCE):
        guesses = (following.of_receipt(code_of(secrets.token_bytes(10))) for _ in range(AT_ONCE))
        assert set(await asyncio.gather(*guesses)) == {None}
    assert await following.of_receipt(code.lower()) is not None
