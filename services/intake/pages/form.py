"""The public form: one question a screen, nothing stored before it is sent, no script needed."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.signal import channel_of
from services.intake.metrics import Metrics
from services.intake.pages.answers import (
    AS_TYPED,
    ELSEWHERE,
    MOST_WORDS,
    NETHERLANDS,
    Answers,
    Seal,
    faults_of_step,
    first_step_with_faults,
    pick_of,
    places_meant,
    submission,
)
from services.intake.pages.questions import Step, questions_for
from services.intake.use_cases import Intake, TicketReused
from shared.reference.model import District, Location
from shared.reference.places import Reference
from shared.vocabulary import Channel, Sector, Theme
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.i18n import Messages
from shared.web.problems import Fault, not_found
from shared.web.shell import Pages
from shared.web.sign_in import Member, Role, optional_member

Form = Annotated[FormData, Depends(checked_form)]
MaybeMember = Annotated[Member | None, Depends(optional_member)]


def router(intake: Intake, shell: Pages, metrics: Metrics, seal: Seal) -> APIRouter:
    """`/` and `/report/<step>`."""
    routes = APIRouter()
    screens = _Screens(intake, shell, seal)

    @routes.get("/")
    async def start(request: Request) -> Response:
        return screens.show(request, Step.THEMES, Answers.none_yet(), shell.messages(request))

    @routes.get("/report/{name}")
    async def step(request: Request, name: str, s: str = "") -> Response:
        current, answers, t = _step(name), seal.open(s), shell.messages(request)
        if answers is None:
            return screens.show(request, Step.THEMES, Answers.none_yet(), t, expired=bool(s))
        if await intake.was_sent(answers.ticket_of_form):
            return shell.render(request, "sent_before.html", t=t, title=t("sent.title"))
        unfinished = first_step_with_faults(answers, intake.reference, before=current)
        if unfinished is not None:
            return screens.go_to(unfinished, answers, t)
        return screens.show(request, current, answers, t)

    @routes.post("/report/send")
    async def send(request: Request, form: Form, member: MaybeMember) -> Response:
        answers, t = seal.open(_text(form, "s")), shell.messages(request, _text(form, "lang"))
        if answers is None:
            return screens.show(request, Step.THEMES, Answers.none_yet(), t, expired=True)
        unfinished = first_step_with_faults(answers, intake.reference)
        if unfinished is not None:
            return screens.go_to(unfinished, answers, t)
        channel = _channel(member)
        handed_in = submission(answers, intake.reference, channel, member.organisation if member else None)
        try:
            received = await intake.receive_signal(handed_in)
        except TicketReused:
            return shell.render(request, "sent_before.html", 409, t=t, title=t("sent.title"))
        metrics.submitted.labels(channel, "repeated" if received.repeated else "received").inc()
        return shell.render(
            request, "receipt.html", t=t, title=t("receipt.title"), receipt=received.receipt, lang=t.language
        )

    @routes.post("/report/{name}")
    async def answer(request: Request, name: str, form: Form) -> Response:
        current, t = _step(name), shell.messages(request, _text(form, "lang"))
        before = seal.open(_text(form, "s"))
        if before is None:
            return screens.show(request, Step.THEMES, Answers.none_yet(), t, expired=True)
        answers = before.with_step(current, form)
        if _text(form, "go") == "back":
            return screens.go_to(current.previous, answers, t)
        faults = faults_of_step(current, answers, intake.reference)
        if faults:
            return screens.show(request, current, answers, t, faults=faults, status=400)
        return screens.go_to(current.next, answers, t)

    return routes


class _Screens:
    """Shows a step, or leads to one."""

    def __init__(self, intake: Intake, shell: Pages, seal: Seal) -> None:
        self._reference = intake.reference
        self._shell = shell
        self._seal = seal

    def go_to(self, step: Step, answers: Answers, t: Messages) -> Response:
        query = urlencode({"lang": t.language, "s": self._seal.close(answers)})
        return RedirectResponse(f"/report/{step}?{query}", 303)

    def show(
        self,
        request: Request,
        step: Step,
        answers: Answers,
        t: Messages,
        *,
        faults: list[Fault] | None = None,
        expired: bool = False,
        status: int = 200,
    ) -> Response:
        form = FormState(answers.typed, {fault.field: fault.text(t) for fault in reversed(faults or [])})
        return self._shell.render(
            request,
            f"step_{step}.html",
            status,
            t=t,
            title=t(f"{step}.title"),
            step=step,
            total=len(Step),
            sealed=self._seal.close(answers),
            form=form,
            expired=expired,
            channel=_channel(optional_member(request)),
            **self._context(step, answers, t),
        )

    def _context(self, step: Step, answers: Answers, t: Messages) -> dict[str, Any]:
        match step:
            case Step.THEMES:
                return {"themes": [(theme.value, t(f"theme.{theme}")) for theme in Theme]}
            case Step.WHERE:
                return {"areas": self._areas(t), "picks": self._picks(answers, t)}
            case Step.WORK:
                return {"sectors": [(sector.value, t(f"sector.{sector}")) for sector in Sector]}
            case Step.HEALTH | Step.SEEN:
                return {"questions": questions_for(step, answers.themes)}
            case Step.HOMES:
                near, far = self._districts(answers)
                return {"near": [_named(d) for d in near], "far": [_named(d) for d in far]}
            case Step.WORDS:
                return {"most_words": MOST_WORDS}
            case Step.CHECK:
                return {"summary": _summary(answers, self._reference, t)}

    def _areas(self, t: Messages) -> list[tuple[str, str]]:
        abroad = [_named(district) for district in self._reference.districts]
        elsewhere = [(country, t(f"where.elsewhere_{country}")) for country in ELSEWHERE]
        return [(NETHERLANDS, t("where.netherlands")), *abroad, *elsewhere]

    def _picks(self, answers: Answers, t: Messages) -> list[tuple[str, str]]:
        choices = places_meant(answers, self._reference)
        as_typed = (AS_TYPED, t("where.as_typed", place=answers.value("place")))
        return [*((pick_of(choice), choice.label) for choice in choices), as_typed] if choices else []

    def _districts(self, answers: Answers) -> tuple[list[District], list[District]]:
        """The districts across the border from the site first; without a region all of them alike."""
        site = _located(answers, self._reference)
        near = [d for d in self._reference.districts if site and site.region in d.regions]
        return near, [district for district in self._reference.districts if district not in near]


def _located(answers: Answers, reference: Reference) -> Location | None:
    found: Location | None = reference.locate(
        postcode=answers.value("postcode"),
        place=answers.value("place"),
        municipality=answers.value("pick").partition("|")[2],
    )
    return found


def _summary(answers: Answers, reference: Reference, t: Messages) -> list[tuple[Step, list[tuple[str, str]]]]:
    """What was answered, per step, in words."""
    shown = [(step, _shown(step, answers, reference, t)) for step in Step if step is not Step.CHECK]
    return [(step, pairs) for step, pairs in shown if pairs]


def _shown(step: Step, answers: Answers, reference: Reference, t: Messages) -> list[tuple[str, str]]:
    match step:
        case Step.THEMES:
            return [(t("themes.short"), ", ".join(t(f"theme.{theme}") for theme in answers.themes))]
        case Step.WHERE:
            return _shown_place(answers, reference, t)
        case Step.WORK:
            sector = answers.value("sector")
            return [(t("work.short"), t(f"sector.{sector}"))] if sector in set(Sector) else []
        case Step.HOMES:
            homes = [*answers.typed.get("homes", ()), answers.value("homes_elsewhere")]
            known = {"nl": t("where.netherlands"), **{d.party: d.name for d in reference.districts}}
            named = [known[home] for home in homes if home in known]
            return [(t("homes.short"), ", ".join(named))] if named else []
        case Step.WORDS:
            written = (("words", t("words.label")), ("contact", t("words.contact")))
            return [(label, answers.value(name)) for name, label in written if answers.value(name)]
        case _:
            asked = questions_for(step, answers.themes)
            answered = [(question, answers.value(question.name)) for question in asked]
            return [(t(f"{step}.{q.name}"), _said(typed, t)) for q, typed in answered if typed]


def _shown_place(answers: Answers, reference: Reference, t: Messages) -> list[tuple[str, str]]:
    located = _located(answers, reference) if answers.in_netherlands else None
    district = reference.district(answers.value("area"))
    street = " ".join(filter(None, (answers.value("postcode"), answers.value("house_number"))))
    where = located.label if located else answers.value("place")
    abroad = district.name if district else ""
    pairs = [
        (t("where.name"), answers.value("name")),
        (t("where.short"), ", ".join(filter(None, (street, where, abroad)))),
    ]
    return [(label, text) for label, text in pairs if text]


def _said(typed: str, t: Messages) -> str:
    return t(f"shell.{typed}") if typed in ("yes", "no", "unknown") else typed


def _named(district: District) -> tuple[str, str]:
    return district.party, f"{district.name} ({district.country})"


def _channel(member: Member | None) -> Channel:
    organisation = member.organisation if member else None
    return channel_of(organisation, operator=bool(member and member.has(Role.OPERATOR)))


def _step(name: str) -> Step:
    if name not in set(Step):
        raise not_found()
    return Step(name)


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, ""))
