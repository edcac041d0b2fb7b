"""Every part of a platform has its own port, counted from one base."""

import pytest

from deploy.local.ports import Ports


def test_the_ports_lie_at_fixed_distances_from_the_base() -> None:
    assert Ports(8000).by_name() == {
        "intake": 8001,
        "triage": 8002,
        "planning": 8003,
        "reporting": 8004,
        "crossborder": 8005,
        "sign-in": 8006,
        "Kafka for services": 8011,
        "Kafka for partners": 8012,
        "the Kafka controller": 8013,
        "MongoDB": 8021,
    }


def test_the_base_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRANDMEESTER_PORT_BASE", raising=False)
    assert Ports.from_environment() == Ports(8000)
    monkeypatch.setenv("BRANDMEESTER_PORT_BASE", "9100")
    assert Ports.from_environment() == Ports(9100)


@pytest.mark.parametrize("written", ["eight thousand", "-1", "80", "70000", ""])
def test_a_base_that_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("BRANDMEESTER_PORT_BASE", written)
    with pytest.raises(ValueError, match="BRANDMEESTER_PORT_BASE"):
        Ports.from_environment()
