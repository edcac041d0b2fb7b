"""Everything that follows from the one secret is stable, separate and says nothing about what went in."""

import pytest
from cryptography.fernet import InvalidToken

from services.intake.domain.receipt import normal
from services.intake.keys import Keys

KEYS = Keys("a pepper for these tests")
OTHER = Keys("another pepper for these tests")


def test_the_same_ticket_gives_the_same_receipt_and_signal() -> None:
    assert KEYS.receipt_code("form/1") == KEYS.receipt_code("form/1") != KEYS.receipt_code("form/2")
    assert KEYS.signal_id("form/1") == KEYS.signal_id("form/1") != KEYS.signal_id("form/2")


def test_another_secret_gives_other_receipts_ids_and_hashes() -> None:
    code = normal(KEYS.receipt_code("form/1")) or ""
    assert KEYS.receipt_code("form/1") != OTHER.receipt_code("form/1")
    assert KEYS.signal_id("form/1") != OTHER.signal_id("form/1")
    assert KEYS.receipt_hash(code) != OTHER.receipt_hash(code)


def test_a_receipt_is_not_stored_readably() -> None:
    code = normal(KEYS.receipt_code("form/1")) or ""
    assert code not in KEYS.receipt_hash(code)
    assert len(KEYS.receipt_hash(code)) == 64


def test_a_wrapped_key_opens_with_the_same_secret_only() -> None:
    wrapped = KEYS.wrap(b"key of one signal")
    assert KEYS.unwrap(wrapped) == b"key of one signal"
    assert b"key of" not in wrapped
    with pytest.raises(InvalidToken):
        OTHER.unwrap(wrapped)
