"""How a signal stands, for its reporter: by receipt code, sent in a body, answered alike and slowly."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from services.intake.use_cases.signals import Intake
from shared.web.csrf import checked_form
from shared.web.forms import FormState
from shared.web.shell import Pages

ANSWER_AFTER_SECONDS = 0.6
"""Long enough that finding a signal or not makes no difference, and that trying codes leads nowhere."""

Form = Annotated[FormData, Depends(checked_form)]


def router(intake: Intake, shell: Pages) -> APIRouter:
    """`/status`."""
    routes = APIRouter()

    @routes.get("/status")
    async def ask(request: Request) -> Response:
        t = shell.messages(request)
        return shell.render(request, "status.html", t=t, title=t("status.title"), asked=False, withdrawn=False)

    @routes.post("/status")
    async def tell(request: Request, form: Form) -> Response:
        began = time.monotonic()
        code = str(form.get("code", ""))
        standing = await intake.standing(code)
        await _until(began + ANSWER_AFTER_SECONDS)
        t = shell.messages(request, str(form.get("lang", "")))
        return shell.render(
            request,
            "status.html",
            t=t,
            title=t("status.title"),
            asked=True,
            withdrawn=False,
            standing=standing,
            form=FormState.filled({"code": code}),
        )

    @routes.post("/status/withdrawal")
    async def withdraw(request: Request, form: Form) -> Response:
        began = time.monotonic()
        done = await intake.withdraw_signal(str(form.get("code", "")))
        await _until(began + ANSWER_AFTER_SECONDS)
        t = shell.messages(request, str(form.get("lang", "")))
        return shell.render(
            request, "status.html", t=t, title=t("status.title"), asked=not done, withdrawn=done, standing=None
        )

    return routes


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
