"""The demo service: pages of each kind, a form, an API and an endpoint that fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header
from pydantic import Field, SecretStr
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.vocabulary import Grade, Sector
from shared.web.bodies import ApiRoute
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.install import install_web
from shared.web.models import ApiModel
from shared.web.paging import Paged, PagingQuery, paged
from shared.web.problems import Fault, Problem
from shared.web.shell import Pages
from shared.web.sign_in import Member, api_member, page_member
from shared.web.times import utc_now
from shared.web.words import choices

TEMPLATES = Path(__file__).parent / "templates"
LABELS = {"company": "Naam van het bedrijf", "sector": "Sector", "people": "Aantal mensen", "masks": "Schermen"}


@dataclass(frozen=True)
class DemoSettings:
    """What a service's settings say, without an environment."""

    oidc_issuer: str
    port: int = 8201
    service: str = "triage"
    oidc_client_id: str = "brandmeester"
    oidc_client_secret: SecretStr = field(default_factory=lambda: SecretStr("a client secret"))
    session_secret: SecretStr = field(default_factory=lambda: SecretStr("a secret of this test alone"))
    links: dict[str, str] = field(default_factory=dict)

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.port}"


class Visit(ApiModel):
    """A body with fields of several kinds."""

    work_site: str = Field(min_length=2, max_length=10)
    grade: Grade
    persons: int = Field(ge=0)
    stops: list[datetime] = Field(default_factory=list)


@dataclass(frozen=True)
class DemoCase:
    number: str
    place: str
    grade: Grade
    due: datetime


def demo_app(
    issuer: str = "http://localhost:1",
    port: int = 8201,
    clock: Callable[[], datetime] = utc_now,
    locales: Path | None = None,
    client_id: str = "brandmeester",
) -> FastAPI:
    names = ("intake", "triage", "planning", "reporting", "crossborder")
    settings = DemoSettings(
        issuer, port, oidc_client_id=client_id, links=dict.fromkeys(names, f"http://localhost:{port}")
    )
    app = FastAPI(version="1.2.3", openapi_url="/v1/openapi.json", docs_url=None, redoc_url=None)
    pages = Pages(settings.service, TEMPLATES, settings.links, locales=locales, clock=clock)
    changes = install_web(app, settings, pages, body_limit=2000, larger_bodies={"/large": 10_000})

    @app.get("/happens", include_in_schema=False)
    async def happens() -> None:
        changes.happened()

    app.include_router(_pages(pages))
    app.include_router(_api(clock))
    return app


def _pages(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def board(request: Request, paging: PagingQuery, member: Annotated[Member, Depends(page_member)]) -> Response:
        now = pages.clock()
        return pages.render(request, "board.html", cases=_cases(now), paging=paging, received=now - timedelta(hours=27))

    @router.get("/visit")
    async def visit(request: Request) -> Response:
        t = pages.messages(request)
        return pages.render(request, "visit.html", t=t, form=FormState(), sectors=choices(Sector), labels=LABELS)

    @router.post("/visit")
    async def send_visit(request: Request, form: Annotated[FormData, Depends(checked_form)]) -> Response:
        t = pages.messages(request, str(form.get("lang", "")))
        faults = [Fault(name, code="required") for name in LABELS if not form.get(name)]
        if faults:
            shown = FormState.of(form, faults, t)
            return pages.render(request, "visit.html", 400, t=t, form=shown, sectors=choices(Sector), labels=LABELS)
        return RedirectResponse("/visit", 303)

    @router.get("/fails")
    async def fails() -> Response:
        raise RuntimeError("Jan Jansen typed this")

    @router.post("/large")
    async def large(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    return router


def _api(clock: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/v1", route_class=ApiRoute)

    @router.post("/visits", status_code=201)
    async def add_visit(visit: Visit, idempotency_key: Annotated[str | None, Header(min_length=16)] = None) -> Visit:
        return visit

    @router.get("/visits")
    async def list_visits(
        request: Request, paging: PagingQuery, member: Annotated[Member, Depends(api_member)]
    ) -> Paged[Visit]:
        return paged(request, paging, [Visit(work_site="Groenlo", grade=Grade.HIGH, persons=3)], 120)

    @router.post("/visits/closure")
    async def close(member: Annotated[Member, Depends(api_member)]) -> dict[str, str]:
        return {"closedBy": member.organisation}

    @router.get("/conflict", responses={409: {"description": "The visit has begun"}})
    async def conflict() -> None:
        raise Problem(409, detail="Het bezoek is al gestart.", faults=[Fault("state", "is al gestart", "started")])

    return router


def _cases(now: datetime) -> list[DemoCase]:
    due = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=21, minutes=14)
    return [
        DemoCase("Z-2020-7K4Q2", "Groenlo, gemeente Oost Gelre", Grade.CRITICAL, due),
        DemoCase("Z-2020-M3X8P", "Horst, gemeente Horst aan de Maas", Grade.HIGH, due - timedelta(hours=22)),
        DemoCase("Z-2020-1B9TD", "’s-Heerenberg, gemeente Montferland", Grade.MODERATE, due),
        DemoCase("Z-2020-Q5W2H", "Den Haag", Grade.LOW, due),
        DemoCase("Z-2020-8Y3RN", "X" * 200, Grade.LOW, due),
    ]
