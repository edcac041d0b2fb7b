"""The passwords and keys of one local platform: made once, kept in a file that only its owner can read."""

import json
import secrets
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from deploy.local.files import write_private
from shared.contracts.catalogue import SERVICES

KEY_BYTES = 32


class Credentials:
    """Everything secret about one platform, by name; what is missing is made and kept at once."""

    def __init__(self, data: Path) -> None:
        self._path = data / "secrets.json"
        self._kept: dict[str, Any] = json.loads(self._path.read_text()) if self._path.exists() else {}
        self._complete()

    def kafka_password(self, user: str) -> str:
        return str(self._kept["kafka"][user])

    def mongo_password(self, user: str) -> str:
        return str(self._kept["mongo"][user])

    def service(self, name: str) -> dict[str, str]:
        """`session_secret` and `parked_key` of one service; intake has its `pepper` too."""
        return dict(self._kept["services"][name])

    @property
    def mongo_key_file(self) -> str:
        return str(self._kept["mongoKeyFile"])

    @property
    def oidc_client_secret(self) -> str:
        return str(self._kept["oidcClientSecret"])

    def integration(self, party: str) -> str | None:
        """The password of an integration that the platform itself looks after."""
        return self._kept["integrations"].get(party)  # type: ignore[no-any-return]

    def keep_integration(self, party: str, password: str) -> None:
        self._kept["integrations"][party] = password
        self._write()

    def _complete(self) -> None:
        before = json.dumps(self._kept)
        kept = self._kept
        for store, users in (
            ("kafka", ("admin", "controller", *SERVICES)),
            ("mongo", ("admin", *SERVICES)),
        ):
            passwords = kept.setdefault(store, {})
            for user in users:
                passwords.setdefault(user, new_password())
        for name in SERVICES:
            keys = kept.setdefault("services", {}).setdefault(name, {})
            keys.setdefault("session_secret", new_password())
            keys.setdefault("parked_key", Fernet.generate_key().decode())
        kept["services"]["intake"].setdefault("pepper", new_password())
        kept.setdefault("mongoKeyFile", secrets.token_hex(256))
        kept.setdefault("oidcClientSecret", new_password())
        kept.setdefault("integrations", {})
        if json.dumps(kept) != before:
            self._write()

    def _write(self) -> None:
        write_private(self._path, json.dumps(self._kept, indent=2))


def new_password() -> str:
    """Letters and digits only, so that it needs no quoting in any settings file."""
    return secrets.token_hex(KEY_BYTES)
