"""What the command line says where no platform has to run."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, KafkaException
from pymongo.errors import ServerSelectionTimeoutError
from typer.testing import CliRunner

from deploy import parked, partners
from deploy.cli import app
from shared.bus.parked import Gap, ParkedRow
from shared.bus.stage import ParkedRecord
from shared.contracts.catalogue import SERVICES, TOPICS
from tests.shared.bus.tally import PARKED_KEY
from tests.shared.bus.test_interleavings import Log
from tests.stack import Stack

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


class AlwaysSays:
    """A shelf with one answer."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def ask(self, _question: object) -> object:
        return self.answer


def test_a_list_of_parked_messages_that_is_not_whole_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    row = ParkedRow("t", 0, 1, "t/k", False, datetime.now(UTC), 1, False, "ValueError", b"k", b"{}", ())
    full, empty = AlwaysSays(([row], 201)), AlwaysSays(([], 0))
    monkeypatch.setattr(parked, "shelves", lambda: {"intake": empty, "triage": full})
    listed = runner.invoke(app, ["parked", "list"])
    assert [line.split()[:2] for line in listed.stdout.splitlines()] == [["triage", "t/0/1"]]
    assert listed.stderr.splitlines() == ["triage: the oldest 1 of 201; the others follow when these are gone."]


def test_what_strangers_wrote_commands_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parked record may hold anything: also what clears a screen, types into it, or turns what is read."""
    evil, shown = "\x1b[2J\r\u202e", "\\x1b[2J\\r\\u202e"
    row = ParkedRow(
        "t", 0, 1, "t/k", False, datetime.now(UTC), 1, False, evil, evil.encode(), evil.encode(), ((evil, b"\xff"),)
    )
    gap = Gap("t/0/1", "ValueError", "ops", evil, datetime.now(UTC))
    for command, answer, times in (
        (["list"], ([row], 1), 1),
        (["show", "triage", "t/0/1"], row, 4),
        (["discarded"], [gap], 1),
    ):
        monkeypatch.setattr(parked, "shelves", lambda answer=answer: {"triage": AlwaysSays(answer)})
        output = runner.invoke(app, ["parked", *command]).stdout
        assert output.count(shown) == times
        assert all(sign.isprintable() for line in output.split("\n") for sign in line)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_nothing_is_given_up_without_a_reason(reason: str) -> None:
    refused = runner.invoke(app, ["parked", "discard", "triage", "intake.signals.v1/0/1", "--reason", reason])
    assert refused.exit_code == 2
    assert "why it is given up" in refused.stderr


def test_nothing_is_given_up_by_nobody() -> None:
    refused = runner.invoke(app, ["parked", "discard", "triage", "t/0/1", "--reason", "sent twice", "--by", " "])
    assert refused.exit_code == 2
    assert "who gives it up" in refused.stderr


def test_in_the_container_of_a_service_its_own_messages_can_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"MONGO_URL": "mongodb://mongo", "MONGO_DATABASE": "planning", "PARKED_KEY": "k"}
    for name, value in settings.items():
        monkeypatch.setenv(f"BRANDMEESTER_PLANNING_{name}", value)
    monkeypatch.setenv("BRANDMEESTER_TRIAGE_MONGO_URL", "mongodb://mongo")
    assert parked.shelves() == {"planning": parked.Shelf("mongodb://mongo", "planning", "k")}
    elsewhere = runner.invoke(app, ["parked", "show", "triage", "t/0/1"])
    assert elsewhere.exit_code == 1
    assert elsewhere.stderr.split("\n")[0].startswith("From here only planning can be reached.")


@pytest.mark.stack
def test_messages_of_a_service_are_looked_after_by_its_own_settings(
    platform_stack: Stack, mongo_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `docker compose exec planning brandmeester parked …` does it, without a platform on this machine."""
    settings = {"MONGO_URL": platform_stack.mongo_url, "MONGO_DATABASE": mongo_database, "PARKED_KEY": PARKED_KEY}
    for name, value in settings.items():
        monkeypatch.setenv(f"BRANDMEESTER_PLANNING_{name}", value)
    record = Log("t", 0, 7, b"s1", b"{", [])
    shelf = parked.Shelf(*settings.values())
    shelf.ask(lambda store: store.park([ParkedRecord(record, "t/s1", "Unreadable: body: Invalid JSON")]))
    assert "planning t/0/7" in runner.invoke(app, ["parked", "list"]).stdout
    assert "body      {" in runner.invoke(app, ["parked", "show", "planning", "t/0/7"]).stdout
    assert runner.invoke(app, ["parked", "replay", "planning", "t/0/7"]).exit_code == 0
    reason = ["--reason", "sent by mistake", "--by", "Şerban Łukasz"]
    assert runner.invoke(app, ["parked", "discard", "planning", "t/0/7", *reason]).exit_code == 0
    assert "by Şerban Łukasz: sent by mistake (Unreadable)" in runner.invoke(app, ["parked", "discarded"]).stdout
    assert runner.invoke(app, ["parked", "discard", "planning", "t/0/7", *reason]).exit_code == 1


def test_the_owner_of_a_topic_is_whole_on_a_narrow_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = runner.invoke(app, ["topics", "list"]).stdout
    assert all(word in listed for topic in TOPICS for word in (topic.owner, *topic.readers))
    assert "…" not in listed


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ServerSelectionTimeoutError("no replica set members found"), "MongoDB does not answer"),
        (KafkaException(KafkaError(KafkaError._TRANSPORT)), "Kafka did not do that"),
        (TimeoutError(), "Kafka does not answer"),
    ],
)
def test_what_cannot_be_reached_is_named_in_a_sentence(
    fault: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise fault

    monkeypatch.setattr(partners, "administration", fails)
    refused = runner.invoke(app, ["partners", "list"])
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.output


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


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_help_fills_its_lines_and_leaves_nothing_out(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    told = runner.invoke(app, ["triage", "detect", "ears", "--help"]).stdout
    paragraph = told[told.index("One line of the file") : told.index("Example:")].splitlines()
    full = [line.strip() for line in paragraph if line.strip()]
    assert all(len(line) > int(columns) * 0.75 for line in full[:-1]), full
    assert "TOPIC/PARTITION/OFFSET" in runner.invoke(app, ["parked", "show", "--help"]).stdout
