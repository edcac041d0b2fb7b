"""Many signals in one file: a dry run that shows each faulty line, then the import with its progress."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic.alias_generators import to_camel
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.signal import MOST_WORDS, channel_of
from services.intake.own_words import OF_SITE
from services.intake.pages.csv_file import COLUMNS, Checked, Wrong, checked, example
from services.intake.pages.warning import seen_in, seen_in_contact
from services.intake.use_cases.bulk import Bulk, Foreseen, Line
from shared.vocabulary import Sector
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.i18n import REFERENCE
from shared.web.problems import Fault, not_found
from shared.web.shell import Pages
from shared.web.sign_in import Member, Role, demand_role, page_member

MOST_FAULTS_SHOWN = 200
_NO_FILE = Fault("file", "Kies een CSV-bestand.")
_EMPTY_FILE = Fault("file", "Het bestand dat u koos, is leeg. Kies een ander, of sla het opnieuw op.")

Form = Annotated[FormData, Depends(checked_form)]
Numbers = Sequence[tuple[str, str]]
"""Column and kind of each."""


def sender(member: Annotated[Member, Depends(page_member)]) -> Member:
    demand_role(member, Role.MEMBER, Role.COORDINATOR)
    return member


Sender = Annotated[Member, Depends(sender)]


def router(bulk: Bulk, shell: Pages) -> APIRouter:
    """`/bulk`."""
    routes = APIRouter(prefix="/bulk", include_in_schema=False)

    @routes.get("")
    async def start(request: Request, member: Sender) -> Response:
        return await show(request, member)

    @routes.post("")
    async def dry_run(request: Request, member: Sender, form: Form) -> Response:
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        if not content:
            chosen = isinstance(file, UploadFile) and file.filename
            return await show(request, member, faults=[_EMPTY_FILE if chosen else _NO_FILE])
        found = checked(content, bulk.intake.reference, bulk.intake.today())
        if found.unreadable:
            return refused(request, found)
        channel = channel_of(member.organisation, operator=False)
        foreseen, waiting = await bulk.foresee(found.lines, member.organisation, channel), ""
        if len(foreseen.wanted) > foreseen.repeated:
            waiting = await bulk.keep(foreseen.wanted, member.organisation, channel, member.name)
        # Up to ten seconds for five thousand lines full of numbers: nobody else is to wait for that.
        numbered = await asyncio.to_thread(list, islice(_with_numbers(foreseen.wanted), MOST_FAULTS_SHOWN))
        return dry(request, found, foreseen, waiting, numbered)

    @routes.get("/example.csv")
    async def example_file(_member: Sender) -> Response:
        named = {"Content-Disposition": 'attachment; filename="meldingen-voorbeeld.csv"'}
        return Response(example(), media_type="text/csv; charset=utf-8", headers=named)

    @routes.post("/{id}")
    async def take_in(member: Sender, id: UUID, form: Form) -> Response:
        if not await bulk.begin(str(id), member.organisation):
            raise not_found()
        return RedirectResponse(f"/bulk/{id}", 303)

    @routes.get("/{id}")
    async def progress(request: Request, member: Sender, id: UUID) -> Response:
        stored = await bulk.imports.get(str(id), member.organisation)
        if stored is None:
            raise not_found()
        return shell.render(request, "bulk_progress.html", title="Meldingen inlezen", stored=stored)

    async def show(request: Request, member: Member, faults: list[Fault] | None = None) -> Response:
        worded = {fault.field: fault.message for fault in faults or []}
        return shell.render(
            request,
            "bulk.html",
            400 if faults else 200,
            title="Bestand met meldingen",
            columns=COLUMNS,
            sectors=list(Sector),
            most_words=MOST_WORDS,
            districts=bulk.intake.reference.districts,
            latest=await bulk.imports.latest(member.organisation),
            form=FormState(faults=worded),
        )

    def dry(
        request: Request, found: Checked, foreseen: Foreseen, waiting: str, numbered: Sequence[tuple[Line, Numbers]]
    ) -> Response:
        wrong = sorted((*found.faults, *map(_clash, foreseen.clashes)), key=lambda one: one.number)
        return shell.render(
            request,
            "bulk_checked.html",
            title="Proef",
            new=len(foreseen.wanted) - foreseen.repeated,
            repeated=foreseen.repeated,
            faulty=len(wrong),
            shown=worded(request, wrong[:MOST_FAULTS_SHOWN]),
            waiting=waiting,
            numbered=[(_where(line), seen) for line, seen in numbered],
            most=MOST_FAULTS_SHOWN,
        )

    def refused(request: Request, found: Checked) -> Response:
        return shell.render(
            request,
            "bulk_unreadable.html",
            400,
            title="Bestand niet gelezen",
            reasons=worded(request, found.unreadable[:MOST_FAULTS_SHOWN]),
            faulty=len(found.faults),
            shown=worded(request, found.faults[:MOST_FAULTS_SHOWN]),
        )

    def worded(request: Request, wrong: Sequence[Wrong]) -> list[tuple[str, list[tuple[str, str]]]]:
        t = shell.messages(request)
        return [(_where(one), [(fault.field, fault.text(t)) for fault in one.faults]) for one in wrong]

    return routes


def _with_numbers(lines: Iterable[Line]) -> Iterator[tuple[Line, Numbers]]:
    """Lines with numbers by which somebody can be found, as columns and kinds; the numbers stay in the file."""
    for line in lines:
        site = {to_camel(name): line.situation["site"][name] or "" for name in OF_SITE}
        seen = [
            *seen_in({**site, "reference": line.reference}, None),
            *seen_in({"text": line.text}, REFERENCE, line.contact),
            *seen_in_contact(line.contact),
        ]
        if seen:
            yield line, list(dict.fromkeys((one.field, one.kind) for one in seen))


def _clash(clash: tuple[Line, Line | None]) -> Wrong:
    line, earlier = clash
    other = "Een eerdere melding" if earlier is None else f"Regel {earlier.number}"
    message = f"{other} heeft dit kenmerk ook, met andere inhoud. Geef deze regel een eigen kenmerk."
    return Wrong(line.number, line.row, (Fault("reference", message),))


def _where(wrong: Wrong | Line) -> str:
    """The line as an editor counts it, and as a spreadsheet does where that differs."""
    if wrong.row in (0, wrong.number):
        return str(wrong.number or "")
    return f"{wrong.number} (rij {wrong.row})"
