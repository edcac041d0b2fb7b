"""Records that could not be taken in: sealed, since a record that does not fit may hold anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from shared.bus.stage import ParkedRecord

REASON_LENGTH = 500
"""The most signs of the reason why a record is given up."""


@dataclass(frozen=True)
class ParkedRow:
    """A parked record as it lies in the database; it can be taken in again like the record it was.

    `hold` names the later records that wait behind it; `behind_other` is true for those.
    """

    topic: str
    partition: int
    offset: int
    hold: str | None
    behind_other: bool
    parked_at: datetime
    attempts: int
    asked_back: bool
    error: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @property
    def id(self) -> str:
        return parked_id(self.topic, self.partition, self.offset)


@dataclass(frozen=True)
class Gap:
    """A record that was given up: what is missing, who said so and why."""

    id: str
    error: str
    by: str
    why: str
    at: datetime


def parked_id(topic: str, partition: int, offset: int) -> str:
    """Where a record was, as people type it: `<topic>/<partition>/<offset>`."""
    return f"{topic}/{partition}/{offset}"


def seal(fernet: Fernet, parked: ParkedRecord) -> bytes:
    """Encrypt what the record holds and why it was parked."""
    record = parked.record
    content = {
        "error": parked.error,
        "key": _text(record.key),
        "value": _text(record.value),
        "headers": [(name, _text(value)) for name, value in record.headers],
    }
    return fernet.encrypt(json.dumps(content).encode())


def open_parked(fernet: Fernet, entry: Mapping[str, Any]) -> ParkedRow:
    """Decrypt a stored entry; with another key the record shows, its content does not."""
    try:
        content = json.loads(fernet.decrypt(entry["sealed"]))
    except InvalidToken:
        content = {"error": "sealed with another key", "key": None, "value": None, "headers": []}
    return ParkedRow(
        topic=entry["topic"],
        partition=entry["partition"],
        offset=entry["offset"],
        hold=entry["hold"],
        behind_other=entry["behind_other"],
        parked_at=entry["parked_at"],
        attempts=entry["attempts"],
        asked_back=bool(entry.get("asked_back")),
        error=content["error"],
        key=_bytes(content["key"]),
        value=_bytes(content["value"]),
        headers=tuple((name, _bytes(value) or b"") for name, value in content["headers"]),
    )


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
