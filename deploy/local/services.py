"""The five services and the sign-in as child processes, each told its settings by its own environment."""

import json
import os
import sys
from pathlib import Path

from deploy.local.credentials import Credentials
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.ports import Ports
from deploy.local.process import Child
from deploy.local.supervision import Supervised
from deploy.local.token import CLIENT_ID
from shared.contracts.catalogue import SERVICES


def public_urls(ports: Ports) -> dict[str, str]:
    """How a browser on this machine reaches each service."""
    return {name: f"http://localhost:{ports.service(name)}" for name in SERVICES}


def issuer(ports: Ports) -> str:
    return f"http://localhost:{ports.sign_in}"


def service_environment(name: str, kafka: Kafka, mongo: Mongo, credentials: Credentials) -> dict[str, str]:
    """The settings of one service as its settings module reads them."""
    ports, urls = kafka.ports, public_urls(kafka.ports)
    settings = {
        "PORT": str(ports.service(name)),
        "PUBLIC_URL": urls[name],
        "LINKS": json.dumps(urls),
        "INSTANCE": f"{name}-0",
        "KAFKA_BOOTSTRAP": kafka.services_bootstrap,
        "KAFKA_USERNAME": name,
        "KAFKA_PASSWORD": credentials.kafka_password(name),
        "MONGO_URL": mongo.url(name),
        "MONGO_DATABASE": name,
        "OIDC_ISSUER": issuer(ports),
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": credentials.oidc_client_secret,
        **{key.upper(): value for key, value in credentials.service(name).items()},
    }
    return {f"BRANDMEESTER_{name.upper()}_{key}": value for key, value in settings.items()}


def supervised_service(name: str, data: Path, settings: dict[str, str]) -> Supervised:
    return _supervised(name, f"services.{name}", data, settings)


def supervised_sign_in(data: Path, ports: Ports) -> Supervised:
    settings = {"BRANDMEESTER_SIGN_IN_PORT": str(ports.sign_in), "BRANDMEESTER_SIGN_IN_DATA": str(data)}
    return _supervised("sign-in", "deploy.local.sign_in", data, settings)


def _supervised(name: str, module: str, data: Path, settings: dict[str, str]) -> Supervised:
    command = [sys.executable, "-m", module]
    child = Child(name, command, data / "logs" / f"{name}.log", data / "run" / f"{name}.pid")
    return Supervised(child, {**os.environ, **settings})
