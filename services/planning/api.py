"""HTTP in for programs: interventions with their steps, consultations, parties."""

from typing import Annotated, Any, Self
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field, model_validator

from services.planning.access import answered_faults
from services.planning.answers import (
    ConsultationBody,
    InterventionBody,
    PartyBody,
    consultation_body,
    intervention_body,
    party_body,
)
from services.planning.domain.consultation import Decision
from services.planning.domain.intervention import StaffAnswer, VisitOutcome
from services.planning.domain.network import Selection
from services.planning.use_cases import consultations, visits
from services.planning.use_cases.consultations import Call
from services.planning.use_cases.desk import Desk, Unknown
from shared.calendar import day_of
from shared.contracts.common import PartyId, RegionCode
from shared.vocabulary import ConsultationOutcome, InterventionState, PartyKind, Sector, Theme
from shared.web.access import ApiActor, ApiReader
from shared.web.bodies import ApiRoute
from shared.web.models import ApiModel
from shared.web.paging import Paged, PagingQuery, paged
from shared.web.problems import MEDIA_TYPE

RegionQuery = Annotated[RegionCode | None, Query(description="for example VR06")]


def _example(**body: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


class ConveneOrder(ApiModel):
    """What the consultation is about: an intervention, or a case that may have none yet."""

    model_config = _example(
        interventionId="0b6a5f0e-3c52-5d0e-9d6e-2f8b7a1c4e90", note="Graag binnen het uur, via beeldbellen."
    )

    intervention_id: str | None = Field(default=None, max_length=100)
    case_id: str | None = Field(default=None, max_length=100)
    note: str | None = Field(default=None, max_length=1000, description="no names or other personal data")

    @model_validator(mode="after")
    def about_one_thing(self) -> Self:
        if (self.intervention_id is None) == (self.case_id is None):
            raise ValueError("Noem óf interventionId óf caseId.")
        return self


class DecisionOrder(ApiModel):
    """Go or no-go, why, and the parties that took part."""

    model_config = _example(
        outcome="go",
        reason="Besmettingen nemen toe; bezoek vandaag nog mogelijk.",
        participants=["lotc", "ggd-vr06", "vr06", "iszw"],
    )

    outcome: ConsultationOutcome
    reason: str = Field(min_length=1, max_length=2000)
    participants: list[PartyId] = Field(min_length=1, max_length=100)


class Assignment(ApiModel):
    """Whom one party sends; none only with a reason."""

    party: PartyId
    people: int = Field(ge=0, le=1000)
    lead: str | None = Field(default=None, max_length=100, description="who leads its people; stays in planning")
    reason: str | None = Field(default=None, max_length=500)


class StaffingOrder(ApiModel):
    """The answers of one or more parties."""

    model_config = _example(
        assignments=[
            {"party": "ggd-vr06", "people": 3, "lead": "Zoë Çelik"},
            {"party": "iszw", "people": 2},
            {"party": "nvwa", "people": 0, "reason": "Het vaste toezicht is al ter plaatse."},
        ]
    )

    assignments: list[Assignment] = Field(min_length=1, max_length=100)


class CompletionOrder(ApiModel):
    """How the visit ended."""

    model_config = _example(outcome="carried_out", note="Rondgang en bemonstering zijn klaar.")

    outcome: VisitOutcome = VisitOutcome.CARRIED_OUT
    note: str | None = Field(default=None, max_length=2000)


class CancellationOrder(ApiModel):
    """Why the visit is called off."""

    model_config = _example(reason="Het bedrijf is sinds vanochtend gesloten.")

    reason: str = Field(min_length=1, max_length=2000)


_STEP_ANSWERS: dict[int | str, dict[str, Any]] = {
    403: _problem("The caller's organisation may not do this"),
    404: _problem("There is no such intervention, consultation or case"),
    409: _problem("Its state does not allow this now; the detail says in Dutch what is possible"),
}
_MISSING: dict[int | str, dict[str, Any]] = {404: _STEP_ANSWERS[404]}


def router(desk: Desk) -> APIRouter:
    """Every address under /v1 of this service."""
    router = APIRouter(prefix="/v1", route_class=ApiRoute)
    _interventions(router, desk)
    _steps(router, desk)
    _consultations(router, desk)
    _parties(router, desk)
    return router


def _interventions(router: APIRouter, desk: Desk) -> None:
    @router.get("/interventions", summary="Interventions, newest first", tags=["interventions"])
    async def list_interventions(
        request: Request,
        paging: PagingQuery,
        _: ApiReader,
        case_id: Annotated[str | None, Query(alias="caseId", max_length=100)] = None,
        state: Annotated[list[InterventionState] | None, Query(description="may be repeated")] = None,
        region: RegionQuery = None,
    ) -> Paged[InterventionBody]:
        found, total = await desk.store.interventions(
            case=case_id, states=state or (), region=region, skip=paging.skip, limit=paging.size
        )
        return paged(request, paging, [intervention_body(intervention) for intervention in found], total)

    @router.get("/interventions/{id}", summary="One intervention", tags=["interventions"], responses=_MISSING)
    async def get_intervention(id: str, _: ApiReader) -> InterventionBody:
        with answered_faults():
            found = await desk.store.intervention(id)
            if found is None:
                raise Unknown("intervention")
        return intervention_body(found)


def _steps(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/interventions/{id}/staffing",
        summary="Say whom one or more parties send",
        description="The visit is staffed when every party that takes part has answered.",
        tags=["interventions"],
        responses=_STEP_ANSWERS,
    )
    async def staff(id: str, order: StaffingOrder, person: ApiActor) -> InterventionBody:
        answers = [StaffAnswer(item.party, item.people, item.lead, item.reason) for item in order.assignments]
        with answered_faults():
            return intervention_body(await visits.staff(desk, person, id, answers))

    @router.post(
        "/interventions/{id}/start", summary="The team is on site", tags=["interventions"], responses=_STEP_ANSWERS
    )
    async def start(id: str, person: ApiActor) -> InterventionBody:
        with answered_faults():
            return intervention_body(await visits.start(desk, person, id))

    @router.post(
        "/interventions/{id}/completion",
        summary="The visit is over",
        tags=["interventions"],
        responses=_STEP_ANSWERS,
    )
    async def complete(id: str, person: ApiActor, order: CompletionOrder | None = None) -> InterventionBody:
        order = order or CompletionOrder()
        with answered_faults():
            return intervention_body(await visits.complete(desk, person, id, order.outcome, order.note))

    @router.post(
        "/interventions/{id}/cancellation",
        summary="Call the visit off after the decision",
        tags=["interventions"],
        responses=_STEP_ANSWERS,
    )
    async def cancel(id: str, order: CancellationOrder, person: ApiActor) -> InterventionBody:
        with answered_faults():
            return intervention_body(await visits.cancel(desk, person, id, order.reason))


def _consultations(router: APIRouter, desk: Desk) -> None:
    @router.get("/consultations", summary="Consultations, newest first", tags=["consultations"])
    async def list_consultations(
        request: Request,
        paging: PagingQuery,
        _: ApiReader,
        open_only: Annotated[bool, Query(alias="openOnly", description="only those without a decision")] = False,
    ) -> Paged[ConsultationBody]:
        found, total = await desk.store.consultations(open_only=open_only, skip=paging.skip, limit=paging.size)
        return paged(request, paging, [consultation_body(consultation) for consultation in found], total)

    @router.post(
        "/consultations",
        status_code=201,
        summary="Call a consultation through LOT-C",
        description="Any member may do this at any time. While one is under way, that one is the answer, with 200.",
        tags=["consultations"],
        responses={**_STEP_ANSWERS, 200: {"model": ConsultationBody, "description": "One is under way already"}},
    )
    async def convene(order: ConveneOrder, person: ApiActor, response: Response) -> ConsultationBody:
        call = Call(str(uuid4()), person, order.intervention_id, order.case_id, order.note)
        with answered_faults():
            consultation, new = await consultations.convene(desk, call)
        response.status_code = 201 if new else 200
        response.headers["Location"] = f"/v1/consultations/{consultation.id}"
        return consultation_body(consultation)

    @router.get("/consultations/{id}", summary="One consultation", tags=["consultations"], responses=_MISSING)
    async def get_consultation(id: str, _: ApiReader) -> ConsultationBody:
        with answered_faults():
            found = await desk.store.consultation(id)
            if found is None:
                raise Unknown("consultation")
        return consultation_body(found)

    @router.post(
        "/consultations/{id}/decision",
        summary="Record go or no-go",
        description="After a go the drafted plan stands, and every party that takes part is asked for staff.",
        tags=["consultations"],
        responses=_STEP_ANSWERS,
    )
    async def decide(id: str, order: DecisionOrder, person: ApiActor) -> ConsultationBody:
        participants = tuple(dict.fromkeys(order.participants))
        decision = Decision(order.outcome, order.reason, participants, desk.bus.now(), person)
        with answered_faults():
            return consultation_body(await consultations.decide(desk, id, decision))


def _parties(router: APIRouter, desk: Desk) -> None:
    @router.get("/parties", summary="The network map", tags=["parties"])
    async def list_parties(
        request: Request,
        paging: PagingQuery,
        _: ApiReader,
        theme: Theme | None = None,
        sector: Sector | None = None,
        region: RegionQuery = None,
        kind: PartyKind | None = None,
        member: Annotated[bool, Query(description="only members of the platform")] = False,
        q: Annotated[str, Query(max_length=100, description="part of the name")] = "",
    ) -> Paged[PartyBody]:
        selection = Selection(theme, sector, region, kind, member, q)
        found = selection.of(await desk.store.network(), day_of(desk.bus.now()))
        items = [party_body(party) for party in found[paging.skip : paging.skip + paging.size]]
        return paged(request, paging, items, len(found))

    @router.get("/parties/{id}", summary="One party", tags=["parties"], responses=_MISSING)
    async def get_party(id: str, _: ApiReader) -> PartyBody:
        with answered_faults():
            found = (await desk.store.network()).parties.get(id)
            if found is None:
                raise Unknown("party")
        return party_body(found)
