"""The five real services under signals from people and from an integration, and the books that they keep."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from confluent_kafka import Producer
from pymongo import MongoClient

from deploy.local.process import Child
from deploy.local.services import public_urls, service_environment
from services.intake.store import inbound_signal_id
from shared.contracts.catalogue import SERVICES, inbound_topic, partner_topic
from shared.contracts.envelope import TYPE_PREFIX
from tests.faults.form import PROMISE
from tests.faults.harness import ROOT, FaultStack, wait_until

ADDRESSES = 8
STREET = 2_000
"""So many house numbers belong to one test."""


def situation(house: int) -> dict[str, Any]:
    """A grave situation at an address: a case, a visit and a notice across the border."""
    return {
        "themes": ["work"],
        "sector": "meat",
        "site": {"postcode": "7141 DC", "houseNumber": str(house), "place": "Groenlo"},
        "observations": {"peopleExposed": 657, "tested": 212, "positive": 45, "distanceNotKept": True},
        "workersLiveIn": ["kreis-borken"],
    }


class Reporters:
    """People who hand in signals about a few addresses, again and again until each has its receipt."""

    def __init__(self, url: str, street: int) -> None:
        self._url = f"{url}/v1/signals"
        self._street = street
        self.accepted: list[str] = []
        self.refused: list[str] = []

    def hand_in(self, client: httpx.Client, number: int) -> None:
        key, deadline = str(uuid.uuid4()), time.monotonic() + PROMISE
        while time.monotonic() < deadline:
            try:
                body = situation(self._street + number % ADDRESSES)
                answer = client.post(self._url, json=body, headers={"Idempotency-Key": key})
            except httpx.HTTPError:
                time.sleep(0.2)
                continue
            if answer.status_code == httpx.codes.CREATED:
                self.accepted.append(answer.json()["id"])
                return
            if answer.status_code < 500 and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                self.refused.append(answer.text)
                return
            time.sleep(0.2)
        self.refused.append("no answer")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        over = threading.Event()

        def work() -> None:
            with httpx.Client(trust_env=False, timeout=10) as client:
                number = 0
                while not over.wait(0.05):
                    self.hand_in(client, number)
                    number += 1

        reporter = threading.Thread(target=work, name="reporters")
        reporter.start()
        try:
            yield
        finally:
            over.set()
            reporter.join()
        assert not self.refused, self.refused[:3]


class Integration:
    """A party that writes to its own topic, about ever new addresses; some of it cannot be taken in."""

    def __init__(self, stack: FaultStack, street: int) -> None:
        self.party = f"keten-{street}"
        stack.broker.admit_integration(self.party, "not a secret")
        self._street = street
        self._producer = Producer({**stack.kafka.admin_settings(), "enable.idempotence": True, "log_level": 0})
        self.good: list[str] = []
        self.bad: list[str] = []

    @property
    def topic(self) -> str:
        return inbound_topic(self.party).name

    def send(self, number: int) -> None:
        """Every fifth is poison."""
        poisoned = number % 5 == 0
        message_id = str(uuid.uuid4())
        (self.bad if poisoned else self.good).append(message_id)
        about = situation(self._street + ADDRESSES + number // 10)
        body = {"situation": {**about, **({"themes": ["working"]} if poisoned else {})}}
        headers = {
            "ce_id": message_id,
            "ce_source": f"urn:nld:oin:00000099000000020000:systeem:{self.party}",
            "ce_specversion": "1.0",
            "ce_type": TYPE_PREFIX + "inbound-signals.submitted.v1",
            "ce_time": "2020-11-23T09:00:00Z",
            "ce_subject": message_id,
            "content-type": "application/json",
        }
        as_pairs: list[tuple[str, str | bytes | None]] = list(headers.items())
        self._producer.produce(self.topic, json.dumps(body).encode(), key=message_id, headers=as_pairs)
        self._producer.poll(0)

    def flush(self) -> None:
        assert self._producer.flush(60) == 0

    @property
    def signals(self) -> list[str]:
        """Under which ids intake keeps what can be taken in."""
        return [inbound_signal_id(self.topic, message_id) for message_id in self.good]


class Chain:
    """The five on a stack that may be broken, each with what shall happen to it."""

    def __init__(self, stack: FaultStack) -> None:
        self._stack = stack
        self.children: dict[str, Child] = {}
        self.urls = public_urls(stack.kafka.ports)

    def start(self, service: str, disturb: str) -> None:
        run, logs = self._stack.data / "run", self._stack.data / "logs"
        command = [sys.executable, "-m", "tests.faults.service", service, disturb]
        child = Child(service, command, logs / f"chain-{service}.log", run / f"chain-{service}.pid")
        own = service_environment(service, self._stack.kafka, self._stack.mongo, self._stack.credentials)
        child.start({**os.environ, **own, "PYTHONPATH": str(ROOT)})
        self.children[service] = child

    def stop(self) -> None:
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.stop()

    def alive(self) -> list[str]:
        return [service for service, child in self.children.items() if child.running()]

    def last_words(self) -> str:
        return "\n".join(self.children[service].last_words() for service in self.alive())


def wait_for_readiness(services: Mapping[str, str]) -> None:
    for name, url in services.items():
        wait_until(lambda url=url: _is_ready(url), PROMISE, f"{name}'s readiness")  # type: ignore[misc]


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", trust_env=False).is_success
    except httpx.HTTPError:
        return False


class Books:
    """What the services wrote down about one test's addresses."""

    def __init__(self, client: MongoClient[dict[str, Any]], street: int) -> None:
        self._client = client
        self._at = {"$in": [str(street + number) for number in range(STREET)]}

    def _cases(self) -> dict[str, list[str]]:
        found = self._client["triage"]["cases"].find({"state.signals.situation.site.house_number": self._at})
        return {case["_id"]: [held["id"] for held in case["state"]["signals"]] for case in found}

    def _per_case(self, service: str, collection: str, field: str, cases: list[str]) -> Counter[str]:
        found = self._client[service][collection].find({f"state.{field}": {"$in": cases}})
        return Counter(_inside(document["state"], field) for document in found)

    def _followed_up(self) -> tuple[Counter[str], Counter[str]]:
        cases = list(self._cases())
        visits = self._per_case("planning", "interventions", "case.id", cases)
        return visits, self._per_case("crossborder", "notices", "case", cases)

    def settled(self, accepted: Sequence[str]) -> bool:
        cases = self._cases()
        held = {signal_id for ids in cases.values() for signal_id in ids}
        visits, notices = self._followed_up()
        return held >= set(accepted) and len(visits) == len(notices) == len(cases) and not self._unpublished()

    def _unpublished(self) -> int:
        query = {"unpublished.0": {"$exists": True}}
        collections = [
            self._client[service][name]
            for service in SERVICES
            for name in self._client[service].list_collection_names()
            if not name.startswith("bus_") and not name.startswith("system.")
        ]
        return sum(collection.count_documents(query) for collection in collections)

    def state(self) -> str:
        return f"cases {self._cases()}, followed up {self._followed_up()}, {self._unpublished()} unpublished"

    def check(self, accepted: Sequence[str]) -> None:
        """Each signal in one case, each case with one visit and one notice."""
        cases = self._cases()
        held = Counter(signal_id for ids in cases.values() for signal_id in ids)
        assert held.keys() >= set(accepted), f"{len(set(accepted) - held.keys())} signals lost"
        assert held.keys() <= set(accepted), "a repeated request is one signal"
        assert set(held.values()) == {1}
        assert len(accepted) == len(set(accepted))
        assert len(cases) == len(self._addresses(cases)), "one case per address"
        once = Counter(dict.fromkeys(cases, 1))
        assert self._followed_up() == (once, once)

    def _addresses(self, cases: Mapping[str, Any]) -> set[str]:
        found = self._client["triage"]["cases"].find({"_id": {"$in": list(cases)}})
        return {held["situation"]["site"]["house_number"] for case in found for held in case["state"]["signals"]}

    def parked(self) -> Counter[str]:
        """How many records each service parked, by topic."""
        rows = (row for service in SERVICES for row in self._client[service]["bus_parked"].find())
        return Counter(row["topic"] for row in rows)


def _inside(state: Mapping[str, Any], field: str) -> Any:
    value: Any = state
    for part in field.split("."):
        value = value[part]
    return value


def rejections_told(stack: FaultStack, party: str) -> Counter[str]:
    """The distinct notices on a party's own topic, by the message that each is about."""
    told = stack.read_all(partner_topic(party).name)
    about = {dict(record.headers())["ce_id"]: json.loads(record.value())["messageId"] for record in told}
    return Counter(about.values())
