"""What programs rely on: metrics, API descriptions, inbound topics, and services that come back."""

import json
import os
import re
import secrets
import signal
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from confluent_kafka import Producer
from hypothesis import HealthCheck, given, settings
from prometheus_client.parser import text_string_to_metric_families
from schemathesis.specs.openapi.checks import positive_data_acceptance

from deploy.kafka.reading import messages
from deploy.local.process import read_pid
from shared.contracts.catalogue import SERVICES, inbound_topic, partner_topic
from shared.contracts.envelope import TYPE_PREFIX
from tests.journeys.platform import Platform, Program, until

pytestmark = pytest.mark.stack

OF_THE_BUS = (
    "messages_handled",
    "messages_parked",
    "parked_age_seconds",
    "facts_published",
    "unpublished_age_seconds",
    "relay_holder",
    "batch_seconds",
    "records_waiting",
    "waiting_age_seconds",
    "without_progress_seconds",
    "consumer_restarts",
    "offsets_lost",
)


@pytest.mark.plan("C06")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_tells_prometheus_how_its_bus_does(platform: Platform, service: str) -> None:
    with platform.http(service) as prometheus:
        answer = prometheus.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    missing = [name for name in OF_THE_BUS if f"brandmeester_{service}_{name}" not in families]
    assert missing == []
    ids = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|vr\d\d|/cases/\w")
    labels = {value for family in families.values() for sample in family.samples for value in sample.labels.values()}
    assert [value for value in labels if ids.search(value)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_that_it_lives_and_is_ready(platform: Platform, service: str) -> None:
    with platform.http(service) as http:
        assert http.get("/health/live").status_code == 200
        assert http.get("/health/ready").status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_describes_its_api(platform: Platform, service: str) -> None:
    described = schemathesis.openapi.from_url(platform.url(service, "/v1/openapi.json"))
    described.validate()
    operations = [operation.ok() for operation in described.get_all_operations()]
    assert operations
    paths: dict[str, dict[str, Any]] = described.raw_schema["paths"]
    for path, verbs in paths.items():
        assert path.startswith("/v1/"), path
        assert all(operation["summary"] for operation in verbs.values()), path


@pytest.mark.plan("C04")
def test_the_example_of_the_description_is_a_signal(platform: Platform, program: Program) -> None:
    with platform.http("intake") as stranger:
        body = stranger.get("/v1/openapi.json").json()
        (example,) = body["components"]["schemas"]["SignalSubmission"]["examples"]
        answer = stranger.post("/v1/signals", json=example)
    assert answer.status_code == 201, answer.text
    handed_in = answer.json()
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", handed_in["receipt"])
    case = program.first("triage", "/v1/cases", signalId=handed_in["id"])
    assert case["region"] == "VR06"


@pytest.mark.parametrize("who", ["a stranger", "a member"])
def test_intake_keeps_to_its_description_whatever_is_sent(platform: Platform, who: str) -> None:
    described = schemathesis.openapi.from_url(platform.url("intake", "/v1/openapi.json"))
    headers = {"Authorization": f"Bearer {platform.token}"} if who == "a member" else None
    for operation in described.get_all_operations():

        @given(case=operation.ok().as_strategy())
        @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def keeps_to_it(case: schemathesis.Case) -> None:
            # A message of the right form may still be refused: its place may lie far from its postcode.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        keeps_to_it()


@pytest.mark.plan("S07", "C04", "C05")
def test_a_bad_message_is_parked_and_its_sender_told_why(platform: Platform, hotline_settings: dict[str, str]) -> None:
    message_id = f"hotline-{uuid4()}"
    send(
        hotline_settings,
        message_id,
        {"situation": {"themes": ["working"], "site": {}, "observations": {"tested": -1, "nationality": "Pools"}}},
    )

    def rejection() -> dict[str, Any] | None:
        read = messages(hotline_settings, partner_topic("hotline").name, group="hotline.journey", follow=False)
        told = (json.loads(message.value() or b"{}") for message in read)
        return next((fact for fact in told if fact.get("messageId") == message_id), None)

    told = until("the rejection", rejection)
    assert {fault["field"] for fault in told["faults"]} >= {
        "situation.themes.0",
        "situation.observations.tested",
        "situation.observations.nationality",
    }
    assert "Pools" not in json.dumps(told)
    place = f"{told['topic']}/{told['partition']}/{told['offset']}"
    assert place in platform.brandmeester("parked", "list")
    assert message_id in platform.brandmeester("parked", "show", "intake", place)
    platform.brandmeester("parked", "discard", "intake", place, "--reason", "sent by a test")
    assert place not in platform.brandmeester("parked", "list")
    given_up = platform.brandmeester("parked", "discarded")
    assert f"intake {place}" in given_up
    assert "sent by a test" in given_up


def send(client: dict[str, str], message_id: str, body: dict[str, Any]) -> None:
    """As an integration: headers that say what it is, on its own topic, with its own credentials."""
    refused: list[str] = []
    producer = Producer({**client, "log_level": 0, "message.timeout.ms": 20_000})
    producer.produce(
        inbound_topic("hotline").name,
        json.dumps(body).encode(),
        key=message_id,
        headers={
            "ce_id": message_id,
            "ce_source": "urn:nld:oin:00000099000000020000:systeem:hotline",
            "ce_specversion": "1.0",
            "ce_type": TYPE_PREFIX + "inbound-signals.submitted.v1",
            "ce_time": "2020-11-23T09:00:00Z",
            "ce_subject": message_id,
            "content-type": "application/json",
        },
        on_delivery=lambda error, _message: refused.append(str(error)) if error else None,
    )
    producer.flush(25)
    assert refused == []


@pytest.mark.plan("S07", "C01")
def test_a_service_that_is_told_to_stop_comes_back_and_has_missed_nothing(platform: Platform, program: Program) -> None:
    street = secrets.randbelow(900) + 100
    stopped = pid_of(platform, "triage")
    assert stopped is not None
    signals: list[str] = []
    for number in range(40):
        if number == 15:
            os.kill(stopped, signal.SIGTERM)
        signals.append(hand_in(program, f"{street}{number % 20:02}"))

    until("triage again", lambda: pid_of(platform, "triage") not in (None, stopped) and is_ready(platform, "triage"))
    cases = [program.first("triage", "/v1/cases", signalId=signal)["id"] for signal in signals]
    assert len(set(cases)) == 20
    assert cases[:20] == cases[20:]


def hand_in(program: Program, house_number: str) -> str:
    site = {"postcode": "5928 NS", "houseNumber": house_number}
    return str(program.post("intake", "/v1/signals", {"themes": ["transport"], "site": site, "observations": {}})["id"])


def pid_of(platform: Platform, service: str) -> int | None:
    return read_pid(platform.data / "run" / f"{service}.pid")


def is_ready(platform: Platform, service: str) -> bool:
    try:
        with platform.http(service) as http:
            return http.get("/health/ready").is_success
    except httpx.HTTPError:
        return False
