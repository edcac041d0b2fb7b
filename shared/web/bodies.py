"""Bodies of JSON in which a key comes twice are refused: a reader that takes the last would hide the other."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from shared.json_keys import Place, given_twice, read_once
from shared.web.problems import Fault, bad_request, first_of, known_name


class ApiRoute(APIRoute):
    """The route of every API: `APIRouter(route_class=ApiRoute)`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            return await handle(_EachKeyOnce(request.scope, request.receive))

        return handled


def _twice(place: Place) -> Fault:
    return Fault(".".join(map(known_name, place)), code="twice")


class _EachKeyOnce(Request):
    async def json(self) -> Any:
        body = await self.body()
        read, once = read_once(body)
        if not once:
            raise bad_request(first_of(list(given_twice(body)), _twice))
        return read
