"""The broker dies, freezes, or turns a service away: what was sent meanwhile arrives, and nobody has to help."""

import signal
import time

import pytest
from confluent_kafka import KafkaError, KafkaException

from tests.faults.form import FORM, only_in_full
from tests.faults.harness import FaultStack, Lane


@pytest.mark.timeout(400)
def test_a_broker_that_was_killed_and_away(fault_stack: FaultStack, lane: Lane) -> None:
    worker = lane.start_worker()
    with lane.traffic():
        time.sleep(2)
        fault_stack.kill_kafka()
        time.sleep(FORM.absence)
        fault_stack.start_kafka()
        time.sleep(1)
    lane.settle()
    assert worker.child.running(), worker.child.last_words()
    lane.check()


@pytest.mark.timeout(400)
def test_a_broker_that_froze(fault_stack: FaultStack, lane: Lane) -> None:
    worker = lane.start_worker()
    with lane.traffic():
        time.sleep(2)
        fault_stack.freeze_kafka()
        try:
            time.sleep(FORM.freeze)
        finally:
            fault_stack.thaw_kafka()
        time.sleep(1)
    lane.settle()
    assert worker.child.running(), worker.child.last_words()
    lane.check()


@only_in_full
@pytest.mark.timeout(400)
def test_a_service_that_starts_while_the_broker_is_away(fault_stack: FaultStack, lane: Lane) -> None:
    lane.send_and_wait(50)
    fault_stack.kill_kafka()
    worker = lane.start_worker()
    time.sleep(FORM.absence)
    assert worker.child.running(), worker.child.last_words()
    fault_stack.start_kafka()
    lane.settle()
    lane.check()


@only_in_full
@pytest.mark.timeout(400)
@pytest.mark.parametrize("which", ["read topic", "write topic", "read group"])
def test_a_right_that_is_taken_away_and_given_back(fault_stack: FaultStack, lane: Lane, which: str) -> None:
    """A consumer whose rights came back was seen alive and deaf; one that is deaf starts itself anew."""
    rights = [right for right in lane.rights if f"{right.operation} {right.kind}" == which]
    worker = lane.start_worker()
    lane.send(50)
    lane.settle()
    fault_stack.broker.take(rights)
    lane.trickle(50)
    time.sleep(FORM.absence)
    fault_stack.broker.give(rights)
    lane.trickle(50)
    lane.settle()
    assert worker.child.running(), worker.child.last_words()
    lane.check()


def test_a_broker_that_refuses_what_is_too_large(lane: Lane) -> None:
    """It never reaches a reader, and neighbours are not held up."""
    signal = lane.send_and_wait(1)[0]
    with pytest.raises(KafkaException) as refused:
        lane.put_raw(b"large", b"x" * 1_200_000, signal.headers())
    assert refused.value.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE
    assert sum(lane.ends(lane.inbound.name).values()) == 1
    lane.start_worker()
    lane.settle()
    lane.check()


@pytest.mark.timeout(400)
def test_a_service_that_is_told_to_stop_while_everything_is_away_ends(fault_stack: FaultStack, lane: Lane) -> None:
    """Whoever stops it waits half a minute, then kills it."""
    worker = lane.start_worker()
    lane.send_and_wait(50)
    lane.settle()
    with lane.traffic():
        time.sleep(1)
        fault_stack.kill_mongo()
        fault_stack.kill_kafka()
    time.sleep(2)
    worker.strike(signal.SIGTERM)
    worker.wait_for_end(within=25)
    fault_stack.start_mongo()
    fault_stack.start_kafka()
    lane.start_worker()
    lane.settle()
    lane.check()
