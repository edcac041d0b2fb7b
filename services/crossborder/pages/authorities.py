"""The authorities by country, and one authority with its contacts, its freshness and its notices."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.crossborder import wording
from services.crossborder.access import actor_of, answered_refusals
from services.crossborder.domain.authorities import Authority
from services.crossborder.pages.forms import NOTE_LENGTH, Form
from services.crossborder.use_cases.authorities import AuthorityDesk
from services.crossborder.use_cases.notices import NoticeDesk, Selection
from shared.web.access import PageReader
from shared.web.forms import text
from shared.web.shell import Pages


class AuthorityPages:
    """The authorities by country, and one authority with its contacts and notices."""

    def __init__(self, notices: NoticeDesk, desk: AuthorityDesk, pages: Pages) -> None:
        self._notices = notices
        self._desk = desk
        self._pages = pages

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/contacts", self.overview)
        router.add_api_route("/contacts/{party}", self.detail)
        router.add_api_route("/contacts/{party}/confirmation", self.confirm, methods=["POST"])
        return router

    async def overview(self, request: Request, member: PageReader) -> Response:
        found = [document.state for document in await self._desk.find()]
        now = self._desk.bus.now()
        by_country: dict[str, list[Authority]] = {}
        for authority in found:
            by_country.setdefault(authority.country, []).append(authority)
        mine = [authority for authority in found if actor_of(member).may_act_for(authority.regions)]
        return self._pages.render(
            request,
            "authorities.html",
            by_country=by_country,
            total=len(found),
            unconfirmed=[authority for authority in mine if authority.freshness(now) != "fresh"],
            mine={authority.party for authority in mine},
            regions=self._desk.start.regions,
            w=wording,
        )

    async def detail(self, request: Request, party: str, member: PageReader) -> Response:
        with answered_refusals():
            authority = (await self._desk.get(party)).state
        recent, total = await self._notices.find(Selection(authority=party), limit=20)
        return self._pages.render(
            request,
            "authority.html",
            authority=authority,
            regions=self._desk.start.regions,
            others=", ".join(self._desk.start.regions[region] for region in authority.regions[1:]),
            mine=actor_of(member).may_act_for(authority.regions),
            notices=recent,
            total=total,
            history=wording.history(authority.history),
            w=wording,
        )

    async def confirm(self, party: str, form: Form, member: PageReader) -> Response:
        with answered_refusals():
            await self._desk.confirm(party, text(form, "note")[:NOTE_LENGTH], actor_of(member))
        return RedirectResponse("/contacts" if text(form, "back") else f"/contacts/{party}", 303)
