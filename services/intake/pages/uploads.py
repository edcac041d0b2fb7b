"""Forms that may carry pictures: read in memory, so that what a telephone wrote into a file reaches no disk."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from services.intake.domain.dialogue import Picture
from services.intake.pixels import NoPicture
from services.intake.use_cases.pictures import Pictures
from shared.web.csrf import checked_form, verify
from shared.web.forms import on_one_line
from shared.web.i18n import Messages
from shared.web.limits import MEBIBYTE
from shared.web.problems import Fault, Problem

MOST_AT_ONCE = 6
MOST_BODY = 32 * MEBIBYTE
FIELD = "pictures"
_MOST_FIELDS = 60
_LONGEST_NAME = 60


async def checked_upload(request: Request) -> FormData:
    """A dependency: the fields and files of a form, once it is sure that one of our pages sent it."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await checked_form(request)
    parser = MultiPartParser(request.headers, request.stream(), max_files=MOST_AT_ONCE * 2, max_fields=_MOST_FIELDS)
    parser.spool_max_size = MOST_BODY
    try:
        form = await parser.parse()
    except MultiPartException:
        raise Problem(400) from None
    verify(request, form)
    return form


Upload = Annotated[FormData, Depends(checked_upload)]


async def taken_in(pictures: Pictures, signal: str, form: FormData, room: int) -> tuple[list[Picture], list[Fault]]:
    """The pictures of a form that are stored now, and why others are not; a browser sends an empty file for none."""
    sent = [file for file in form.getlist(FIELD) if isinstance(file, UploadFile) and file.size]
    stored: list[Picture] = []
    faults = [Fault(FIELD, code="picture_many", values={"limit": max(room, 0)})] if len(sent) > room else []
    for file in sent[: max(room, 0)]:
        try:
            stored.append(await pictures.take_in(signal, await file.read()))
        except NoPicture as refusal:
            # The name goes back to its sender alone, who cannot tell otherwise which of several it was.
            named = on_one_line(file.filename or "?")[:_LONGEST_NAME]
            faults.append(Fault(FIELD, code=refusal.reason, values={"file": named}))
    return stored, faults


def reasons(faults: Iterable[Fault], t: Messages) -> list[str]:
    """Why pictures are not there, each with the name of its file."""
    return [f"{fault.values['file']}: {fault.text(t)}" if "file" in fault.values else fault.text(t) for fault in faults]
