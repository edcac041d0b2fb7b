"""The list of reports, and one report: to read, to fill in, to submit and to share."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.reporting import wording
from services.reporting.access import answered_refusals
from services.reporting.domain.filling import TEXT_LENGTH, Measure, VisitOutcome
from services.reporting.domain.people import CONVENOR, Party
from services.reporting.domain.report import Invalid, Report, Step
from services.reporting.pages.forms import amendment_of, beside_fields, opened_with, parties_of
from services.reporting.printing import Printing
from services.reporting.use_cases.desk import Desk, Selection
from shared.bus.documents import Document
from shared.vocabulary import ReportState, Theme
from shared.web.access import PageActor, PageReader, may_act
from shared.web.csrf import checked_form
from shared.web.forms import FormState, picked
from shared.web.members import Member
from shared.web.paging import PagingQuery, to_last_page
from shared.web.problems import Fault
from shared.web.shell import Pages
from shared.web.words import choices

Form = Annotated[FormData, Depends(checked_form)]

_MOST_NEEDS = 50


class ReportPages:
    """The reports that somebody may read, and what they ask of them."""

    def __init__(self, desk: Desk, printing: Printing, pages: Pages, regions: Mapping[str, str]) -> None:
        self._desk = desk
        self._printing = printing
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/", self.overview)
        router.add_api_route("/reports/{id}", self.detail)
        router.add_api_route("/reports/{id}/pdf", self.pdf)
        router.add_api_route("/reports/{id}", self.fill_in, methods=["POST"])
        router.add_api_route("/reports/{id}/sharing", self.share, methods=["POST"])
        return router

    async def overview(
        self,
        request: Request,
        paging: PagingQuery,
        member: PageReader,
        state: Annotated[str, Query(max_length=20)] = "",
        region: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        known = picked(ReportState, state)
        selection = Selection(state=known, region=region or None)
        found, total = await self._desk.find(selection, member.organisation, paging.skip, paging.size)
        needs, asked = await self._needs(member)
        return to_last_page(request, paging, total) or self._pages.render(
            request,
            "reports.html",
            needs=needs,
            asked=asked,
            reports=found,
            total=total,
            paging=paging,
            regions=self._regions,
            filters=FormState.filled({"state": state, "region": region}),
            filtered=bool(state or region),
            states=choices(ReportState),
            w=wording,
        )

    async def detail(self, request: Request, id: str, member: PageReader) -> Response:
        with answered_refusals():
            found = await self._desk.get(id, member.organisation)
        return await self._detail(request, found, member)

    async def pdf(self, id: str, member: PageReader) -> Response:
        with answered_refusals():
            found = await self._desk.get(id, member.organisation)
        return await self._printing.answer(found.state)

    async def fill_in(self, request: Request, id: str, form: Form, person: PageActor, member: PageReader) -> Response:
        """Save what was typed, and submit when asked; what is missing then is said with everything saved."""
        changes, faults = amendment_of(form)
        with answered_refusals():
            if not faults:
                try:
                    await self._desk.fill_in(id, changes, person)
                    if form.get("then") == "submit":
                        await self._desk.submit(id, person)
                except Invalid as refusal:
                    faults = beside_fields(refusal.faults)
            if not faults:
                return RedirectResponse(f"/reports/{id}", 303)
            found = await self._desk.get(id, member.organisation)
        return await self._detail(request, found, member, filling=self._state(request, form, faults))

    async def share(self, request: Request, id: str, form: Form, person: PageActor, member: PageReader) -> Response:
        parties = parties_of(form)
        faults = [] if parties else [Fault("shared_with", "Kies met wie u het rapport deelt.")]
        with answered_refusals():
            if parties:
                try:
                    await self._desk.share(id, parties, person)
                    return RedirectResponse(f"/reports/{id}", 303)
                except Invalid as refusal:
                    faults = beside_fields(refusal.faults)
            found = await self._desk.get(id, member.organisation)
        return await self._detail(request, found, member, sharing=self._state(request, form, faults))

    async def _needs(self, member: Member) -> tuple[list[Document[Report]], int]:
        """What waits for this person's organisation to fill in or share; LOT-C watches all of it."""
        if not may_act(member):
            return [], 0
        coordinator = None if member.organisation == CONVENOR else member.organisation
        selection = Selection(coordinator=coordinator, unfinished=True)
        return await self._desk.find(selection, member.organisation, limit=_MOST_NEEDS)

    async def _detail(
        self,
        request: Request,
        found: Document[Report],
        member: Member,
        filling: FormState | None = None,
        sharing: FormState | None = None,
    ) -> Response:
        report = found.state
        parties = await self._desk.parties()
        near = _near(report, parties)
        return self._pages.render(
            request,
            "report.html",
            400 if filling or sharing else 200,
            id=found.id,
            report=report,
            visit=report.visit,
            region=self._regions.get(report.visit.region or "", report.visit.region),
            mine=may_act(member) and report.may_write(member.organisation),
            steps={step: report.allows(step) for step in Step},
            filling=filling or opened_with(report.filling),
            sharing=sharing or FormState.filled({"shared_with": report.filling.shared_with}),
            outcomes=wording.choices(VisitOutcome),
            most_text=TEXT_LENGTH,
            measures=wording.choices(Measure),
            themes=[(theme, wording.THEME_TITLES[theme], theme in report.visit.themes) for theme in Theme],
            near=[(party, name) for party, name in near.items() if party not in report.shared_with],
            others=[
                (party, known.name)
                for party, known in parties.items()
                if party not in near and party not in report.shared_with
            ],
            names={**near, **{party: known.name for party, known in parties.items()}},
            labels=wording.labels(),
            history=wording.history(report),
            w=wording,
        )

    def _state(self, request: Request, form: FormData, faults: list[Fault]) -> FormState:
        return FormState.of(form, faults, self._pages.messages(request))


def _near(report: Report, parties: Mapping[str, Party]) -> dict[str, str]:
    """The parties one mostly shares with: those of the visit, those named, the region's members, the national ones."""
    visit = report.visit
    near = {visit.coordinator: visit.coordinator_name, **{party.party: party.name for party in visit.parties}}
    for party in report.filling.shared_with:
        near.setdefault(party, parties[party].name if party in parties else party)
    for party, known in parties.items():
        if known.member and known.region in (None, visit.region):
            near.setdefault(party, known.name)
    return near
