"""Turns: a source waits for itself alone, what is too much is told so, and nothing stays behind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.intake import turns as module
from services.intake.sources import Source
from services.intake.turns import ALONE, COMPANY_STAYS_SECONDS, IN_COMPANY, MOST_HELD, TooMany, Turns

FLOOD, SOMEBODY = Source(b"flood"), Source(b"somebody")


class Visits:
    """Requests that go on until they are told to end, and what runs of each source."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.running: list[Source] = []
        self.most: dict[Source, int] = {}
        self._ends: list[asyncio.Event] = []

    async def visit(self, source: Source) -> None:
        line = self.turns.arrive(source)
        try:
            await self.turns.wait(line)
            self.running.append(source)
            self.most[source] = max(self.most.get(source, 0), self.running.count(source))
            ends = asyncio.Event()
            self._ends.append(ends)
            try:
                await ends.wait()
            finally:
                self.running.remove(source)
                self.turns.done(line)
        finally:
            self.turns.leave(line, 0)

    async def come(self, source: Source, times: int = 1) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.visit(source)) for _ in range(times)]
        await settled()
        return tasks

    async def end_all(self) -> None:
        while self.running:
            for ends in self._ends:
                ends.set()
            await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_who_is_alone_has_it_all_up_to_a_bound() -> None:
    visits = Visits(Turns(Clock()))
    tasks = await visits.come(FLOOD, ALONE + 5)
    assert visits.running.count(FLOOD) == ALONE
    await visits.end_all()
    await asyncio.gather(*tasks)


async def test_in_company_a_source_has_few_turns_and_the_other_goes_on_at_once() -> None:
    clock = Clock()
    visits = Visits(Turns(clock))
    await visits.come(SOMEBODY)
    flood = await visits.come(FLOOD, 300)
    assert visits.running.count(FLOOD) == IN_COMPANY
    later = await visits.come(SOMEBODY)
    assert visits.running.count(SOMEBODY) == 2
    await visits.end_all()
    await asyncio.gather(*flood, *later)
    assert visits.most[FLOOD] == IN_COMPANY


async def test_when_company_is_gone_for_a_while_all_may_be_used_again() -> None:
    clock = Clock()
    visits = Visits(Turns(clock))
    await visits.come(SOMEBODY)
    flood = await visits.come(FLOOD, IN_COMPANY + 1)
    assert visits.running.count(FLOOD) == IN_COMPANY
    clock.now += COMPANY_STAYS_SECONDS
    flood += await visits.come(FLOOD)
    await visits.end_all()
    more = await visits.come(FLOOD, ALONE)
    assert visits.running.count(FLOOD) == ALONE
    await visits.end_all()
    await asyncio.gather(*flood, *more)


async def test_somebody_we_know_has_many_turns_in_company_too() -> None:
    visits, hotline = Visits(Turns(Clock())), Source(b"hotline", vouched=True)
    await visits.come(SOMEBODY)
    tasks = await visits.come(hotline, 30)
    assert visits.running.count(hotline) == 30
    await visits.end_all()
    await asyncio.gather(*tasks)


async def test_turns_come_in_the_order_of_asking() -> None:
    turns, order = Turns(Clock()), list[int]()
    turns.leave(turns.arrive(SOMEBODY), 0)

    async def visit(number: int) -> None:
        line = turns.arrive(FLOOD)
        await turns.wait(line)
        order.append(number)
        await asyncio.sleep(0)
        turns.done(line)
        turns.leave(line, 0)

    await asyncio.gather(*(visit(number) for number in range(50)))
    assert order == sorted(order)


async def test_who_goes_away_while_waiting_or_with_a_turn_just_given_takes_nobodys_place() -> None:
    visits = Visits(Turns(Clock()))
    await visits.come(SOMEBODY)
    tasks = await visits.come(FLOOD, IN_COMPANY + 3)
    waiting = tasks[IN_COMPANY:]
    waiting[0].cancel()
    tasks[0].cancel()
    waiting[1].cancel()
    await settled()
    assert visits.running.count(FLOOD) == IN_COMPANY
    await visits.end_all()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in done].count(asyncio.CancelledError) == 3


async def test_a_turn_given_to_somebody_who_is_going_away_goes_to_the_next() -> None:
    turns = Turns(Clock())
    turns.leave(turns.arrive(SOMEBODY), 0)
    line = turns.arrive(FLOOD)
    for _ in range(IN_COMPANY):
        await turns.wait(line)
    first, second = (asyncio.create_task(turns.wait(line)) for _ in range(2))
    await settled()
    turns.done(line)
    first.cancel()
    await settled()
    assert first.cancelled()
    assert second.done() and not second.cancelled()
    assert line.running == IN_COMPANY


async def test_no_more_wait_than_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    visits = Visits(Turns(Clock()))
    await visits.come(SOMEBODY)
    tasks = await visits.come(FLOOD, IN_COMPANY + 4)
    await visits.end_all()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(TooMany) == 1


async def test_what_one_source_sends_is_held_up_to_a_bound_and_freed_when_it_leaves() -> None:
    turns = Turns(Clock())
    line, same = turns.arrive(FLOOD), turns.arrive(FLOOD)
    turns.hold(line, MOST_HELD)
    with pytest.raises(TooMany):
        turns.hold(same, 1)
    turns.hold(turns.arrive(SOMEBODY), MOST_HELD)
    turns.leave(line, MOST_HELD)
    turns.hold(same, 1)


async def test_of_sources_that_left_nothing_stays() -> None:
    visits = Visits(Turns(Clock()))
    tasks = [task for number in range(100) for task in await visits.come(Source(str(number).encode()))]
    await visits.end_all()
    await asyncio.gather(*tasks)
    assert vars(visits.turns)["_lines"] == {}


Receive = Callable[[], Awaitable[dict[str, Any]]]


async def test_a_body_that_comes_in_slowly_takes_no_turn() -> None:
    from fastapi import FastAPI
    from prometheus_client import CollectorRegistry
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse

    from services.intake.metrics import Metrics
    from services.intake.sources import Sources
    from services.intake.turns import TakeTurns

    served: list[bytes] = []
    inner = FastAPI()

    @inner.post("/report/words")
    async def words(request: Request) -> PlainTextResponse:
        served.append(await request.body())
        return PlainTextResponse("in")

    app = TakeTurns(inner, Any, Sources(), Metrics(CollectorRegistry()), lambda _request: None)  # type: ignore[arg-type]
    slow = [asyncio.Event() for _ in range(ALONE)]

    async def post(ready: asyncio.Event | None, body: bytes) -> None:
        parts = [b"first ", body]

        async def receive() -> dict[str, Any]:
            if len(parts) == 1 and ready is not None:
                await ready.wait()
            if not parts:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(_message: Any) -> None:
            return

        scope = {"type": "http", "method": "POST", "path": "/report/words", "headers": [], "query_string": b""}
        await app({**scope, "client": ("203.0.113.77", 1)}, receive, send)

    slowly = [asyncio.create_task(post(event, b"slow")) for event in slow]
    await settled()
    async with asyncio.timeout(5):
        await post(None, b"fast")
    assert served == [b"first fast"]
    for event in slow:
        event.set()
    await asyncio.gather(*slowly)
    assert served.count(b"first slow") == ALONE
