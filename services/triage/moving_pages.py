"""HTTP in for people: take signals out of a case, into a new one or another, and put a part back; first as a trial."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.triage import regrouping_wording
from services.triage.access import answered_unknowns, refusal_of
from services.triage.domain.case import Actor
from services.triage.regrouping_pages import By, Form, demanded, status_of, to_case
from services.triage.signal_wording import SignalWording
from services.triage.use_cases.desk import CaseFile, Desk
from services.triage.use_cases.regrouping import Outcome, Regrouping
from shared.web.forms import FormState, text
from shared.web.problems import Fault
from shared.web.shell import Pages

NEW, OTHER = "new", "other"
TO = [(NEW, "naar een nieuwe zaak"), (OTHER, "naar een zaak die er al is")]
LABELS = {"signals": "Meldingen", "to": "Waarheen", "number": "Nummer van de zaak", "why": "Waarom"}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which signals go where: into the case with this id, or with None into a new one."""

    signals: tuple[str, ...]
    target: str | None


class MovingPages:
    """The page to choose signals and where they go, which shows what that leads to before it is done."""

    def __init__(self, desk: Desk, regrouping: Regrouping, signal_words: SignalWording, pages: Pages) -> None:
        self._desk = desk
        self._signal_words = signal_words
        self._regrouping = regrouping
        self._pages = pages

    def router(self) -> APIRouter:
        """The routes; nothing is stored before the person confirms."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/cases/{case_id}/signals", self.choose)
        router.add_api_route("/cases/{case_id}/signals", self.move, methods=["POST"])
        router.add_api_route("/cases/{case_id}/reunite", self.ask_to_reunite)
        router.add_api_route("/cases/{case_id}/reunite", self.reunite, methods=["POST"])
        return router

    async def choose(self, request: Request, case_id: str, _who: By) -> Response:
        """The signals of the case, to be chosen."""
        return self._show(request, await self._file(case_id), FormState())

    async def move(self, request: Request, case_id: str, who: By, form: Form) -> Response:
        """What the choice leads to, or with `step=do` the deed; what was typed stays."""
        file = await self._file(case_id)
        wish, faults = await self._wish(form)
        typed = FormState.of(form, faults, self._pages.messages(request))
        if faults:
            return self._show(request, file, typed)
        outcome = await self._trial(case_id, wish, who)
        if outcome.why_not:
            return self._show(request, file, typed, refusal=outcome.why_not)
        if text(form, "step") != "do":
            return self._show(request, file, typed, outcome)
        done: list[str] = []
        refusal = await refusal_of(self._do(case_id, wish, text(form, "why"), who, done))
        return self._show(request, file, typed, refusal=refusal) if refusal else to_case(done[0])

    async def ask_to_reunite(self, request: Request, case_id: str, who: By) -> Response:
        """What putting the part back would lead to."""
        return await self._reunite(request, await self._file(case_id), who, FormState())

    async def reunite(self, request: Request, case_id: str, who: By, form: Form) -> Response:
        """Put the part back."""
        faults, refusal = demanded(form, "why", "Schrijf waarom het toch dezelfde situatie is."), ""
        if not faults:
            refusal = await refusal_of(self._regrouping.undo_split(case_id, text(form, "why"), who))
            if not refusal:
                return to_case(case_id)
        typed = FormState.of(form, faults, self._pages.messages(request))
        return await self._reunite(request, await self._file(case_id), who, typed, refusal)

    async def _wish(self, form: FormData) -> tuple[Wish, list[Fault]]:
        signals = tuple(value for value in form.getlist("signals") if isinstance(value, str))
        faults, target = [], None
        if not signals:
            faults.append(Fault("signals", "Kies ten minste één melding."))
        to = text(form, "to")
        if to not in (NEW, OTHER):
            faults.append(Fault("to", "Kies waar de meldingen heen gaan."))
        if to == OTHER:
            target = await self._desk.numbered(text(form, "number"))
            if target is None:
                faults.append(Fault("number", "Er is geen zaak met dit nummer. Voluit is het zoals Z-2020-7K4Q2M."))
        return Wish(signals, target), [*faults, *demanded(form, "why", "Schrijf waarom deze meldingen daar horen.")]

    async def _trial(self, case_id: str, wish: Wish, who: Actor) -> Outcome:
        with answered_unknowns():
            if wish.target is None:
                return await self._regrouping.try_split(case_id, wish.signals, who)
            return await self._regrouping.try_move(case_id, wish.target, wish.signals, who)

    async def _do(self, case_id: str, wish: Wish, why: str, who: Actor, done: list[str]) -> None:
        if wish.target is None:
            done.append(await self._regrouping.split(case_id, wish.signals, why, who))
        else:
            await self._regrouping.move(case_id, wish.target, wish.signals, why, who)
            done.append(wish.target)

    def _show(
        self, request: Request, file: CaseFile, typed: FormState, outcome: Outcome | None = None, refusal: str = ""
    ) -> Response:
        now = self._pages.clock()
        return self._pages.render(
            request,
            "signals.html",
            status_of(typed, refusal),
            file=file,
            case=file.case,
            typed=typed,
            refusal=refusal,
            told=regrouping_wording.consequences(outcome.cases, now) if outcome else [],
            signals=self._signal_words.choices(file.case.signals, now),
            to=TO,
            labels=LABELS,
        )

    async def _reunite(
        self, request: Request, file: CaseFile, who: Actor, typed: FormState, refusal: str = ""
    ) -> Response:
        outcome = await self._regrouping.try_undo_split(file.id, who)
        origin = file.case.split_from
        return self._pages.render(
            request,
            "confirm.html",
            status_of(typed, refusal),
            file=file,
            case=file.case,
            typed=typed,
            refusal=refusal,
            why_not=outcome.why_not,
            told=regrouping_wording.consequences(outcome.cases, self._pages.clock()),
            title=f"Voeg haar terug bij zaak {origin.number}" if origin else "Er is niets terug te voegen",
            action=f"/cases/{file.id}/reunite",
        )

    async def _file(self, case_id: str) -> CaseFile:
        with answered_unknowns():
            return await self._desk.file(case_id)
