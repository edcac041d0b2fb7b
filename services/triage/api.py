"""HTTP in for programs: cases by signal, grade and region, one case in full, and closing it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field

from services.triage.access import answered_refusals, api_actor
from services.triage.answers import CaseBody, CaseSummary, case_body, case_summary
from services.triage.domain.case import Actor, ClosureReason
from services.triage.store import Filter
from services.triage.use_cases.desk import Desk
from shared.contracts.common import RegionCode
from shared.vocabulary import Grade, Theme
from shared.web.access import api_reader
from shared.web.bodies import ApiRoute
from shared.web.models import ApiModel
from shared.web.paging import Paged, PagingQuery, paged
from shared.web.problems import MEDIA_TYPE

RegionQuery = Annotated[RegionCode | None, Query(description="for example VR06")]
SignalQuery = Annotated[str | None, Query(alias="signalId", max_length=100, description="the case this signal is in")]


class ClosureOrder(ApiModel):
    """Why the case is closed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "visited", "note": "Bezocht op 20 juni, maatregelen zijn genomen."}]}
    )

    reason: Literal[
        ClosureReason.VISITED,
        ClosureReason.UNFOUNDED,
        ClosureReason.DUPLICATE,
        ClosureReason.HANDED_OVER,
        ClosureReason.SITE_CLOSED,
    ]
    note: str | None = Field(default=None, max_length=2000, description="no names or other personal data")
    seen: Grade | None = Field(
        default=None, description="the grade this was decided on; if the case is graver by now, nothing is stored"
    )


class OverrideOrder(ApiModel):
    """The grade that holds from now on and why; null lets that of the rules hold again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grade": "high", "reason": "De GGD kent dit adres van eerdere besmettingen."}]}
    )

    grade: Grade | None
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S", description="no names or other personal data")
    seen: Grade | None = Field(
        default=None, description="the grade this was decided on; if the case has another by now, nothing is stored"
    )


def router(desk: Desk) -> APIRouter:
    """The routes under /v1."""
    routes = APIRouter(prefix="/v1", route_class=ApiRoute, tags=["cases"])

    @routes.get("/cases", summary="List cases, what burns first", dependencies=[Depends(api_reader)])
    async def list_cases(
        request: Request,
        paging: PagingQuery,
        signal: SignalQuery = None,
        grade: Grade | None = None,
        region: RegionQuery = None,
        theme: Theme | None = None,
        open: bool | None = None,
    ) -> Paged[CaseSummary]:
        wanted = Filter(signal=signal, grade=grade, region=region, theme=theme, open=open)
        files, total = await desk.page(wanted, paging.skip, paging.size)
        return paged(request, paging, [case_summary(file) for file in files], total)

    @routes.get(
        "/cases/{case_id}",
        summary="Get one case with its grade, reasons, clock and history",
        dependencies=[Depends(api_reader)],
        responses={404: _problem("There is no such case")},
    )
    async def get_case(case_id: str) -> CaseBody:
        with answered_refusals():
            return case_body(await desk.file(case_id))

    @routes.post(
        "/cases/{case_id}/closure",
        summary="Close a case",
        responses={
            404: _problem("There is no such case"),
            409: _problem("The case is closed already, or graver than was seen"),
        },
    )
    async def close_case(case_id: str, order: ClosureOrder, actor: Annotated[Actor, Depends(api_actor)]) -> CaseBody:
        with answered_refusals():
            return case_body(await desk.close(case_id, order.reason, order.note, actor, order.seen))

    @routes.post(
        "/cases/{case_id}/override",
        summary="Set the grade of a case in place of the rules, or take that back",
        responses={
            404: _problem("There is no such case"),
            409: _problem("The case is closed, has this grade already or another than seen, or has none to take back"),
        },
    )
    async def override(case_id: str, order: OverrideOrder, actor: Annotated[Actor, Depends(api_actor)]) -> CaseBody:
        with answered_refusals():
            return case_body(await desk.override(case_id, order.grade, order.reason.strip(), actor, order.seen))

    return routes


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
