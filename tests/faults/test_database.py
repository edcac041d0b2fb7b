"""The database dies, changes its primary, or is put back to an older day: the topics make up for it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.form import FORM, only_in_full
from tests.faults.harness import PLACES, FaultStack, Lane
from tests.faults.replica_set import replica_set


@pytest.mark.timeout(400)
def test_a_database_that_was_killed_and_started_again(fault_stack: FaultStack, lane: Lane) -> None:
    worker = lane.start_worker()
    with lane.traffic():
        time.sleep(2)
        fault_stack.kill_mongo()
        time.sleep(FORM.absence)
        fault_stack.start_mongo()
        time.sleep(1)
    lane.settle()
    assert worker.child.running(), "the same process went on"
    lane.check()


def test_a_restored_database_catches_up_by_itself(make_lane: Callable[..., Lane]) -> None:
    """It is older than the topics and than the group's offsets: the service goes back to where its database is.

    Each place is fed by one subject here, so that deciding again tells the same facts in the same order.
    """
    lane = make_lane(subjects=PLACES)
    worker = lane.start_worker()
    lane.trickle(100)
    lane.settle()
    worker.stop()
    backup = lane.snapshot()
    worker = lane.start_worker()
    lane.trickle(100)
    lane.settle()
    worker.stop()
    written = lane.written_down()
    lane.restore(backup)
    assert lane.written_down() != written
    lane.start_worker()
    lane.settle()
    assert lane.written_down() == written
    lane.check()


@pytest.mark.timeout(600)
@only_in_full
def test_a_primary_that_steps_down_and_one_that_dies(make_lane: Callable[..., Lane], tmp_path: Path) -> None:
    with replica_set(tmp_path) as servers:
        lane = make_lane(mongo_url=servers.url)
        worker = lane.start_worker()
        with lane.traffic():
            time.sleep(2)
            servers.step_down()
            time.sleep(15)
            killed = servers.kill_primary()
            time.sleep(FORM.absence)
            killed.start()
        lane.settle()
        assert worker.child.running(), "the same process went on"
        lane.check()
        worker.stop()
