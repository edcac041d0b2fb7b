"""The compose file, run for real: it comes up, a signal becomes a visit, and nothing is lost between down and up.

`make test-compose` runs this. It needs a Docker engine with Compose, builds the image, and takes some minutes.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.contracts.catalogue import SERVICES

pytestmark = [
    pytest.mark.skipif("BRANDMEESTER_TEST_COMPOSE" not in os.environ, reason="only `make test-compose` runs Docker"),
    pytest.mark.timeout(1800),
]

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300
SITE = {"postcode": "5928 NS", "place": "Venlo"}
SIGNAL = {
    "themes": ["housing"],
    "sector": "greenhouse",
    "observations": {"peopleExposed": 24, "peoplePerBedroom": 4, "noRoomToIsolate": True},
}
POST = """
import sys
from urllib.request import Request, urlopen
request = Request("http://localhost:8000/v1/signals", sys.argv[1].encode(), {"Content-Type": "application/json"})
print(urlopen(request).status)
"""
READY = "from urllib.request import urlopen; print(urlopen('http://localhost:8000/health/ready').status)"
COUNT = 'mongosh --quiet "mongodb://admin:$MONGO_INITDB_ROOT_PASSWORD@localhost/?directConnection=true" --eval "$1"'


class Installation:
    """A project of its own beside whatever runs here: other volumes, and no port of this machine."""

    def __init__(self, folder: Path) -> None:
        made = subprocess.run(["sh", ROOT / "deploy/new-env.sh"], capture_output=True, text=True, check=True).stdout
        told = made.replace("OIDC_ISSUER=", "OIDC_ISSUER=http://sign-in.localhost:8006")
        (folder / "env").write_text(told.replace("OIDC_CLIENT_SECRET=", "OIDC_CLIENT_SECRET=for-tests"))
        published = "".join(f"  {name}: {{ports: !reset []}}\n" for name in (*SERVICES, "kafka"))
        (folder / "no-ports.yml").write_text("services:\n" + published)
        files = ("-f", ROOT / "docker-compose.yml", "-f", folder / "no-ports.yml")
        self._command = ["docker", "compose", "-p", "brandmeester-test", "--env-file", folder / "env", *files]

    def compose(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run([*self._command, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done.stdout.strip()

    def up(self) -> None:
        self.compose("up", "--build", "--detach", *SERVICES)
        for name in SERVICES:
            _until(lambda name=name: self._inside(name, READY) == "200", f"{name} is ready")

    def report(self, house_number: int) -> str:
        """A signal about a place of its own, which becomes a case of its own."""
        site = {**SITE, "houseNumber": str(house_number)}
        return self._inside("intake", POST, json.dumps({**SIGNAL, "site": site}))

    def count(self, service: str, collection: str) -> int:
        query = f"print(db.getSiblingDB('{service}').{collection}.countDocuments({{}}))"
        return int(self.compose("exec", "-T", "mongo", "bash", "-c", COUNT, "count", query))

    def _inside(self, service: str, program: str, *arguments: str) -> str:
        return self.compose("exec", "-T", service, "python", "-c", program, *arguments, check=False)


def _until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(1)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("compose"))
    try:
        made.up()
        yield made
    finally:
        made.compose("down", "--volumes", check=False)


@pytest.mark.plan("C01")
def test_a_signal_goes_through_containers_and_is_there_after_down_and_up(installation: Installation) -> None:
    before = installation.count("planning", "cases")
    assert installation.report(14) == "201"
    _until(lambda: installation.count("planning", "cases") == before + 1, "planning knows the case")
    places = (("intake", "signals"), ("triage", "cases"), ("planning", "cases"))
    counted = [installation.count(*place) for place in places]
    installation.compose("down")
    installation.up()
    assert [installation.count(*place) for place in places] == counted


def test_what_comes_while_a_service_is_away_waits_for_it(installation: Installation) -> None:
    before = installation.count("triage", "cases")
    installation.compose("stop", "triage")
    assert installation.report(88) == "201"
    assert installation.count("triage", "cases") == before
    installation.compose("start", "triage")
    _until(lambda: installation.count("triage", "cases") == before + 1, "triage has its case")


def test_the_image_has_the_command_and_the_catalogue_is_applied(installation: Installation) -> None:
    applied = installation.compose("run", "--rm", "-T", "kafka-setup", "sh", "-c", "brandmeester topics apply 2>&1")
    assert applied.endswith("Nothing to change.")
    settings = installation.compose("run", "--rm", "-T", "kafka-setup", "brandmeester", "partners", "add", "ggd-vr06")
    assert "bootstrap.servers=localhost:8012" in settings.splitlines()
