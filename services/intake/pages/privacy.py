"""What a reporter can count on and what not, in plain words."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.web.shell import Pages


def router(shell: Pages, asks_address_service: bool) -> APIRouter:
    """`/privacy`."""
    routes = APIRouter()

    @routes.get("/privacy")
    async def privacy(request: Request) -> Response:
        t = shell.messages(request)
        return shell.render(
            request, "privacy.html", t=t, title=t("privacy.title"), asked_elsewhere=asks_address_service
        )

    return routes
