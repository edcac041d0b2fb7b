"""What the command line says where no platform has to run."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from shared.contracts.catalogue import SERVICES, TOPICS

runner = CliRunner()


@pytest.fixture(autouse=True)
def no_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRANDMEESTER_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")


def test_the_list_of_topics_is_the_catalogue() -> None:
    listed = runner.invoke(app, ["topics", "list"]).stdout
    for topic in TOPICS:
        assert topic.name in listed
    assert "partners.<party>.v1" in listed


def test_the_asyncapi_document_is_the_only_thing_on_stdout() -> None:
    document = json.loads(runner.invoke(app, ["topics", "asyncapi"]).stdout)
    assert document["asyncapi"] == "3.0.0"


@pytest.mark.parametrize(
    "command", ["partners list", "integrations list", "topics apply", "parked list", "parked discarded"]
)
def test_without_a_platform_a_command_says_how_to_start_one(command: str) -> None:
    refused = runner.invoke(app, command.split())
    assert refused.exit_code == 1
    assert "make up" in refused.stderr
    assert refused.stdout == ""


def test_stopping_what_does_not_run_is_no_error() -> None:
    stopped = runner.invoke(app, ["down"])
    assert stopped.exit_code == 0
    assert "No platform is running" in stopped.stdout


def test_a_broker_named_in_the_environment_needs_every_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRANDMEESTER_KAFKA_BOOTSTRAP", "kafka:9092")
    refused = runner.invoke(app, ["topics", "apply"])
    assert refused.exit_code == 1
    missing = refused.stderr.replace("\n", " ")
    for name in ("BRANDMEESTER_KAFKA_PASSWORD", *(f"BRANDMEESTER_{s.upper()}_KAFKA_PASSWORD" for s in SERVICES)):
        assert name in missing


def test_a_port_base_that_cannot_be_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRANDMEESTER_PORT_BASE", "eight")
    refused = runner.invoke(app, ["up"])
    assert refused.exit_code == 1
    assert "BRANDMEESTER_PORT_BASE must be a number" in refused.stderr
