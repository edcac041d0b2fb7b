"""Consultations: the list, calling one about a case, and one consultation with its decision."""

from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.planning.access import answered_refusals
from services.planning.domain.consultation import Consultation, Decision
from services.planning.domain.intervention import NotAcceptable
from services.planning.domain.network import LOTC, Network
from services.planning.pages import fields, wording
from services.planning.use_cases import consultations
from services.planning.use_cases.consultations import Call
from services.planning.use_cases.desk import Desk, Unknown
from shared.vocabulary import ConsultationOutcome, InterventionState
from shared.web.access import PageActor, PageReader
from shared.web.csrf import checked_form
from shared.web.forms import FormState, text
from shared.web.members import Member, Role
from shared.web.paging import PagingQuery, to_last_page
from shared.web.problems import Fault
from shared.web.shell import Pages
from shared.web.words import choices

Form = Annotated[FormData, Depends(checked_form)]

LABELS = {"outcome": "Besluit", "reason": "Waarom", "participants": "Wie deden mee", "note": "Toelichting"}


class ConsultationPages:
    """Everything under `/consultations`."""

    def __init__(self, desk: Desk, pages: Pages, regions: Mapping[str, str]) -> None:
        self._desk = desk
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/consultations", self.overview)
        router.add_api_route("/consultations", self.convene, methods=["POST"])
        router.add_api_route("/consultations/new", self.ask)
        router.add_api_route("/consultations/{id}", self.detail)
        router.add_api_route("/consultations/{id}/decision", self.decide, methods=["POST"])
        return router

    async def overview(
        self,
        request: Request,
        paging: PagingQuery,
        member: PageReader,
        open: Annotated[str, Query(max_length=3)] = "",
    ) -> Response:
        found, total = await self._desk.store.consultations(open_only=bool(open), skip=paging.skip, limit=paging.size)
        return to_last_page(request, paging, total) or self._pages.render(
            request,
            "consultations.html",
            consultations=found,
            total=total,
            paging=paging,
            open_only=bool(open),
        )

    async def ask(
        self, request: Request, member: PageReader, case_id: Annotated[str, Query(alias="caseId", max_length=100)]
    ) -> Response:
        return await self._ask(request, case_id)

    async def convene(self, request: Request, form: Form, person: PageActor) -> Response:
        case_id, faults = text(form, "case"), fields.limited(form, "note")
        if faults:
            return await self._ask(request, case_id, form, faults)
        with answered_refusals():
            call = Call(str(uuid4()), person, case=case_id, note=text(form, "note") or None)
            consultation, _ = await consultations.convene(self._desk, call)
        return RedirectResponse(f"/consultations/{consultation.id}", 303)

    async def detail(self, request: Request, id: str, member: PageReader) -> Response:
        return await self._show(request, id, member)

    async def decide(self, request: Request, id: str, form: Form, person: PageActor, member: PageReader) -> Response:
        faults = fields.chosen(form, "outcome", set(ConsultationOutcome), "Kies wat het overleg besloot.")
        faults += fields.demanded(form, "reason", "Schrijf op waarom het overleg dit besloot.")
        participants = tuple(dict.fromkeys(fields.texts(form, "participants")))
        if not participants:
            faults.append(Fault("participants", "Kruis ten minste één partij aan."))
        if not faults:
            outcome, reason = ConsultationOutcome(text(form, "outcome")), text(form, "reason")
            decision = Decision(outcome, reason, participants, self._desk.bus.now(), person)
            try:
                with answered_refusals():
                    decided = await consultations.decide(self._desk, id, decision)
                return RedirectResponse(f"/interventions/{decided.intervention}", 303)
            except NotAcceptable as refusal:
                faults = [Fault("participants", why) for _, why in refusal.faults]
        return await self._show(request, id, member, form, faults)

    async def _ask(
        self, request: Request, case_id: str, form: FormData | None = None, faults: list[Fault] | None = None
    ) -> Response:
        with answered_refusals():
            case = await self._desk.store.case(case_id)
            if case is None:
                raise Unknown("case")
        typed = FormState.of(form, faults or [], self._pages.messages(request)) if form else FormState()
        return self._pages.render(
            request, "convene.html", 400 if form else 200, case=case, typed=typed, labels=LABELS, w=wording
        )

    async def _show(
        self,
        request: Request,
        id: str,
        member: Member,
        form: FormData | None = None,
        faults: list[Fault] | None = None,
    ) -> Response:
        with answered_refusals():
            consultation = await self._desk.store.consultation(id)
            if consultation is None:
                raise Unknown("consultation")
            intervention = await self._desk.store.intervention(consultation.intervention)
            if intervention is None:
                raise Unknown("intervention")
        network = await self._desk.store.network()
        typed = FormState.of(form, faults or [], self._pages.messages(request)) if form else FormState()
        return self._pages.render(
            request,
            "consultation.html",
            400 if form else 200,
            it=consultation,
            about=intervention,
            region=self._regions.get(intervention.draft.region or "", "regio nog onbekend"),
            open=consultation.decision is None and intervention.state is InterventionState.PROPOSED,
            acts=member.has(Role.MEMBER, Role.COORDINATOR)
            and (member.organisation == LOTC or intervention.concerns(member.organisation)),
            parties=_choices(consultation, network),
            through=network.parties[consultation.convened_through].name,
            participants=[network.parties[party].name for party in _participants(consultation)],
            mail_to=",".join(invitation.email for invitation in consultation.invited if invitation.email),
            typed=typed,
            labels=LABELS,
            outcomes=choices(ConsultationOutcome),
            w=wording,
        )


def _participants(consultation: Consultation) -> tuple[str, ...]:
    return consultation.decision.participants if consultation.decision else ()


def _choices(consultation: Consultation, network: Network) -> list[tuple[str, str]]:
    """Who may have taken part: who was invited, who convened, and the other national members."""
    invited = {invitation.party: invitation.name for invitation in consultation.invited}
    national = {p.id: p.name for p in network.parties.values() if p.member and p.region is None}
    by = consultation.convened_by
    return list({**invited, by.organisation: by.represents, **national}.items())
