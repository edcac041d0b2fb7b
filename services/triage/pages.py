"""HTTP in for people: what burns now, all cases, and one case with its reasons and next step."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.triage import clock_wording, link_wording, regrouping_wording, wording
from services.triage.access import answered_refusals, page_actor, refusal_of
from services.triage.cluster_wording import ClusterWording
from services.triage.domain.case import Actor, Case, ClosureReason
from services.triage.domain.detection.watch import is_current
from services.triage.domain.precedents import LEAST
from services.triage.maps import Maps, Picture
from services.triage.signal_wording import SignalWording, numbered
from services.triage.store import Filter, Suggestions
from services.triage.use_cases.desk import Desk
from services.triage.use_cases.nearby import METRES, Nearby, Surroundings
from services.triage.use_cases.precedents import Comparing
from shared.vocabulary import Grade, Theme
from shared.web.access import PageReader
from shared.web.csrf import checked_form
from shared.web.forms import FormState, picked, too_long
from shared.web.members import Member, Role
from shared.web.paging import PagingQuery, to_last_page
from shared.web.problems import Fault
from shared.web.shell import Pages
from shared.web.words import choices

Word = Annotated[str, Query(max_length=100)]

BY_THE_RULES = "rules"
MOST_SIGNALS_SHOWN = 10
"""Of a case so many signals are shown at once, the newest; the others on demand."""
STATES = {"open": "open", "closed": "gesloten"}


class CasePages:
    """Everything a member sees of triage."""

    def __init__(
        self,
        desk: Desk,
        comparing: Comparing,
        nearby: Nearby,
        suggestions: Suggestions,
        signal_words: SignalWording,
        cluster_words: ClusterWording,
        maps: Maps,
        pages: Pages,
        regions: Mapping[str, str],
    ) -> None:
        self._desk = desk
        self._comparing = comparing
        self._nearby = nearby
        self._suggestions = suggestions
        self._signal_words = signal_words
        self._cluster_words = cluster_words
        self._maps = maps
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        """The routes of all pages."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/", self.now)
        router.add_api_route("/cases", self.all)
        router.add_api_route("/cases/{case_id}", self.detail)
        router.add_api_route("/cases/{case_id}/closure", self.close, methods=["POST"])
        router.add_api_route("/cases/{case_id}/override", self.override, methods=["POST"])
        return router

    async def now(
        self,
        request: Request,
        paging: PagingQuery,
        _member: PageReader,
        grade: Word = "",
        region: Word = "",
        theme: Word = "",
    ) -> Response:
        """The work list: open cases, what burns first."""
        wanted = self._filter(grade, region, theme, open=True)
        figures = await self._desk.figures()
        return await self._list(request, paging, wanted, "now.html", figures=figures)

    async def all(
        self,
        request: Request,
        paging: PagingQuery,
        _member: PageReader,
        grade: Word = "",
        region: Word = "",
        theme: Word = "",
        state: Word = "",
        q: Word = "",
    ) -> Response:
        """Every case, searchable; closed ones too."""
        only_open = {"open": True, "closed": False}.get(state)
        wanted = self._filter(grade, region, theme, open=only_open, text=q.strip())
        return await self._list(request, paging, wanted, "cases.html", states=list(STATES.items()))

    async def detail(self, request: Request, case_id: str, member: PageReader) -> Response:
        """One case: what, why, what next; history below."""
        return await self._case(request, case_id, member, FormState())

    async def close(
        self,
        request: Request,
        case_id: str,
        member: PageReader,
        actor: Annotated[Actor, Depends(page_actor)],
        form: Annotated[FormData, Depends(checked_form)],
    ) -> Response:
        """Close the case, or show what is missing."""
        reason = picked(ClosureReason, str(form.get("reason", "")))
        note = str(form.get("note", "")).strip()
        faults = [] if reason in wording.CHOSEN_REASONS else [Fault("reason", "Kies waarom u de zaak sluit.")]
        faults += too_long("note", note)
        if faults or reason is None:
            typed = FormState.of(form, faults, self._pages.messages(request))
            return await self._case(request, case_id, member, typed, 400)
        seen = picked(Grade, str(form.get("seen", "")))
        refusal = await refusal_of(self._desk.close(case_id, reason, note or None, actor, seen))
        if refusal:
            typed = FormState.of(form, [], self._pages.messages(request))
            return await self._case(request, case_id, member, typed, 409, refusal)
        return RedirectResponse(f"/cases/{case_id}", 303)

    async def override(
        self,
        request: Request,
        case_id: str,
        member: PageReader,
        actor: Annotated[Actor, Depends(page_actor)],
        form: Annotated[FormData, Depends(checked_form)],
    ) -> Response:
        """Set the grade, or let that of the rules hold again; a reason is required."""
        chosen, reason = str(form.get("grade", "")), str(form.get("why", "")).strip()
        grade = picked(Grade, chosen)
        faults = [] if grade or chosen == BY_THE_RULES else [Fault("grade", "Kies een inschatting.")]
        if not reason:
            faults.append(Fault("why", "Schrijf waarom u van de regels afwijkt, of weer naar de regels terugkeert."))
        faults += too_long("why", reason)
        if faults:
            typed = FormState.of(form, faults, self._pages.messages(request))
            return await self._case(request, case_id, member, typed, 400)
        seen = picked(Grade, str(form.get("seen", "")))
        refusal = await refusal_of(self._desk.override(case_id, grade, reason, actor, seen))
        if refusal:
            typed = FormState.of(form, [], self._pages.messages(request))
            return await self._case(request, case_id, member, typed, 409, refusal)
        return RedirectResponse(f"/cases/{case_id}", 303)

    async def _list(
        self, request: Request, paging: PagingQuery, wanted: Filter, template: str, **more: Any
    ) -> Response:
        files, total = await self._desk.page(wanted, paging.skip, paging.size)
        return to_last_page(request, paging, total) or self._pages.render(
            request,
            template,
            files=files,
            total=total,
            paging=paging,
            filters=FormState.filled(dict(request.query_params)),
            filtered=bool(set(request.query_params) - {"page", "pageSize"}),
            grades=choices(Grade)[::-1],
            themes=choices(Theme),
            regions=self._regions,
            w=wording,
            clocks=clock_wording,
            **more,
        )

    async def _case(
        self, request: Request, case_id: str, member: Member, typed: FormState, status: int = 200, refusal: str = ""
    ) -> Response:
        with answered_refusals():
            file = await self._desk.file(case_id)
        signals = [signal.id for signal in file.case.signals]
        around = await self._nearby.around(file.id, file.case)
        return self._pages.render(
            request,
            "case.html",
            status,
            path=f"/cases/{case_id}",
            file=file,
            questions=await self._suggestions.about(signals) if signals else [],
            case=file.case,
            precedents=await self._comparing.precedents_of(file, self._desk.bus.now()),
            least_alike=LEAST,
            around=around,
            picture=self._picture(around),
            step=wording.next_step_of(file),
            typed=typed,
            refusal=refusal,
            acts=member.has(Role.MEMBER, Role.COORDINATOR),
            reasons=[(reason.value, wording.CLOSURE_REASONS[reason]) for reason in wording.CHOSEN_REASONS],
            settable=self._settable(file.case),
            regions=self._regions,
            shown=MOST_SIGNALS_SHOWN,
            window_days=self._desk.rules_today(file).window_days,
            w=wording,
            clocks=clock_wording,
            lw=link_wording,
            sw=self._signal_words,
            numbers=numbered(file.case.signals),
            rw=regrouping_wording,
            cw=self._cluster_words,
            is_current=is_current,
            today=self._desk.today(),
        )

    def _picture(self, around: Surroundings | None) -> Picture | None:
        if around is None:
            return None
        return self._maps.around(around.postcode, METRES, Counter(one.postcode for one in around.neighbours))

    def _settable(self, case: Case) -> list[tuple[str, str]]:
        """The grades a member may set: every other one, and that of the rules where one is set."""
        others = [(value, words) for value, words in choices(Grade)[::-1] if value != case.grade.value]
        return [*others, (BY_THE_RULES, "volg de regels weer")] if case.override else others

    def _filter(self, grade: str, region: str, theme: str, open: bool | None, text: str = "") -> Filter:
        return Filter(
            grade=picked(Grade, grade),
            region=region if region in self._regions else None,
            theme=picked(Theme, theme),
            open=open,
            text=text,
        )
