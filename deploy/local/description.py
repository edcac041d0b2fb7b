"""What a running platform tells programs about itself: platform.json in its data folder."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.files import write_private
from deploy.local.lock import holder


class NotRunning(Exception):
    """No platform runs in this data folder."""


@dataclass(frozen=True)
class Description:
    """Addresses, sign-ins and credentials of one running platform; `token` is a member's bearer token."""

    pid: int
    port_base: int
    services: dict[str, str]
    issuer: str
    users: list[dict[str, Any]]
    kafka_services: str
    kafka_partners: str
    mongo: str
    token: str
    integrations: dict[str, dict[str, str]] = field(default_factory=dict)

    def write(self, data: Path) -> None:
        """Whole or not at all: whoever finds the file can rely on the platform being up."""
        content = {
            "pid": self.pid,
            "portBase": self.port_base,
            "services": self.services,
            "signIn": {"issuer": self.issuer, "users": self.users},
            "kafka": {"services": self.kafka_services, "partners": self.kafka_partners},
            "mongo": self.mongo,
            "integrations": self.integrations,
            "token": self.token,
        }
        write_private(_path(data), json.dumps(content, indent=2) + "\n")

    @classmethod
    def read(cls, data: Path) -> "Description":
        """The platform that runs now; a file left behind by one that died does not count."""
        path = _path(data)
        if holder(data) is None or not path.exists():
            raise NotRunning(f"No platform is running with the data in {data}. Start it with `make up`.")
        content = json.loads(path.read_text())
        return cls(
            pid=content["pid"],
            port_base=content["portBase"],
            services=content["services"],
            issuer=content["signIn"]["issuer"],
            users=content["signIn"]["users"],
            kafka_services=content["kafka"]["services"],
            kafka_partners=content["kafka"]["partners"],
            mongo=content["mongo"],
            integrations=content["integrations"],
            token=content["token"],
        )


def remove_description(data: Path) -> None:
    _path(data).unlink(missing_ok=True)


def _path(data: Path) -> Path:
    return data / "platform.json"
