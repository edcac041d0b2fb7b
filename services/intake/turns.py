"""Every source waits for its own turn only: one that floods us is served as fast as before, and nobody else slower."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake.metrics import Metrics
from services.intake.sources import Source, Sources
from shared.web.limits import MEBIBYTE
from shared.web.problems import Problem, ProblemAnswers
from shared.web.sign_in import Member

ALONE, IN_COMPANY = 64, 8
"""How many requests of one source are worked on at once: while nobody else asks anything, and otherwise."""
COMPANY_STAYS_SECONDS = 2.0
MOST_WAITING = 500
MOST_HELD = 128 * MEBIBYTE
"""How many requests of one source may wait for their turn, and how much those that came in whole may weigh."""
_COME_BACK_SECONDS = 5
_TURNED_AWAY_AFTER_SECONDS = 1.0
"""Who is turned away comes again at once; that must not be faster than waiting."""
_UNTOUCHED = ("/health/", "/live")
"""A probe must not wait for anybody, and an open stream would keep its turn for ever."""


class TooMany(Exception):
    """As much of this source waits as may wait."""


@dataclass(slots=True)
class _Line:
    """What one source has here now."""

    source: Source
    present: int = 0
    running: int = 0
    held: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class Turns:
    """Who may go on and who waits; of a source that has nothing here nothing is known."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lines: dict[bytes, _Line] = {}
        self._latest = b""
        self._company_until = 0.0

    def arrive(self, source: Source) -> _Line:
        """A request of this source is here; it must leave."""
        if self._latest != source.key:
            self._company_until = self._clock() + (COMPANY_STAYS_SECONDS if self._latest else 0.0)
            self._latest = source.key
        line = self._lines.setdefault(source.key, _Line(source))
        line.present += 1
        return line

    def hold(self, line: _Line, size: int) -> None:
        """So much more of its requests is in memory; raises TooMany."""
        if line.held + size > MOST_HELD:
            raise TooMany
        line.held += size

    async def wait(self, line: _Line) -> None:
        """Returns when it is this request's turn; raises TooMany."""
        if not line.waiting and line.running < self._room(line):
            line.running += 1
            return
        if len(line.waiting) >= MOST_WAITING:
            raise TooMany
        turn = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.done(line)
            raise

    def done(self, line: _Line) -> None:
        """Its turn is over, and the next of its source may go on."""
        line.running -= 1
        while line.waiting and line.running < self._room(line):
            turn = line.waiting.popleft()
            if not turn.done():  # otherwise its caller has gone
                turn.set_result(None)
                line.running += 1

    def leave(self, line: _Line, held: int) -> None:
        """The request is over, however it ended."""
        line.held -= held
        line.present -= 1
        if not line.present:
            self._lines.pop(line.source.key, None)

    def _room(self, line: _Line) -> int:
        return ALONE if line.source.vouched or self._clock() >= self._company_until else IN_COMPANY


class TakeTurns:
    """Lets requests in by turns; what is too much is answered with 429 and when to come back.

    A request that is still coming in has no turn yet: a slow line or a large picture holds up nobody.
    """

    def __init__(
        self,
        app: ASGIApp,
        answers: ProblemAnswers,
        sources: Sources,
        metrics: Metrics,
        signed_in: Callable[[Request], Member | None],
    ) -> None:
        self._app = app
        self._answers = answers
        self._sources = sources
        self._metrics = metrics
        self._signed_in = signed_in
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNTOUCHED):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        request.state.source = self._sources.of(scope, self._signed_in(request))
        line = self._turns.arrive(request.state.source)
        body = _Body(receive)
        # After everybody else's work that is due now: a request that waits for nothing, such as a faulty one, would
        # otherwise be followed by all others of its source in one go.
        later = asyncio.get_running_loop().call_soon
        try:
            if scope["method"] not in ("GET", "HEAD"):
                await body.read(lambda size: self._turns.hold(line, size))
            await self._turns.wait(line)
            try:
                await self._app(scope, body.replay, send)
            finally:
                later(self._turns.done, line)
        except TooMany:
            self._metrics.turned_away.inc()
            await asyncio.sleep(_TURNED_AWAY_AFTER_SECONDS)
            problem = Problem(429, headers={"Retry-After": str(_COME_BACK_SECONDS), "Connection": "close"})
            await self._answers.answer(request, problem)(scope, receive, send)
        except Problem as problem:  # the body was too large
            await self._answers.answer(request, problem)(scope, receive, send)
        except ClientDisconnect:
            pass
        finally:
            later(self._turns.leave, line, body.size)


class _Body:
    """A request's body, read before its turn and handed on in it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: deque[Message] = deque()
        self.size = 0

    async def read(self, hold: Callable[[int], None]) -> None:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            size = len(message.get("body", b""))
            hold(size)
            self.size += size
            self._read.append(message)
            more = message.get("more_body", False)

    async def replay(self) -> Message:
        return self._read.popleft() if self._read else await self._receive()
