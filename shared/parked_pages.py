"""Pages for ops, the same in each service: messages that could not be taken in, and what to do with them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from shared.bus.bus import Bus
from shared.bus.parked import REASON_LENGTH, ParkedRow
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.members import Member, Role
from shared.web.problems import Fault, not_found
from shared.web.shell import Pages
from shared.web.sign_in import demand_role, page_member

_MOST_SHOWN = 200


def page_ops(member: Annotated[Member, Depends(page_member)]) -> Member:
    """Somebody who looks after the platform: a parked message may hold anything, so nobody else sees it."""
    demand_role(member, Role.OPS)
    return member


Ops = Annotated[Member, Depends(page_ops)]
Form = Annotated[FormData, Depends(checked_form)]


def parked_router(bus: Bus, pages: Pages) -> APIRouter:
    """`/parked` and what can be done with one message."""
    router = APIRouter(prefix="/parked", include_in_schema=False)

    @router.get("")
    async def overview(request: Request, _: Ops) -> Response:
        count, oldest = await bus.store.parked_count_and_oldest()
        rows = await bus.store.parked(_MOST_SHOWN)
        gaps = await bus.store.gaps(_MOST_SHOWN)
        return pages.render(request, "parked.html", rows=rows, count=count, oldest=oldest, gaps=gaps)

    @router.get("/{topic}/{partition}/{offset}")
    async def detail(request: Request, topic: str, partition: int, offset: int, _: Ops) -> Response:
        row = await _found(topic, partition, offset)
        return pages.render(request, "parked_message.html", row=row, text=_text, typed=FormState())

    @router.post("/{topic}/{partition}/{offset}/replay")
    async def replay(topic: str, partition: int, offset: int, _form: Form, _: Ops) -> Response:
        row = await _found(topic, partition, offset)
        await bus.store.ask_back(row.id)
        return RedirectResponse(f"/parked/{row.id}", 303)

    @router.post("/{topic}/{partition}/{offset}/discard")
    async def discard(request: Request, topic: str, partition: int, offset: int, form: Form, member: Ops) -> Response:
        row = await _found(topic, partition, offset)
        reason = str(form.get("reason", "")).strip()
        if not reason or len(reason) > REASON_LENGTH:
            fault = Fault("reason", "Schrijf in het kort waarom dit bericht vervalt.")
            typed = FormState.of(form, [fault], pages.messages(request))
            return pages.render(request, "parked_message.html", 400, row=row, text=_text, typed=typed)
        await bus.store.discard(row.id, f"{member.name} ({member.subject})", reason)
        return RedirectResponse("/parked", 303)

    async def _found(topic: str, partition: int, offset: int) -> ParkedRow:
        row = await bus.store.parked_row(f"{topic}/{partition}/{offset}")
        if row is None:
            raise not_found("Dit bericht ligt hier niet meer: het is alsnog verwerkt of vervallen.")
        return row

    return router


def _text(raw: bytes | None) -> str:
    return "" if raw is None else raw.decode(errors="backslashreplace")
