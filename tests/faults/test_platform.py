"""The real five services under `brandmeester up`, killed at random moments while signals come in."""

import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from deploy.local.process import command_of, read_pid
from shared.contracts.catalogue import SERVICES
from tests.faults.form import FORM, PROMISE
from tests.faults.harness import wait_until

ADDRESSES = 8
BETWEEN_KILLS = 6.0 if FORM.full else 2.0


def _situation(number: int, street: int) -> dict[str, Any]:
    """A grave situation at one of a few addresses: a case, a visit and a notice across the border."""
    return {
        "themes": ["work"],
        "sector": "meat",
        "site": {"postcode": "7141 DC", "houseNumber": str(street + number % ADDRESSES), "place": "Groenlo"},
        "observations": {"peopleExposed": 657, "tested": 212, "positive": 45, "distanceNotKept": True},
        "workersLiveIn": ["kreis-borken"],
    }


class Reporters:
    """People who hand in signals, again and again until each has its receipt."""

    def __init__(self, url: str, street: int) -> None:
        self._url = f"{url}/v1/signals"
        self._street = street
        self.accepted: list[str] = []

    def hand_in(self, client: httpx.Client, number: int) -> None:
        key = str(uuid.uuid4())
        while True:
            try:
                answer = client.post(self._url, json=_situation(number, self._street), headers={"Idempotency-Key": key})
            except httpx.HTTPError:
                time.sleep(0.2)
                continue
            if answer.status_code == httpx.codes.CREATED:
                self.accepted.append(answer.json()["id"])
                return
            assert answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS, answer.text
            time.sleep(0.2)

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


@pytest.mark.timeout(1800)
@pytest.mark.plan("S07")
def test_services_killed_at_random_moments_lose_no_signal_and_act_once(running_platform: dict[str, Any]) -> None:
    """Every signal with a receipt is in one case; every case has one visit proposed and one notice drafted."""
    chance = random.Random(2020)
    street = 10_000 + random.randrange(80_000)
    reporters = Reporters(running_platform["services"]["intake"], street)
    with reporters.at_work():
        for _ in range(FORM.platform_kills):
            for service in chance.sample(SERVICES, len(SERVICES)):
                time.sleep(chance.uniform(0, 2 * BETWEEN_KILLS / len(SERVICES)))
                _kill(Path(running_platform["data"]), service)
    with MongoClient[dict[str, Any]](running_platform["mongo"], tz_aware=True) as client:
        books = Books(client, street)
        # The supervisor waits longer after each death, up to half a minute.
        wait_until(lambda: books.settled(reporters.accepted), 2 * PROMISE, "catching up", books.state)
        books.check(reporters.accepted)
    _wait_for_readiness(running_platform["services"])


def _kill(data: Path, service: str) -> None:
    """Kill it if it runs: after many deaths it may be waiting to be started again."""
    pid = read_pid(data / "run" / f"{service}.pid")
    if pid is not None and f"services.{service}" in command_of(pid):
        os.kill(pid, signal.SIGKILL)


def _wait_for_readiness(services: Mapping[str, str]) -> None:
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
        numbers = [str(street + number) for number in range(ADDRESSES)]
        self._at = {"$in": numbers}

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

    def settled(self, accepted: list[str]) -> bool:
        held = [signal_id for ids in self._cases().values() for signal_id in ids]
        visits, notices = self._followed_up()
        return set(held) >= set(accepted) and len(visits) == len(notices) == ADDRESSES and not self._unpublished()

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

    def check(self, accepted: list[str]) -> None:
        cases = self._cases()
        held = Counter(signal_id for ids in cases.values() for signal_id in ids)
        assert held.keys() >= set(accepted), f"{len(set(accepted) - held.keys())} signals lost"
        assert held.keys() <= set(accepted), "a repeated request is one signal"
        assert set(held.values()) == {1}
        assert len(accepted) == len(set(accepted))
        once = Counter(dict.fromkeys(cases, 1))
        assert self._followed_up() == (once, once)
        for service in SERVICES:
            assert self._client[service]["bus_parked"].count_documents({}) == 0, f"{service} parked something"


def _inside(state: Mapping[str, Any], field: str) -> Any:
    value: Any = state
    for part in field.split("."):
        value = value[part]
    return value
