"""The sign-in of a platform on one machine: an OpenID Connect provider with invented people and no passwords."""

import logging
import os
import signal
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask
import jinja2
import werkzeug.serving

from shared.web.statics import Assets

with warnings.catch_warnings():
    # The provider still uses authlib's former home for tokens, and says so each time.
    import authlib.deprecate

    warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
    import oidc_provider_mock
    from oidc_provider_mock import _app as provider

    from deploy.local.client_tokens import client_token

TOKEN_LENGTH = timedelta(hours=12)
_OPEN_ENDPOINTS = {"home", "openid_config", "jwks", "authorize", "issue_token", "userinfo", "end_session"}
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class LocalUser:
    """An invented person of one of the platform's parties."""

    sub: str
    name: str
    organisation: str
    organisation_name: str
    roles: tuple[str, ...]
    region: str | None = None

    def claims(self) -> dict[str, object]:
        return {
            "name": self.name,
            "organisation": self.organisation,
            "organisation_name": self.organisation_name,
            "roles": list(self.roles),
            "region": self.region,
        }


USERS = (
    LocalUser("lotc", "Lena Otten", "lotc", "LOT-C", ("member", "coordinator")),
    LocalUser("ggd-vr06", "Gijs Dijkstra", "ggd-vr06", "GGD Noord- en Oost-Gelderland", ("member",), "VR06"),
    LocalUser("vr06", "Vera Roelofs", "vr06", "Veiligheidsregio Noord- en Oost-Gelderland", ("member",), "VR06"),
    LocalUser("iszw", "Ilse Zwaan", "iszw", "Inspectie SZW", ("member",)),
    LocalUser("nvwa", "Noor van Wijk", "nvwa", "NVWA", ("member",)),
    LocalUser("rivm", "Ruben Ivens", "rivm", "RIVM", ("member",)),
    LocalUser("vr23", "Victor Raaijmakers", "vr23", "Veiligheidsregio Limburg-Noord", ("member",), "VR23"),
    LocalUser("ggd-vr23", "Gerda Driessen", "ggd-vr23", "GGD Limburg-Noord", ("member",), "VR23"),
    LocalUser("hotline", "Hanna Olthof", "hotline", "Meldlijn 0800-5151", ("operator",)),
    LocalUser("ops", "Omar Peeters", "ops", "Beheer van het platform", ("ops",)),
)


def create_provider(
    port: int, users: tuple[LocalUser, ...] = USERS, data: Path | None = None, name: str = "localhost"
) -> flask.Flask:
    """The provider as a WSGI application; it answers to localhost and `name` only and hands out no unknown person.

    `data` is the platform's folder, where the passwords of parties whose programs may sign in are.
    """
    app: flask.Flask = oidc_provider_mock.app(
        access_token_max_age=TOKEN_LENGTH,
        user_claims=[oidc_provider_mock.User(sub=user.sub, claims=user.claims()) for user in users],
    )
    _undo_debugging(app)
    app.config["TRUSTED_HOSTS"] = [f"{known}:{port}" for known in ("localhost", "127.0.0.1", name)]
    app.jinja_loader = jinja2.FileSystemLoader(_TEMPLATES)
    assets = Assets()
    people = _People(port, {user.sub: user for user in users}, assets)
    app.before_request(_only_what_is_needed)
    app.view_functions["oidc-provider-mock.authorize"] = people.authorize
    if data is not None:
        app.view_functions["oidc-provider-mock.issue_token"] = partial(_issue_token, data)
    app.view_functions["oidc-provider-mock.end_session"] = people.end_session
    app.view_functions["oidc-provider-mock.home"] = people.home
    app.add_url_rule("/static/<content_hash>/<name>", "asset", lambda content_hash, name: _asset(assets, name))
    return app


def _issue_token(data: Path) -> Any:
    return client_token(data) or provider.issue_token()


class _People:
    """The pages of the provider: choose who you are once, and be that person at every service."""

    def __init__(self, port: int, users: Mapping[str, LocalUser], assets: Assets) -> None:
        self._cookie = f"brandmeester-sign-in-{port}"
        self._users = users
        self._assets = assets

    def home(self) -> Any:
        return self._page("Aanmelden op deze machine", choose=False)

    def authorize(self) -> Any:
        grant, redirect_uri = provider._validate_auth_request_client_params(flask.request)
        if not _is_local(redirect_uri):
            flask.abort(400)
        chosen = flask.request.form.get("sub") or flask.request.cookies.get(self._cookie, "")
        if chosen not in self._users:
            return self._page("Wie bent u?", choose=True)
        person = oidc_provider_mock.User(sub=chosen, claims=self._users[chosen].claims())
        answer = grant.create_authorization_response(redirect_uri, person)
        response: flask.Response = provider.authorization.handle_response(*answer)
        response.set_cookie(self._cookie, chosen, httponly=True, samesite="Lax")
        return response

    def end_session(self) -> Any:
        target = flask.request.values.get("post_logout_redirect_uri", "")
        response = flask.make_response(flask.redirect(target if _is_local(target) else "/"))
        response.delete_cookie(self._cookie, httponly=True, samesite="Lax")
        return response

    def _page(self, title: str, choose: bool) -> flask.Response:
        page = flask.render_template(
            "sign_in.html",
            title=title,
            choose=choose,
            users=self._users.values(),
            stylesheet=self._assets.address("brandmeester.css"),
            icon=self._assets.address("brandmeester.svg"),
        )
        response = flask.make_response(page)
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'"
        response.headers["Cache-Control"] = "no-store"
        return response


def _undo_debugging(app: flask.Flask) -> None:
    # The package wraps its app in an interactive debugger, which runs code for whoever can reach it.
    app.debug = False
    app.wsgi_app = app.wsgi_app.app  # type: ignore[method-assign, attr-defined]


def _only_what_is_needed() -> None:
    """Nobody may add people, clients or tokens while it runs."""
    name = (flask.request.endpoint or "").removeprefix("oidc-provider-mock.")
    if name not in _OPEN_ENDPOINTS and flask.request.endpoint != "asset":
        flask.abort(404)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1")


def _asset(assets: Assets, name: str) -> flask.Response:
    found = assets.get(name) or flask.abort(404)
    return flask.Response(found.content, mimetype=found.media_type)


def make_server(
    port: int, data: Path | None = None, host: str = "127.0.0.1", name: str = "localhost"
) -> werkzeug.serving.BaseWSGIServer:
    """The provider on `host`, an address of this machine; `name` is what it may be called besides localhost."""
    return werkzeug.serving.make_server(host, port, create_provider(port, data=data, name=name), threaded=True)


def main() -> None:
    """Serve until told to stop."""
    warnings.simplefilter("ignore")
    # Addresses in its request log carry authorization codes.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    port = int(os.environ.get("BRANDMEESTER_SIGN_IN_PORT", "8006"))
    data = os.environ.get("BRANDMEESTER_SIGN_IN_DATA")
    host = os.environ.get("BRANDMEESTER_SIGN_IN_HOST", "127.0.0.1")
    name = os.environ.get("BRANDMEESTER_SIGN_IN_NAME", "localhost")
    server = make_server(port, Path(data) if data else None, host, name)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"sign-in at http://{name}:{port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
