"""The hotline's one screen: type while listening, see what is known already, read the receipt out, call back."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.callback import CallbackState
from services.intake.domain.signal import NotAllowed
from services.intake.domain.similar import Similar
from services.intake.domain.spoken import DUTCH, INTERNATIONAL, spoken
from services.intake.drafts import Draft, Drafts, Typed
from services.intake.metrics import Metrics
from services.intake.pages.answers import CODE_SHOWN_FOR, Answers, submission, ticket_of_form
from services.intake.pages.appointments import moment
from services.intake.pages.desk import Desk, form_of, said_in, state_of, typed_in, with_told
from services.intake.pages.finding import Finder
from services.intake.pages.warning import Seen, told_of, untold
from services.intake.store import ReporterData
from services.intake.use_cases.hotline import Hotline, NoSuchSignal, Promise
from services.intake.use_cases.signals import Misplaced, Submission, TicketReused, look_at_words
from shared.vocabulary import Channel
from shared.web.csrf import checked_form
from shared.web.forms import FormState, text
from shared.web.observations import in_words
from shared.web.problems import Fault, not_found
from shared.web.shell import Pages
from shared.web.sign_in import Member, Role, demand_role, page_member
from shared.web.words import word

NEW = "new"
LONGEST_WHY = 300
WHEN = "Noem een moment dat nog komt, zoals 16:30, morgen 10, vr 9:00 of 26-11 14:00."
_MOST_SEEN = 3
_OTHER_LANGUAGES = (("lt", "Lietuvių"), ("ru", "Русский"), ("sk", "Slovenčina"))

Form = Annotated[FormData, Depends(checked_form)]


class After(StrEnum):
    """Why the screen is opened again, as its address says it, so that Back and reload send nothing again."""

    REFUSED = "refused"
    WARNED = "warned"
    KEPT = "kept"
    CLEAR = "clear"


def operator(member: Annotated[Member, Depends(page_member)]) -> Member:
    """Whoever takes calls; nobody else has business with a call under way."""
    demand_role(member, Role.OPERATOR)
    return member


Operator = Annotated[Member, Depends(operator)]


def router(hotline: Hotline, drafts: Drafts, finder: Finder, shell: Pages, metrics: Metrics) -> APIRouter:
    """`/hotline`."""
    routes = APIRouter(prefix="/hotline", include_in_schema=False)
    screen = _Screen(hotline, finder, shell)

    @routes.get("")
    async def call(
        request: Request, member: Operator, call: UUID | None = None, after: After | None = None
    ) -> Response:
        # The number of a call stands in its address, so that two screens never share a draft.
        if call is None:
            return RedirectResponse(f"/hotline?call={uuid4()}", 303)
        if await hotline.intake.was_sent(ticket_of_form(str(call))):
            sent = _Sent.of(await drafts.find(_sent_by(member), str(call), hotline.intake.bus.now()))
            return screen.read_out(request, str(call), sent) if sent else RedirectResponse("/hotline", 303)
        kept = await drafts.find(member.subject, str(call), hotline.intake.bus.now())
        form = form_of({**(kept.typed if kept else {}), "ticket": [str(call)]})
        if after in (After.REFUSED, After.WARNED):
            return await screen.show_verdict(request, form, await judged(form), warns=after is After.WARNED)
        if after is not None:
            return await screen.show(request, form, kept=after is After.KEPT, sure=after is After.CLEAR)
        others = [draft for draft in await unfinished(member) if draft.call != str(call)]
        return await screen.show(request, form, from_draft=kept is not None, others=others)

    @routes.post("/draft")
    async def keep(request: Request, member: Operator, form: Form) -> Response:
        answers = screen.desk.typed(form)
        await keep_draft(member, answers, form)
        if text(form, "go") == "keep":
            return _again(answers, After.KEPT)
        # A script that keeps while somebody types on takes what is new from the page.
        return await screen.show(request, form, answers)

    @routes.post("/clear")
    async def clear(member: Operator, form: Form) -> Response:
        answers = screen.desk.typed(form)
        if not text(form, "sure"):
            await keep_draft(member, answers, form)
            return _again(answers, After.CLEAR)
        await drafts.forget(member.subject, answers.ticket)
        return RedirectResponse("/hotline", 303)

    @routes.post("")
    async def send(request: Request, member: Operator, form: Form) -> Response:
        # Before anything can go wrong: whatever happens next, it is typed only once.
        await keep_draft(member, screen.desk.typed(form), form)
        verdict = await judged(form)
        answers = verdict.answers
        if verdict.faults:
            return _again(answers, After.REFUSED)
        if untold(verdict.numbers, told_of(form)):
            await keep_draft(member, answers, with_told(form, verdict.numbers))
            return _again(answers, After.WARNED)
        if verdict.asks:
            return _again(answers, After.REFUSED)
        joined = text(form, "joins")
        handed_in = submission(answers, screen.desk.reference, Channel.HOTLINE, member.organisation)
        earlier = None if joined in ("", NEW) else joined
        try:
            received = await hotline.take_call(_joining(handed_in, earlier), verdict.promise)
        except Misplaced:
            return await screen.show(request, form, answers, faults=[Fault("place", code="far_apart")], status=400)
        except NoSuchSignal:
            gone = Fault("joins", "Deze melding is er niet meer. Kies een andere, of maak een nieuwe melding.")
            return await screen.show(request, form, answers, faults=[gone], status=400)
        except TicketReused:
            await drafts.forget(member.subject, answers.ticket)
            return screen.sent_before(request)
        metrics.note(Channel.HOTLINE, received)
        sent = _Sent(earlier, verdict.promise.due if verdict.promise else None, received.repeated)
        await drafts.keep(_sent_by(member), answers.ticket, sent.typed, hotline.intake.bus.now(), CODE_SHOWN_FOR)
        await drafts.forget(member.subject, answers.ticket)
        return RedirectResponse(f"/hotline?call={answers.ticket}", 303)

    async def judged(form: FormData) -> _Verdict:
        answers = await screen.desk.answers(form)
        promise, faults = _promise(form, answers, hotline.intake.bus.now())
        similar = await hotline.similar(screen.desk.site(answers))
        return _Verdict(
            answers=answers,
            promise=promise,
            faults=[*screen.desk.faults(answers), *faults],
            similar=similar,
            asks=not text(form, "joins") and any(one.is_likely for one in similar),
            numbers=screen.desk.numbers(answers, why=text(form, "why")),
        )

    async def keep_draft(member: Member, answers: Answers, form: FormData) -> None:
        # The day as it was understood: who goes on with the draft after midnight means the same "yesterday".
        typed = {**typed_in(form), "day": [answers.value("day")]}
        if any(value for name, values in typed.items() if name != "ticket" for value in values):
            await drafts.keep(member.subject, answers.ticket, typed, hotline.intake.bus.now())

    async def unfinished(member: Member) -> list[Draft]:
        kept = await drafts.unfinished(member.subject, hotline.intake.bus.now())
        # The last keystroke may be kept a moment after the call was sent.
        return [draft for draft in kept if not await hotline.intake.was_sent(ticket_of_form(draft.call))]

    @routes.get("/callbacks")
    async def list_callbacks(
        request: Request, _member: Operator, ending: UUID | None = None, go: CallbackState = CallbackState.GIVEN_UP
    ) -> Response:
        return await screen.callbacks(request, asked=str(ending or ""), how=go)

    @routes.post("/callbacks/{id}/contact")
    async def contact(request: Request, member: Operator, id: UUID, form: Form) -> Response:
        await _wanted(hotline, id)
        reason = "terugbellen"
        look = look_at_words(
            str(id), member.subject, member.name, member.organisation, reason, hotline.intake.bus.now()
        )
        return await screen.callbacks(request, shown=str(id), data=await hotline.whom_to_call(str(id), look))

    @routes.post("/callbacks/{id}/end")
    async def end(member: Operator, id: UUID, form: Form) -> Response:
        await _wanted(hotline, id)
        state = CallbackState.DONE if text(form, "go") == CallbackState.DONE else CallbackState.GIVEN_UP
        if not text(form, "sure"):
            return RedirectResponse(f"/hotline/callbacks?ending={id}&go={state}#call-{id}", 303)
        with suppress(NotAllowed):  # a colleague ended it a moment before
            await hotline.end_callback(str(id), state, member.name)
        return RedirectResponse("/hotline/callbacks", 303)

    @routes.post("/callbacks/{id}/due")
    async def postpone(request: Request, member: Operator, id: UUID, form: Form) -> Response:
        await _wanted(hotline, id)
        typed = text(form, "due")
        due = moment(typed, hotline.intake.bus.now())
        wrong = FormState({f"due-{id}": [typed]}, {f"due-{id}": WHEN})
        if due is None:
            return await screen.callbacks(request, form=wrong, status=400)
        try:
            await hotline.postpone_callback(str(id), due, member.name)
        except NotAllowed:
            return await screen.callbacks(request, form=wrong, status=400)
        return RedirectResponse(f"/hotline/callbacks#call-{id}", 303)

    return routes


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What stands in the way of sending a call as it is typed now, and what goes with it."""

    answers: Answers
    promise: Promise | None
    faults: list[Fault]
    similar: list[Similar]
    asks: bool
    numbers: Sequence[Seen]


