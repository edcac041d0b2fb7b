"""A child that dies comes back after a pause; a child does not outlive its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.local.process import Child, StackError, command_of, read_pid
from deploy.local.supervision import STEADY_SECONDS, Supervised


def child(tmp_path: Path, code: str) -> Child:
    return Child("helper", [sys.executable, "-c", code], tmp_path / "helper.log", tmp_path / "helper.pid")


def wait_for(path: Path) -> str:
    for _ in range(100):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.05)
    raise AssertionError(f"{path} did not come")


def test_a_child_that_dies_is_started_again_at_once(tmp_path: Path) -> None:
    supervised = Supervised(child(tmp_path, "import time; time.sleep(60)"), os.environ)
    supervised.start()
    first = read_pid(tmp_path / "helper.pid")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    supervised.child._process.wait(10)  # type: ignore[union-attr]
    assert "ended with code -9 and was started again" in (supervised.look() or "")
    assert supervised.child.running()
    assert read_pid(tmp_path / "helper.pid") != first
    supervised.child.stop()


def test_a_child_that_dies_again_is_started_again_after_a_longer_pause_each_time(tmp_path: Path) -> None:
    supervised = Supervised(child(tmp_path, "raise SystemExit(3)"), os.environ)
    supervised.start()
    pauses = []
    for _ in range(4):
        supervised.child._process.wait(10)  # type: ignore[union-attr]
        assert "ended with code 3" in (supervised.look() or "")
        pauses.append(supervised.pause)
        if supervised.due is not None:
            assert supervised.look() is None
            supervised.due = 0.0
            assert supervised.look() == "helper started again."
    assert pauses == [1.0, 1.0, 2.0, 4.0]
    supervised.child.stop()


def test_a_child_that_ran_steadily_starts_again_at_once_whatever_was_before(tmp_path: Path) -> None:
    supervised = Supervised(child(tmp_path, "raise SystemExit(3)"), os.environ, pause=16.0, failures=5)
    supervised.start()
    supervised.started -= STEADY_SECONDS + 1
    supervised.child._process.wait(10)  # type: ignore[union-attr]
    assert "was started again" in (supervised.look() or "")
    assert supervised.failures == 1
    supervised.child.stop()


def test_a_child_that_ends_while_starting_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    failing = child(tmp_path, "print('no disk left'); raise SystemExit(1)")
    failing.start()
    with pytest.raises(StackError, match=r"(?s)helper ended while starting.*no disk left"):
        failing.wait_until(lambda: False, 10)


def test_a_child_that_ignores_the_request_to_stop_is_stopped_all_the_same(tmp_path: Path) -> None:
    stubborn = child(
        tmp_path, "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    stubborn.start()
    wait_for(tmp_path / "helper.log")
    stubborn.stop(patience=0.2)
    assert stubborn.exit_code == -signal.SIGKILL


def test_a_child_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from deploy.local.process import Child\n"
        f"Child('helper', [sys.executable, '-c', 'import time; time.sleep(60)'], Path({str(tmp_path)!r}, 'log'),"
        f" Path({str(tmp_path)!r}, 'pid')).start(); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    pid = int(wait_for(tmp_path / "pid"))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while command_of(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not command_of(pid)


def test_a_child_that_a_killed_platform_left_behind_is_ended_first(tmp_path: Path) -> None:
    left = child(tmp_path, "import time; time.sleep(60)")
    left.start()
    first = read_pid(tmp_path / "helper.pid")
    again = child(tmp_path, "import time; time.sleep(60)")
    again.start()
    left.stop()
    assert left.exit_code == -signal.SIGTERM
    assert again.running()
    assert first is not None
    again.stop()
