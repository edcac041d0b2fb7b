"""The operational picture: where interventions are, how far they are, and how long they took."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.reporting.use_cases.desk import Desk, PictureSelection
from shared.vocabulary import InterventionKind, InterventionState
from shared.web.access import PageReader
from shared.web.forms import FormState, picked
from shared.web.paging import PagingQuery, to_last_page
from shared.web.shell import Pages
from shared.web.words import choices

UNFINISHED = "unfinished"


class PicturePages:
    """One page that every member may see: it holds no name and no address."""

    def __init__(self, desk: Desk, pages: Pages, regions: Mapping[str, str]) -> None:
        self._desk = desk
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/picture", self.picture)
        return router

    async def picture(
        self,
        request: Request,
        paging: PagingQuery,
        member: PageReader,
        state: Annotated[str, Query(max_length=20)] = "",
        kind: Annotated[str, Query(max_length=20)] = "",
        region: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        selection = PictureSelection(
            state=picked(InterventionState, state),
            kind=picked(InterventionKind, kind),
            region=region or None,
            unfinished=state == UNFINISHED,
        )
        found, total = await self._desk.picture(selection, paging.skip, paging.size)
        return to_last_page(request, paging, total) or self._pages.render(
            request,
            "picture.html",
            interventions=found,
            total=total,
            paging=paging,
            reports=await self._desk.reports_of([document.id for document in found], member.organisation),
            regions=self._regions,
            filters=FormState.filled({"state": state, "kind": kind, "region": region}),
            filtered=bool(state or kind or region),
            states=[(UNFINISHED, "nog niet klaar"), *choices(InterventionState)],
            kinds=choices(InterventionKind),
        )
