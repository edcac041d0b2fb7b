"""Bearer tokens: JSON Web Tokens of the sign-in provider, checked against its published keys."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from shared.web.problems import Problem

# A provider that names no key in its tokens shows its new key by a signature that does not fit the old one.
_OTHER_KEY = (InvalidKeyIdError, BadSignatureError)
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_PAUSE = timedelta(seconds=10)
_LEEWAY_SECONDS = 30


class BadToken(Exception):
    """The token is not one that this provider made for this client and still stands behind."""


def unavailable() -> Problem:
    """What people and programs are told while the provider cannot be reached."""
    return Problem(503, type="sign-in-unavailable", headers={"Retry-After": "10"})


class BearerTokens:
    """Verifies tokens of one issuer for one client; keys are fetched when first needed and on an unknown key."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        clock: Callable[[], datetime],
        client: Callable[[], httpx.AsyncClient],
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._clock = clock
        self._client = client
        self._keys: KeySet | None = None
        self._fetched: datetime | None = None
        self._one_fetch = asyncio.Lock()

    async def claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a good token; raises BadToken, or a 503 Problem when the keys cannot be had."""
        try:
            return self._read(token, self._keys or await self._fetch())
        except _OTHER_KEY:
            return self._read_again(token, await self._fetch())

    def _read_again(self, token: str, keys: KeySet) -> Mapping[str, Any]:
        try:
            return self._read(token, keys)
        except _OTHER_KEY:
            raise BadToken from None

    def _read(self, token: str, keys: KeySet) -> Mapping[str, Any]:
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            self._rules().validate(decoded.claims)
        except _OTHER_KEY:
            raise
        except (JoseError, ValueError):
            raise BadToken from None
        return decoded.claims

    def _rules(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
        )

    async def _fetch(self) -> KeySet:
        # A token with a made-up key id must not become a request to the provider each time.
        async with self._one_fetch:
            now = self._clock()
            if self._keys is None or self._fetched is None or now - self._fetched > _PAUSE:
                self._keys = await self._download()
                self._fetched = now
            return self._keys

    async def _download(self) -> KeySet:
        try:
            async with self._client() as client:
                about = await client.get(f"{self._issuer}/.well-known/openid-configuration")
                keys = await client.get(about.raise_for_status().json()["jwks_uri"])
                return KeySet.import_key_set(keys.raise_for_status().json())
        except (httpx.HTTPError, ValueError, KeyError):
            raise unavailable() from None
