"""Tokens for programs of parties at the local sign-in: OAuth's client credentials, with the password of their topic."""

import secrets
import time
from pathlib import Path
from typing import Any

import flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import _app as provider

from deploy.local.partner_passwords import PartnerPasswords

GRANT = "client_credentials"
_AUDIENCE = "brandmeester"
_SECONDS = 900


def client_token(data: Path) -> flask.Response | None:
    """The answer to a request for a client's token; None when something else is asked."""
    if flask.request.form.get("grant_type") != GRANT:
        return None
    party, password = _credentials()
    if not PartnerPasswords(data).knows(party, password):
        return _refused()
    answer = flask.jsonify(access_token=_token(party), token_type="Bearer", expires_in=_SECONDS)  # noqa: S106
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _credentials() -> tuple[str, str]:
    basic = flask.request.authorization
    if basic is not None and basic.type == "basic":
        return str(basic.username or ""), str(basic.password or "")
    form = flask.request.form
    return form.get("client_id", ""), form.get("client_secret", "")


def _token(party: str) -> str:
    key: Any = provider.storage.jwk
    now = int(time.time())
    claims = {
        "iss": flask.request.host_url.rstrip("/"),
        "aud": _AUDIENCE,
        "sub": party,
        "client_id": party,
        "organisation": party,
        "roles": ["integration"],
        "jti": secrets.token_urlsafe(12),
        "iat": now,
        "exp": now + _SECONDS,
    }
    return jwt.encode({"alg": "RS256", "typ": "at+jwt"}, claims, RSAKey.import_key(key.as_dict(is_private=True)))


def _refused() -> flask.Response:
    answer = flask.jsonify(error="invalid_client")
    answer.status_code = 401
    answer.headers["WWW-Authenticate"] = 'Basic realm="brandmeester"'
    return answer
