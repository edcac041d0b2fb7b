"""One platform per data folder: whoever runs it holds a lock that the kernel takes back when it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.process import read_pid


class AlreadyRunning(Exception):
    """Another process runs the platform of this data folder."""


def _path(data: Path) -> Path:
    return data / "up.lock"


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the folder's lock, with our process id in it for whoever wants to stop us."""
    # Kafka leaves its files open to everyone.
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _path(data).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(data: Path) -> int | None:
    """The process that runs the platform of this folder now."""
    path = _path(data)
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return read_pid(path)
    return None
