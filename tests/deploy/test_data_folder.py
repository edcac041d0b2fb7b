"""One platform per data folder, secrets for its owner only, and no trust in what a dead one left behind."""

import json
from pathlib import Path

import pytest

from deploy.local.credentials import Credentials
from deploy.local.description import Description, NotRunning
from deploy.local.files import data_folder
from deploy.local.lock import AlreadyRunning, holder, only_one
from shared.contracts.catalogue import SERVICES

PLATFORM = Description(
    pid=1,
    port_base=8000,
    services={"intake": "http://localhost:8001"},
    issuer="http://localhost:8006",
    users=[],
    kafka_services="127.0.0.1:8011",
    kafka_partners="127.0.0.1:8012",
    mongo="mongodb://127.0.0.1:8021/?replicaSet=rs0",
    token="token",
)


def test_two_platforms_cannot_share_a_folder(tmp_path: Path) -> None:
    with only_one(tmp_path):
        assert holder(tmp_path) is not None
        with pytest.raises(AlreadyRunning):
            with only_one(tmp_path):
                pass
    assert holder(tmp_path) is None


def test_a_description_counts_only_while_its_platform_runs(tmp_path: Path) -> None:
    with only_one(tmp_path):
        PLATFORM.write(tmp_path)
        assert Description.read(tmp_path) == PLATFORM
    with pytest.raises(NotRunning):
        Description.read(tmp_path)


def test_only_the_owner_can_read_addresses_and_secrets(tmp_path: Path) -> None:
    PLATFORM.write(tmp_path)
    Credentials(tmp_path)
    for name in ("platform.json", "secrets.json"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_the_keys_of_the_description_are_the_ones_programs_rely_on(tmp_path: Path) -> None:
    PLATFORM.write(tmp_path)
    assert set(json.loads((tmp_path / "platform.json").read_text())) == {
        "pid",
        "portBase",
        "services",
        "signIn",
        "kafka",
        "mongo",
        "integrations",
        "token",
    }


def test_secrets_stay_the_same_from_one_start_to_the_next(tmp_path: Path) -> None:
    first, second = Credentials(tmp_path), Credentials(tmp_path)
    for service in SERVICES:
        assert first.kafka_password(service) == second.kafka_password(service)
        assert first.service(service) == second.service(service)
    assert len({first.kafka_password(service) for service in SERVICES}) == len(SERVICES)
    assert "pepper" in first.service("intake")


def test_a_service_gets_its_own_key_for_parked_messages(tmp_path: Path) -> None:
    kept = Credentials(tmp_path)
    assert len({kept.service(service)["parked_key"] for service in SERVICES}) == len(SERVICES)


def test_the_data_folder_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRANDMEESTER_DATA", str(tmp_path / "elsewhere"))
    assert data_folder() == (tmp_path / "elsewhere").resolve()
