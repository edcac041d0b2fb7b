"""Several processes of one service: they share its partitions, come and go, and never get in each other's way."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from confluent_kafka import Producer

from deploy.local.process import LOCALHOST, Child
from deploy.local.services import service_environment
from shared.contracts.catalogue import SIGNALS
from shared.contracts.common import Observations, Site, Situation
from shared.contracts.envelope import Envelope, source_of
from shared.contracts.intake import SignalReceived
from shared.vocabulary import Channel, Theme
from tests.faults.counting import NOON
from tests.faults.form import FORM, PROMISE
from tests.faults.harness import ROOT, FaultStack, Lane, Outcome, note, wait_until
from tests.stack import free_port


@pytest.mark.timeout(400)
def test_workers_that_join_leave_and_die_in_mid_batch(lane: Lane) -> None:
    """Slow writes, so that each change of the group meets batches under way."""
    slow = "pause before write 0.3"
    lane.start_worker(0, slow, batch=20)
    lane.send(50)
    lane.settle()
    with lane.traffic(per_second=30):
        second = lane.start_worker(1, slow, batch=20)
        wait_until(lambda: second.metric("messages_handled_total") > 0, PROMISE, "sharing", second.last_words)
        assert second.stop() == 0
        if FORM.full:
            third = lane.start_worker(2, slow, batch=20)
            wait_until(lambda: third.metric("messages_handled_total") > 0, PROMISE, "sharing", third.last_words)
            third.kill()
        time.sleep(1)
    lane.settle()
    lane.check()


@contextmanager
def triage(stack: FaultStack, instance: int) -> Iterator[Child]:
    """The real service, as the platform starts it, as one of several."""
    port = free_port()
    settings = service_environment("triage", stack.kafka, stack.mongo, stack.credentials)
    settings |= {"BRANDMEESTER_TRIAGE_PORT": str(port), "BRANDMEESTER_TRIAGE_INSTANCE": f"triage-{instance}"}
    name = f"triage-{instance}"
    log, pid = stack.data / "logs" / f"{name}.log", stack.data / "run" / f"{name}.pid"
    child = Child(name, [sys.executable, "-m", "services.triage"], log, pid)
    child.start({**os.environ, **settings, "PYTHONPATH": str(ROOT)})
    try:
        child.wait_until(lambda: _is_ready(port), PROMISE)
        yield child
    finally:
        child.stop()


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://{LOCALHOST}:{port}/health/ready", trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _send_signals(producer: Producer, ids: list[str]) -> None:
    """Signals about twelve addresses, spread over all partitions so that several processes get each."""
    for number, id_ in enumerate(ids):
        situation = Situation(
            themes=(Theme.WORK,),
            site=Site(postcode="7141AB", house_number=str(number % 12 + 1), place="Groenlo"),
            observations=Observations(people_exposed=number + 1),
        )
        fact = SignalReceived(channel=Channel.WEB, situation=situation, received_at=NOON, dataref="http://localhost/1")
        envelope = Envelope(id_, source_of("intake"), fact.TYPE, NOON, id_, 1)
        body = fact.model_dump_json(by_alias=True)
        producer.produce(SIGNALS.name, key=id_, value=body, headers=list(envelope.headers()))
        if number % 10 == 0:
            producer.flush()
            time.sleep(0.05)
    producer.flush()


@pytest.mark.timeout(400)
@pytest.mark.plan("S07")
def test_two_triages_that_decide_on_the_same_cases_at_once(
    fault_stack: FaultStack, make_lane: Callable[..., Lane]
) -> None:
    """One case per address and each signal in one case, also when one of the two is killed in between."""
    producer = make_lane().producer()
    ids = [f"shared-{number}" for number in range(FORM.storm_signals)]
    half = len(ids) // 2
    with triage(fault_stack, 0), triage(fault_stack, 1) as second:
        _send_signals(producer, ids[:half])
        os.kill(int((fault_stack.data / "run" / "triage-1.pid").read_text()), signal.SIGKILL)
        wait_until(lambda: not second.running(), 10, "the end of one triage")
        _send_signals(producer, ids[half:])
        with triage(fault_stack, 1):
            back = wait_until(lambda: sum(_held(fault_stack).values()) >= len(ids), PROMISE, "all signals in cases")
    assert _held(fault_stack) == Counter(dict.fromkeys(ids, 1))
    assert sorted(_addresses(case) for case in _cases(fault_stack)) == sorted([str(n)] for n in range(1, 13))
    note(Outcome(len(ids), 1, 0, back))


def _cases(stack: FaultStack) -> list[dict[str, Any]]:
    return list(stack.client["triage"]["cases"].find({"state.signals.id": {"$regex": "^shared-"}}))


def _addresses(case: dict[str, Any]) -> list[str]:
    return sorted({held["situation"]["site"]["house_number"] for held in case["state"]["signals"]})


def _held(stack: FaultStack) -> Counter[str]:
    """In how many cases each signal is."""
    return Counter(held["id"] for case in _cases(stack) for held in case["state"]["signals"])
