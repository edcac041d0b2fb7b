"""The list of notices, and one notice with its letters and what can be done with it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.crossborder import wording
from services.crossborder.access import actor_of, answered_refusals
from services.crossborder.domain.authorities import Authority
from services.crossborder.domain.letters import Letter
from services.crossborder.domain.notices import AnswerKind, Invalid, Manner, Notice, Step
from services.crossborder.pages.forms import (
    NOTE_LENGTH,
    Form,
    choice_faults,
    for_input,
    long_faults,
    moment,
)
from services.crossborder.use_cases.notices import NoticeDesk, Reply, Selection, Sending
from shared.bus.documents import Document
from shared.vocabulary import NoticeState
from shared.web.access import PageReader
from shared.web.forms import FormState, picked, text
from shared.web.members import Member
from shared.web.paging import PagingQuery, to_last_page
from shared.web.problems import Fault, Problem
from shared.web.shell import Pages
from shared.web.words import choices

SUMMARY_LENGTH = 1000
_MOST_WAITING = 50


class NoticePages:
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
        member: PageReader,
        state: Annotated[str, Query(max_length=20)] = "",
        country: Annotated[str, Query(max_length=2)] = "",
        region: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        known = picked(NoticeState, state)
        selection = Selection(state=known, country=country or None, region=region or None)
        waiting, waits = await self._desk.find(Selection(region=member.region, waiting=True), limit=_MOST_WAITING)
        found, total = await self._desk.find(selection, paging.skip, paging.size)
        regions = self._desk.start.regions
        return to_last_page(request, paging, total) or self._pages.render(
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

    async def detail(self, request: Request, id: str, member: PageReader) -> Response:
        with answered_refusals():
            found = await self._desk.get(id)
        return await self._detail(request, found, member)

    async def letter(self, request: Request, id: str, language: str, member: PageReader) -> Response:
        with answered_refusals():
            notice = (await self._desk.get(id)).state
        letters = await self._letters(notice)
        letter = next((letter for letter in letters if letter.language == language), None)
        if letter is None:
            raise Problem(404)
        return self._pages.render(request, "letter.html", id=id, letter=letter, notice=notice)

    async def send(self, request: Request, id: str, form: Form, member: PageReader) -> Response:
        faults = [*choice_faults(form, "manner", Manner), *long_faults(form, "note", NOTE_LENGTH)]
        sent_at = moment(form, "sent_at", faults)
        with answered_refusals():
            if not faults:
                contact = text(form, "contact") or None
                sending = Sending(Manner(text(form, "manner")), sent_at, contact, text(form, "note"))
                try:
                    await self._desk.send(id, sending, actor_of(member))
                except Invalid as refusal:
                    faults = [Fault(field, message) for field, message in refusal.faults]
            if not faults:
                return RedirectResponse(f"/notices/{id}", 303)
            found = await self._desk.get(id)
        return await self._detail(request, found, member, sending=self._state(request, form, faults))

    async def answer(self, request: Request, id: str, form: Form, member: PageReader) -> Response:
        faults = [
            *choice_faults(form, "answer_manner", Manner),
            *choice_faults(form, "kind", AnswerKind),
            *long_faults(form, "summary", SUMMARY_LENGTH),
        ]
        answered_at = moment(form, "answered_at", faults)
        with answered_refusals():
            if not faults:
                manner, kind = Manner(text(form, "answer_manner")), AnswerKind(text(form, "kind"))
                reply = Reply(manner, kind, answered_at, text(form, "summary"))
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
        now = for_input(self._desk.bus.now())
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
            most_summary=SUMMARY_LENGTH,
            kinds=wording.choices(AnswerKind),
            contacts=_contact_choices(authority),
            history=wording.history(notice.history),
            w=wording,
        )

    async def _letters(self, notice: Notice) -> tuple[Letter, ...]:
        """The letters as sent, or those that would be sent now when there is something to send."""
        if notice.dispatches and not notice.outdated:
            return notice.dispatches[-1].letters
        return self._desk.letters(notice, await self._desk.authority_of(notice))

    def _state(self, request: Request, form: FormData, faults: list[Fault]) -> FormState:
        return FormState.of(form, faults, self._pages.messages(request))

    def _regions_in_charge(self) -> list[tuple[str, str]]:
        codes = {authority.region for authority in self._desk.start.authorities.values()}
        return [(code, name) for code, name in self._desk.start.regions.items() if code in codes]


def _contact_choices(authority: Authority | None) -> list[tuple[str, str]]:
    contacts = authority.contacts if authority else ()
    return [(contact.id, f"{contact.name}, {contact.role}") for contact in contacts]