@dataclass(frozen=True, slots=True)
class _Sent:
    """What became of a call, for the screen on which its code is read out: kept among the drafts, but not as one."""

    joined: str | None
    due: datetime | None
    repeated: bool

    @property
    def typed(self) -> Typed:
        due = self.due.isoformat() if self.due else ""
        return {"sent": ["again" if self.repeated else "once"], "joined": [self.joined or ""], "due": [due]}

    @classmethod
    def of(cls, kept: Draft | None) -> "_Sent | None":
        """None of a call that was sent too long ago, or by somebody else."""
        if kept is None:
            return None
        (how,), (joined,), (due,) = (kept.typed[name] for name in ("sent", "joined", "due"))
        return cls(joined or None, datetime.fromisoformat(due) if due else None, how == "again")


class _Screen:
    """The screen in all its states."""

    def __init__(self, hotline: Hotline, finder: Finder, shell: Pages) -> None:
        self.desk = Desk(finder, hotline.intake.today)
        self._hotline = hotline
        self._shell = shell
        self._languages = [*shell.translations.languages.items(), *_OTHER_LANGUAGES, ("other", "andere taal")]

    async def show_verdict(self, request: Request, form: FormData, verdict: _Verdict, warns: bool) -> Response:
        return await self.show(
            request,
            form,
            verdict.answers,
            faults=verdict.faults,
            similar=verdict.similar,
            asks=verdict.asks and not verdict.faults,
            seen=verdict.numbers if warns else (),
        )

    async def show(
        self,
        request: Request,
        form: FormData,
        answers: Answers | None = None,
        *,
        faults: list[Fault] | None = None,
        similar: list[Similar] | None = None,
        asks: bool = False,
        seen: Sequence[Seen] = (),
        from_draft: bool = False,
        kept: bool = False,
        sure: bool = False,
        others: Sequence[Draft] = (),
        status: int = 200,
    ) -> Response:
        t, answers = self._shell.messages(request), answers or self.desk.typed(form)
        if similar is None:
            similar = await self._hotline.similar(self.desk.site(answers))
        return self._shell.render(
            request,
            "hotline.html",
            status,
            t=t,
            title="Gesprek",
            form=state_of(answers, form, faults or [], t),
            similar=similar,
            told_apart_by={one.id: _seen_at(one) for one in similar},
            asks=asks,
            seen=seen,
            from_draft=from_draft,
            kept=kept,
            sure=sure,
            others=[(draft, said_in(draft.typed)) for draft in others],
            languages_spoken=self._languages,
            overdue=await self._hotline.overdue(),
            **self.desk.context(answers, t),
        )

    def read_out(self, request: Request, call: str, sent: "_Sent") -> Response:
        intake, ticket = self._hotline.intake, ticket_of_form(call)
        receipt = intake.receipt_of(ticket)
        return self._shell.render(
            request,
            "hotline_sent.html",
            title="Melding verstuurd",
            id=intake.keys.signal_id(ticket),
            receipt=receipt,
            sent=sent,
            address=f"{intake.public_url}/status",
            dutch=spoken(receipt, DUTCH),
            international=spoken(receipt, INTERNATIONAL),
        )

    def sent_before(self, request: Request) -> Response:
        return self._shell.render(request, "hotline_before.html", 409, title="Dit gesprek is al verstuurd")

    async def callbacks(
        self,
        request: Request,
        *,
        shown: str = "",
        asked: str = "",
        how: CallbackState = CallbackState.GIVEN_UP,
        data: ReporterData | None = None,
        form: FormState | None = None,
        status: int = 200,
    ) -> Response:
        return self._shell.render(
            request,
            "callbacks.html",
            status,
            title="Terugbellen",
            callbacks=await self._hotline.callbacks(),
            shown=shown,
            asked=asked,
            how=how,
            data=data,
            form=form or FormState(),
            spoken_language=dict(self._languages),
        )


