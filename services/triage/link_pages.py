"""HTTP in for people: the questions whether two cases are about the same, answered after seeing both side by side."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.triage import clock_wording, regrouping_wording, wording
from services.triage.access import refusal_of
from services.triage.domain.suggestion import Answer
from services.triage.regrouping_pages import By, Form, demanded, status_of
from services.triage.store import Question, Suggestions
from services.triage.use_cases.desk import Desk
from services.triage.use_cases.regrouping import Regrouping
from shared.web.access import PageReader, may_act
from shared.web.forms import FormState, picked, text
from shared.web.paging import PagingQuery, to_last_page
from shared.web.problems import Fault, not_found
from shared.web.shell import Pages

ANSWERS = [
    (Answer.CONFIRMED.value, "ja, dezelfde situatie: voeg de zaken samen"),
    (Answer.REFUSED.value, "nee, een andere situatie: onthoud dat"),
]
LABELS = {"answer": "Dezelfde situatie", "why": "Waarom"}
_ANSWERED_SHOWN = 10


class LinkPages:
    """The list of open questions, and one of them."""

    def __init__(
        self, desk: Desk, regrouping: Regrouping, suggestions: Suggestions, pages: Pages, regions: Mapping[str, str]
    ) -> None:
        self._desk = desk
        self._regrouping = regrouping
        self._suggestions = suggestions
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        """The routes under /links."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/links", self.all)
        router.add_api_route("/links/{id}", self.one)
        router.add_api_route("/links/{id}", self.answer, methods=["POST"])
        return router

    async def all(
        self,
        request: Request,
        paging: PagingQuery,
        _member: PageReader,
        region: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        """The questions that wait, the likeliest first, and what was answered last."""
        chosen = region if region in self._regions else None
        questions, total = await self._suggestions.page(chosen, paging.skip, paging.size)
        answered = await self._suggestions.answered(_ANSWERED_SHOWN)
        return to_last_page(request, paging, total) or self._pages.render(
            request,
            "links.html",
            questions=questions,
            total=total,
            paging=paging,
            answered=[one.state for one in answered],
            known=await self._desk.known(id_ for one in answered for id_ in one.state.cases),
            filters=FormState.filled({"region": region}),
            filtered=bool(chosen),
            regions=self._regions,
            w=wording,
        )

    async def one(self, request: Request, id: str, member: PageReader) -> Response:
        """Both cases side by side, and why they may be the same; or what became of the question."""
        question = await self._suggestions.question(id)
        if question is None:
            return await self._past(request, id)
        return await self._show(request, question, FormState(), may_act(member))

    async def answer(self, request: Request, id: str, who: By, form: Form) -> Response:
        """Yes merges the two cases, no tells them apart; what was typed stays where that cannot be."""
        question = await self._suggestions.question(id)
        if question is None:
            return await self._past(request, id, text(form, "why"))
        said = picked(Answer, text(form, "answer"))
        faults = [] if said else [Fault("answer", "Kies of het dezelfde situatie is.")]
        faults += demanded(form, "why", "Schrijf waarom.")
        gone, stays = _in_order(question)
        refusal = ""
        if said and not faults:
            verb = self._regrouping.merge if said is Answer.CONFIRMED else self._regrouping.tell_apart
            refusal = await refusal_of(verb(gone, stays, text(form, "why"), who))
            if not refusal:
                return RedirectResponse(f"/cases/{stays}" if said is Answer.CONFIRMED else "/links", 303)
        typed = FormState.of(form, faults, self._pages.messages(request))
        return await self._show(request, question, typed, True, refusal)

    async def _show(
        self, request: Request, question: Question, typed: FormState, acts: bool, refusal: str = ""
    ) -> Response:
        gone, stays = [await self._desk.file(id_) for id_ in _in_order(question)]
        return self._pages.render(
            request,
            "link.html",
            status_of(typed, refusal),
            id=question.id,
            asked=question.suggestion,
            gone=gone,
            stays=stays,
            acts=acts,
            typed=typed,
            refusal=refusal,
            rows=regrouping_wording.beside(gone, stays, self._regions),
            answers=ANSWERS,
            labels=LABELS,
            rw=regrouping_wording,
            clocks=clock_wording,
        )

    async def _past(self, request: Request, id_: str, typed: str = "") -> Response:
        document = await self._suggestions.get(id_)
        if document is None:
            raise not_found("Deze vraag is er niet.")
        known = await self._desk.known(document.state.cases)
        status = 409 if request.method == "POST" else 200
        return self._pages.render(
            request, "link_past.html", status, asked=document.state, known=known, typed=typed, answer=Answer
        )


def _in_order(question: Question) -> tuple[str, str]:
    """Which case would go and which stay: the one opened first."""
    stays, gone = sorted(question.cases, key=lambda case: (case.state.opened_at, case.id))
    return gone.id, stays.id
