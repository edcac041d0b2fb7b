"""Child processes that outlive neither their stop nor their parent, with their output in a file."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.local.ports import PORT_BASE_SETTING

LOCALHOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1
LAST_LINES = 15
LOG_LIMIT_BYTES = 20 * 1024 * 1024


class StackError(Exception):
    """The local stack cannot go on; the message says why and what helps."""


def require_free(port: int, used_for: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError as taken:
            raise StackError(
                f"Port {port} ({used_for}) is in use by another program. "
                f"Stop that program, or choose other ports with {PORT_BASE_SETTING}."
            ) from taken


class Program(ABC):
    """Something that was started and is waited for, wherever it runs."""

    name: str

    @abstractmethod
    def running(self) -> bool:
        """Whether it has not ended yet."""

    @abstractmethod
    def stop(self, patience: float = 20.0) -> None:
        """Ask it to stop and wait; make it stop when patience runs out."""

    @abstractmethod
    def last_words(self) -> str:
        """The end of what it wrote, for people who must find out why it failed."""

    def wait_until(self, ready: Callable[[], bool], patience: float) -> None:
        """Ask `ready` until it says yes; if the program ends or takes too long, raise with its last words."""
        deadline = time.monotonic() + patience
        while not ready():
            if not self.running():
                raise StackError(f"{self.name} ended while starting.\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise StackError(f"{self.name} was not ready within {patience:.0f} s.\n{self.last_words()}")
            time.sleep(0.1)


class Child(Program):
    """One program of the stack, in its own process group.

    Ctrl-C on the terminal does not reach it, so that its parent can stop things in order; if the parent is
    killed outright, the kernel asks it to stop. The kernel ties that to the thread that started it: start
    children from a thread that lives as long as they should.
    """

    def __init__(self, name: str, command: Sequence[str], log: Path, pid_file: Path) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._pid_file = pid_file
        self._process: subprocess.Popen[bytes] | None = None
        self._asked_to_stop = False

    def end_leftover(self) -> None:
        """A parent that was killed may leave a child that is still stopping: let it finish, then go on."""
        pid = read_pid(self._pid_file)
        if pid is not None and self._is_mine(command_of(pid)):
            end_process(pid, patience=20.0)
        self._pid_file.unlink(missing_ok=True)

    def _is_mine(self, command: list[str]) -> bool:
        if not command or command[0] != self._command[0]:
            return False
        return command == self._command or str(self._pid_file.parent) in " ".join(command)

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        self.end_leftover()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                env=dict(environment) if environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=_end_with_parent(os.getpid()),
            )
        self._pid_file.parent.mkdir(parents=True, exist_ok=True)
        self._pid_file.write_text(str(self._process.pid))

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Once: some programs take a second request as an order to drop everything."""
        if self.running() and not self._asked_to_stop and self._process is not None:
            self._asked_to_stop = True
            self._process.terminate()

    def stop(self, patience: float = 20.0) -> None:
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def last_words(self) -> str:
        if not self.log.exists():
            return f"It wrote nothing to {self.log}."
        tail = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"Last lines of {self.log}:", *(f"  {line}" for line in tail)])


def _end_with_parent(parent: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above took hold
            os._exit(1)

    return before_exec


def read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def command_of(pid: int) -> list[str]:
    """The command line of a process, empty when there is no such process."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    return [word.decode(errors="replace") for word in words[:-1]]


def end_process(pid: int, patience: float) -> None:
    """Ask a process to stop and wait for it; make it stop when patience runs out."""
    for sign, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        if _gone_within(pid, wait):
            return


def _gone_within(pid: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not command_of(pid):
            return True
        time.sleep(0.1)
    return False
