"""Places to choose from while somebody types; without scripts the form asks the same after its step is sent."""

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.intake.locatieserver import Addresses
from shared.reference.places import Reference
from shared.web.forms import text

_FEWEST_SIGNS, _MOST_SIGNS = 3, 60
_HAS_NUMBER = re.compile(r"\d")
"""Whoever types a number means an address, whatever place begins like it."""


def router(reference: Reference, addresses: Addresses) -> APIRouter:
    """`/places`; what is typed comes in the body, so that it stands in no log of a server on the way."""
    routes = APIRouter()

    @routes.post("/places")
    async def places(request: Request) -> Response:
        typed = text(await request.form(), "q")
        meant = reference.candidates(typed) if _FEWEST_SIGNS <= len(typed) <= _MOST_SIGNS else ()
        named = {found.place: f"{found.municipality.name}, {found.province}" for found in meant if found.place}
        if _FEWEST_SIGNS <= len(typed) <= _MOST_SIGNS and (not named or _HAS_NUMBER.search(typed)):
            named = {offer.label: "" for offer in await addresses.suggest(typed)} | named
        return JSONResponse([{"place": place, "where": where} for place, where in named.items()])

    return routes
