"""HTTP in for people: the facts of a case changed on a copy, to see what the grade would be. Nothing is stored."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any, get_args, get_type_hints

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.triage import wording
from services.triage.access import answered_refusals
from services.triage.use_cases.desk import CaseFile, Desk
from shared.situation import Observation, Observations, Situation
from shared.vocabulary import Sector, Theme
from shared.web.access import PageReader
from shared.web.csrf import checked_form
from shared.web.forms import FormState, picked, text
from shared.web.problems import Fault
from shared.web.shell import Pages
from shared.web.words import choices, word

MOST = 1_000_000
MOST_SQUARE_METRES = 10_000
_INFORM_THE_VISIT_ONLY = {"vans_checked", "vans_in_breach"}
_ALWAYS = "Bij elk thema"

_KINDS: Mapping[str, type] = {
    name: next(kind for kind in get_args(hint) if kind is not type(None))
    for name, hint in get_type_hints(Observations).items()
    if name not in _INFORM_THE_VISIT_ONLY
}
LABELS: Mapping[str, str] = {"themes": "Waarover", "sector": "Sector", **wording.OBSERVED}


class WhatIfPages:
    """The page behind "Wat als"; the form travels in a body, so that no fact stands in an address."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def router(self) -> APIRouter:
        """The route to open the form, and the one that answers it."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/cases/{case_id}/what-if", self.form)
        router.add_api_route("/cases/{case_id}/what-if", self.answer, methods=["POST"])
        return router

    async def form(self, request: Request, case_id: str, _member: PageReader) -> Response:
        """The facts as they are known, to be changed."""
        file = await self._file(case_id)
        return self._page(request, file, FormState.filled(filled(file.case.situation)))

    async def answer(
        self, request: Request, case_id: str, _member: PageReader, form: Annotated[FormData, Depends(checked_form)]
    ) -> Response:
        """The grade of these facts beside that of the case, or what cannot be read."""
        file = await self._file(case_id)
        otherwise, faults = situation_from(form, file.case.situation)
        typed = FormState.of(form, faults, self._pages.messages(request))
        if faults:
            return self._page(request, file, typed, status=400)
        found = self._desk.what_if(file, otherwise)
        return self._page(request, file, typed, found=found, observations=otherwise.observations)

    async def _file(self, case_id: str) -> CaseFile:
        with answered_refusals():
            return await self._desk.file(case_id)

    def _page(self, request: Request, file: CaseFile, typed: FormState, status: int = 200, **found: Any) -> Response:
        return self._pages.render(
            request,
            "what_if.html",
            status,
            file=file,
            case=file.case,
            typed=typed,
            said=said,
            **{"found": None, **found},
            rules=self._desk.rules_today(file),
            parts=self._parts(file),
            kinds={name: kind.__name__ for name, kind in _KINDS.items()},
            labels=LABELS,
            themes=choices(Theme),
            sectors=choices(Sector),
            w=wording,
        )

    def _parts(self, file: CaseFile) -> dict[str, list[str]]:
        """The observations to ask, under the theme that the rules put them."""
        inputs = self._desk.rules_today(file).inputs
        parts: dict[str, list[str]] = {_ALWAYS: [], **{word(theme).capitalize(): [] for theme in Theme}}
        for name in _KINDS:
            theme = inputs[name].theme if name in inputs else None
            parts[word(theme).capitalize() if theme else _ALWAYS].append(name)
        return parts


def filled(situation: Situation) -> dict[str, Any]:
    """What a form shows of a situation before anybody typed in it."""
    seen = asdict(situation.observations)
    return {
        "themes": [theme.value for theme in situation.themes],
        "sector": situation.sector,
        **{name: _typed(value) for name in _KINDS if (value := seen[name]) is not None},
    }


def situation_from(form: FormData, now: Situation) -> tuple[Situation, list[Fault]]:
    """The situation with the facts of a form, and every fault in them; where there are faults it is as it was."""
    faults: list[Fault] = []
    seen: dict[str, Any] = {}
    for name, kind in _KINDS.items():
        read, cure = _READ[kind]
        try:
            seen[name] = read(text(form, name))
        except ValueError:
            faults.append(Fault(name, cure))
    themes = tuple(theme for theme in Theme if theme.value in form.getlist("themes"))
    if not themes:
        faults.append(Fault("themes", "Kies minstens één thema."))
    if faults:
        return now, faults
    sector = picked(Sector, text(form, "sector"))
    return replace(now, themes=themes, sector=sector, observations=replace(now.observations, **seen)), []


def said(name: str, value: Any) -> str:
    """A fact as a page says it."""
    if value is None:
        return "niet bekend"
    if name == "themes":
        return ", ".join(word(theme) for theme in value)
    return word(value) if name == "sector" else wording.said(value)


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}".replace(".", ",")


def _yes_or_no(typed: str) -> bool | None:
    if typed not in ("", "yes", "no"):
        raise ValueError("neither yes nor no")
    return typed == "yes" if typed else None


def _count(typed: str) -> int | None:
    return int(_number(_GROUPED.sub("", typed), _WHOLE, MOST)) if typed else None


def _measure(typed: str) -> float | None:
    return _number(typed.replace(",", "."), _DECIMAL, MOST_SQUARE_METRES) if typed else None


def _number(typed: str, form: re.Pattern[str], most: int) -> float:
    if not form.fullmatch(typed) or float(typed) > most:
        raise ValueError("no such number")
    return float(typed)


_WHOLE = re.compile(r"[0-9]{1,9}")
_GROUPED = re.compile(r"(?<=[0-9])[. ](?=[0-9]{3}(?:[. ]|$))")
"""What parts the thousands of a whole number, as pages write them: 1.000."""
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_READ: Mapping[type, tuple[Callable[[str], Observation], str]] = {
    bool: (_yes_or_no, "Kies ja, nee of niet bekend."),
    int: (_count, "Vul een heel getal in van 0 tot en met 1.000.000, of laat dit leeg als het niet bekend is."),
    float: (_measure, "Vul een getal in zoals 8 of 8,5, hoogstens 10.000, of laat dit leeg als het niet bekend is."),
}
