"""The list of interventions with what needs me now, and one intervention with its next step."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.planning.access import answered_refusals
from services.planning.answers import staffing
from services.planning.domain.draft import Involved
from services.planning.domain.intervention import OVER, Intervention, NotAcceptable, StaffAnswer, VisitOutcome
from services.planning.domain.needs import need_of
from services.planning.domain.network import LOTC
from services.planning.domain.wording import Step
from services.planning.pages import fields, wording
from services.planning.use_cases import consultations, visits
from services.planning.use_cases.consultations import Call
from services.planning.use_cases.desk import Desk, Unknown
from shared.vocabulary import InterventionState
from shared.web.access import PageActor, PageReader
from shared.web.csrf import checked_form
from shared.web.forms import FormState, text
from shared.web.members import Member, Role
from shared.web.paging import PagingQuery, to_last_page
from shared.web.problems import Fault
from shared.web.shell import Pages

Form = Annotated[FormData, Depends(checked_form)]

STATES = {"": "lopend", "over": "afgerond of afgezien", "all": "alle"}


class InterventionPages:
    """Everything under `/` and `/interventions`."""

    def __init__(self, desk: Desk, pages: Pages, regions: Mapping[str, str]) -> None:
        self._desk = desk
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/", self.overview)
        router.add_api_route("/interventions/{id}", self.detail)
        router.add_api_route("/interventions/{id}/consultation", self.convene, methods=["POST"])
        router.add_api_route("/interventions/{id}/staffing", self.staff, methods=["POST"])
        router.add_api_route("/interventions/{id}/start", self.start, methods=["POST"])
        router.add_api_route("/interventions/{id}/completion", self.complete, methods=["POST"])
        router.add_api_route("/interventions/{id}/cancellation", self.cancel, methods=["POST"])
        return router

    async def overview(
        self,
        request: Request,
        paging: PagingQuery,
        member: PageReader,
        state: Annotated[str, Query(max_length=20)] = "",
        region: Annotated[str, Query(max_length=4)] = "",
        mine: Annotated[str, Query(max_length=3)] = "",
    ) -> Response:
        state = fields.pick(state, list(STATES)) or ""
        found, total = await self._desk.store.interventions(
            states=_states(state),
            region=fields.pick(region, list(self._regions)),
            party=member.organisation if mine else None,
            skip=paging.skip,
            limit=paging.size,
        )
        running = await self._desk.store.open_interventions()
        needs = [(intervention, need_of(intervention, member.organisation)) for intervention in running]
        return to_last_page(request, paging, total) or self._pages.render(
            request,
            "interventions.html",
            needs=[(intervention, need) for intervention, need in needs if need],
            interventions=found,
            total=total,
            paging=paging,
            filters=FormState.filled({"state": state, "region": region, "mine": mine}),
            filtered=bool(region or mine or state),
            states=[(value, words) for value, words in STATES.items() if value],
            regions=self._regions,
            w=wording,
        )

    async def detail(self, request: Request, id: str, member: PageReader) -> Response:
        return await self._show(request, id, member)

    async def convene(self, request: Request, id: str, form: Form, person: PageActor, member: PageReader) -> Response:
        faults = fields.limited(form, "note")
        if faults:
            return await self._show(request, id, member, form, faults)
        with answered_refusals():
            call = Call(str(uuid4()), person, intervention=id, note=text(form, "note") or None)
            consultation, _ = await consultations.convene(self._desk, call)
        return RedirectResponse(f"/consultations/{consultation.id}", 303)

    async def staff(self, request: Request, id: str, form: Form, person: PageActor, member: PageReader) -> Response:
        intervention = await self._find(id)
        answers, faults = _answers(form, intervention)
        if not answers and not faults:
            faults = [Fault("", "Vul bij ten minste één partij in hoeveel mensen er komen.")]
        if not faults:
            try:
                with answered_refusals():
                    await visits.staff(self._desk, person, id, answers)
            except NotAcceptable as refusal:
                faults = [_beside_party(field, why, answers) for field, why in refusal.faults]
        if faults:
            return await self._show(request, id, member, form, faults)
        return _back(id)

    async def start(self, id: str, form: Form, person: PageActor) -> Response:
        with answered_refusals():
            await visits.start(self._desk, person, id)
        return _back(id)

    async def complete(self, request: Request, id: str, form: Form, person: PageActor, member: PageReader) -> Response:
        faults = fields.chosen(form, "outcome", set(VisitOutcome), "Kies hoe het bezoek is gegaan.")
        faults += fields.limited(form, "note")
        if faults:
            return await self._show(request, id, member, form, faults)
        outcome, note = VisitOutcome(text(form, "outcome")), text(form, "note") or None
        with answered_refusals():
            await visits.complete(self._desk, person, id, outcome, note)
        return _back(id)

    async def cancel(self, request: Request, id: str, form: Form, person: PageActor, member: PageReader) -> Response:
        faults = fields.demanded(form, "reason", "Schrijf op waarom het bezoek niet doorgaat.")
        if faults:
            return await self._show(request, id, member, form, faults)
        with answered_refusals():
            await visits.cancel(self._desk, person, id, text(form, "reason"))
        return _back(id)

    async def _find(self, id: str) -> Intervention:
        with answered_refusals():
            found = await self._desk.store.intervention(id)
            if found is None:
                raise Unknown("intervention")
        return found

    async def _show(
        self,
        request: Request,
        id: str,
        member: Member,
        form: FormData | None = None,
        faults: list[Fault] | None = None,
    ) -> Response:
        intervention = await self._find(id)
        typed = FormState.of(form, faults or [], self._pages.messages(request)) if form else _known(intervention)
        return self._pages.render(
            request,
            "intervention.html",
            400 if form else 200,
            it=intervention,
            others=[] if intervention.over else await self._desk.store.beside(intervention),
            region=self._regions.get(intervention.draft.region or "", "regio nog onbekend"),
            names={party.party: party.name for party in intervention.draft.parties},
            answering=_answering(intervention, member),
            staffing=staffing(intervention),
            acts=member.has(Role.MEMBER, Role.COORDINATOR),
            takes_part=member.organisation == LOTC or intervention.concerns(member.organisation),
            steps=Step,
            typed=typed,
            labels=_labels(intervention),
            outcomes=wording.choices(VisitOutcome),
            w=wording,
        )


def _states(choice: str) -> list[InterventionState]:
    if choice == "all":
        return []
    return [state for state in InterventionState if (state in OVER) == (choice == "over")]


def _back(id: str) -> Response:
    return RedirectResponse(f"/interventions/{id}", 303)


def _answering(intervention: Intervention, member: Member) -> list[Involved]:
    """The parties this member may answer for; LOT-C and the coordinator for all."""
    if member.organisation in (LOTC, intervention.draft.coordinator):
        return list(intervention.asked_for_staff)
    return [party for party in intervention.asked_for_staff if party.party == member.organisation]


def _answers(form: FormData, intervention: Intervention) -> tuple[list[StaffAnswer], list[Fault]]:
    """The rows that were filled in; a row left empty is no answer yet."""
    answers, faults = [], []
    for party in intervention.asked_for_staff:
        typed = text(form, f"people-{party.party}")
        if not typed:
            continue
        people = fields.whole_number(typed)
        if people is None:
            faults.append(Fault(f"people-{party.party}", "Vul een aantal in van 0 tot 1000, alleen cijfers."))
            continue
        lead = text(form, f"lead-{party.party}")[:100] or None
        reason = text(form, f"reason-{party.party}")[:500] or None
        answers.append(StaffAnswer(party.party, people, lead, reason))
    return answers, faults


def _beside_party(field: str, why: str, answers: list[StaffAnswer]) -> Fault:
    _, row, name = field.split(".")
    return Fault(f"{name}-{answers[int(row)].party}", why)


def _known(intervention: Intervention) -> FormState:
    values: dict[str, Any] = {}
    for answer in intervention.staffing:
        values[f"people-{answer.party}"] = answer.people
        values[f"lead-{answer.party}"] = answer.lead
        values[f"reason-{answer.party}"] = answer.reason
    return FormState.filled(values)


def _labels(intervention: Intervention) -> dict[str, str]:
    labels = {"note": "Toelichting", "reason": "Reden", "outcome": "Verloop"}
    for party in intervention.asked_for_staff:
        labels[f"people-{party.party}"] = f"Aantal mensen van {party.name}"
        labels[f"reason-{party.party}"] = f"Reden van {party.name}"
    return labels