def _sent_by(member: Member) -> str:
    """Apart from the drafts: of those one may be kept a moment after its call was sent."""
    return f"{member.subject}\0sent"


def _again(answers: Answers, after: After) -> Response:
    """To the screen of this call, which shows the draft as it is kept."""
    return RedirectResponse(f"/hotline?call={answers.ticket}&after={after}", 303)


def _seen_at(similar: Similar) -> str:
    """What tells a signal from others of the same place, of what an operator may see: the words are not among it."""
    situation = similar.signal.situation
    seen = in_words(asdict(situation.observations))[:_MOST_SEEN]
    sector = [word(situation.sector)] if situation.sector else []
    return "; ".join([*sector, *(f"{label}: {value}" for label, value in seen)])


def _joining(handed_in: Submission, earlier: str | None) -> Submission:
    return replace(handed_in, corroborates=earlier)


def _promise(form: FormData, answers: Answers, now: datetime) -> tuple[Promise | None, list[Fault]]:
    """The call-back that was agreed, or what is missing to make it."""
    if not text(form, "callback"):
        return None, []
    due, why, contact = moment(text(form, "due"), now), text(form, "why"), answers.value("contact")
    faults = []
    if due is None or due <= now:
        faults.append(Fault("due", WHEN))
    if not why or len(why) > LONGEST_WHY:
        faults.append(Fault("why", f"Schrijf in hooguit {LONGEST_WHY} tekens op waarom u terugbelt."))
    if not contact:
        faults.append(Fault("contact", "Zonder dit kunt u niet terugbellen."))
    if faults or due is None:
        return None, faults
    return Promise(due, why, contact, text(form, "language")[:10] or None), []


async def _wanted(hotline: Hotline, id_: UUID) -> None:
    if await hotline.callback(str(id_)) is None:
        raise not_found("Dit terugbelverzoek is er niet, of niet meer.")
