"""What tests share: a real Kafka and MongoDB, started once, and a whole running platform."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pymongo import MongoClient

from deploy.kafka.apply import Broker
from tests.service_harness import note_told_before
from tests.stack import Stack, free_port_base, stack_for_tests

PLATFORM_PATIENCE_SECONDS = 300

# An example that takes long says that the machine is busy, and nothing of the code.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def platform_stack() -> Iterator[Stack]:
    """A Kafka and a MongoDB that are really there: from the environment, from Docker, or embedded."""
    with stack_for_tests() as stack:
        yield stack


@pytest.fixture(scope="session")
def platform_broker(platform_stack: Stack) -> Broker:
    """The same Kafka with the catalogue applied to it: fixed topics, and a user per service."""
    broker = Broker(platform_stack.kafka_admin)
    broker.apply_catalogue(platform_stack.kafka_passwords)
    return broker


@pytest.fixture(scope="module", autouse=True)
def _told_by_this_module_alone(request: pytest.FixtureRequest) -> None:
    """What other modules of tests put on the shared topics, by the thousand, is nothing to this one."""
    tests = (test for test in request.session.items if test.getparent(pytest.Module) is request.node)
    if any("platform_broker" in getattr(test, "fixturenames", ()) for test in tests):
        request.getfixturevalue("platform_broker")
        note_told_before(request.getfixturevalue("platform_stack"))


@pytest.fixture
def fresh_name() -> str:
    """A short name that nothing else carries: for topics, groups and databases of one test."""
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture
def mongo_database(platform_stack: Stack, fresh_name: str) -> Iterator[str]:
    """The name of an empty database, dropped after the test; connect with `platform_stack.mongo_url`."""
    yield fresh_name
    with MongoClient[dict[str, Any]](platform_stack.mongo_url) as client:
        client.drop_database(fresh_name)


@pytest.fixture(scope="session")
def running_platform() -> Iterator[dict[str, Any]]:
    """A whole platform, started as a user would; its platform.json, with `data` for its folder."""
    already = os.environ.get("BRANDMEESTER_TEST_PLATFORM")
    if already:
        yield {**json.loads((Path(already) / "platform.json").read_text()), "data": already}
        return
    data = Path(tempfile.mkdtemp(prefix="brandmeester-platform-"))
    settings = {"BRANDMEESTER_DATA": str(data), "BRANDMEESTER_PORT_BASE": str(free_port_base())}
    output = data / "up.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "up"],
            env={**os.environ, **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield {**_wait_for_platform(process, data, output), "data": str(data)}
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(data, ignore_errors=True)


def _wait_for_platform(process: subprocess.Popen[bytes], data: Path, output: Path) -> dict[str, Any]:
    deadline = time.monotonic() + PLATFORM_PATIENCE_SECONDS
    described = data / "platform.json"
    while not described.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The platform did not come up:\n{output.read_text(errors='replace')[-4000:]}")
        time.sleep(0.2)
    return dict(json.loads(described.read_text()))
