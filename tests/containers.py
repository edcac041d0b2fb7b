"""Kafka and MongoDB in containers, for tests on machines where a Docker engine has the images already."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import docker  # type: ignore[import-untyped]
from docker.errors import DockerException  # type: ignore[import-untyped]
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from deploy.kafka.access import MECHANISM
from deploy.local.files import write_private
from deploy.local.jars import KAFKA_VERSION
from deploy.local.kafka import Kafka, as_properties
from deploy.local.mongo import Mongo
from deploy.local.process import Program

KAFKA_IMAGE = f"apache/kafka:{KAFKA_VERSION}"
MONGO_IMAGE = "mongo:6.0"


def images_are_here() -> bool:
    """Whether a Docker engine answers and has both images; nothing is fetched."""
    try:
        engine = docker.from_env(timeout=3)
        for image in (KAFKA_IMAGE, MONGO_IMAGE):
            engine.images.get(image)
    except (DockerException, OSError):
        return False
    return True


class Container(Program):
    """One container, seen as a program of the stack."""

    def __init__(self, name: str, container: DockerContainer) -> None:
        self.name = name
        self._container = container

    def running(self) -> bool:
        wrapped = self._container.get_wrapped_container()
        wrapped.reload()
        return bool(wrapped.status == "running")

    def stop(self, patience: float = 20.0) -> None:
        self._container.stop()

    def last_words(self) -> str:
        out, err = self._container.get_logs()
        return (out + err).decode(errors="replace")[-2000:]


@contextmanager
def in_containers(kafka: Kafka, mongo: Mongo) -> Iterator[None]:
    """Both, started with the settings of the embedded stack and stopped at the end."""
    # Everything is stopped here; no second container has to watch over that.
    testcontainers_config.ryuk_disabled = True
    with ExitStack() as stops:
        for part, name, container in (
            (mongo, "MongoDB", _mongo(mongo)),
            (kafka, "Kafka", _kafka(kafka)),
        ):
            container.start()
            part.attach(Container(name, container))
            stops.callback(part.stop)
        mongo.wait()
        kafka.wait()
        yield


def _mongo(mongo: Mongo) -> DockerContainer:
    return _container(MONGO_IMAGE, mongo.data, "mongod", mongo.arguments())


def _kafka(kafka: Kafka) -> DockerContainer:
    settings = kafka.folder / "server.properties"
    # The class behind plain passwords is not in the image; SCRAM serves the tests.
    listener = "listener.name.partners"
    kept = {key: value for key, value in kafka.settings().items() if f"{listener}.plain." not in key}
    write_private(settings, as_properties({**kept, f"{listener}.sasl.enabled.mechanisms": MECHANISM}))
    run = (
        f"/opt/kafka/bin/kafka-storage.sh @{kafka.format_arguments(settings)}"
        f" && exec /opt/kafka/bin/kafka-server-start.sh {settings}"
    )
    container = _container(KAFKA_IMAGE, kafka.data, "sh", ["-c", run])
    return container.with_env("LOG_DIR", "/tmp/kafka-logs").with_env("KAFKA_HEAP_OPTS", "-Xmx384m")


def _container(image: str, data: Path, entrypoint: str, arguments: list[str]) -> DockerContainer:
    """On the host's network and as this user, so that ports and files are those of the embedded stack."""
    return (
        DockerContainer(image)
        .with_volume_mapping(str(data), str(data), "rw")
        .with_kwargs(entrypoint=[entrypoint], network_mode="host", user=f"{os.getuid()}:{os.getgid()}")
        .with_command(arguments)
    )
