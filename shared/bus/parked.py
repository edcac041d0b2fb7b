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


@dataclass(frozen=True)
class Parked:
    """A parked record as a person sees it. `id` is `<topic>/<partition>/<offset>`."""

    id: str
    topic: str
    hold: str | None
    behind_other: bool
    parked_at: datetime
    attempts: int
    error: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


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


def open_parked(fernet: Fernet, entry: Mapping[str, Any]) -> Parked:
    """Decrypt a stored entry; with another key the record shows, its content does not."""
    try:
        content = json.loads(fernet.decrypt(entry["sealed"]))
    except InvalidToken:
        content = {"error": "sealed with another key", "key": None, "value": None, "headers": []}
    return Parked(
        id=entry["_id"],
        topic=entry["topic"],
        hold=entry["hold"],
        behind_other=entry["behind_other"],
        parked_at=entry["parked_at"],
        attempts=entry["attempts"],
        error=content["error"],
        key=_bytes(content["key"]),
        value=_bytes(content["value"]),
        headers=tuple((name, _bytes(value) or b"") for name, value in content["headers"]),
    )


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
