"""The doors of those who sign in: an official finding with its document, and what the media tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.links import normal_link
from services.intake.domain.signal import channel_of
from services.intake.drafts import Draft, Drafts
from services.intake.metrics import Metrics
from services.intake.pages.answers import Answers, submission, ticket_of_form
from services.intake.pages.desk import Desk, form_of, said_in, state_of, typed_in, with_official_counts, with_told
from services.intake.pages.finding import Finder
from services.intake.pages.warning import Seen, told_of, untold
from services.intake.use_cases.signals import Intake, Misplaced, Received, Submission, TicketReused
from shared.vocabulary import Channel
from shared.web.csrf import checked_form
from shared.web.forms import text
from shared.web.problems import Fault
from shared.web.shell import Pages
from shared.web.sign_in import Member, Role, demand_role, page_member

LONGEST_REFERENCE = 100

Form = Annotated[FormData, Depends(checked_form)]


class After(StrEnum):
    """Why a form is opened again, as its address says it, so that Back and reload send nothing again."""

    REFUSED = "refused"
    WARNED = "warned"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class _Door:
    """Where its form is, what that is called, and what a draft of it is."""

    path: str
    template: str
    title: str
    draft: str


FINDINGS = _Door("/findings", "finding.html", "Bevinding melden", "deze bevinding")
MEDIA = _Door("/media", "media.html", "Bericht uit de media melden", "dit bericht")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The signal that a form makes, or what stands in the way of sending it."""

    answers: Answers
    faults: Sequence[Fault]
    numbers: Sequence[Seen] = ()
    handed_in: Submission | None = None


def teller(member: Annotated[Member, Depends(page_member)]) -> Member:
    """Whoever signs in may tell of a situation, ministries included; for the hotline there is its own screen."""
    demand_role(member, Role.MEMBER, Role.COORDINATOR, Role.READER, Role.OPERATOR)
    return member


Teller = Annotated[Member, Depends(teller)]


def router(intake: Intake, drafts: Drafts, finder: Finder, shell: Pages, metrics: Metrics) -> APIRouter:
    """`/findings` and `/media`."""
    routes = APIRouter(include_in_schema=False)
    doors = _Doors(intake, drafts, finder, shell, metrics)

    for door in (FINDINGS, MEDIA):
        _lay(routes, doors, door)
    return routes


def _lay(routes: APIRouter, doors: "_Doors", door: _Door) -> None:
    @routes.get(door.path)
    async def opened(
        request: Request, member: Teller, draft: UUID | None = None, after: After | None = None
    ) -> Response:
        return await doors.open(request, member, door, draft, after)

    @routes.post(f"{door.path}/draft")
    async def keep(member: Teller, form: Form) -> Response:
        return await doors.keep(member, door, form)

    @routes.post(f"{door.path}/clear")
    async def clear(member: Teller, form: Form) -> Response:
        return await doors.clear(member, door, form)

    @routes.post(door.path)
    async def hand_in(request: Request, member: Teller, form: Form) -> Response:
        return await doors.take(request, member, door, form)


