"""The examples in docs/how-to do what they say, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.platform import Platform, Program, until

pytestmark = pytest.mark.stack

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "hand-in-signals.md"
EXAMPLE = re.compile(r"<!-- run: ([\w-]+) -->\n```(sh|python)\n(.*?)```", re.S)
EXAMPLES = {name: (language, code) for name, language, code in EXAMPLE.findall(PAGE.read_text("utf-8"))}
REFERENCES = {"curl": "call 2020-118", "python-http": "call 2020-119", "kcat": "call 2020-120"}
REFERENCES["python-topic"] = "call 2020-121"
PARTY = "callcentre"


@pytest.fixture(scope="module")
def environment(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    printed = platform.brandmeester("integrations", "add", PARTY)
    settings = tmp_path_factory.mktemp("callcentre") / "callcentre.properties"
    settings.write_text(printed)
    password = re.search(r"^sasl\.password=(.+)$", printed, re.M)
    assert password
    return {
        **os.environ,
        "INTAKE": platform.url("intake", ""),
        "SIGN_IN": platform.sign_in,
        "CLIENT_ID": PARTY,
        "CLIENT_SECRET": password[1],
        "SETTINGS": str(settings),
        "NO_PROXY": "localhost,127.0.0.1",
    }


@pytest.mark.plan("C04", "S07")
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_hands_in_one_signal_however_often_it_runs(
    program: Program, environment: dict[str, str], name: str
) -> None:
    language, code = EXAMPLES[name]
    if name == "kcat" and not installed("kcat"):
        pytest.skip("kcat is not installed")
    command = [sys.executable, "-c", code] if language == "python" else ["bash", "-euo", "pipefail", "-c", code]
    mine = {**environment, "NUMBER": f"number-{uuid4()}"}
    for _ in range(2):
        done = subprocess.run(command, env=mine, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "refused" not in done.stdout

    def taken_in() -> list[dict[str, Any]]:
        listed = program.get("intake", "/v1/signals", channel="integration", pageSize="200")["items"]
        return [item for item in listed if (item["party"], item["reference"]) == (PARTY, REFERENCES[name])]

    (signal,) = until("the signal", taken_in)
    assert signal["status"] == "received"


def test_every_way_in_has_an_example() -> None:
    assert set(EXAMPLES) == set(REFERENCES)


def installed(command: str) -> bool:
    return subprocess.run(["which", command], capture_output=True).returncode == 0
