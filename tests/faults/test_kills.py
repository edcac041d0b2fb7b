"""A process that is killed, wherever it was: its next life finds everything and does nothing twice."""

import random
import signal
from collections.abc import Callable

import pytest

from tests.faults.disturbance import POINTS
from tests.faults.form import FORM, PROMISE, only_in_full
from tests.faults.harness import Lane, wait_until


@pytest.mark.timeout(1800)
@pytest.mark.plan("S07")
@pytest.mark.parametrize("spread", [False, True], ids=["one document each", "several documents as one"])
def test_a_kill_at_any_point_loses_nothing_and_does_nothing_twice(make_lane: Callable[..., Lane], spread: bool) -> None:
    """Each kill at a point counts; the full form has two hundred, among ten thousand signals and more."""
    # Few subjects, so that nearly every batch has several places of one and must be written as one.
    lane, chance = make_lane(spread=spread, subjects=3 if spread else 100), random.Random(2020)
    points = [point for point in POINTS for _ in range(FORM.kills_per_point)] if FORM.full else POINTS[spread::2]
    for point in chance.sample(points, len(points)):
        worker = lane.start_worker(disturb=f"kill {point} {chance.randint(1, 4)}")
        while worker.child.running():
            lane.trickle(20, at_once=5)
        assert worker.child.exit_code == -signal.SIGKILL, worker.child.last_words()
    lane.start_worker()
    lane.trickle(max(0, FORM.signals - len(lane.sent)), at_once=100)
    lane.settle()
    lane.check()


def test_an_open_transaction_of_a_killed_worker_holds_up_its_successor_for_seconds_only(
    make_lane: Callable[..., Lane],
) -> None:
    """MongoDB's own limit of a minute would: its locks stay until the server ends the transaction."""
    lane = make_lane(spread=True, subjects=1)
    worker = lane.start_worker(disturb="kill after documents 3")
    while worker.child.running():
        lane.trickle(20, at_once=5)
    assert worker.child.exit_code == -signal.SIGKILL, worker.child.last_words()
    lane.start_worker()
    lane.settle(within=30)
    lane.check()


@only_in_full
def test_a_killed_worker_is_at_work_again_without_hands(lane: Lane) -> None:
    """Static membership: the new process need not wait until the group has given the old one up."""
    worker = lane.start_worker()
    lane.send(50)
    lane.settle()
    worker.kill()
    lane.send_and_wait(50)
    lane.start_worker()
    lane.settle()
    lane.check()


def test_told_to_stop_in_a_long_batch_it_finishes_or_leaves_it_whole(lane: Lane) -> None:
    worker = lane.start_worker(disturb="pause before write 2")
    lane.send_and_wait(100)
    wait_until(lambda: worker.metric("messages_handled_total") > 0, PROMISE, "the first batch", worker.child.last_words)
    lane.trickle(100, at_once=50)
    assert worker.stop() == 0, worker.child.last_words()
    lane.start_worker()
    lane.settle()
    lane.check()
