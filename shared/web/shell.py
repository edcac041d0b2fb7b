"""Pages in the one shell that the five services share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from shared.web import times
from shared.web.csrf import FormToken
from shared.web.forms import LONGEST, FormState
from shared.web.i18n import REFERENCE, Messages, Translations
from shared.web.members import READ_SIGNALS, Member, Role
from shared.web.paging import own_link, page_link
from shared.web.settings import WebSettings
from shared.web.statics import Assets
from shared.web.words import word

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the main navigation: the service that has it, the path there, and whom it is for.

    `organisation` narrows it down to the people of one party.
    """

    label: str
    service: str
    path: str
    roles: frozenset[Role] = frozenset({Role.MEMBER, Role.COORDINATOR, Role.READER})
    organisation: str | None = None

    def is_for(self, member: Member | None) -> bool:
        """Whether to show it; somebody not signed in sees what all members have."""
        if member is None:
            return Role.MEMBER in self.roles and self.organisation is None
        return member.has(*self.roles) and self.organisation in (None, member.organisation)


NAVIGATION = (
    NavItem("Werk nu", "triage", "/"),
    NavItem("Gesprek", "intake", "/hotline", frozenset({Role.OPERATOR})),
    NavItem("Terugbellen", "intake", "/hotline/callbacks", frozenset({Role.OPERATOR})),
    NavItem("Meldingen", "intake", "/signals", READ_SIGNALS),
    NavItem("Zonder plaats", "intake", "/signals?region=unknown", organisation="lotc"),
    NavItem("Interventies", "planning", "/"),
    NavItem("Overleggen", "planning", "/consultations"),
    NavItem("Rapporten", "reporting", "/"),
    NavItem("Grensoverschrijdend", "crossborder", "/"),
    NavItem("Netwerkkaart", "planning", "/parties"),
    *(
        NavItem(f"Geparkeerd bij {service}", service, "/parked", frozenset({Role.OPS}))
        for service in ("intake", "triage", "planning", "reporting", "crossborder")
    ),
)
SEARCH = NavItem("Zoek een zaak", "triage", "/cases")
_AT_HOME_EVERYWHERE = (Role.MEMBER, Role.COORDINATOR, Role.READER)


class Pages:
    """Renders the templates of one service inside the shared shell.

    `locales` holds the service's own catalogues; a service that has them speaks the visitor's language where
    nobody is signed in.
    """

    def __init__(
        self,
        service: str,
        templates: Path,
        links: Mapping[str, str],
        locales: Path | None = None,
        clock: Callable[[], datetime] = times.utc_now,
    ) -> None:
        self.service = service
        self.links = dict(links)
        self.clock = clock
        self.translations = Translations.load(*([locales] if locales else []))
        self.assets = Assets()
        self._multilingual = locales is not None
        self._environment = _environment(templates)
        self._environment.globals.update(asset=self.assets.address, longest=LONGEST)

    def render(
        self, request: Request, name: str, status: int = 200, *, t: Messages | None = None, **context: Any
    ) -> HTMLResponse:
        """One page as an answer; `t` is given by pages in the visitor's language, all others are Dutch."""
        settings: WebSettings = request.app.state.web.settings
        token = FormToken(request, settings)
        values = {**self._shell(request, t or self.translations.of(REFERENCE), token), **context}
        values["ui"] = self._environment.get_template("parts.html").make_module(values)
        response = HTMLResponse(self._environment.get_template(name).render(values), status)
        token.store(response)
        return response

    def messages(self, request: Request, typed: str | None = None) -> Messages:
        """The visitor's language: `?lang=`, the form's `lang` field as typed, or what the browser prefers.

        Whoever is signed in reads Dutch until they choose another one.
        """
        if not self._multilingual:
            return self.translations.of(REFERENCE)
        accepted = None if session_member(request, self.clock()) else request.headers.get("accept-language")
        return self.translations.of(self.translations.choose(request.query_params.get("lang"), typed, accepted))

    def _home(self, member: Member | None) -> str:
        """Where the product's name leads: the service's own first page, or the first that somebody's role may open."""
        if member is None or member.has(*_AT_HOME_EVERYWHERE):
            return "/"
        places = (item for item in NAVIGATION if item.service in self.links and item.is_for(member))
        return next((f"{self.links[place.service]}{place.path}" for place in places), "/")

    def _shell(self, request: Request, t: Messages, token: FormToken) -> dict[str, Any]:
        now = self.clock()
        member = session_member(request, now)
        return {
            "service": self.service,
            "links": self.links,
            "navigation": [item for item in NAVIGATION if item.service in self.links and item.is_for(member)],
            "search": SEARCH if SEARCH.service in self.links and SEARCH.is_for(member) else None,
            "home": self._home(member),
            "page_before": page_before(request, request.app.state.web.settings.public_url),
            "path": request.url.path,
            "query": request.url.query,
            "page_link": lambda page: page_link(request, page),
            "language_link": lambda language: own_link(request, lang=language),
            "member": member,
            "public": self._multilingual,
            "csrf": token,
            "now": now,
            "locale": t.language,
            "languages": self.translations.languages,
            "t": t,
            "form": FormState(),
        }


def page_before(request: Request, public_url: str) -> str | None:
    """The page of our own that somebody came from, as path and query; browsers tell it to its own origin alone."""
    before = urlsplit(request.headers.get("referer", ""))
    own = f"{before.scheme}://{before.netloc}" == public_url.rstrip("/")
    here = (request.url.path, request.url.query)
    if not own or (request.method == "GET" and (before.path, before.query) == here):
        return None
    return f"{before.path}?{before.query}" if before.query else before.path or "/"


def session_member(request: Request, now: datetime) -> Member | None:
    """Who is signed in on this browser, or None when nobody is or the session has run out."""
    session: Mapping[str, Any] = request.scope.get("session", {})
    if "member" not in session or session.get("expires", 0) <= now.timestamp():
        return None
    return Member.of_claims(session["member"])


def _environment(templates: Path) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(_TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        word=word,
        exact=times.exact,
        said=times.said,
        said_day=times.said_day,
        full_day=times.full_day,
        ago=times.ago,
        remaining=times.remaining,
        duration=times.duration,
        rfc3339=times.rfc3339,
        number=times.number,
        percent=times.percent,
    )
    return environment
