"""HTTP in for people: past cases through other rules, with a progress bar and what came out."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from services.triage.access import page_actor
from services.triage.domain.backtest import PastCase
from services.triage.domain.case import Actor
from services.triage.domain.rulebook import Rulebook
from services.triage.domain.ruleset import Ruleset
from services.triage.domain.ruleset_faults import InvalidRuleset
from services.triage.rules_wording import FAULTS, says_when
from services.triage.store import read_ruleset_file
from services.triage.store.backtests import Backtests
from services.triage.use_cases.backtesting import MOST_CHANGES, Backtesting, TooMany
from services.triage.use_cases.reading import BadCases, past_cases_from
from shared.calendar import day_of
from shared.vocabulary import Grade
from shared.web.access import PageReader
from shared.web.csrf import checked_form
from shared.web.forms import FormState, text
from shared.web.i18n import Messages
from shared.web.members import Member, Role
from shared.web.problems import Fault, faults_of_model, not_found
from shared.web.shell import Pages
from shared.web.times import number

PATH = "/backtests"
MOST_BYTES = 12 * 1024 * 1024
MOST_BYTES_OF_RULES = 256 * 1024
MOST_CASES = 50_000
OWN_FILE = "file"
_FAULTS_SHOWN = 100


@dataclass
class Order:
    """What a person asks for, with every fault in it; `details` are those inside a file."""

    against: Ruleset | None = None
    cases: list[PastCase] | None = None
    faults: list[Fault] = field(default_factory=list)
    details: list[str] = field(default_factory=list)


class BacktestPages:
    """Everything a member sees of back-tests; `clock` says what day it is."""

    def __init__(self, backtesting: Backtesting, rules: Rulebook, clock: Callable[[], datetime], pages: Pages) -> None:
        self._backtesting = backtesting
        self._runs: Backtests = backtesting.runs
        self._rules = rules
        self._clock = clock
        self._pages = pages

    def router(self) -> APIRouter:
        """The routes of all pages."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route(PATH, self.start)
        router.add_api_route(PATH, self.begin, methods=["POST"])
        router.add_api_route(PATH + "/{run_id}", self.run)
        return router

    async def start(self, request: Request, member: PageReader) -> Response:
        """The form to start one, and those of late."""
        return await self._page(request, member, FormState(), Order())

    async def begin(
        self,
        request: Request,
        member: PageReader,
        actor: Annotated[Actor, Depends(page_actor)],
        form: Annotated[FormData, Depends(checked_form)],
    ) -> Response:
        """Start one and go to its progress, or say everything that is wrong with what was sent."""
        order = await self._order(form)
        if order.against and not order.faults:
            try:
                return RedirectResponse(f"{PATH}/{await self._started(order, order.against, actor)}", 303)
            except TooMany:
                order.faults.append(Fault("", "Er wachten al genoeg proeven. Begin opnieuw als er een klaar is."))
        typed = FormState.of(form, order.faults, self._pages.messages(request))
        return await self._page(request, member, typed, order, 400)

    async def run(self, request: Request, run_id: str, _member: PageReader) -> Response:
        """How far one is, or what came out."""
        run = await self._runs.get(run_id)
        if run is None:
            raise not_found("Deze proef is er niet, of is langer dan 30 dagen geleden.")
        silent = run.is_silent(self._clock())
        return self._pages.render(
            request, "backtest.html", run=run, silent=silent, grades=list(Grade)[::-1], most=MOST_CHANGES
        )

    async def _started(self, order: Order, against: Ruleset, actor: Actor) -> str:
        if order.cases is None:
            return await self._backtesting.of_platform(against, actor)
        return await self._backtesting.of_file(order.cases, against, self._today(), actor)

    async def _page(
        self, request: Request, member: Member, typed: FormState, order: Order, status: int = 200
    ) -> Response:
        versions = [(one.version, f"{one.version}: {one.title} ({says_when(one)})") for one in self._rules.rulesets]
        return self._pages.render(
            request,
            "backtests.html",
            status,
            typed=typed,
            details=order.details[:_FAULTS_SHOWN],
            more=max(0, len(order.details) - _FAULTS_SHOWN),
            versions=[*versions, (OWN_FILE, "een eigen bestand (TOML)")],
            acts=member.has(Role.MEMBER, Role.COORDINATOR),
            latest=await self._runs.latest(),
            now_silent=lambda run: run.is_silent(self._clock()),
            today=self._today(),
            most_cases=MOST_CASES,
        )

    def _today(self) -> Ruleset:
        return self._rules.at(day_of(self._clock()), None)

    async def _order(self, form: FormData) -> Order:
        order = Order()
        own, cases = await _uploaded(form, "ruleset"), await _uploaded(form, "cases")
        self._read_rules(order, text(form, "against"), own)
        source = text(form, "source")
        if source == OWN_FILE or (not source and cases is not None):
            await self._read_cases(order, cases)
        elif cases is not None:
            order.faults.append(Fault("cases", "Kies hierboven “een bestand met zaken”, of haal het bestand weg."))
        elif source != "platform":
            order.faults.append(Fault("source", "Kies welke zaken u wilt narekenen."))
        return order

    def _read_rules(self, order: Order, version: str, own: bytes | None) -> None:
        if own is not None and version in ("", OWN_FILE):
            self._read_own_rules(order, own)
        elif own is not None:
            order.faults.append(Fault("ruleset", "Kies hierboven “een eigen bestand”, of haal het bestand weg."))
        elif version == OWN_FILE:
            order.faults.append(Fault("ruleset", "Kies het bestand met uw regels."))
        else:
            order.against = self._rules.named(version)
            if order.against is None:
                order.faults.append(Fault("against", "Kies met welke regels u wilt narekenen."))

    def _read_own_rules(self, order: Order, own: bytes) -> None:
        if not own.strip():
            order.faults.append(Fault("ruleset", "Dit bestand is leeg. Kies een ander."))
            return
        if len(own) > MOST_BYTES_OF_RULES:
            order.faults.append(Fault("ruleset", "Dit bestand is te groot voor regels: hoogstens 256 kB."))
            return
        try:
            rules = read_ruleset_file(own)
            order.against = replace(rules, title=f"{rules.title} (eigen bestand, kenmerk {_mark_of(own)})")
        except InvalidRuleset as invalid:
            order.details += [fault.worded(FAULTS) for fault in invalid.faults]
            order.faults.append(Fault("ruleset", _count(len(invalid.faults), "fout", "fouten", "in de regels")))

    async def _read_cases(self, order: Order, content: bytes | None) -> None:
        if content is None:
            order.faults.append(Fault("cases", "Kies het bestand met zaken."))
            return
        if content.count(b"\n") > MOST_CASES:
            order.faults.append(Fault("cases", f"Dit zijn te veel regels: hoogstens {number(MOST_CASES)}."))
            return
        try:
            # In a thread: a long file takes a second to read.
            order.cases = await asyncio.to_thread(past_cases_from, content, self._today())
        except BadCases as bad:
            order.details += list(_worded(bad, self._pages.translations.of("nl")))
            order.faults.append(Fault("cases", _count(len(bad.lines), "regel klopt", "regels kloppen", "niet")))
            return
        if not order.cases:
            order.faults.append(Fault("cases", "In dit bestand staat geen enkele zaak."))


async def _uploaded(form: FormData, name: str) -> bytes | None:
    """What is in the file that somebody chose, None where they chose none: browsers send that as one without a name."""
    file = form.get(name)
    return await file.read() if isinstance(file, UploadFile) and file.filename else None


def _mark_of(content: bytes) -> str:
    """Tells apart two files of one version: the first letters of the file's SHA-256."""
    return hashlib.sha256(content).hexdigest()[:8]


def _worded(bad: BadCases, t: Messages) -> Iterator[str]:
    for at, line in bad.lines:
        for fault in faults_of_model(line.errors):
            where = f"{fault.field}: " if fault.field else ""
            yield f"Regel {at}: {where}{fault.text(t)}"


def _count(number: int, one: str, many: str, rest: str) -> str:
    return f"{number} {one if number == 1 else many} {rest}. Hieronder staat wat."
