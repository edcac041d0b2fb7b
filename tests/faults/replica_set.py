"""Three database servers as one set, for what a single one cannot show: a primary that steps down or dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from deploy.local.credentials import Credentials
from deploy.local.mongo import ADMIN, REPLICA_SET, Mongo
from deploy.local.ports import Ports
from deploy.local.process import LOCALHOST, read_pid
from tests.faults.form import PROMISE
from tests.faults.harness import wait_until
from tests.stack import free_port_base


class ReplicaSet:
    """The servers, by their address."""

    def __init__(self, data: Path) -> None:
        self._credentials = Credentials(data)
        self.servers = {
            mongo.address: mongo
            for number in range(3)
            for mongo in [Mongo(data / f"mongo-{number}", Ports(free_port_base()), self._credentials)]
        }

    @property
    def url(self) -> str:
        password = quote(self._credentials.mongo_password(ADMIN))
        return f"mongodb://{ADMIN}:{password}@{','.join(self.servers)}/?replicaSet={REPLICA_SET}&authSource=admin"

    def start(self) -> None:
        for server in self.servers.values():
            server.start()
        for address in self.servers:
            wait_until(partial(_answers, address), PROMISE, f"{address}'s first answer")
        members = [{"_id": number, "host": address} for number, address in enumerate(self.servers)]
        with _direct(next(iter(self.servers))) as client:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        wait_until(lambda: self.primary() is not None, PROMISE, "the first primary")
        with _direct(self.primary() or "") as client:
            client.admin.command(
                "createUser", ADMIN, pwd=self._credentials.mongo_password(ADMIN), roles=["root"], writeConcern={"w": 3}
            )

    def stop(self) -> None:
        for server in self.servers.values():
            server.stop()

    def primary(self) -> str | None:
        return next((address for address in self.servers if _answers(address, primary=True)), None)

    def step_down(self) -> None:
        """Ask the primary to be none for a while."""
        with MongoClient[dict[str, Any]](self.url) as client:
            # The connection may end with the primacy.
            with suppress(AutoReconnect, OperationFailure):
                client.admin.command("replSetStepDown", 10)

    def kill_primary(self) -> Mongo:
        """Kill the primary; answers the server, to be started again."""
        address = self.primary()
        assert address is not None
        server = self.servers[address]
        pid = read_pid(server.data / "mongo" / "pid")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not server.running(), 10, "the primary's end")
        return server


@contextmanager
def replica_set(data: Path) -> Iterator[ReplicaSet]:
    servers = ReplicaSet(data)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


def _direct(address: str) -> MongoClient[dict[str, Any]]:
    host, port = address.split(":")
    return MongoClient(host or LOCALHOST, int(port), directConnection=True, serverSelectionTimeoutMS=2_000)


def _answers(address: str, primary: bool = False) -> bool:
    with _direct(address) as client:
        try:
            hello = client.admin.command("hello")
        except PyMongoError:
            return False
    return bool(hello["isWritablePrimary"]) or not primary
