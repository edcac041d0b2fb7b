"""Works without an end: one that ends is noticed, and none goes on after its owner."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from shared.bus import background
from shared.bus.background import Background


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    raised: list[int] = []
    monkeypatch.setattr(background.signal, "raise_signal", raised.append)
    return raised


async def fails() -> None:
    raise RuntimeError("nobody foresaw this")


async def returns() -> None:
    return None


async def loses_what_it_waits_for() -> None:
    answer = asyncio.get_running_loop().create_future()
    answer.cancel()
    await answer


@pytest.mark.parametrize("work", [fails, returns, loses_what_it_waits_for])
async def test_a_work_that_ends_by_itself_stops_the_process(
    signals: list[int], work: Callable[[], Awaitable[None]]
) -> None:
    works = Background()
    with capture_logs() as logs:
        works.start(work)
        await asyncio.sleep(0.01)
    assert signals == [signal.SIGTERM]
    assert [entry["work"] for entry in logs] == [work.__name__]
    await works.stop(1)


async def test_a_work_that_is_stopped_stops_nothing_else(signals: list[int]) -> None:
    works = Background()
    works.start(asyncio.Event().wait)
    await asyncio.sleep(0)
    await works.stop(1)
    assert signals == []


async def test_a_work_that_loses_a_cancellation_is_asked_again(signals: list[int]) -> None:
    asked = 0

    async def loses_two() -> None:
        nonlocal asked
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asked += 1
                if asked > 2:
                    raise

    works = Background()
    works.start(loses_two)
    await asyncio.sleep(0)
    await works.stop(5)
    assert (asked, signals) == (3, [])


async def test_a_work_that_will_not_end_is_left_and_told() -> None:
    free = asyncio.Event()

    async def deaf() -> None:
        while not free.is_set():
            try:
                await free.wait()
            except asyncio.CancelledError:
                continue
        raise asyncio.CancelledError

    works = Background()
    with capture_logs() as logs:
        works.start(deaf)
        await asyncio.sleep(0)
        await works.stop(0.3)
    assert [entry["work"] for entry in logs] == ["busdeaf"]
    free.set()
    await asyncio.sleep(0.01)
