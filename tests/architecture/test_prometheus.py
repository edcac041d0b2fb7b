"""What Prometheus looks at is there, and alerts rest on metrics that the services really have."""

import importlib
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from shared.bus.metrics import BusMetrics
from shared.contracts.catalogue import SERVICES

FOLDER = Path(__file__).parents[2] / "deploy/prometheus"
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]


def metrics() -> set[str]:
    """The name of every series that the services can show."""
    registry = CollectorRegistry()
    for name in SERVICES:
        BusMetrics(name, registry)
        # A service leaves out what it does not need.
        if importlib.util.find_spec(f"services.{name}.metrics"):
            importlib.import_module(f"services.{name}.metrics").Metrics(registry)
    names = {metric.name for metric in registry.collect()}
    return names | {f"{name}_total" for name in names} | {"up"}


@pytest.mark.plan("C06")
def test_every_service_is_looked_at() -> None:
    (job,) = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    assert job["static_configs"][0]["targets"] == [f"{name}:8000" for name in SERVICES]


@pytest.mark.plan("C06")
@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_rests_on_a_metric_that_is_there(rule: dict[str, Any]) -> None:
    pattern = re.search(r'__name__=~"([^"]+)"', rule["expr"])
    name = pattern[1] if pattern else re.search(r"\bup\b|brandmeester_[a-z_]+", rule["expr"])[0]  # type: ignore[index]
    assert [known for known in metrics() if re.fullmatch(name.removesuffix("_bucket"), known)]


@pytest.mark.plan("C06")
@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_means_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["annotations"].keys() == {"summary", "meaning", "action", "runbook"}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
