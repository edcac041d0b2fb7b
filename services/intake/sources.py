"""Where a request comes from, as far as turns and marks need it: a keyed hash that leads back to no address."""

import hashlib
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

from shared.web.sign_in import Member

KEY_LASTS_SECONDS = 3600.0
_MOST_VOUCHED = 1000


@dataclass(frozen=True, slots=True)
class Source:
    """One source for as long as the key lasts; `vouched` when it is somebody we know and not just an address."""

    key: bytes
    vouched: bool = False


class Sources:
    """Tells sources apart by a key that lives in this process alone and is another one every hour.

    People who signed in and programs whose token was found good are sources of their own, wherever they are; all
    others are told apart by their address, an IPv6 one by its network. `header` is where a proxy of ours, and nobody
    else, writes the visitor's address; its last entry counts.
    """

    def __init__(self, header: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._header = header
        self._clock = clock
        self._vouched: OrderedDict[bytes, bytes] = OrderedDict()
        self._renew()

    def of(self, scope: Scope, member: Member | None) -> Source:
        """The source of a request whose session says who is signed in."""
        if self._clock() >= self._until:
            self._renew()
        if member is not None:
            return Source(self._hash(f"member/{member.subject}"), vouched=True)
        headers = Headers(scope=scope)
        shown = headers.get("authorization")
        known = self._vouched.get(self._hash(shown)) if shown else None
        return Source(known, vouched=True) if known else Source(self._hash(_network(self._address(scope, headers))))

    def vouch(self, authorization: str, party: str) -> None:
        """From now on whoever shows this header is the program of this party; its token was found good."""
        self._vouched[self._hash(authorization)] = self._hash(f"party/{party}")
        if len(self._vouched) > _MOST_VOUCHED:
            self._vouched.popitem(last=False)

    def _address(self, scope: Scope, headers: Headers) -> str:
        told = headers.get(self._header, "").rpartition(",")[2].strip() if self._header else ""
        return told or (scope.get("client") or ("", 0))[0]

    def _renew(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until = self._clock() + KEY_LASTS_SECONDS
        self._vouched.clear()

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), digest_size=16, key=self._key).digest()


def _network(address: str) -> str:
    """An IPv6 address is one of a network that its holder can choose from at will."""
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)
