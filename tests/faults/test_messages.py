"""Messages that come twice, late, broken or not at all."""

import json
import random
import signal
import time
from collections.abc import Callable

from tests.faults.form import FORM, PROMISE
from tests.faults.harness import Lane, Sent, Worker, wait_until

BROKEN: tuple[Callable[[Sent], tuple[bytes | None, bytes, list[tuple[str, bytes | None]]]], ...] = (
    lambda one: (one.subject.encode(), b"{not json", one.headers()),
    lambda one: (one.subject.encode(), one.body(), _with(one, "ce_type", b"nl.brandmeester.signals.received.v9")),
    lambda one: (one.subject.encode(), one.body().replace(b'"situation"', b'"circumstance"'), one.headers()),
    lambda one: (one.subject.encode(), one.body().replace(b'"themes":["work"]', b'"themes":7'), one.headers()),
    lambda one: (None, one.body(), one.headers()),
    lambda one: (one.subject.encode(), one.body(), _with(one, "ce_time", None)),
    lambda one: (one.subject.encode(), one.body(), _with(one, "ce_sequence", b"9" * 30)),
)
"""Not JSON, an unknown version, a missing field, a wrong type, no key, a header without a value, one with too much."""


def _with(one: Sent, header: str, content: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(name, content if name == header else value) for name, value in one.headers()]


def test_one_in_twenty_delivered_twice(lane: Lane) -> None:
    chance = random.Random(5)
    worker = lane.start_worker()
    for _ in range(10):
        signals = lane.send(FORM.storm_signals // 10)
        lane.put(chance.sample(signals, max(1, len(signals) // 20)))
    lane.settle()
    lane.put(chance.sample(lane.sent, len(lane.sent) // 20))
    lane.settle()
    lane.check()
    assert worker.child.running()


def test_a_full_replay_changes_nothing(lane: Lane) -> None:
    lane.start_worker()
    lane.trickle(FORM.storm_signals, at_once=50)
    lane.settle()
    written, told = lane.written_down(), lane.told()
    lane.workers[-1].stop()
    lane.forget_offsets()
    lane.start_worker()
    lane.settle()
    assert lane.written_down() == written
    assert sorted(lane.told()) == sorted(told), "nothing was told again"
    lane.check()


def test_a_new_group_takes_in_what_came_before_it(lane: Lane) -> None:
    lane.send_and_wait(FORM.storm_signals)
    lane.start_worker()
    lane.settle()
    lane.check()


def test_one_in_a_hundred_poisoned_is_parked_and_holds_up_nobody_else(lane: Lane) -> None:
    """Exactly the poison is parked; what lies beside it on its partition is taken in."""
    worker = lane.start_worker()
    poison: set[tuple[int, int]] = set()
    for number in range(FORM.storm_signals // 100):
        lane.send(50)
        once = len(BROKEN)
        for nth, broken in enumerate(BROKEN) if number % once == 0 else [(number, BROKEN[number % once])]:
            lane.flush()
            poison.add(lane.put_raw(*broken(Sent(f"poison-{number}-{nth}", 1, "p1"))))
        lane.send(49)
    lane.settle()
    assert lane.parked() == poison
    assert len(lane.shelf()) == len(poison)
    # Once, and once more where a batch was cut off after it had parked them.
    assert {row["attempts"] for row in lane.shelf()} <= {1, 2}, "nothing is tried again and again"
    assert worker.child.running()
    lane.check()


def test_what_follows_a_parked_message_of_its_subject_waits_until_it_is_dealt_with(lane: Lane) -> None:
    lane.start_worker()
    poisoned, *later = [Sent("poisoned", number, "p1") for number in (1, 2, 3, 4)]
    place = lane.put_raw(b"poisoned", b"{not json", poisoned.headers())
    lane.put(later)
    lane.send(50)
    lane.settle()
    assert lane.parked() == {place}
    assert len(lane.shelf()) == 1 + len(later)
    lane.check()
    lane.discard_parked()
    wait_until(lambda: not lane.shelf(), PROMISE, "the subject going on")
    lane.settle()
    lane.sent += later
    lane.check()


def test_retention_that_passed_a_stopped_service_raises_an_alarm(lane: Lane) -> None:
    """What is gone cannot be made good; that it is gone must be known, and the rest is taken in."""
    lane.start_worker()
    lane.send(100)
    lane.settle()
    lane.workers[-1].stop()
    lane.send_and_wait(100)
    _remove_most(lane)
    worker = lane.start_worker()
    _check_alarm(lane, worker)


def test_retention_that_passed_a_working_service_raises_an_alarm(lane: Lane) -> None:
    """The client alone would go on at the beginning of what is left and say nothing."""
    worker = lane.start_worker()
    lane.send(100)
    lane.settle()
    worker.strike(signal.SIGSTOP)
    try:
        time.sleep(1)
        lane.send_and_wait(100)
        _remove_most(lane)
    finally:
        worker.strike(signal.SIGCONT)
    _check_alarm(lane, worker)


def _remove_most(lane: Lane) -> None:
    lane.remove_before({number: end - 10 for number, end in lane.ends(lane.inbound.name).items()})


def _check_alarm(lane: Lane, worker: Worker) -> None:
    """The service says of exactly what is missing that it is."""
    lane.settle()
    missing = len(lane.sent) - sum(map(len, lane.written_down().values()))
    assert missing > 0
    wait_until(lambda: sum(_told_lost(worker)) == missing, PROMISE, f"an alarm about {missing}", worker.last_words)
    assert worker.metric("offsets_lost_total") == len(_told_lost(worker))


def _told_lost(worker: Worker) -> list[int]:
    lines = [json.loads(line) for line in worker.child.log.read_text().splitlines() if line.startswith("{")]
    return [line["lost"] for line in lines if "lost" in line]