class _Doors:
    """Checks like every other door, keeps what is typed until it is sent, and says what became of it."""

    def __init__(self, intake: Intake, drafts: Drafts, finder: Finder, shell: Pages, metrics: Metrics) -> None:
        self._intake = intake
        self._drafts = drafts
        self._shell = shell
        self._metrics = metrics
        self._desk = Desk(finder, intake.today)

    async def open(
        self, request: Request, member: Member, door: _Door, draft: UUID | None, after: After | None
    ) -> Response:
        # The number of a form stands in its address: Back finds what was typed there, and two screens share no draft.
        if draft is None or await self._intake.was_sent(ticket_of_form(str(draft))):
            return RedirectResponse(f"{door.path}?draft={uuid4()}", 303)
        kept = await self._drafts.find(_whose(member, door), str(draft), self._intake.bus.now())
        form = form_of({**(kept.typed if kept else {}), "ticket": [str(draft)]})
        if after in (None, After.CLEAR):
            others = [one for one in await self._unfinished(member, door) if one.call != str(draft)]
            return self._show(request, door, form, others=others, sure=after is After.CLEAR)
        verdict = await self._judged(member, door, form)
        numbers = verdict.numbers if after is After.WARNED else ()
        return self._show(request, door, form, verdict.faults, verdict.answers, numbers)

    async def keep(self, member: Member, door: _Door, form: FormData) -> Response:
        await self._keep(member, door, self._desk.typed(form), form)
        return Response(status_code=204)

    async def clear(self, member: Member, door: _Door, form: FormData) -> Response:
        answers = self._desk.typed(form)
        if not text(form, "sure"):
            await self._keep(member, door, answers, form)
            return _again(door, answers, After.CLEAR)
        await self._drafts.forget(_whose(member, door), answers.ticket)
        return RedirectResponse(door.path, 303)

    async def take(self, request: Request, member: Member, door: _Door, form: FormData) -> Response:
        # Before anything can go wrong: whatever happens next, it is typed only once.
        await self._keep(member, door, self._desk.typed(form), form)
        verdict = await self._judged(member, door, form)
        if verdict.faults or verdict.handed_in is None:
            return _again(door, verdict.answers, After.REFUSED)
        if untold(verdict.numbers, told_of(form)):
            await self._keep(member, door, verdict.answers, with_told(form, verdict.numbers))
            return _again(door, verdict.answers, After.WARNED)
        try:
            received = await self._intake.receive_signal(verdict.handed_in)
        except Misplaced:
            return self._show(request, door, form, [Fault("place", code="far_apart")], verdict.answers, status=400)
        except TicketReused:
            received = None
        await self._drafts.forget(_whose(member, door), verdict.answers.ticket)
        return self._told(request, door, verdict.handed_in, received)

    async def _unfinished(self, member: Member, door: _Door) -> Sequence[Draft]:
        kept = await self._drafts.unfinished(_whose(member, door), self._intake.bus.now())
        # The last keystroke may be kept a moment after the form was sent.
        return [one for one in kept if not await self._intake.was_sent(ticket_of_form(one.call))]

    async def _keep(self, member: Member, door: _Door, answers: Answers, form: FormData) -> None:
        # The day as it was understood: who goes on with the draft after midnight means the same "yesterday".
        typed = {**typed_in(form), "day": [answers.value("day")]}
        if not any(value for name, values in typed.items() if name != "ticket" for value in values):
            return
        await self._drafts.keep(_whose(member, door), answers.ticket, typed, self._intake.bus.now())

    async def _judged(self, member: Member, door: _Door, form: FormData) -> _Verdict:
        answers = await self._desk.answers(form)
        return (self._finding if door is FINDINGS else self._media)(member, answers, form)

    def _finding(self, member: Member, answers: Answers, form: FormData) -> _Verdict:
        document, faults = text(form, "reference"), []
        if not document or len(document) > LONGEST_REFERENCE:
            wrong = f"Noem in hooguit {LONGEST_REFERENCE} tekens het document waar dit op rust."
            faults.append(Fault("reference", wrong))
        faults += self._desk.faults(answers)
        if faults:
            return _Verdict(answers, faults)
        channel = channel_of(member.organisation, operator=False)
        typed = submission(answers, self._intake.reference, channel, member.organisation)
        situation, faults = with_official_counts(typed.situation, form)
        finding = replace(typed, situation=situation, receipt_seed="", reference=document, official=True)
        return _Verdict(answers, faults, self._desk.numbers(answers, reference=document), finding)

    def _media(self, member: Member, answers: Answers, form: FormData) -> _Verdict:
        link, faults = normal_link(text(form, "link")), []
        if link is None:
            faults.append(Fault("link", "Plak het adres van het bericht, bijvoorbeeld https://krant.example/bericht."))
        if not answers.value("words"):
            faults.append(Fault("words", "Neem over wat er staat, zodat het blijft als het bericht verdwijnt."))
        faults += self._desk.faults(answers)
        if faults:
            return _Verdict(answers, faults)
        typed = submission(answers, self._intake.reference, Channel.MEDIA, member.organisation)
        news = replace(typed, ticket=f"media/{link}", receipt_seed="", reference=link)
        return _Verdict(answers, (), self._desk.numbers(answers), news)

    def _show(
        self,
        request: Request,
        door: _Door,
        form: FormData,
        faults: Sequence[Fault] = (),
        answers: Answers | None = None,
        seen: Sequence[Seen] = (),
        others: Sequence[Draft] = (),
        sure: bool = False,
        status: int = 200,
    ) -> Response:
        t, answers = self._shell.messages(request), answers or self._desk.typed(form)
        return self._shell.render(
            request,
            door.template,
            status,
            t=t,
            title=door.title,
            door=door,
            others=[(draft, said_in(draft.typed)) for draft in others],
            sure=sure,
            form=state_of(answers, form, faults, t),
            seen=seen,
            **self._desk.context(answers, t),
        )

    def _told(self, request: Request, door: _Door, sent: Submission, received: Received | None) -> Response:
        """What became of it; nothing received means that it was known, with other contents."""
        told: dict[str, Any] = {"id": self._intake.keys.signal_id(sent.ticket), "media": door is MEDIA}
        if received is None:
            self._metrics.submitted.labels(sent.channel, "repeated").inc()
            return self._shell.render(request, "told.html", 409, title="Dit was al gemeld", again=True, **told)
        self._metrics.note(sent.channel, received)
        title = "Dit was al gemeld" if received.repeated else "De melding is verstuurd"
        return self._shell.render(request, "told.html", title=title, again=received.repeated, **told)


def _whose(member: Member, door: _Door) -> str:
    """Apart from the same person's calls and from the other door."""
    return f"{member.subject}\0{door.path}"


def _again(door: _Door, answers: Answers, after: After) -> Response:
    """To the form with this number, which shows what was typed as it is kept."""
    return RedirectResponse(f"{door.path}?draft={answers.ticket}&after={after}", 303)
