"""Forms that only our own pages can send, also for people who are not signed in and must leave no trace."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from shared.web.problems import Problem
from shared.web.settings import WebSettings, cookie_name, is_https

FIELD = "csrf"
HEADER = "X-CSRF-Token"


class FormToken:
    """The token of one page; it comes into being only when a template writes it."""

    def __init__(self, request: Request, settings: WebSettings) -> None:
        self._request = request
        self._settings = settings
        self._fresh_nonce: str | None = None

    def __str__(self) -> str:
        """The session's own token, or for an anonymous form a signature over a random cookie."""
        from_session = self._request.scope.get("session", {}).get("csrf")
        if from_session:
            return str(from_session)
        return _signature(self._settings, self._nonce())

    def store(self, response: Response) -> None:
        """Set the cookie that an anonymous form's token is checked against: random, for this visit only."""
        if self._fresh_nonce:
            response.set_cookie(
                cookie_name(self._settings, "form"),
                self._fresh_nonce,
                httponly=True,
                samesite="lax",
                secure=is_https(self._settings),
            )

    def _nonce(self) -> str:
        known = self._request.cookies.get(cookie_name(self._settings, "form"))
        if known:
            return known
        self._fresh_nonce = self._fresh_nonce or new_token()
        return self._fresh_nonce


def new_token() -> str:
    return secrets.token_urlsafe(24)


def verify(request: Request, form: Mapping[str, Any]) -> None:
    """Refuse a form that no page of ours has made for this person."""
    _demand(request, str(form.get(FIELD, "")))


def verify_header(request: Request) -> None:
    """The same for a program's call that rides on a session cookie."""
    _demand(request, request.headers.get(HEADER, ""))


async def checked_form(request: Request) -> FormData:
    """A dependency: the fields of a form, once it is sure that one of our pages sent it."""
    form = await request.form()
    verify(request, form)
    return form


def _demand(request: Request, given: str) -> None:
    settings: WebSettings = request.app.state.web.settings
    expected = request.session.get("csrf")
    if not expected:
        nonce = request.cookies.get(cookie_name(settings, "form"))
        expected = _signature(settings, nonce) if nonce else None
    if not expected or not hmac.compare_digest(given.encode(), str(expected).encode()):
        raise Problem(403, type="form-expired")


def _signature(settings: WebSettings, nonce: str) -> str:
    key = settings.session_secret.get_secret_value().encode()
    return hmac.new(key, b"form:" + nonce.encode(), hashlib.sha256).hexdigest()
