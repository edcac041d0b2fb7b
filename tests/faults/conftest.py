"""The stack that these tests break, apart from the one that all others share."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.faults.harness import NOTED, FaultStack, Lane, Outcome


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.stack)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test noted goes with its report."""
    if call.when == "call" and NOTED:
        item.user_properties.append((item.name, asdict(NOTED[-1])))
        NOTED.clear()
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The count at the end, one line a test."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    noted = {
        name: Outcome(**found)
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call" and "tests/faults/" in report.nodeid
        for name, found in report.user_properties
    }
    if not noted:
        return
    terminalreporter.section("what the faults left behind")
    heads = ("signals", "kills", "lost", "twice", "out of order", "parked", "back after")
    terminalreporter.line("".join(f"{head:>13}" for head in heads))
    for test, one in noted.items():
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
