"""A stand-in for PDOK's Locatieserver: its questions and answers over HTTP, for three invented addresses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from shared.reference.names import fold

ADDRESS = {
    "bron": "BAG",
    "woonplaatscode": "1479",
    "type": "adres",
    "woonplaatsnaam": "Lichtenvoorde",
    "huis_nlt": "12A",
    "openbareruimtetype": "Weg",
    "gemeentecode": "1586",
    "weergavenaam": "Voorbeeldweg 12A, 7131MC Lichtenvoorde",
    "straatnaam_verkort": "Voorbeeldwg",
    "id": "adr-00000000000000000000000000000001",
    "gemeentenaam": "Oost Gelre",
    "provinciecode": "PV25",
    "postcode": "7131MC",
    "provincienaam": "Gelderland",
    "centroide_ll": "POINT(6.57 51.98)",
    "huisnummer": 12,
    "huisletter": "A",
    "provincieafkorting": "GLD",
    "centroide_rd": "POINT(238000 444000)",
    "straatnaam": "Voorbeeldweg",
}
STREET = {
    "type": "weg",
    "woonplaatsnaam": "Bergen",
    "gemeentenaam": "Bergen (L)",
    "weergavenaam": "Voorbeeldlaan, Bergen (Limburg)",
    "id": "weg-00000000000000000000000000000002",
    "provincienaam": "Limburg",
    "straatnaam": "Voorbeeldlaan",
}
HAMLET = {
    "type": "woonplaats",
    "woonplaatsnaam": "Nieuwbuurt",
    "gemeentenaam": "Oost Gelre",
    "weergavenaam": "Nieuwbuurt, Oost Gelre, Gelderland",
    "id": "wpl-00000000000000000000000000000003",
}
KNOWN = (ADDRESS, STREET, HAMLET)


@dataclass
class StandIn:
    """Where it listens, what it was asked with which headers, and how it misbehaves."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    delay: float = 0.0
    answer: Response | None = None

    @property
    def words(self) -> list[str]:
        return [parameters["q"] for path, parameters, _ in self.asked if path == "/suggest"]

    async def suggest(self, request: Request) -> Response:
        typed = set(fold(request.query_params["q"]).split())
        likely = [doc for doc in KNOWN if typed & set(fold(str(doc["weergavenaam"])).split())]
        docs = [{name: doc[name] for name in ("type", "weergavenaam", "id")} | {"score": 9.1} for doc in likely]
        return await self._answered(request, docs, highlighting={doc["id"]: {"suggest": []} for doc in docs})

    async def lookup(self, request: Request) -> Response:
        wanted = request.query_params["fl"].split(",")
        found = [doc for doc in KNOWN if doc["id"] == request.query_params["id"]]
        return await self._answered(request, [{n: v for n, v in doc.items() if n in wanted} for doc in found])

    async def _answered(self, request: Request, docs: list[dict[str, Any]], **more: Any) -> Response:
        self.asked.append((request.url.path, dict(request.query_params), dict(request.headers)))
        await asyncio.sleep(self.delay)
        if self.answer is not None:
            return self.answer
        whole = {"numFound": len(docs), "start": 0, "maxScore": 9.1, "numFoundExact": True, "docs": docs}
        answer = JSONResponse({"response": whole, **more})
        answer.set_cookie("visitor", "told-apart")
        return answer


ELSEWHERE = RedirectResponse("http://localhost:1/")
BROKEN = Response("{", media_type="application/json")
DOWN = Response("", 503)
ENDLESS = Response(b" " * 1_000_000, media_type="application/json")
OTHER_SHAPE = JSONResponse({"response": {"docs": [{"id": "adr-1"}]}})


@asynccontextmanager
async def address_service() -> AsyncIterator[StandIn]:
    """Serves on a free port of this machine for as long as it is open."""
    stand_in = StandIn()
    app = Starlette(routes=[Route("/suggest", stand_in.suggest), Route("/lookup", stand_in.lookup)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    stand_in.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield stand_in
    finally:
        server.should_exit = True
        await serving
