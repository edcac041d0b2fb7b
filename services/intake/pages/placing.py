"""LOT-C says where a signal from nowhere known is, so that a region becomes competent."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.signal import NotAllowed, Signal
from services.intake.pages.answers import Answers, faults_of_step, submission
from services.intake.pages.desk import Desk, form_of
from services.intake.pages.finding import Finder
from services.intake.pages.members import Form, SignalReader, may_give_place
from services.intake.pages.questions import Step
from services.intake.use_cases.following import Following
from services.intake.use_cases.signals import Intake, Misplaced, placed
from shared.bus.documents import Document
from shared.situation import Site
from shared.web.forms import FormState, text
from shared.web.problems import Fault, Problem, not_found
from shared.web.shell import Pages
from shared.web.sign_in import Member

LONGEST_WHY = 300
_STILL_NOWHERE = "Van deze plaats weten wij de veiligheidsregio niet. Kies een bekende plaats, of vul een postcode in."
_NOTHING = Fault("place", "Vul een postcode of plaats in, of kies een gebied over de grens.")
_DONE = "Deze melding heeft al een plaats, of is ingetrokken. Er is niets veranderd."


def router(intake: Intake, following: Following, finder: Finder, shell: Pages) -> APIRouter:
    """`/signals/<id>/place`."""
    routes = APIRouter(prefix="/signals/{id}/place")
    desk = Desk(finder, intake.today)

    @routes.get("")
    async def ask(request: Request, member: SignalReader, id: UUID) -> Response:
        document = await to_place(member, id)
        return show(request, document, Answers("", _known(document.state.situation.site)))

    @routes.post("")
    async def place(request: Request, member: SignalReader, id: UUID, form: Form) -> Response:
        document = await to_place(member, id)
        answers = Answers("", {"themes": list(document.state.situation.themes)}).with_step(Step.WHERE, form)
        answers = await finder.looked_up(answers)
        site, faults = found(document.state, answers)
        why = text(form, "why")
        if not why or len(why) > LONGEST_WHY:
            faults.append(Fault("why", f"Schrijf in hooguit {LONGEST_WHY} tekens op hoe u dit weet."))
        if faults:
            return show(request, document, answers, why, faults, 400)
        try:
            await following.place(document, site, member.organisation, why)
        except NotAllowed:
            raise Problem(409, detail=_DONE) from None
        return RedirectResponse(f"/signals/{id}", 303)

    async def to_place(member: Member, id_: UUID) -> Document[Signal]:
        document = await intake.signals.get(str(id_))
        if document is None:
            raise not_found("Deze melding is er niet, of niet meer.")
        if not may_give_place(member, document.state):
            raise Problem(403, detail="Alleen LOT-C wijst een plaats toe, en alleen aan een melding die er geen heeft.")
        return document

    def found(signal: Signal, answers: Answers) -> tuple[Site, list[Fault]]:
        """The site as typed, filled in by the reference data."""
        faults = faults_of_step(Step.WHERE, answers, intake.reference, intake.today())
        if faults:
            # The form's own words offer not to know, which is no answer here.
            return signal.situation.site, [_NOTHING if fault.code == "where" else fault for fault in faults]
        try:
            site = placed(submission(answers, intake.reference, signal.channel).situation, intake.reference).site
        except Misplaced:
            return signal.situation.site, [Fault("place", code="far_apart")]
        if site.country == "NL" and site.region is None:
            return site, [Fault("place", _STILL_NOWHERE)]
        return site, []

    def show(
        request: Request,
        document: Document[Signal],
        answers: Answers,
        why: str = "",
        faults: list[Fault] | None = None,
        status: int = 200,
    ) -> Response:
        t = shell.messages(request)
        return shell.render(
            request,
            "place.html",
            status,
            t=t,
            title="Wijs een plaats toe",
            id=document.id,
            signal=document.state,
            form=FormState.of(form_of({**answers.typed, "why": [why]}), faults or [], t),
            most_why=LONGEST_WHY,
            **_choices(desk.context(answers, t)),
        )

    return routes


def _known(site: Site) -> dict[str, list[str]]:
    """What was said of the place, to go on from."""
    known = {
        "name": site.name,
        "postcode": site.postcode,
        "house_number": site.house_number,
        "place": site.place or site.municipality,
        "area": site.district or site.country,
    }
    return {name: [value] for name, value in known.items() if value}


def _choices(context: dict[str, Any]) -> dict[str, Any]:
    return {name: context[name] for name in ("areas", "picks")}
