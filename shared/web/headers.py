"""What every answer carries: a strict content policy, no storing, and the version of the API."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Headers:
    """Adds the security headers to every answer of a service."""

    def __init__(self, app: ASGIApp, api_version: str, form_targets: Iterable[str] = (), https: bool = False) -> None:
        self._app = app
        self._api_version = api_version
        self._fixed = _security(form_targets, https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(scope["path"], MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, dressed)

    def _dress(self, path: str, headers: MutableHeaders) -> None:
        for name, value in self._fixed.items():
            headers.setdefault(name, value)
        if path.startswith("/v1/"):
            headers["API-Version"] = self._api_version
        if path == "/v1/openapi.json":
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def _security(form_targets: Iterable[str], https: bool) -> Mapping[str, str]:
    fixed = {
        "Content-Security-Policy": _content_policy(form_targets),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if https:
        fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return fixed


def _content_policy(form_targets: Iterable[str]) -> str:
    # Browsers hold the redirect after a form to form-action too: signing out ends at the provider.
    origins = sorted({_origin(url) for url in form_targets})
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            " ".join(("form-action 'self'", *origins)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
