"""HTTP in for programs: merge, split and tell apart cases, move signals between them, and undo each of these."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import ConfigDict, Field

from services.triage.access import answered_refusals, api_actor
from services.triage.answers import CaseBody, case_body
from services.triage.domain.case import Actor
from services.triage.use_cases.desk import Desk, UnknownCase
from services.triage.use_cases.regrouping import Regrouping
from shared.web.bodies import ApiRoute
from shared.web.models import ApiModel
from shared.web.problems import MEDIA_TYPE, Fault, bad_request

MOST_SIGNALS = 1000

Reason = Annotated[
    str, Field(min_length=1, max_length=2000, pattern=r"\S", description="no names or other personal data")
]
CaseId = Annotated[str, Field(min_length=1, max_length=100)]
SignalIds = Annotated[list[CaseId], Field(min_length=1, max_length=MOST_SIGNALS)]
By = Annotated[Actor, Depends(api_actor)]


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


_CASE = "6dd0a0a5-5f0c-5a0e-8d4e-7a9d5b2c3e10"
_SIGNALS = ["0b8f6a52-6f0c-4c43-9a6e-0d5f4c1f5f11"]


class MergeOrder(ApiModel):
    """The case that all signals go to and why; null lets a case that was merged away be one of its own again."""

    model_config = _example(into=_CASE, reason="Beide meldingen gaan over de nachtploeg van dit bedrijf.")

    into: CaseId | None
    reason: Reason
    turn: int | None = Field(
        default=None, description="with null: that of the merge that was looked at, so that no newer one is undone"
    )


class SplitOrder(ApiModel):
    """The signals that found a new case, and why."""

    model_config = _example(signals=_SIGNALS, reason="Deze melding gaat over de loods ernaast.")

    signals: SignalIds
    reason: Reason


class ReunionOrder(ApiModel):
    """Why a case that was split off goes back."""

    model_config = _example(reason="Het is toch dezelfde loods.")

    reason: Reason


class MoveOrder(ApiModel):
    """The signals that go to another case, and why."""

    model_config = _example(to=_CASE, signals=_SIGNALS, reason="Deze melding hoort bij de woning in Lichtenvoorde.")

    to: CaseId
    signals: SignalIds
    reason: Reason


class DistinctionOrder(ApiModel):
    """That two cases are not about the same, or with `apart` false no longer, and why."""

    model_config = _example(other=_CASE, apart=True, reason="Hetzelfde bedrijf, maar een andere vestiging.")

    other: CaseId
    apart: bool = True
    reason: Reason


def router(desk: Desk, regrouping: Regrouping) -> APIRouter:
    """The routes under /v1."""
    routes = APIRouter(prefix="/v1", route_class=ApiRoute, tags=["cases"])

    async def answer(id_: str) -> CaseBody:
        return case_body(await desk.file(id_))

    @routes.post(
        "/cases/{case_id}/merge",
        summary="Merge a case into another, or undo that",
        description="The answer is the case that is gone or came back; nothing of it is deleted.",
        responses=_answers("One of the cases is merged away or closed, or they were told apart"),
    )
    async def merge(case_id: str, order: MergeOrder, who: By) -> CaseBody:
        with _answered(case_id, "into"):
            if order.into is None:
                await regrouping.undo_merge(case_id, order.reason.strip(), who, order.turn)
            else:
                await regrouping.merge(case_id, order.into, order.reason.strip(), who)
            return await answer(case_id)

    @routes.post(
        "/cases/{case_id}/split",
        status_code=201,
        summary="Found a new case with some signals of a case",
        description="The answer is the new case. The two are told apart, so that nothing links them again.",
        responses=_answers("Not all these signals are in the case any more, or none would be left in it"),
    )
    async def split(case_id: str, order: SplitOrder, who: By, response: Response) -> CaseBody:
        with _answered(case_id):
            part = await regrouping.split(case_id, order.signals, order.reason.strip(), who)
            response.headers["Location"] = f"/v1/cases/{part}"
            return await answer(part)

    @routes.post(
        "/cases/{case_id}/reunion",
        summary="Undo a split: put the case back whole into the one it was split off from",
        responses=_answers("The case was not split off, or the other one takes nothing in any more"),
    )
    async def reunite(case_id: str, order: ReunionOrder, who: By) -> CaseBody:
        with _answered(case_id):
            await regrouping.undo_split(case_id, order.reason.strip(), who)
            return await answer(case_id)

    @routes.post(
        "/cases/{case_id}/signal-moves",
        summary="Put some signals of a case into another",
        description="Moved back they are where they were; the answer is the case that they left.",
        responses=_answers("Not all these signals are in the case any more, or the other case takes nothing in"),
    )
    async def move(case_id: str, order: MoveOrder, who: By) -> CaseBody:
        with _answered(case_id, "to"):
            await regrouping.move(case_id, order.to, order.signals, order.reason.strip(), who)
            return await answer(case_id)

    @routes.post(
        "/cases/{case_id}/distinctions",
        summary="Remember that two cases are not about the same, or take that back",
        responses=_answers("That is so already"),
    )
    async def tell_apart(case_id: str, order: DistinctionOrder, who: By) -> CaseBody:
        verb = regrouping.tell_apart if order.apart else regrouping.tell_apart_no_more
        with _answered(case_id, "other"):
            await verb(case_id, order.other, order.reason.strip(), who)
            return await answer(case_id)

    return routes


@contextmanager
def _answered(case_id: str, field: str = "") -> Iterator[None]:
    """Refusals as answers; a case named in the body that is not there is a fault of that field."""
    with answered_refusals():
        try:
            yield
        except UnknownCase as unknown:
            if str(unknown) == case_id:
                raise
            raise bad_request([Fault(field, "Deze zaak is er niet.", "unknown_case")]) from None


def _answers(conflict: str) -> dict[int | str, dict[str, Any]]:
    return {404: _problem("There is no such case"), 409: _problem(conflict)}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
