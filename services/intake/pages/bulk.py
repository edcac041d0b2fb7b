"""Many signals in one file: a dry run that shows each faulty line, then the import with its progress."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain.signal import channel_of
from services.intake.pages.csv_file import COLUMNS, Checked, checked
from services.intake.use_cases.bulk import Bulk
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.problems import Fault, not_found
from shared.web.shell import Pages
from shared.web.sign_in import Member, Role, demand_role, page_member

MOST_FAULTS_SHOWN = 200
_NO_FILE = Fault("file", "Kies een CSV-bestand.")

Form = Annotated[FormData, Depends(checked_form)]


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
            return await show(request, member, faults=[_NO_FILE])
        found, waiting = checked(content, bulk.intake.reference), ""
        if found.lines:
            channel = channel_of(member.organisation, operator=False)
            waiting = await bulk.keep(found.lines, member.organisation, channel, member.name)
        return dry(request, found, waiting)

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
            districts=bulk.intake.reference.districts,
            latest=await bulk.imports.latest(member.organisation),
            form=FormState(faults=worded),
        )

    def dry(request: Request, found: Checked, waiting: str) -> Response:
        t = shell.messages(request)
        worded = [(number, [(fault.field, fault.text(t)) for fault in faults]) for number, faults in found.faults]
        return shell.render(
            request,
            "bulk_checked.html",
            title="Proef",
            good=len(found.lines),
            faulty=len(worded),
            shown=worded[:MOST_FAULTS_SHOWN],
            waiting=waiting,
        )

    return routes
