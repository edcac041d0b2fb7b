"""The doors of those who sign in: an official finding with its document, and what the media tell."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from services.intake.domain.links import normal_link
from services.intake.domain.signal import channel_of
from services.intake.metrics import Metrics
from services.intake.pages.answers import Answers, submission
from services.intake.pages.desk import Desk, state_of, with_official_counts, with_told
from services.intake.pages.finding import Finder
from services.intake.pages.warning import Seen, told_of, untold
from services.intake.use_cases.signals import Intake, Misplaced, Submission, TicketReused
from shared.vocabulary import Channel
from shared.web.csrf import checked_form
from shared.web.forms import text
from shared.web.problems import Fault
from shared.web.shell import Pages
from shared.web.sign_in import Member, Role, demand_role, page_member

LONGEST_REFERENCE = 100

Form = Annotated[FormData, Depends(checked_form)]


def teller(member: Annotated[Member, Depends(page_member)]) -> Member:
    """Whoever signs in may tell of a situation, ministries included; for the hotline there is its own screen."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER, Role.OPERATOR)
    return member


Teller = Annotated[Member, Depends(teller)]


def router(intake: Intake, finder: Finder, shell: Pages, metrics: Metrics) -> APIRouter:
    """`/findings` and `/media`."""
    routes = APIRouter(include_in_schema=False)
    doors = _Doors(intake, finder, shell, metrics)

    @routes.get("/findings")
    async def finding(request: Request, _member: Teller) -> Response:
        return doors.show(request, "finding.html", FormData())

    @routes.post("/findings")
    async def hand_in_finding(request: Request, member: Teller, form: Form) -> Response:
        return await doors.take_finding(request, member, form)

    @routes.get("/media")
    async def media(request: Request, _member: Teller) -> Response:
        return doors.show(request, "media.html", FormData())

    @routes.post("/media")
    async def hand_in_media(request: Request, member: Teller, form: Form) -> Response:
        return await doors.take_media(request, member, form)

    return routes


class _Doors:
    """Checks like every other door, and says what became of it."""

    def __init__(self, intake: Intake, finder: Finder, shell: Pages, metrics: Metrics) -> None:
        self._intake = intake
        self._shell = shell
        self._metrics = metrics
        self._desk = Desk(finder, intake.today)

    def show(
        self,
        request: Request,
        template: str,
        form: FormData,
        faults: list[Fault] | None = None,
        answers: Answers | None = None,
        seen: Sequence[Seen] = (),
    ) -> Response:
        t, answers = self._shell.messages(request), answers or self._desk.typed(form)
        return self._shell.render(
            request,
            template,
            400 if faults else 200,
            t=t,
            title={"finding.html": "Bevinding melden", "media.html": "Bericht uit de media melden"}[template],
            form=state_of(answers, with_told(form, seen), faults or [], t),
            seen=seen,
            **self._desk.context(answers, t),
        )

    async def take_finding(self, request: Request, member: Member, form: FormData) -> Response:
        answers = await self._desk.answers(form)
        document, faults = text(form, "reference"), []
        if not document or len(document) > LONGEST_REFERENCE:
            wrong = f"Noem in hooguit {LONGEST_REFERENCE} tekens het document waar dit op rust."
            faults.append(Fault("reference", wrong))
        faults += self._desk.faults(answers)
        if faults:
            return self.show(request, "finding.html", form, faults, answers)
        channel = channel_of(member.organisation, operator=False)
        typed = submission(answers, self._intake.reference, channel, member.organisation)
        situation, faults = with_official_counts(typed.situation, form)
        if faults:
            return self.show(request, "finding.html", form, faults, answers)
        if seen := untold(self._desk.numbers(answers, reference=document), told_of(form)):
            return self.show(request, "finding.html", form, answers=answers, seen=seen)
        finding = replace(typed, situation=situation, receipt_seed="", reference=document, official=True)
        return await self._hand_in(request, "finding.html", form, finding)

    async def take_media(self, request: Request, member: Member, form: FormData) -> Response:
        answers = await self._desk.answers(form)
        link, faults = normal_link(text(form, "link")), []
        if link is None:
            faults.append(Fault("link", "Plak het adres van het bericht, bijvoorbeeld https://krant.example/bericht."))
        if not answers.value("words"):
            faults.append(Fault("words", "Neem over wat er staat, zodat het blijft als het bericht verdwijnt."))
        faults += self._desk.faults(answers)
        if faults or link is None:
            return self.show(request, "media.html", form, faults, answers)
        if seen := untold(self._desk.numbers(answers), told_of(form)):
            return self.show(request, "media.html", form, answers=answers, seen=seen)
        typed = submission(answers, self._intake.reference, Channel.MEDIA, member.organisation)
        ticket = f"media/{link}"
        return await self._hand_in(
            request, "media.html", form, replace(typed, ticket=ticket, receipt_seed="", reference=link)
        )

    async def _hand_in(self, request: Request, template: str, form: FormData, handed_in: Submission) -> Response:
        told: dict[str, Any] = {"id": self._intake.keys.signal_id(handed_in.ticket), "media": template == "media.html"}
        try:
            received = await self._intake.receive_signal(handed_in)
        except Misplaced:
            return self.show(request, template, form, [Fault("place", code="far_apart")])
        except TicketReused:
            self._metrics.submitted.labels(handed_in.channel, "repeated").inc()
            return self._shell.render(request, "told.html", 409, title="Dit was al gemeld", again=True, **told)
        self._metrics.note(handed_in.channel, received)
        title = "Dit was al gemeld" if received.repeated else "De melding is verstuurd"
        return self._shell.render(request, "told.html", title=title, again=received.repeated, **told)
