"""Members ask a reporter something, and see the pictures of a signal they have just said why they read."""

from datetime import timedelta
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.signal import NotAllowed, Signal
from services.intake.languages import in_dutch
from services.intake.pages.members import NOT_CONCERNED, Form, SignalReader, may_read_what_reporter_wrote
from services.intake.pages.once import once
from services.intake.use_cases.following import Following
from services.intake.use_cases.signals import Intake
from shared.bus.documents import Document
from shared.web.forms import FormState, text
from shared.web.problems import Fault, Problem, not_found
from shared.web.shell import Pages
from shared.web.sign_in import Member

LOOK_LASTS = timedelta(minutes=15)
"""How long after saying why somebody reads a signal its pictures can be fetched."""
_LEAST, _MOST = 5, 1000


def router(intake: Intake, following: Following, shell: Pages) -> APIRouter:
    """`/signals/<id>/questions` and `/signals/<id>/pictures`."""
    routes = APIRouter(prefix="/signals/{id}")

    @routes.get("/questions")
    async def question(request: Request, member: SignalReader, id: UUID, language: str = "") -> Response:
        await concerned(member, id)
        return show(request, id, FormState.filled({"language": language, "written_in": language}), str(uuid4()))

    @routes.post("/questions")
    async def ask(request: Request, member: SignalReader, id: UUID, form: Form) -> Response:
        document = await concerned(member, id)
        asked = text(form, "question")
        if not _LEAST <= len(asked) <= _MOST:
            fault = Fault("question", f"Schrijf een vraag van {_LEAST} tot {_MOST} tekens.")
            return show(request, id, FormState.of(form, [fault], shell.messages(request)), once(form), 400)
        try:
            language = text(form, "language")
            known = language if language in shell.translations.languages else None
            await following.ask(document, asked, once(form), member.organisation, known)
        except NotAllowed:
            raise Problem(
                409, detail="De melder nam de melding terug of heeft geen code, of er staan al te veel vragen."
            ) from None
        return RedirectResponse(f"/signals/{id}", 303)

    @routes.get("/pictures/{picture}")
    async def picture(member: SignalReader, id: UUID, picture: str, look: str = "") -> Response:
        document = await concerned(member, id)
        since = intake.bus.now() - LOOK_LASTS
        if not await intake.signals.has_looked(look, document.id, member.subject, since):
            raise Problem(403, detail="Schrijf bij de melding op waarvoor u de foto’s nodig hebt.")
        known = any(one.id == picture for one in document.state.pictures)
        shown = await following.pictures.shown(document.id, picture) if known else None
        if shown is None:
            raise not_found()
        return Response(shown, media_type="image/jpeg")

    async def concerned(member: Member, id_: UUID) -> Document[Signal]:
        document = await intake.signals.get(str(id_))
        if document is None:
            raise not_found("Deze melding is er niet, of niet meer.")
        if not may_read_what_reporter_wrote(member, document):
            raise Problem(403, type="not-concerned", detail=NOT_CONCERNED)
        return document

    def show(request: Request, id_: UUID, form: FormState, number: str, status: int = 200) -> Response:
        return shell.render(
            request,
            "question.html",
            status,
            title="Stel de melder een vraag",
            id=str(id_),
            form=form,
            once=number,
            most=_MOST,
            languages_known=[(code, in_dutch(code)) for code in shell.translations.languages],
            written_in=_named(form.value("written_in")),
        )

    return routes


def _named(code: str) -> str:
    """A language in Dutch; nothing for what is none."""
    name = in_dutch(code)
    return name if name != code else ""
