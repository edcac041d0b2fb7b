"""A platform that runs: described whole, one per folder, and its broker open to those who were let in."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts.catalogue import SERVICES

pytestmark = pytest.mark.stack


def brandmeester(platform: dict[str, Any], *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {"BRANDMEESTER_DATA": platform["data"], "BRANDMEESTER_PORT_BASE": str(platform["portBase"])}
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.plan("C01")
def test_the_five_services_run_as_five_processes_and_are_ready(running_platform: dict[str, Any]) -> None:
    assert tuple(running_platform["services"]) == SERVICES
    for url in running_platform["services"].values():
        answer = httpx.get(f"{url}/health/ready", trust_env=False)
        assert answer.status_code == 200, answer.text


def test_the_token_opens_the_members_part(running_platform: dict[str, Any]) -> None:
    cases = f"{running_platform['services']['triage']}/v1/cases"
    assert httpx.get(cases, trust_env=False).status_code == 401
    bearer = {"Authorization": f"Bearer {running_platform['token']}"}
    assert httpx.get(cases, headers=bearer, trust_env=False).status_code == 200


def test_a_second_start_in_the_same_folder_says_so_and_stops(running_platform: dict[str, Any]) -> None:
    again = brandmeester(running_platform, "up")
    assert again.returncode == 1
    assert "already running" in again.stderr


@pytest.mark.plan("C05")
def test_adding_a_partner_prints_settings_and_nothing_else(running_platform: dict[str, Any]) -> None:
    first = brandmeester(running_platform, "partners", "add", "ggd-vr13")
    settings = dict(line.split("=", 1) for line in first.stdout.splitlines())
    assert settings["bootstrap.servers"] == running_platform["kafka"]["partners"]
    assert settings["sasl.username"] == "ggd-vr13"
    assert settings["group.id"] == "ggd-vr13.default"
    again = brandmeester(running_platform, "partners", "add", "ggd-vr13")
    assert "its old password has ended" in again.stderr.replace("\n", " ")
    assert settings["sasl.password"] not in again.stdout
    assert "ggd-vr13" in brandmeester(running_platform, "partners", "list").stdout.split()
    assert brandmeester(running_platform, "partners", "remove", "ggd-vr13").returncode == 0
    assert "ggd-vr13" not in brandmeester(running_platform, "partners", "list").stdout.split()


@pytest.mark.plan("C05")
def test_the_kcat_that_distributions_bring_reads_with_these_settings(
    running_platform: dict[str, Any], tmp_path: Path
) -> None:
    if not shutil.which("kcat"):
        pytest.skip("kcat is not installed")
    settings = tmp_path / "ggd-vr14.properties"
    settings.write_text(brandmeester(running_platform, "partners", "add", "ggd-vr14").stdout)

    def read(topic: str) -> subprocess.CompletedProcess[str]:
        command = ["kcat", "-F", str(settings), "-C", "-t", topic, "-e"]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert read("partners.ggd-vr14.v1").returncode == 0
    assert "authorization failed" in read("triage.cases.v1").stderr
    brandmeester(running_platform, "partners", "remove", "ggd-vr14")


@pytest.mark.plan("C04")
def test_a_new_password_of_the_platforms_own_integration_is_in_its_description(
    running_platform: dict[str, Any],
) -> None:
    added = brandmeester(running_platform, "integrations", "add", "hotline")
    described = json.loads((Path(running_platform["data"]) / "platform.json").read_text())
    assert f"sasl.password={described['integrations']['hotline']['sasl.password']}" in added.stdout
    running_platform["integrations"] = described["integrations"]


def test_a_sign_in_that_died_is_back_with_a_token_that_works(running_platform: dict[str, Any]) -> None:
    data = Path(running_platform["data"])
    pid = data / "run" / "sign-in.pid"
    os.kill(int(pid.read_text()), signal.SIGKILL)
    cases = f"{running_platform['services']['triage']}/v1/cases"

    def opens() -> bool:
        token = json.loads((data / "platform.json").read_text())["token"]
        if token == running_platform["token"]:
            return False
        return httpx.get(cases, headers={"Authorization": f"Bearer {token}"}, trust_env=False).is_success

    deadline = time.monotonic() + 60
    while not opens():
        assert time.monotonic() < deadline, "no new token that opens the members' part"
        time.sleep(0.5)
    running_platform["token"] = json.loads((data / "platform.json").read_text())["token"]


@pytest.mark.parametrize("party", ["admin", "reporting", "GGD"])
def test_what_cannot_be_a_party_is_refused(running_platform: dict[str, Any], party: str) -> None:
    refused = brandmeester(running_platform, "partners", "add", party)
    assert refused.returncode != 0
    assert refused.stdout == ""


def test_the_catalogue_is_already_applied(running_platform: dict[str, Any]) -> None:
    assert "Nothing to change" in brandmeester(running_platform, "topics", "apply").stderr


def test_only_the_owner_reads_what_describes_the_platform(running_platform: dict[str, Any]) -> None:
    described = Path(running_platform["data"]) / "platform.json"
    assert described.stat().st_mode & 0o777 == 0o600
