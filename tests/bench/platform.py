"""A whole platform for a benchmark, started as a user would, and what its processes cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.access import ADMIN, client_settings
from deploy.local.credentials import Credentials
from deploy.local.description import Description
from deploy.local.process import read_pid
from shared.contracts.catalogue import SERVICES
from tests.stack import Stack, free_port_base

PATIENCE_SECONDS = 300.0
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Platform:
    """The five services with the Kafka and MongoDB they run on."""

    description: Description
    stack: Stack
    pid_files: Mapping[str, Path]

    def port(self, service: str) -> int:
        return int(self.description.services[service].rpartition(":")[2])

    def cpu_seconds(self) -> dict[str, float]:
        """What each process has used so far, user and system together."""
        return {name: _cpu_seconds(read_pid(path)) for name, path in self.pid_files.items()}


@contextmanager
def running_platform() -> Iterator[Platform]:
    """A platform with a data folder and ports of its own."""
    with tempfile.TemporaryDirectory(prefix="brandmeester-bench-") as folder:
        data, port_base = Path(folder), free_port_base()
        settings = {"BRANDMEESTER_DATA": folder, "BRANDMEESTER_PORT_BASE": str(port_base)}
        with (data / "up.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.cli", "up"],
                env={**os.environ, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait(process, data)
            yield _platform(data)
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (data / "platform.json").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the platform did not come up:\n{(data / 'up.log').read_text()[-4000:]}")
        time.sleep(0.2)


def _platform(data: Path) -> Platform:
    description, credentials = Description.read(data), Credentials(data)
    stack = Stack(
        kafka_bootstrap=description.kafka_services,
        kafka_partners=description.kafka_partners,
        kafka_admin=client_settings(description.kafka_services, ADMIN, credentials.kafka_password(ADMIN)),
        kafka_passwords={name: credentials.kafka_password(name) for name in SERVICES},
        mongo_url=description.mongo,
        data=data,
    )
    services = {name: data / "run" / f"{name}.pid" for name in SERVICES}
    return Platform(
        description, stack, {**services, "Kafka": data / "kafka" / "pid", "MongoDB": data / "mongo" / "pid"}
    )


def _cpu_seconds(pid: int | None) -> float:
    # The command's name stands in brackets and may hold anything; what is counted comes after it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND
