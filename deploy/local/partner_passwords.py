"""The file by which partners can sign in with a plain password too: one line per party, a hash of its password.

Kafka 4 holds clients strictly to SCRAM, and refuses those of librdkafka before 2.6.1, which Debian 12 and
Ubuntu 24.04 still bring with kcat. PLAIN works with every client. The passwords themselves are random.
"""

import hashlib
import hmac
from pathlib import Path

from deploy.local.files import write_private


class PartnerPasswords:
    """Who may sign in with PLAIN, and with what; the broker reads the file at each sign-in."""

    def __init__(self, data: Path) -> None:
        self.path = data / "kafka" / "partner.passwords"

    def set(self, party: str, password: str) -> None:
        digest = hashlib.sha256(password.encode()).hexdigest()
        self._write({**self._read(), party: digest})

    def remove(self, party: str) -> None:
        self._write({known: digest for known, digest in self._read().items() if known != party})

    def knows(self, party: str, password: str) -> bool:
        """Whether this is the party's password."""
        digest = hashlib.sha256(password.encode()).hexdigest()
        return hmac.compare_digest(self._read().get(party, "").encode(), digest.encode())

    def ensure(self) -> None:
        """The broker needs the file from the start, even while nobody is in it."""
        if not self.path.exists():
            self._write({})

    def _read(self) -> dict[str, str]:
        if not self.path.exists():
            return {}
        return dict(line.split("=", 1) for line in self.path.read_text().splitlines())

    def _write(self, digests: dict[str, str]) -> None:
        write_private(self.path, "".join(f"{party}={digest}\n" for party, digest in digests.items()))
