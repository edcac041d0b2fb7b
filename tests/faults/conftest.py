"""The stack that these tests break, apart from the one that all others share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.harness import FaultStack, Lane


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.stack)


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
