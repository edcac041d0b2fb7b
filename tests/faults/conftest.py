"""The stack that these tests break, apart from the one that all others share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.harness import LEDGER, FaultStack, Lane


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.stack)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The count at the end, one line a test."""
    if not LEDGER:
        return
    terminalreporter.section("what the faults left behind")
    heads = ("signals", "kills", "lost", "twice", "out of order", "parked", "back after")
    terminalreporter.line("".join(f"{head:>13}" for head in heads))
    for test, one in LEDGER.items():
        counts = (one.signals, one.kills, len(one.lost), len(one.twice), len(one.out_of_order), one.parked)
        terminalreporter.line("".join(f"{count:>13}" for count in counts) + f"{one.back_within:>11.1f} s  {test}")


@pytest.fixture(scope="session")
def fault_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultStack]:
    stack = FaultStack(tmp_path_factory.mktemp("faults"))
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def make_lane(fault_stack: FaultStack, fresh_name: str) -> Iterator[Callable[..., Lane]]:
    """Makes a lane; its workers are stopped after the test."""
    lanes: list[Lane] = []

    def make(**changes: Any) -> Lane:
        lanes.append(Lane(fault_stack, f"{fresh_name}{len(lanes)}", **{"mongo_url": fault_stack.mongo_url, **changes}))
        return lanes[-1]

    yield make
    for lane in lanes:
        lane.close()


@pytest.fixture
def lane(make_lane: Callable[..., Lane]) -> Lane:
    return make_lane()
