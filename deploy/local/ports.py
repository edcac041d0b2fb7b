"""Which port everything listens on: fixed distances from one base, so that platforms can run side by side."""

import os
from dataclasses import dataclass

from shared.contracts.catalogue import SERVICES

PORT_BASE_SETTING = "BRANDMEESTER_PORT_BASE"
DEFAULT_PORT_BASE = 8000
HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class Ports:
    """The ports of one platform."""

    base: int = DEFAULT_PORT_BASE

    def __post_init__(self) -> None:
        if not 1024 <= self.base <= HIGHEST_PORT - 100:
            raise ValueError(f"{PORT_BASE_SETTING} must lie between 1024 and {HIGHEST_PORT - 100}: {self.base}")

    @classmethod
    def from_environment(cls) -> "Ports":
        written = os.environ.get(PORT_BASE_SETTING, str(DEFAULT_PORT_BASE))
        if not written.isdecimal():
            raise ValueError(f"{PORT_BASE_SETTING} must be a number: {written!r}")
        return cls(int(written))

    def service(self, name: str) -> int:
        return self.base + 1 + SERVICES.index(name)

    @property
    def sign_in(self) -> int:
        return self.base + 6

    @property
    def kafka_services(self) -> int:
        return self.base + 11

    @property
    def kafka_partners(self) -> int:
        return self.base + 12

    @property
    def kafka_controller(self) -> int:
        return self.base + 13

    @property
    def mongo(self) -> int:
        return self.base + 21

    def by_name(self) -> dict[str, int]:
        """Every port with what listens on it, in words for people."""
        return {
            **{name: self.service(name) for name in SERVICES},
            "sign-in": self.sign_in,
            "Kafka for services": self.kafka_services,
            "Kafka for partners": self.kafka_partners,
            "the Kafka controller": self.kafka_controller,
            "MongoDB": self.mongo,
        }
