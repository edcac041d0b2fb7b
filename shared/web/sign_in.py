"""Signing in with OpenID Connect, and who may open what."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx
from fastapi import APIRouter, Depends, FastAPI, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.web.csrf import checked_form, new_token, verify_header
from shared.web.members import IncompleteClaims, Member, Role
from shared.web.problems import Problem
from shared.web.settings import WebSettings
from shared.web.shell import Pages, session_member
from shared.web.tokens import BadToken, BearerTokens, unavailable

with warnings.catch_warnings():
    # authlib announces its next HTTP client on every start; what it is used for here works with httpx.
    import authlib.deprecate

    warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
    from authlib.integrations.starlette_client import OAuth, OAuthError

__all__ = [
    "Member",
    "Role",
    "api_caller",
    "api_member",
    "demand_role",
    "install_sign_in",
    "optional_member",
    "page_member",
]

SESSION_LENGTH = timedelta(hours=12)
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A token of the sign-in provider")


@dataclass(frozen=True, slots=True)
class Web:
    """What the dependencies below need of the application they run in; kept in `app.state.web`."""

    settings: WebSettings
    pages: Pages
    tokens: BearerTokens


class SignInNeeded(Exception):
    """A page that only members may open, asked for by somebody not signed in."""


def optional_member(request: Request) -> Member | None:
    """Who is signed in on this browser, if anybody."""
    web: Web = request.app.state.web
    return session_member(request, web.pages.clock())


def page_member(request: Request) -> Member:
    """Who is signed in; otherwise to the sign-in and back to the same page. A sent form is never replayed."""
    member = optional_member(request)
    if member:
        return member
    if request.method in _SAFE_METHODS:
        raise SignInNeeded
    raise Problem(403, type="session-expired")


async def api_member(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
) -> Member:
    """Who calls the API: by bearer token, or by session cookie and, for changes, the session's CSRF token."""
    member = await api_caller(request, credentials)
    if member:
        return member
    member = optional_member(request)
    if member is None:
        raise Problem(401, headers={"WWW-Authenticate": 'Bearer realm="brandmeester"'})
    if request.method not in _SAFE_METHODS:
        verify_header(request)
    return member


async def api_caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
) -> Member | None:
    """Whose bearer token it is; nobody's if there is no Authorization at all, for which a slip must not pass."""
    given = request.headers.getlist("authorization")
    if not given:
        return None
    if not credentials or len(given) > 1:
        challenge = 'Bearer realm="brandmeester", error="invalid_request"'
        raise Problem(401, type="bad-authorization", headers={"WWW-Authenticate": challenge})
    return await _bearer_member(request, credentials.credentials)


def demand_role(member: Member, *roles: Role) -> None:
    """Refuse people who hold none of these roles."""
    if not member.has(*roles):
        raise Problem(403, type="role-missing")


def install_sign_in(app: FastAPI, settings: WebSettings) -> None:
    """Add /sign-in, /sign-in/callback, /sign-out and /signed-out; the provider is first asked when needed."""
    oauth = OAuth()
    oauth.register(
        "brandmeester",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 5},
    )
    app.include_router(_routes(oauth.brandmeester, settings))
    app.add_exception_handler(SignInNeeded, _to_sign_in)


def _routes(provider: Any, settings: WebSettings) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def sign_in(request: Request, next: str = "/") -> Response:
        if optional_member(request):
            return RedirectResponse(local_path(next), 303)
        request.session["next"] = local_path(next)
        redirect: Response = await _asked(
            lambda: provider.authorize_redirect(request, f"{settings.public_url}/sign-in/callback")
        )
        return redirect

    @router.get("/sign-in/callback", name="sign_in_callback")
    async def callback(request: Request) -> Response:
        if optional_member(request):
            # Another tab was first.
            return RedirectResponse("/", 303)
        claims = (await _asked(lambda: provider.authorize_access_token(request))).get("userinfo")
        target = local_path(request.session.get("next", "/"))
        _begin_session(request, claims or {})
        return RedirectResponse(target, 303)

    @router.post("/sign-out", dependencies=[Depends(checked_form)])
    async def sign_out(request: Request) -> Response:
        request.session.clear()
        return RedirectResponse(await _end_of_session(provider, settings), 303)

    @router.get("/signed-out")
    async def signed_out(request: Request) -> Response:
        web: Web = request.app.state.web
        return web.pages.render(request, "signed_out.html", title="U bent afgemeld")

    return router


def local_path(target: str) -> str:
    """Only a path of our own: after signing in nobody is sent elsewhere."""
    own = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if own and target.isprintable() else "/"


async def _bearer_member(request: Request, token: str) -> Member:
    web: Web = request.app.state.web
    try:
        return Member.of_claims(await web.tokens.claims(token))
    except (BadToken, IncompleteClaims):
        challenge = 'Bearer realm="brandmeester", error="invalid_token"'
        raise Problem(401, type="bad-token", headers={"WWW-Authenticate": challenge}) from None


async def _asked(question: Callable[[], Any]) -> Any:
    try:
        return await question()
    except httpx.HTTPError:
        raise unavailable() from None
    except (OAuthError, JoseError):
        raise Problem(403, type="sign-in-failed") from None


def _begin_session(request: Request, claims: dict[str, Any]) -> None:
    request.session.clear()
    web: Web = request.app.state.web
    try:
        member = Member.of_claims(claims)
    except IncompleteClaims:
        raise Problem(403, type="no-organisation") from None
    expires = int((web.pages.clock() + SESSION_LENGTH).timestamp())
    request.session.update(member=member.claims(), csrf=new_token(), expires=expires)


async def _end_of_session(provider: Any, settings: WebSettings) -> str:
    """Where the provider ends its own session too; our own page when it cannot be asked."""
    here = f"{settings.public_url}/signed-out"
    try:
        end: str | None = (await provider.load_server_metadata()).get("end_session_endpoint")
    except httpx.HTTPError:
        return here
    query = urlencode({"client_id": settings.oidc_client_id, "post_logout_redirect_uri": here})
    return f"{end}?{query}" if end else here


async def _to_sign_in(request: Request, _: Exception) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?{urlencode({'next': asked})}", 303)
