"""HTTP in for people: notices with their letters and next step, and the authorities with their freshness."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.crossborder import wording
from services.crossborder.access import actor_of, answered_refusals, page_reader
from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.notices import AnswerKind, Invalid, Manner, Notice, Step
from services.crossborder.use_cases.authorities import AuthorityDesk
from services.crossborder.use_cases.notices import NoticeDesk, Reply, Selection, Sending
from shared.bus.documents import Document
from shared.vocabulary import NoticeState
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.members import Member
from shared.web.paging import PagingQuery
from shared.web.problems import Fault, Problem
from shared.web.shell import Pages
from shared.web.times import AMSTERDAM, local
from shared.web.words import choices

Reader = Annotated[Member, Depends(page_reader)]
Form = Annotated[FormData, Depends(checked_form)]

NOTE_LENGTH = 500
SUMMARY_LENGTH = 1000
_MOST_WAITING = 50


def router(notices: NoticeDesk, authorities: AuthorityDesk, pages: Pages) -> APIRouter:
    """Every page of this service."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_NoticePages(notices, pages).router())
    router.include_router(_AuthorityPages(notices, authorities, pages).router())
    return router


class _NoticePages:
    """The list of notices, and one notice with what can be done with it."""

    def __init__(self, desk: NoticeDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/", self.overview)
        router.add_api_route("/notices/{id}", self.detail)
        router.add_api_route("/notices/{id}/letters/{language}", self.letter)
        router.add_api_route("/notices/{id}/dispatch", self.send, methods=["POST"])
        router.add_api_route("/notices/{id}/answer", self.answer, methods=["POST"])
        return router

    async def overview(
        self,
        request: Request,
        paging: PagingQuery,
        member: Reader,
        state: Annotated[str, Query(max_length=20)] = "",
        country: Annotated[str, Query(max_length=2)] = "",
        region: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        known = NoticeState(state) if state in set(NoticeState) else None
        selection = Selection(state=known, country=country or None, region=region or None)
        waiting, waits = await self._desk.find(Selection(region=member.region, waiting=True), limit=_MOST_WAITING)
        found, total = await self._desk.find(selection, paging.skip, paging.size)
        regions = self._desk.start.regions
        return self._pages.render(
            request,
            "notices.html",
            waiting=waiting,
            waits=waits,
            notices=found,
            total=total,
            paging=paging,
            regions=regions,
            where=regions.get(member.region or "", "heel Nederland"),
            filters=FormState.filled({"state": state, "country": country, "region": region}),
            filtered=any([state, country, region]),
            states=choices(NoticeState),
            countries=[(code, wording.COUNTRIES[code]) for code in ("DE", "BE")],
            in_charge=self._regions_in_charge(),
            w=wording,
        )

    async def detail(self, request: Request, id: str, member: Reader) -> Response:
        with answered_refusals():
            found = await self._desk.get(id)
        return await self._detail(request, found, member)

    async def letter(self, request: Request, id: str, language: str, member: Reader) -> Response:
        with answered_refusals():
            notice = (await self._desk.get(id)).state
        letters = await self._letters(notice)
        letter = next((letter for letter in letters if letter.language == language), None)
        if letter is None:
            raise Problem(404)
        return self._pages.render(request, "letter.html", id=id, letter=letter, notice=notice)

    async def send(self, request: Request, id: str, form: Form, member: Reader) -> Response:
        faults = [*_choice_faults(form, "manner", Manner), *_long_faults(form, "note", NOTE_LENGTH)]
        sent_at = _moment(form, "sent_at", faults)
        with answered_refusals():
            if not faults:
                contact = _text(form, "contact") or None
                sending = Sending(Manner(_text(form, "manner")), sent_at, contact, _text(form, "note"))
                try:
                    await self._desk.send(id, sending, actor_of(member))
                except Invalid as refusal:
                    faults = [Fault(field, message) for field, message in refusal.faults]
            if not faults:
                return RedirectResponse(f"/notices/{id}", 303)
            found = await self._desk.get(id)
        return await self._detail(request, found, member, sending=self._state(request, form, faults))

    async def answer(self, request: Request, id: str, form: Form, member: Reader) -> Response:
        faults = [
            *_choice_faults(form, "answer_manner", Manner),
            *_choice_faults(form, "kind", AnswerKind),
            *_long_faults(form, "summary", SUMMARY_LENGTH),
        ]
        answered_at = _moment(form, "answered_at", faults)
        with answered_refusals():
            if not faults:
                manner, kind = Manner(_text(form, "answer_manner")), AnswerKind(_text(form, "kind"))
                reply = Reply(manner, kind, answered_at, _text(form, "summary"))
                try:
                    await self._desk.record_answer(id, reply, actor_of(member))
                except Invalid as refusal:
                    faults = [Fault(field, message) for field, message in refusal.faults]
            if not faults:
                return RedirectResponse(f"/notices/{id}", 303)
            found = await self._desk.get(id)
        return await self._detail(request, found, member, answering=self._state(request, form, faults))

    async def _detail(
        self,
        request: Request,
        found: Document[Notice],
        member: Member,
        sending: FormState | None = None,
        answering: FormState | None = None,
    ) -> Response:
        notice = found.state
        authority = await self._desk.authority_of(notice)
        now = _for_input(self._desk.bus.now())
        return self._pages.render(
            request,
            "notice.html",
            400 if sending or answering else 200,
            id=found.id,
            notice=notice,
            authority=authority,
            contact_names={contact.id: contact for contact in authority.contacts} if authority else {},
            region=self._desk.start.region_name(notice.to.region),
            site_region=self._desk.start.region_name(notice.picture.region),
            letters=await self._letters(notice),
            mine=actor_of(member).may_act_for(notice.to.regions),
            steps={step: notice.allows(step) for step in Step},
            sending=sending or FormState.filled({"sent_at": now}),
            answering=answering or FormState.filled({"answered_at": now}),
            manners=wording.choices(Manner),
            kinds=wording.choices(AnswerKind),
            contacts=_contact_choices(authority),
            history=wording.history(notice.history),
            w=wording,
        )

    async def _letters(self, notice: Notice) -> Any:
        """The letters as sent, or those that would be sent now when there is something to send."""
        if notice.dispatches and not notice.outdated:
            return notice.dispatches[-1].letters
        return self._desk.letters(notice, await self._desk.authority_of(notice))

    def _state(self, request: Request, form: FormData, faults: list[Fault]) -> FormState:
        return FormState.of(form, faults, self._pages.messages(request))

    def _regions_in_charge(self) -> list[tuple[str, str]]:
        codes = {authority.region for authority in self._desk.start.authorities.values()}
        return [(code, name) for code, name in self._desk.start.regions.items() if code in codes]


class _AuthorityPages:
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

    async def overview(self, request: Request, member: Reader) -> Response:
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

    async def detail(self, request: Request, party: str, member: Reader) -> Response:
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

    async def confirm(self, party: str, form: Form, member: Reader) -> Response:
        with answered_refusals():
            await self._desk.confirm(party, _text(form, "note")[:NOTE_LENGTH], actor_of(member))
        return RedirectResponse("/contacts" if _text(form, "back") else f"/contacts/{party}", 303)


def _contact_choices(authority: Authority | None) -> list[tuple[str, str]]:
    contacts = authority.contacts if authority else ()
    return [(contact.id, f"{contact.name}, {contact.role}") for contact in contacts]


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _choice_faults(form: FormData, name: str, kind: Any) -> list[Fault]:
    return [] if _text(form, name) in set(kind) else [Fault(name, "Maak een keuze.")]


def _long_faults(form: FormData, name: str, limit: int) -> list[Fault]:
    too_long = len(_text(form, name)) > limit
    return [Fault(name, code="too_long", values={"limit": limit})] if too_long else []


def _moment(form: FormData, name: str, faults: list[Fault]) -> datetime | None:
    """A moment typed on a Dutch clock; an empty field means just now."""
    typed = _text(form, name)
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=AMSTERDAM)
    except ValueError:
        faults.append(Fault(name, "Vul een datum en tijd in, zoals 2020-11-23 16:40."))
        return None


def _for_input(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m-%dT%H:%M")
