"""A reporter's private page, opened by receipt code: sent in a body, answered alike and slowly for every code."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import uuid4

from babel.dates import format_date
from babel.lists import format_list
from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.dialogue import MOST_PICTURES
from services.intake.domain.following import days_to_tell, waits_for_reporter
from services.intake.domain.signal import MOST_WORDS, NotAllowed, Signal, Status
from services.intake.pages import days
from services.intake.pages.answers import Answers, faults_of_step, observed, typed_observations
from services.intake.pages.once import once
from services.intake.pages.questions import QUESTIONS, fitting, labels, questions_for
from services.intake.pages.uploads import FIELD as PICTURES
from services.intake.pages.uploads import Upload, reasons, taken_in
from services.intake.pages.warning import Seen, seen_in, taken_out, told_now, told_of, untold
from services.intake.use_cases.following import Following
from services.intake.use_cases.signals import Intake
from shared.bus.documents import Document
from shared.web.forms import FormState, text
from shared.web.i18n import Messages
from shared.web.problems import Fault
from shared.web.shell import Pages

ANSWER_AFTER_SECONDS = 0.6
"""Long enough that finding a signal or not makes no difference, and that trying codes leads nowhere."""

Step = Callable[[Document[Signal]], Awaitable["_Outcome"]]


class _Outcome:
    """What became of an action: a message to show, or what was typed with its faults or what it gives away.

    `why` tells of what was done in part only.
    """

    def __init__(
        self,
        done: str = "",
        faults: list[Fault] | None = None,
        typed: FormData | None = None,
        seen: Sequence[Seen] = (),
        why: Sequence[str] = (),
    ) -> None:
        self.done = done
        self.why = why
        self.faults = faults or []
        self.typed = typed
        self.seen = seen

    @property
    def told(self) -> list[str]:
        """Of what its writer has been told now."""
        return told_now(told_of(self.typed), self.seen) if self.typed else []


def router(intake: Intake, following: Following, shell: Pages) -> APIRouter:
    """`/status`."""
    routes = APIRouter()
    page = _PrivatePage(following, shell, intake.today)

    @routes.get("/status")
    async def ask(request: Request) -> Response:
        return page.asks_for_code(request, shell.messages(request))

    @routes.get("/status/{step}")
    async def ask_again(request: Request, step: str) -> Response:
        # The address that a browser shows after a step; opened anew it has no code with it.
        return RedirectResponse(f"/status?{urlencode({'lang': shell.messages(request).language})}", 303)

    @routes.post("/status")
    async def tell(request: Request, form: Upload) -> Response:
        async def step(_document: Document[Signal]) -> _Outcome:
            # Another language is asked for: what stands in the field and was not sent yet stays there.
            return _Outcome(typed=form if text(form, "answer") else None)

        return await page.after(request, form, step)

    @routes.post("/status/answer")
    async def answer(request: Request, form: Upload) -> Response:
        async def step(document: Document[Signal]) -> _Outcome:
            said = text(form, "answer")
            faults = _faults_of_answer(said)
            if faults:
                return _Outcome(faults=faults, typed=form)
            language = shell.messages(request, text(form, "lang")).language
            if text(form, "go") == "take_out":
                said = taken_out(said, language)
            elif seen := untold(seen_in({"answer": said}, language), told_of(form)):
                return _Outcome(typed=form, seen=seen)
            await following.answer(document, said, once(form))
            return _Outcome("answered")

        return await page.after(request, form, step)

    @routes.post("/status/facts")
    async def facts(request: Request, form: Upload) -> Response:
        async def step(document: Document[Signal]) -> _Outcome:
            today = intake.today()
            answers = _answers_of(form, document.state).with_day_in_full(today)
            faults = [fault for step in QUESTIONS for fault in faults_of_step(step, answers, intake.reference, today)]
            if faults:
                return _Outcome(faults=faults, typed=form)
            known = observed(answers, document.state.situation.observations)
            new = await following.supplement(document, known, days.meant(answers.typed))
            return _Outcome("supplemented" if new else "nothing_new")

        return await page.after(request, form, step)

    @routes.post("/status/pictures")
    async def pictures(request: Request, form: Upload) -> Response:
        async def step(document: Document[Signal]) -> _Outcome:
            room = MOST_PICTURES - len(document.state.pictures)
            stored, faults = await taken_in(following.pictures, document.id, form, room)
            if stored:
                await following.add_pictures(document, stored)
            why = reasons(faults, shell.messages(request, text(form, "lang")))
            if stored:
                return _Outcome("pictures_some" if why else "pictures_added", why=why)
            wrong = Fault(PICTURES, " ".join(why)) if why else Fault(PICTURES, code="picture_none")
            return _Outcome(faults=[wrong])

        return await page.after(request, form, step)

    @routes.post("/status/withdrawal")
    async def withdraw(request: Request, form: Upload) -> Response:
        async def step(document: Document[Signal]) -> _Outcome:
            await following.withdraw(document)
            return _Outcome()

        return await page.after(request, form, step)

    return routes


class _PrivatePage:
    """Opens with the code that came with the form, takes one step, and shows how things stand after it."""

    def __init__(self, following: Following, shell: Pages, today: Callable[[], date]) -> None:
        self._following = following
        self._shell = shell
        self._today = today

    def asks_for_code(self, request: Request, t: Messages, code: str | None = None) -> Response:
        form = FormState.filled({"code": code})
        return self._shell.render(
            request, "status.html", t=t, title=t("status.title"), asked=code is not None, form=form
        )

    async def after(self, request: Request, form: FormData, step: Step) -> Response:
        began = time.monotonic()
        code, t = text(form, "code"), self._shell.messages(request, text(form, "lang"))
        document = await self._following.of_receipt(code)
        if document is None:
            await _until(began + ANSWER_AFTER_SECONDS)
            return self.asks_for_code(request, t, code)
        try:
            outcome = await step(document)
        except NotAllowed:
            outcome = _Outcome(faults=[Fault("", code="not_any_more")])
        after = await self._following.of_receipt(code)
        page = await self._show(request, t, code, after or document, outcome)
        await _until(began + ANSWER_AFTER_SECONDS)
        return page

    async def _show(
        self, request: Request, t: Messages, code: str, document: Document[Signal], outcome: _Outcome
    ) -> Response:
        signal = document.state
        if signal.status is Status.WITHDRAWN:
            return self._shell.render(request, "withdrawn.html", t=t, title=t("status.withdrawn_title"), code=code)
        today, situation = self._today(), signal.situation
        typed = {**typed_observations(situation.observations), **days.typed_again(situation.observed_on, today)}
        if outcome.typed is not None:
            typed = {**typed, **_lists(outcome.typed)}
        return self._shell.render(
            request,
            "private.html",
            400 if outcome.faults else 200,
            t=t,
            title=t("status.received_title"),
            code=code,
            once=str(uuid4()),
            signal=signal,
            passed_on=not document.unpublished,
            visited_on=_in_words(days_to_tell(signal, today), t.language),
            dialogue=await self._following.said(document),
            waiting=waits_for_reporter(signal),
            done=outcome.done,
            why=outcome.why,
            seen=outcome.seen,
            told=outcome.told,
            asked={step: questions_for(step, signal.situation.themes) for step in QUESTIONS},
            form=FormState(typed, FormState.of(FormData(), outcome.faults, t).faults),
            labels=labels(t, signal.situation.themes),
            asked_as=lambda key: fitting(t, key, signal.situation.themes),
            **days.asked(today, t),
            most_words=MOST_WORDS,
            most_pictures=MOST_PICTURES,
        )


def _answers_of(form: FormData, signal: Signal) -> Answers:
    """What the form says of what is seen, asked for the themes that the signal has."""
    answers = Answers("", {"themes": list(signal.situation.themes)})
    for step in QUESTIONS:
        answers = answers.with_step(step, form)
    return answers


def _in_words(visits: Sequence[date], language: str) -> str:
    return format_list([format_date(day, "long", language) for day in visits], locale=language)


def _faults_of_answer(said: str) -> list[Fault]:
    if not said:
        return [Fault("answer", code="required")]
    return [Fault("answer", code="too_long", values={"limit": MOST_WORDS})] if len(said) > MOST_WORDS else []


def _lists(form: FormData) -> Mapping[str, list[str]]:
    return {name: [value] for name, value in form.items() if isinstance(value, str)}


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
