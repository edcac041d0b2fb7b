"""HTTP in for people: merge two cases after seeing them side by side, tell them apart, and take either back."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.triage import clock_wording, regrouping_wording, wording
from services.triage.access import answered_unknowns, page_actor, refusal_of
from services.triage.domain.case import Actor
from services.triage.store import Filter, Suggestions
from services.triage.use_cases.desk import CaseFile, Desk
from services.triage.use_cases.regrouping import Outcome, Regrouping
from shared.web.csrf import checked_form
from shared.web.forms import FormState, text, too_long
from shared.web.problems import Fault
from shared.web.shell import Pages

By = Annotated[Actor, Depends(page_actor)]
Form = Annotated[FormData, Depends(checked_form)]

_MOST_FOUND = 20


class RegroupingPages:
    """The pages under a case that put it together with another, or apart from it."""

    def __init__(
        self, desk: Desk, regrouping: Regrouping, suggestions: Suggestions, pages: Pages, regions: Mapping[str, str]
    ) -> None:
        self._desk = desk
        self._regrouping = regrouping
        self._suggestions = suggestions
        self._pages = pages
        self._regions = regions

    def router(self) -> APIRouter:
        """The routes; each deed has a page that says what it will lead to."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/cases/{case_id}/merge", self.search)
        router.add_api_route("/cases/{case_id}/merge/{other}", self.compare)
        router.add_api_route("/cases/{case_id}/merge/{other}", self.merge, methods=["POST"])
        router.add_api_route("/cases/{case_id}/apart/{other}", self.tell_apart, methods=["POST"])
        router.add_api_route("/cases/{case_id}/unmerge", self.ask_to_undo)
        router.add_api_route("/cases/{case_id}/unmerge", self.undo, methods=["POST"])
        router.add_api_route("/cases/{case_id}/together/{other}", self.ask_to_lift)
        router.add_api_route("/cases/{case_id}/together/{other}", self.lift, methods=["POST"])
        return router

    async def search(
        self, request: Request, case_id: str, _who: By, q: Annotated[str, Query(max_length=100)] = ""
    ) -> Response:
        """Find the case to merge with: what may be the same, and what was searched or lies in the same place."""
        file = await self._file(case_id)
        site = file.case.situation.site
        near = site.place or site.municipality or ""
        wanted = Filter(text=q.strip() or near, merged=False)
        found, total = await self._desk.page(wanted, 0, _MOST_FOUND + 1)
        signals = [signal.id for signal in file.case.signals]
        return self._pages.render(
            request,
            "merge_search.html",
            file=file,
            case=file.case,
            questions=await self._suggestions.about(signals) if signals else [],
            found=[other for other in found if other.id != case_id][:_MOST_FOUND],
            total=total - any(other.id == case_id for other in found),
            near=near if not q.strip() else "",
            filters=FormState.filled({"q": q}),
            order=_in_order,
            regions=self._regions,
            w=wording,
            clocks=clock_wording,
        )

    async def compare(self, request: Request, case_id: str, other: str, who: By) -> Response:
        """Both cases side by side, and what merging the first into the second would lead to."""
        return await self._compare(request, case_id, other, who, FormState())

    async def merge(self, request: Request, case_id: str, other: str, who: By, form: Form) -> Response:
        """Merge, or say what is missing or in the way; what was typed stays."""
        faults = demanded(form, "why", "Schrijf waarom het dezelfde situatie is.")
        if not faults:
            refusal = await refusal_of(self._regrouping.merge(case_id, other, text(form, "why"), who))
            if not refusal:
                return to_case(other)
            return await self._compare(request, case_id, other, who, self._typed(request, form), refusal)
        return await self._compare(request, case_id, other, who, self._typed(request, form, faults))

    async def tell_apart(self, request: Request, case_id: str, other: str, who: By, form: Form) -> Response:
        """Remember that the two are not the same."""
        faults = demanded(form, "apart", "Schrijf waarin de twee situaties verschillen.")
        if not faults:
            refusal = await refusal_of(self._regrouping.tell_apart(case_id, other, text(form, "apart"), who))
            if not refusal:
                return to_case(case_id)
            return await self._compare(request, case_id, other, who, self._typed(request, form), refusal)
        return await self._compare(request, case_id, other, who, self._typed(request, form, faults))

    async def ask_to_undo(self, request: Request, case_id: str, who: By) -> Response:
        """What undoing the merge would lead to."""
        file = await self._file(case_id)
        typed = FormState.filled({"turn": file.case.turn})
        return await self._undo(request, file, who, typed)

    async def undo(self, request: Request, case_id: str, who: By, form: Form) -> Response:
        """Undo the merge that the person looked at."""
        faults, refusal = demanded(form, "why", "Schrijf waarom het toch niet dezelfde situatie is."), ""
        if not faults:
            typed = text(form, "turn")
            turn = int(typed) if typed.isdecimal() else None
            refusal = await refusal_of(self._regrouping.undo_merge(case_id, text(form, "why"), who, turn))
            if not refusal:
                return to_case(case_id)
        return await self._undo(request, await self._file(case_id), who, self._typed(request, form, faults), refusal)

    async def ask_to_lift(self, request: Request, case_id: str, other: str, _who: By) -> Response:
        """What it means to take back that two cases are not the same."""
        return await self._lift(request, await self._file(case_id), await self._file(other), FormState())

    async def lift(self, request: Request, case_id: str, other: str, who: By, form: Form) -> Response:
        """Take it back."""
        faults, refusal = demanded(form, "why", "Schrijf waarom zij toch dezelfde situatie kunnen zijn."), ""
        if not faults:
            refusal = await refusal_of(self._regrouping.tell_apart_no_more(case_id, other, text(form, "why"), who))
            if not refusal:
                return to_case(case_id)
        one, another = await self._file(case_id), await self._file(other)
        return await self._lift(request, one, another, self._typed(request, form, faults), refusal)

    async def _compare(
        self, request: Request, case_id: str, other: str, who: Actor, typed: FormState, refusal: str = ""
    ) -> Response:
        gone, stays = await self._file(case_id), await self._file(other)
        outcome = await self._regrouping.try_merge(case_id, other, who)
        return self._pages.render(
            request,
            "merge.html",
            status_of(typed, refusal),
            gone=gone,
            stays=stays,
            why_not=outcome.why_not,
            refusal=refusal,
            typed=typed,
            rows=regrouping_wording.beside(gone, stays, self._regions),
            planned=any(file.progress.interventions for file in (gone, stays)),
            told=regrouping_wording.consequences(outcome.cases, self._pages.clock()),
            clocks=clock_wording,
        )

    async def _undo(
        self, request: Request, file: CaseFile, who: Actor, typed: FormState, refusal: str = ""
    ) -> Response:
        outcome = await self._regrouping.try_undo_merge(file.id, who)
        into = file.case.merged.into if file.case.merged else None
        title = f"Maak de samenvoeging met zaak {into.number} ongedaan" if into else "Er is niets ongedaan te maken"
        return self._confirm(request, file, outcome, typed, refusal, title=title, action=f"/cases/{file.id}/unmerge")

    async def _lift(
        self, request: Request, file: CaseFile, other: CaseFile, typed: FormState, refusal: str = ""
    ) -> Response:
        told = [
            f"Bij zaak {file.case.number} en zaak {other.case.number} staat dan niet meer dat zij verschillen.",
            "Brandmeester mag weer vragen of zij over hetzelfde gaan, en u kunt ze samenvoegen.",
        ]
        return self._confirm(
            request,
            file,
            Outcome(),
            typed,
            refusal,
            title=f"Haal weg dat zaak {other.case.number} een andere situatie is",
            action=f"/cases/{file.id}/together/{other.id}",
            told=told,
        )

    def _confirm(
        self, request: Request, file: CaseFile, outcome: Outcome, typed: FormState, refusal: str, **page: Any
    ) -> Response:
        told = regrouping_wording.consequences(outcome.cases, self._pages.clock())
        status = status_of(typed, refusal)
        shown = {"file": file, "case": file.case, "why_not": outcome.why_not, "told": told, **page}
        return self._pages.render(request, "confirm.html", status, typed=typed, refusal=refusal, **shown)

    def _typed(self, request: Request, form: FormData, faults: list[Fault] | None = None) -> FormState:
        return FormState.of(form, faults or [], self._pages.messages(request))

    async def _file(self, case_id: str) -> CaseFile:
        with answered_unknowns():
            return await self._desk.file(case_id)


def demanded(form: FormData, field: str, cure: str) -> list[Fault]:
    """The faults of a reason that has to be given."""
    typed = text(form, field)
    if not typed:
        return [Fault(field, cure)]
    return too_long(field, typed)


def _in_order(one: CaseFile, other: CaseFile) -> tuple[str, str]:
    """Which of two cases goes and which stays, to begin with: an open one stays, of two the one opened first."""
    stays = min(one, other, key=lambda file: (not file.case.is_open, file.case.opened_at, file.id))
    return (other.id, one.id) if stays is one else (one.id, other.id)


def status_of(typed: FormState, refusal: str) -> int:
    """Of a page that shows a form: again with faults, again with a refusal, or for the first time."""
    return 409 if refusal else 400 if typed.faults else 200


def to_case(case_id: str) -> Response:
    return RedirectResponse(f"/cases/{case_id}", 303)
