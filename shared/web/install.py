"""Everything a service needs to speak HTTP like the others, in one call."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware

from shared.web.headers import Headers
from shared.web.limits import MEBIBYTE, BodyLimit
from shared.web.live import Changes
from shared.web.openapi import describe_problems
from shared.web.problems import ProblemAnswers, UnexpectedErrors, install_problems
from shared.web.settings import WebSettings, cookie_name, is_https
from shared.web.shell import Pages
from shared.web.sign_in import SESSION_LENGTH, Web, install_sign_in
from shared.web.tokens import BearerTokens


def install_web(
    app: FastAPI,
    settings: WebSettings,
    pages: Pages,
    body_limit: int = MEBIBYTE,
    larger_bodies: Mapping[str, int] | None = None,
) -> Changes:
    """Add problem details, sessions, sign-in, limits, headers and static files to an application.

    `larger_bodies` raises the limit under a path, for example `{"/signals/attachments": 20 * MEBIBYTE}`.
    Call it once, before the service's own routers. Live pages look again whenever `happened` is called on the
    changes that it returns; call `close` on them when the process is to stop.
    """
    answers = ProblemAnswers(pages)
    app.state.web = Web(settings, pages, _tokens(settings, pages))
    install_problems(app, answers)
    install_sign_in(app, settings)
    app.include_router(pages.assets.router())
    changes = Changes()
    app.include_router(changes.router())
    describe_problems(app)
    # The last one added is the outermost: headers also dress what the others answer themselves,
    # and whoever is told that something is too large is still signed in.
    app.add_middleware(BodyLimit, answers=answers, limit=body_limit, larger=larger_bodies)
    app.add_middleware(
        SessionMiddleware,
        secret_key=settings.session_secret.get_secret_value(),
        session_cookie=cookie_name(settings, settings.service),
        max_age=int(SESSION_LENGTH.total_seconds()),
        same_site="lax",
        https_only=is_https(settings),
    )
    app.add_middleware(UnexpectedErrors, answers=answers)
    app.add_middleware(
        Headers,
        api_version=app.version,
        form_targets=[settings.oidc_issuer, *settings.links.values()],
        https=is_https(settings),
    )
    return changes


def _tokens(settings: WebSettings, pages: Pages) -> BearerTokens:
    return BearerTokens(
        settings.oidc_issuer, settings.oidc_client_id, pages.clock, lambda: httpx.AsyncClient(timeout=5)
    )
