"""HTTP in for programs: reports as JSON and PDF, filled in, submitted and shared."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from services.reporting.access import answered_faults
from services.reporting.answers import ReportBody, ReportChanges, ReportItem, SharingOrder, body, item
from services.reporting.domain.report import Report
from services.reporting.printing import PDF, Printing
from services.reporting.use_cases.desk import Desk, Selection
from shared.bus.documents import Document
from shared.vocabulary import ReportState
from shared.web.access import ApiActor, ApiReader
from shared.web.bodies import ApiRoute
from shared.web.paging import Paged, PagingQuery, paged

_AS_PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report, as JSON or as PDF",
        "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def router(desk: Desk, printing: Printing) -> APIRouter:
    """Every address under /v1 of this service."""
    router = APIRouter(prefix="/v1/reports", route_class=ApiRoute, tags=["reports"])

    @router.get("", summary="Reports that you may read, newest first")
    async def list_reports(
        request: Request,
        paging: PagingQuery,
        member: ApiReader,
        intervention_id: Annotated[str | None, Query(alias="interventionId", max_length=100)] = None,
        state: ReportState | None = None,
        region: Annotated[str | None, Query(pattern=r"^VR\d\d$")] = None,
    ) -> Paged[ReportItem]:
        selection = Selection(intervention=intervention_id, state=state, region=region)
        found, total = await desk.find(selection, member.organisation, paging.skip, paging.size)
        return paged(request, paging, [item(document) for document in found], total)

    @router.get("/{id}", summary="One report, as JSON or PDF", responses=_AS_PDF, response_model=ReportBody)
    async def get_report(
        request: Request,
        response: Response,
        id: str,
        member: ApiReader,
        format: Annotated[Literal["json", "pdf"] | None, Query(description="instead of the Accept header")] = None,
    ) -> ReportBody | Response:
        with answered_faults():
            found: Document[Report] = await desk.get(id, member.organisation)
        response.headers["Vary"] = "Accept"
        if _wants_pdf(request, format):
            return await printing.answer(found.state)
        return body(found)

    @router.patch("/{id}", summary="Fill in fields of an open report")
    async def fill_in(id: str, changes: ReportChanges, person: ApiActor) -> ReportBody:
        with answered_faults():
            return body(await desk.fill_in(id, changes.amendment(), person))

    @router.post("/{id}/submission", summary="Submit a report that is complete")
    async def submit(id: str, person: ApiActor) -> ReportBody:
        with answered_faults():
            return body(await desk.submit(id, person))

    @router.post("/{id}/sharing", summary="Share a submitted report with parties by name")
    async def share(id: str, order: SharingOrder, person: ApiActor) -> ReportBody:
        with answered_faults():
            return body(await desk.share(id, order.shared_with, person))

    return router


def _wants_pdf(request: Request, format: str | None) -> bool:
    accepted = request.headers.get("accept", "")
    return format == "pdf" or (format is None and PDF in accepted and "application/json" not in accepted)
