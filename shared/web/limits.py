"""Bodies that are too large are refused before they are read."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import Problem, ProblemAnswers

MEBIBYTE = 1024 * 1024


class BodyLimit:
    """Answers 413 as soon as a body is known to be too large; `larger` raises the limit under some paths."""

    def __init__(
        self,
        app: ASGIApp,
        answers: ProblemAnswers,
        limit: int = MEBIBYTE,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._answers = answers
        self._limit = limit
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        if _declared(scope) > limit:
            await self._answers.answer(Request(scope), _too_large())(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large()
            return message

        await self._app(scope, counted, send)

    def _limit_of(self, path: str) -> int:
        return max((size for prefix, size in self._larger.items() if path.startswith(prefix)), default=self._limit)


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large() -> Problem:
    return Problem(413, type="too-large", headers={"Connection": "close"})
