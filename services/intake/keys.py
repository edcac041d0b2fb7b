"""What intake derives from its one secret: receipts, their hashes, ids and the wrapping of reporters' keys."""

import base64
import hashlib
import hmac
from uuid import UUID

from cryptography.fernet import Fernet

from services.intake.domain.receipt import code_of


class Keys:
    """Keyed hashes and one wrapping key, each under its own name, so that none can stand for another.

    A receipt has 80 random bits, so a fast keyed hash keeps it safe; a slow one would only help who wants to
    keep the service busy.
    """

    def __init__(self, pepper: str) -> None:
        self._pepper = pepper.encode()
        self._wrapping = Fernet(base64.urlsafe_b64encode(self._derive("wrap", "")))

    def receipt_code(self, seed: str) -> str:
        """The code that goes with a ticket: the same again when a form is sent twice."""
        return code_of(self._derive("receipt", seed)[:10])

    def receipt_hash(self, code: str) -> str:
        """How the sixteen signs of a code are stored."""
        return self._derive("receipt-hash", code).hex()

    def fingerprint(self, content: str) -> str:
        """Tells whether the same ticket came with the same content."""
        return self._derive("fingerprint", content).hex()

    def signal_id(self, ticket: str) -> str:
        """The id of the signal sent with a ticket: looks random, is the same each time."""
        return str(UUID(bytes=self._derive("signal", ticket)[:16], version=4))

    def draft_id(self, subject: str) -> str:
        """Under what name somebody's draft is stored."""
        return self._derive("draft", subject).hex()

    def wrap(self, key: bytes) -> bytes:
        """Encrypt a signal's own key for storage; without the moment, which would tell when it was reported."""
        return self._wrapping.encrypt_at_time(key, current_time=0)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Read a stored key back; raises InvalidToken when the secret was changed."""
        return self._wrapping.decrypt(wrapped)

    def _derive(self, purpose: str, content: str) -> bytes:
        return hmac.new(self._pepper, f"{purpose}\0{content}".encode(), hashlib.sha256).digest()
