"""Each alert fires on what it is for and keeps quiet otherwise, by Prometheus' own tests where promtool is here."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from prometheus_client import CollectorRegistry

from shared.bus.metrics import BusMetrics

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "deploy/prometheus/alerts.yml"
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]
}
RUNBOOKS = ROOT / "docs/runbooks"
SOURCES = "\n".join(file.read_text() for part in ("shared", "services") for file in (ROOT / part).rglob("*.py"))


class Case(NamedTuple):
    """A series that sets the alert off and one that must not, in promtool's notation, a value a minute; and when."""

    series: str
    fires: str
    quiet: str
    after: str
    also: str = ""
    """Other series with their values, the same in both, set apart by semicolons."""


BUS = 'brandmeester_triage_{}{{service="triage"}}'
BUCKETS = 'brandmeester_triage_batch_seconds_bucket{{service="triage", le="{}"}}'
CASES = {
    "ServiceDown": Case('up{job="brandmeester", service="triage"}', "0x10", "1 0 1x8", "5m"),
    "FactsNotPublished": Case(BUS.format("unpublished_age_seconds"), "61x10", "59x10", "5m"),
    "NobodyPublishes": Case(
        'brandmeester_triage_relay_holder{service="triage", instance="a"}',
        "0x10",
        "1x10",
        "5m",
        also='brandmeester_triage_relay_holder{service="triage", instance="b"} 0x10',
    ),
    "ConsumerDeaf": Case(BUS.format("without_progress_seconds"), "130x10", "30x10", "5m"),
    "MessagesWait": Case(BUS.format("waiting_age_seconds"), "61x10", "59 59 200 1x8", "5m"),
    "ReaderRestarted": Case(BUS.format("consumer_restarts_total"), "0 0 1x10", "1x10", "5m"),
    "BatchesSlow": Case(
        BUCKETS.format("2.5"),
        "0x40",
        "0+100x40",
        "30m",
        also=f"{BUCKETS.format('10.0')} 0+100x40;{BUCKETS.format('+Inf')} 0+100x40",
    ),
    "OffsetsLost": Case(BUS.format("offsets_lost_total"), "0 0 1x10", "0x12", "5m"),
    "MessagesParked": Case(BUS.format("messages_parked"), "1x20", "0x20", "10m"),
    "MessagesParkedLong": Case(BUS.format("parked_age_seconds"), "86460x20", "86340x20", "10m"),
    "ClockBreached": Case("brandmeester_triage_clocks_breached", "2x10", "0x10", "5m"),
    "NoticesUnsent": Case('brandmeester_crossborder_notices_waiting{need="send"}', "1x1500", "1x1000 0 1x400", "1450m"),
}
SPECIAL = {
    "a loss that a service notices at its very start": ("OffsetsLost", "_x5 1x10", "10m", True),
    "a loss of long ago": ("OffsetsLost", "0 1x200", "120m", False),
}


def _rule_test(name: str, series: dict[str, str], after: str, fires: bool) -> dict[str, Any]:
    return {
        "name": f"{name} {'fires' if fires else 'keeps quiet'}",
        "interval": "1m",
        "input_series": [{"series": one, "values": values} for one, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}", alertstate="firing"}})',
                "eval_time": after,
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
        ],
    }


def _split(series_and_values: str) -> tuple[str, str]:
    series, _, values = series_and_values.rpartition(" ")
    return series, values


def _rule_tests() -> list[dict[str, Any]]:
    tests = []
    for name, case in CASES.items():
        also = dict(_split(one) for one in case.also.split(";") if one)
        tests += [
            _rule_test(name, {case.series: values, **also}, case.after, fires)
            for values, fires in ((case.fires, True), (case.quiet, False))
        ]
    for name, values, after, fires in SPECIAL.values():
        tests.append(_rule_test(name, {CASES[name].series: values}, after, fires))
    return tests


@pytest.mark.plan("C06")
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool, of the package prometheus, is not here")
def test_each_alert_fires_on_what_it_is_for_and_keeps_quiet_otherwise(tmp_path: Path) -> None:
    written = tmp_path / "tests.yml"
    written.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": _rule_tests()}))
    checked = subprocess.run(["promtool", "test", "rules", written], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_alert_has_a_rule_test() -> None:
    assert CASES.keys() == RULES.keys()


@pytest.mark.plan("C06")
@pytest.mark.parametrize("name", RULES)
def test_each_alert_has_a_runbook_that_says_what_to_do_and_when_it_is_over(name: str) -> None:
    file = ROOT / RULES[name]["annotations"]["runbook"]
    assert file.stem == re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()
    text = file.read_text()
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["What to do", "It is over when"]
    assert f"[{name}]({file.name})" in (RUNBOOKS / "README.md").read_text()


def test_each_alert_asks_for_what_services_really_measure() -> None:
    measured = CollectorRegistry()
    BusMetrics("triage", measured)
    names = {sample.name for metric in measured.collect() for sample in metric.samples}
    for name, rule in RULES.items():
        for pattern in re.findall(r'__name__=~"([^"]+)"', rule["expr"]):
            assert any(re.fullmatch(pattern, one) for one in names), (name, pattern)


@pytest.mark.parametrize("file", sorted(RUNBOOKS.glob("*.md")), ids=lambda file: file.stem)
def test_what_a_runbook_finds_in_the_log_is_really_said_there(file: Path) -> None:
    quoted = re.findall(r"`([a-z]+ [^`<…]+)`", " ".join(file.read_text().split()))
    said = [words for words in quoted if not words.startswith(("brandmeester ", "docker ", "make ", "kill "))]
    assert [words for words in said if words not in SOURCES] == []


def test_no_runbook_is_about_an_alert_that_is_gone() -> None:
    kept = {Path(rule["annotations"]["runbook"]).name for rule in RULES.values()}
    assert {file.name for file in RUNBOOKS.glob("*.md")} == kept | {"README.md"}
