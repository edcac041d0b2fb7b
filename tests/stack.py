"""Where tests find a Kafka and a MongoDB, in this order: the environment, Docker, the embedded stack."""

import json
import os
import random
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.access import ADMIN, client_settings
from deploy.local.credentials import Credentials
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.ports import Ports
from deploy.local.process import LOCALHOST
from shared.contracts.catalogue import SERVICES
from tests.containers import images_are_here, in_containers


@dataclass(frozen=True)
class Stack:
    """Addresses of a real Kafka and MongoDB, and how to sign in to them."""

    kafka_bootstrap: str
    """The listener that services use."""
    kafka_partners: str
    """The listener that partners and integrations use."""
    kafka_admin: dict[str, str]
    """The super user's settings, in librdkafka's names."""
    kafka_passwords: dict[str, str]
    """By service; the users exist once `platform_broker` applied the catalogue."""
    mongo_url: str
    """Signed in as administrator."""
    data: Path | None = None
    """The data folder of an embedded stack."""

    @property
    def kafka_admin_password(self) -> str:
        return self.kafka_admin["sasl.password"]

    def kafka_settings(self, user: str, password: str) -> dict[str, str]:
        """Another user's settings on the same listener."""
        return client_settings(self.kafka_bootstrap, user, password)


@contextmanager
def stack_for_tests() -> Iterator[Stack]:
    named = _stack_from_environment()
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="brandmeester-test-") as folder:
        with own_stack(Path(folder)) as stack:
            yield stack


class LegibleMongo(Mongo):
    """Packs nothing, so that a test can look in its files for what must not be there."""

    def arguments(self) -> list[str]:
        packing = ("CollectionBlock", "Journal")
        return [*super().arguments(), *(part for of in packing for part in (f"--wiredTiger{of}Compressor", "none"))]


@contextmanager
def own_stack(data: Path) -> Iterator[Stack]:
    """A stack on free ports: in containers where their images are here, embedded otherwise."""
    ports, credentials = Ports(free_port_base()), Credentials(data)
    kafka, mongo = Kafka(data, ports, credentials), LegibleMongo(data, ports, credentials)
    docker = images_are_here()
    with in_containers(kafka, mongo) if docker else _embedded(kafka, mongo):
        yield Stack(
            kafka_bootstrap=kafka.services_bootstrap,
            kafka_partners=kafka.partners_bootstrap,
            kafka_admin=kafka.admin_settings(),
            kafka_passwords={name: credentials.kafka_password(name) for name in SERVICES},
            mongo_url=mongo.url(),
            data=None if docker else data,
        )


@contextmanager
def _embedded(kafka: Kafka, mongo: Mongo) -> Iterator[None]:
    """The way `brandmeester up` does it."""
    with ExitStack() as stops:
        for part in (mongo, kafka):
            stops.callback(part.stop)
        mongo.start()
        kafka.start(lambda fetched, of: None)
        mongo.wait()
        kafka.wait()
        yield


def free_port_base() -> int:
    """A base whose ports nobody uses; below the range from which the kernel hands out ports."""
    for base in random.sample(range(10_000, 32_000, 100), 100):
        if all(_is_free(port) for port in Ports(base).by_name().values()):
            return base
    raise RuntimeError("found no free range of ports")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOCALHOST, port)) != 0


def _stack_from_environment() -> Stack | None:
    """BRANDMEESTER_TEST_KAFKA, _KAFKA_PARTNERS, _KAFKA_PASSWORD (of admin) and _MONGO, all or none."""
    prefix = "BRANDMEESTER_TEST_"
    bootstrap, mongo = os.environ.get(f"{prefix}KAFKA"), os.environ.get(f"{prefix}MONGO")
    if not bootstrap or not mongo:
        return None
    password = os.environ[f"{prefix}KAFKA_PASSWORD"]
    return Stack(
        kafka_bootstrap=bootstrap,
        kafka_partners=os.environ.get(f"{prefix}KAFKA_PARTNERS", bootstrap),
        kafka_admin=client_settings(bootstrap, ADMIN, password),
        kafka_passwords=json.loads(os.environ.get(f"{prefix}KAFKA_PASSWORDS", "{}"))
        or {name: f"{name}-{password}" for name in SERVICES},
        mongo_url=mongo,
    )
