"""Posters and leaflets to print, in every language of the form."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.intake.posters import Press, Sheet
from shared.web.problems import not_found
from shared.web.shell import Pages


def router(address: str, shell: Pages) -> APIRouter:
    """`/poster`, and each sheet as `/poster/<sheet>-<language>.pdf`."""
    routes = APIRouter(prefix="/poster")
    languages = shell.translations.languages
    press = Press(address, dict(languages), shell.clock())
    one_at_a_time = asyncio.Lock()

    @routes.get("")
    async def overview(request: Request) -> Response:
        t = shell.messages(request)
        return shell.render(request, "poster.html", t=t, title=t("poster.link"), sheets=list(Sheet))

    @routes.get("/{sheet}-{language}.pdf")
    async def printed(sheet: str, language: str) -> Response:
        if sheet not in set(Sheet) or language not in languages:
            raise not_found()
        async with one_at_a_time:
            made = await asyncio.to_thread(press.print, Sheet(sheet), shell.translations.of(language))
        name = f'inline; filename="brandmeester-{sheet}-{language}.pdf"'
        return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})

    return routes
