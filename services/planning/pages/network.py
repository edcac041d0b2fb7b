"""The network map: who may act on which theme where, and one party with its people."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.planning.access import answered_refusals
from services.planning.domain.network import Selection
from services.planning.pages import fields, wording
from services.planning.use_cases.desk import Desk, Unknown
from shared.calendar import day_of
from shared.vocabulary import PartyKind, Sector, Theme
from shared.web.access import PageReader
from shared.web.forms import FormState, picked
from shared.web.paging import PagingQuery, to_last_page
from shared.web.shell import Pages
from shared.web.words import choices


class NetworkPages:
    """Everything under `/parties`."""

    def __init__(self, desk: Desk, pages: Pages, regions: Mapping[str, str]) -> None:
        self._desk = desk
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/parties", self.overview)
        router.add_api_route("/parties/{id}", self.detail)
        return router

    async def overview(
        self,
        request: Request,
        paging: PagingQuery,
        member: PageReader,
        theme: Annotated[str, Query(max_length=20)] = "",
        sector: Annotated[str, Query(max_length=20)] = "",
        region: Annotated[str, Query(max_length=4)] = "",
        kind: Annotated[str, Query(max_length=40)] = "",
        q: Annotated[str, Query(max_length=100)] = "",
    ) -> Response:
        day = day_of(self._desk.bus.now())
        selection = Selection(
            theme=picked(Theme, theme),
            sector=picked(Sector, sector),
            region=fields.pick(region, list(self._regions)),
            kind=picked(PartyKind, kind),
            text=q.strip(),
        )
        found = selection.of(await self._desk.store.network(), day)
        return to_last_page(request, paging, len(found)) or self._pages.render(
            request,
            "parties.html",
            parties=found[paging.skip : paging.skip + paging.size],
            total=len(found),
            paging=paging,
            day=day,
            region=selection.region,
            filters=FormState.filled({"theme": theme, "sector": sector, "region": region, "kind": kind, "q": q}),
            filtered=any([theme, sector, region, kind, q]),
            regions=self._regions,
            themes=choices(Theme),
            sectors=choices(Sector),
            kinds=choices(PartyKind),
            w=wording,
        )

    async def detail(self, request: Request, id: str, member: PageReader) -> Response:
        with answered_refusals():
            party = (await self._desk.store.network()).parties.get(id)
            if party is None:
                raise Unknown("party")
        return self._pages.render(
            request,
            "party.html",
            party=party,
            day=day_of(self._desk.bus.now()),
            regions=self._regions,
            w=wording,
        )
