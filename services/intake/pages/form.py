"""The public form: one question a screen, nothing stored before it is sent, no script needed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.signal import MOST_WORDS, channel_of
from services.intake.floods import Floods
from services.intake.metrics import Metrics
from services.intake.pages import days
from services.intake.pages.answers import (
    CODE_SHOWN_FOR,
    ELSEWHERE,
    NETHERLANDS,
    UNKNOWN,
    Answers,
    Refused,
    Seal,
    faults_of_step,
    first_step_with_faults,
    picks,
    submission,
    undecided,
    understood,
)
from services.intake.pages.finding import Finder
from services.intake.pages.questions import (
    Kind,
    Question,
    Step,
    fitting,
    labels,
    questions_for,
    step_after,
    step_before,
    steps_for,
)
from services.intake.pages.uploads import FIELD as PICTURES
from services.intake.pages.uploads import MOST_AT_ONCE, Upload, reasons, taken_in
from services.intake.pages.warning import Seen, numbers_on, to_warn_of, warned, without_numbers_on
from services.intake.use_cases.pictures import Pictures
from services.intake.use_cases.signals import Intake, TicketReused
from shared.reference.model import District, Location
from shared.reference.places import Reference
from shared.vocabulary import Channel, Sector, Theme
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.i18n import Messages
from shared.web.problems import Fault, not_found
from shared.web.settings import cookie_name, is_https
from shared.web.shell import Pages as Shell
from shared.web.sign_in import Member, Role, optional_member

Form = Annotated[FormData, Depends(checked_form)]
SQUARE_METRES = "m²"
KEEP = "keep"
"""What a script says that only keeps what is typed, while somebody types on."""
MaybeMember = Annotated[Member | None, Depends(optional_member)]


def router(
    intake: Intake, pictures: Pictures, finder: Finder, shell: Shell, metrics: Metrics, seal: Seal, floods: Floods
) -> APIRouter:
    """`/` and `/report/<step>`."""
    routes = APIRouter()
    screens = _Screens(finder, shell, seal, intake)

    @routes.get("/")
    async def start(request: Request) -> Response:
        answers, t = screens.kept(request), shell.messages(request)
        if answers is not None and await intake.was_sent(answers.ticket_of_form):
            return screens.start_after(request, answers, t)
        # Another person may have the telephone now: neither goes on unasked with somebody's report.
        if answers is not None and answers.typed:
            return shell.render(request, "begun.html", t=t, title=t("begun.title"))
        return screens.start_anew(request, t, expired=False)

    @routes.get("/report/send")
    async def sent(request: Request) -> Response:
        # The address that a browser shows after sending: opened anew it leads to the code, as long as that is here.
        return RedirectResponse(f"/report/{Step.CHECK}?{urlencode({'lang': shell.messages(request).language})}", 303)

    @routes.get("/report/{name}")
    async def step(request: Request, name: str) -> Response:
        current, answers, t = _step(name), screens.kept(request), shell.messages(request)
        if answers is None:
            return screens.start_anew(request, t, expired=current is not Step.THEMES)
        if await intake.was_sent(answers.ticket_of_form):
            return screens.sent_before(request, answers, t)
        unfinished = first_step_with_faults(answers, intake.reference, intake.today(), before=current)
        if unfinished is not None:
            return screens.go_to(request, unfinished, answers, t)
        return screens.show(request, current, answers, t)

    @routes.post("/report/clear")
    async def clear(request: Request, form: Form) -> Response:
        t = shell.messages(request, _text(form, "lang"))
        answers = screens.kept(request)
        if answers is not None:
            await pictures.take_away(answers.ticket_of_form, answers.pictures)
        return screens.forget(request, RedirectResponse(f"/?lang={t.language}", 303))

    @routes.post("/report/send")
    async def send(request: Request, form: Form, member: MaybeMember) -> Response:
        answers, t = screens.given(request, form), shell.messages(request, _text(form, "lang"))
        if answers is None:
            return screens.lost(request, t)
        if _text(form, "go") == "back":
            return screens.go_to(request, step_before(Step.CHECK, answers.themes), answers, t)
        unfinished = first_step_with_faults(answers, intake.reference, intake.today(), before=Step.CHECK)
        if unfinished is not None:
            return screens.go_to(request, unfinished, answers, t)
        channel, party = _channel(member), member.organisation if member else None
        shown = await pictures.chosen(pictures.signal_of(answers.ticket_of_form), answers.pictures)
        handed_in = submission(answers, intake.reference, channel, party, shown)
        noticed = floods.marks_of(request.state.source, handed_in.ticket, handed_in.data.words)
        try:
            received = await intake.receive_signal(replace(handed_in, marks=tuple(noticed)))
        except TicketReused:
            return screens.sent_before(request, answers, t)
        metrics.note(channel, received)
        await pictures.keep(received.id, shown)
        page = shell.render(
            request,
            "receipt.html",
            t=t,
            title=t("receipt.title"),
            receipt=received.receipt,
            sealed=seal.close(answers),
            address=intake.public_url,
        )
        return screens.keep_ticket(request, page, answers)

    @routes.post("/report/{name}")
    async def answer(request: Request, name: str, form: Upload) -> Response:
        current, t, go = _step(name), shell.messages(request, _text(form, "lang")), _go(request, form)
        before = screens.given(request, form)
        if before is None:
            return screens.lost(request, t)
        answers, not_taken = before.with_step(current, form), list[Fault]()
        if current is Step.WORDS and go != KEEP and not await intake.was_sent(before.ticket_of_form):
            answers, not_taken = await _with_pictures(pictures, answers, form)
        if go == KEEP:
            return screens.keep(request, Response(status_code=204), answers)
        if not seal.fits(answers):
            too_long = Fault("words", code="too_long", values={"limit": seal.most_words(answers)})
            return screens.refuse(request, answers, t, Refused(current, [too_long]))
        if go == "language":
            return screens.go_to(request, current, answers, t)
        answers = replace(answers, refused=None)
        if go == "back":
            return screens.go_to(request, step_before(current, answers.themes), answers, t)
        if go == "take_out":
            answers = without_numbers_on(current, answers, t.language)
        answers = answers.with_day_in_full(intake.today())
        seen = to_warn_of(current, answers, t.language)
        # What somebody may yet take out is shown to no address service either.
        if current is Step.WHERE and not seen:
            answers = await finder.looked_up(answers)
        if not_taken or faults_of_step(current, answers, intake.reference, intake.today()):
            return screens.refuse(request, answers, t, Refused(current, not_taken))
        if go == "here":
            return screens.go_to(request, current, answers, t)
        if seen:
            return screens.refuse(request, warned(answers, seen), t, Refused(current, warns=True))
        return screens.go_to(request, step_after(current, answers.themes), answers, t)

    return routes


class _Screens:
    """Shows a step or leads to one, and keeps the answers in the browser meanwhile."""

    def __init__(self, finder: Finder, shell: Shell, seal: Seal, intake: Intake) -> None:
        self._receipt_of = intake.receipt_of
        self._today = intake.today
        self._address = intake.public_url
        self._reference = finder.reference
        self._streets = finder.asks_elsewhere
        self._shell = shell
        self._seal = seal

    def kept(self, request: Request) -> Answers | None:
        """The answers that the browser keeps."""
        return self._seal.open(request.cookies.get(_cookie(request), ""))

    def given(self, request: Request, form: FormData) -> Answers | None:
        """The answers a sent form adds to: the browser's latest, unless the page was about another report.

        A form sent twice finds the browser's answers gone, and brings its own.
        """
        own, kept = self._seal.open(_text(form, "s")), self.kept(request)
        return kept if kept and own and kept.ticket == own.ticket else own

    def forget(self, request: Request, response: Response) -> Response:
        """Nothing is left in the browser."""
        response.delete_cookie(_cookie(request))
        return response

    def start_anew(self, request: Request, t: Messages, expired: bool) -> Response:
        return self.show(request, Step.THEMES, Answers.none_yet(), t, expired=expired)

    def start_after(self, request: Request, sent: Answers, t: Messages) -> Response:
        """A first step for the next report, which says that one was sent from here and leads to its code."""
        page = self.show(request, Step.THEMES, Answers.none_yet(), t, sent=True)
        return self.keep_ticket(request, page, sent) if sent.typed else page

    def lost(self, request: Request, t: Messages) -> Response:
        """To a page that says that the answers are gone, or asks about those of another report that are there."""
        path = f"/report/{Step.WHERE}" if self.kept(request) is None else "/"
        return RedirectResponse(f"{path}?{urlencode({'lang': t.language})}", 303)

    def sent_before(self, request: Request, answers: Answers, t: Messages) -> Response:
        receipt = self._receipt_of(answers.ticket_of_form)
        page = self._shell.render(
            request, "sent_before.html", t=t, title=t("sent.title"), receipt=receipt, address=self._address
        )
        return self.keep_ticket(request, page, answers) if answers.typed else page

    def keep_ticket(self, request: Request, response: Response, answers: Answers) -> Response:
        """Of a report that was sent its answers go; its code can be shown here again for a while."""
        return self._set(request, response, Answers(answers.ticket, {}), CODE_SHOWN_FOR)

    def go_to(self, request: Request, step: Step, answers: Answers, t: Messages) -> Response:
        query = urlencode({"lang": t.language})
        return self.keep(request, RedirectResponse(f"/report/{step}?{query}", 303), answers)

    def refuse(self, request: Request, answers: Answers, t: Messages, refused: Refused) -> Response:
        """Back to the step, which says why: at an address of its own, so that Back and reload send nothing again."""
        answers = replace(answers, refused=refused)
        if self._seal.fits(answers):
            return self.go_to(request, refused.step, answers, t)
        return self.show(request, refused.step, answers, t, status=400)

    def show(
        self,
        request: Request,
        step: Step,
        answers: Answers,
        t: Messages,
        *,
        expired: bool = False,
        sent: bool = False,
        status: int = 200,
    ) -> Response:
        faults, seen = self._refusal(step, answers, t)
        worded: dict[str, str] = {}
        for fault in faults:
            worded.setdefault(fault.field, fault.text(t))
        if not_taken := reasons([fault for fault in faults if fault.field == PICTURES], t):
            worded[PICTURES] = " ".join(not_taken)
        page = self._shell.render(
            request,
            f"step_{step}.html",
            status,
            t=t,
            title=fitting(t, f"{step}.title", answers.themes),
            step=step,
            place=sum(one.number <= step.number for one in steps_for(answers.themes)),
            total=len(steps_for(answers.themes)),
            asked_as=lambda key: fitting(t, key, answers.themes),
            sealed=self._seal.close(answers),
            form=FormState({**undecided(step, answers.themes), **answers.typed}, worded),
            expired=expired,
            sent=sent,
            seen=seen,
            told=(),  # the answers keep of what their writer was told
            channel=_channel(optional_member(request)),
            labels=labels(t, answers.themes),
            **self._context(step, answers, t),
        )
        return self.keep(request, page, answers)

    def keep(self, request: Request, response: Response, answers: Answers) -> Response:
        """Leave the answers with the browser; what is too long for it stays as it was kept before."""
        worth_it = (answers.typed or answers.refused) and self._seal.fits(answers)
        return self._set(request, response, answers) if worth_it else response

    def _refusal(self, step: Step, answers: Answers, t: Messages) -> tuple[Sequence[Fault], Sequence[Seen]]:
        """What is still wrong on a step that was sent, and what its writer is to be told of."""
        if answers.refused is None or answers.refused.step is not step:
            return (), ()
        faults = [*faults_of_step(step, answers, self._reference, self._today()), *answers.refused.faults]
        return faults, numbers_on(step, answers, t.language) if answers.refused.warns else ()

    def _set(self, request: Request, response: Response, answers: Answers, lasts: timedelta | None = None) -> Response:
        # Without an end it goes when the browser closes; the seal lasts an hour at most.
        response.set_cookie(
            _cookie(request),
            self._seal.close(answers),
            max_age=int(lasts.total_seconds()) if lasts else None,
            httponly=True,
            samesite="lax",
            secure=is_https(request.app.state.web.settings),
        )
        return response

    def _context(self, step: Step, answers: Answers, t: Messages) -> dict[str, Any]:
        match step:
            case Step.THEMES:
                return {"themes": [(theme.value, t(f"theme.{theme}")) for theme in Theme]}
            case Step.WHERE:
                chosen = picks(answers, self._reference, t)
                return {"areas": self._areas(t), "picks": chosen, "streets": self._streets}
            case Step.WORK:
                return {"sectors": [(sector.value, t(f"sector.{sector}")) for sector in Sector]}
            case Step.HEALTH:
                return {"questions": questions_for(step, answers.themes)}
            case Step.SEEN:
                return {"questions": questions_for(step, answers.themes), **days.asked(self._today(), t)}
            case Step.HOMES:
                near, far = self._districts(answers)
                return {"near": [_named(d) for d in near], "far": [_named(d) for d in far]}
            case Step.WORDS:
                dropping = [(id_, t("words.picture_drop", number=n)) for n, id_ in enumerate(answers.pictures, start=1)]
                return {"most_words": MOST_WORDS, "pictures": answers.pictures, "dropping": dropping}
            case Step.CHECK:
                return {"summary": _summary(answers, self._reference, t)}

    def _areas(self, t: Messages) -> list[tuple[str, str]]:
        abroad = [_named(district) for district in self._reference.districts]
        elsewhere = [(country, t(f"where.elsewhere_{country}")) for country in ELSEWHERE]
        return [(NETHERLANDS, t("where.netherlands")), *abroad, *elsewhere]

    def _districts(self, answers: Answers) -> tuple[list[District], list[District]]:
        """The districts across the border from the site first; without a region all of them alike."""
        site = _located(answers, self._reference)
        near = [d for d in self._reference.districts if site and site.region in d.regions]
        return near, [district for district in self._reference.districts if district not in near]


async def _with_pictures(pictures: Pictures, answers: Answers, form: FormData) -> tuple[Answers, list[Fault]]:
    """The answers with the pictures that came in, without those taken away, and why some are not there."""
    dropped = [str(id_) for id_ in form.getlist("drop") if id_ in answers.pictures]
    await pictures.take_away(answers.ticket_of_form, dropped)
    left = [id_ for id_ in answers.pictures if id_ not in dropped]
    signal = pictures.signal_of(answers.ticket_of_form)
    stored, faults = await taken_in(pictures, signal, form, room=MOST_AT_ONCE - len(left))
    return answers.with_pictures([*left, *(picture.id for picture in stored)]), faults


def _located(answers: Answers, reference: Reference) -> Location | None:
    found: Location | None = reference.locate(
        postcode=answers.value("postcode"),
        place=answers.value("place"),
        municipality=answers.value("pick").partition("|")[2],
    )
    return found


def _summary(answers: Answers, reference: Reference, t: Messages) -> list[tuple[Step, list[tuple[str, str]]]]:
    """What was answered, per step, in words."""
    shown = {step: _shown(step, answers, reference, t) for step in Step if step is not Step.CHECK}
    if day := days.meant(answers.typed):
        shown[Step.SEEN].append((t("when.label"), days.in_words(day, t)))
    return [(step, pairs) for step, pairs in shown.items() if pairs]


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
            said = [(label, answers.value(name)) for name, label in written if answers.value(name)]
            return [*said, (t("words.pictures"), str(len(answers.pictures)))] if answers.pictures else said
        case _:
            asked = questions_for(step, answers.themes)
            answered = [(question, answers.value(question.name)) for question in asked]
            return [
                (fitting(t, f"{step}.{question.name}", answers.themes), _said(question, typed, t))
                for question, typed in answered
                if typed not in ("", UNKNOWN)
            ]


def _shown_place(answers: Answers, reference: Reference, t: Messages) -> list[tuple[str, str]]:
    located = _located(answers, reference) if answers.in_netherlands else None
    district = reference.district(answers.value("area"))
    street = " ".join(filter(None, (answers.value("postcode"), answers.value("house_number"))))
    where = located.label if located else answers.value("place")
    abroad = district.name if district else ""
    pairs = [
        (fitting(t, "where.name", answers.themes), answers.value("name")),
        (t("where.short"), ", ".join(filter(None, (street, where, abroad)))),
    ]
    if answers.in_netherlands and (street or where) and located is None:
        pairs.append((t("where.not_known"), t("where.not_known_next")))
    return [(label, text) for label, text in pairs if text]


def _said(question: Question, typed: str, t: Messages) -> str:
    if question.kind is Kind.YES_NO:
        return t(f"shell.{typed}") if typed in ("yes", "no") else typed
    number = understood(question, typed)
    unit = f"\N{NO-BREAK SPACE}{SQUARE_METRES}" if question.kind is Kind.MEASURE else ""
    meant = f"{format_decimal(number, locale=t.language)}{unit}" if number is not None else typed
    as_meant = typed.isdigit() or f"{typed}{unit}" == meant
    return meant if as_meant else t("check.understood", number=meant, typed=typed)


def _named(district: District) -> tuple[str, str]:
    return district.party, f"{district.name} ({district.country})"


def _channel(member: Member | None) -> Channel:
    organisation = member.organisation if member else None
    return channel_of(organisation, operator=bool(member and member.has(Role.OPERATOR)))


def _cookie(request: Request) -> str:
    return cookie_name(request.app.state.web.settings, "answers")


def _go(request: Request, form: FormData) -> str:
    """What a button asks for: a button of another form than its own says it in the address."""
    return request.query_params.get("go") or _text(form, "go")


def _step(name: str) -> Step:
    if name not in set(Step):
        raise not_found()
    return Step(name)


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, ""))
