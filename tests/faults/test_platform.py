"""The real five services, killed at every point of their work and at random moments, while signals come in."""

import os
import random
import signal
import time
from collections import Counter, deque
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.local.process import command_of, read_pid
from shared.contracts.catalogue import SERVICES
from tests.faults.chain import STREET, Books, Chain, Integration, Reporters, rejections_told, wait_for_readiness
from tests.faults.disturbance import POINTS
from tests.faults.form import FORM, PROMISE, only_in_full
from tests.faults.harness import FaultStack, Outcome, note, wait_until

BETWEEN_KILLS = 6.0
KILLED = -signal.SIGKILL


@pytest.mark.timeout(1800)
@pytest.mark.plan("S07")
def test_each_service_killed_at_each_point_loses_no_signal_and_acts_once(fault_stack: FaultStack) -> None:
    """The full form has every pair of a service and a point, the short one five.

    Every signal is in one case, every case has one visit and one notice, and what cannot be taken in lies parked at
    intake, with its sender told once.
    """
    street = 10_000 + random.randrange(40) * STREET
    chain, integration = Chain(fault_stack), Integration(fault_stack, street)
    reporters = Reporters(chain.urls["intake"], street)
    deaths = _deaths(len(POINTS) if FORM.full else 1)
    kills = sum(map(len, deaths.values()))
    try:
        with reporters.at_work():
            _die(chain, deaths, integration)
        integration.flush()
        began = time.monotonic()
        wait_for_readiness(chain.urls)
        with MongoClient[dict[str, Any]](fault_stack.mongo_url, tz_aware=True) as client:
            books = Books(client, street)
            accepted = [*reporters.accepted, *integration.signals]
            wait_until(lambda: books.settled(accepted), PROMISE, "catching up", books.state)
            back_within = time.monotonic() - began
            books.check(accepted)
            _check_rejections(fault_stack, integration, books)
        note(Outcome(len(accepted), kills, len(integration.bad), back_within))
    finally:
        chain.stop()


def _deaths(points: int) -> dict[str, deque[str]]:
    """What each service is to die of, one after the other, each beginning at another point."""
    chance = random.Random(2020)
    every = {service: POINTS[nth:] + POINTS[:nth] for nth, service in enumerate(SERVICES)}
    return {service: deque(f"kill {p} {chance.randint(1, 3)}" for p in own[:points]) for service, own in every.items()}


def _die(chain: Chain, deaths: dict[str, deque[str]], integration: Integration) -> None:
    """Let each die of all that it is to die of while the others go on, and leave all five alive."""
    deadline = time.monotonic() + PROMISE * (1 + max(map(len, deaths.values())))
    dying = dict.fromkeys(SERVICES, "")
    number = 0
    while any(dying.values()) or number == 0:
        assert time.monotonic() < deadline, f"not there yet: {dying}\n{chain.last_words()}"
        for service in set(SERVICES) - set(chain.alive()):
            if service in chain.children:
                assert chain.children[service].exit_code == KILLED, chain.children[service].last_words()
            dying[service] = deaths[service].popleft() if deaths[service] else ""
            chain.start(service, dying[service])
        number += 1
        integration.send(number)
        time.sleep(0.1)


def _check_rejections(stack: FaultStack, integration: Integration, books: Books) -> None:
    """Exactly the poison is parked, and its sender was told of each once."""
    told = partial(rejections_told, stack, integration.party)
    wait_until(lambda: len(told()) == len(integration.bad), PROMISE, "telling the integration")
    assert told() == Counter(dict.fromkeys(integration.bad, 1))
    assert books.parked() == {integration.topic: len(integration.bad)}


@only_in_full
@pytest.mark.timeout(1800)
@pytest.mark.plan("S07")
def test_services_killed_at_random_moments_lose_no_signal_and_act_once(running_platform: dict[str, Any]) -> None:
    """Under the supervisor of `brandmeester up`, which starts what ended again."""
    chance = random.Random(2020)
    street = 10_000 + random.randrange(40) * STREET
    reporters = Reporters(running_platform["services"]["intake"], street)
    kills = 0
    with reporters.at_work():
        for _ in range(FORM.platform_kills):
            for service in chance.sample(SERVICES, len(SERVICES)):
                time.sleep(chance.uniform(0, 2 * BETWEEN_KILLS / len(SERVICES)))
                kills += _kill(Path(running_platform["data"]), service)
    with MongoClient[dict[str, Any]](running_platform["mongo"], tz_aware=True) as client:
        books = Books(client, street)
        # The supervisor waits longer after each death, up to half a minute.
        back_within = wait_until(lambda: books.settled(reporters.accepted), 2 * PROMISE, "catching up", books.state)
        books.check(reporters.accepted)
        assert not books.parked()
    wait_for_readiness(running_platform["services"])
    note(Outcome(len(reporters.accepted), kills, 0, back_within))


def _kill(data: Path, service: str) -> bool:
    """Kill it if it runs: after many deaths it may be waiting to be started again."""
    pid = read_pid(data / "run" / f"{service}.pid")
    if pid is None or f"services.{service}" not in command_of(pid):
        return False
    os.kill(pid, signal.SIGKILL)
    return True
