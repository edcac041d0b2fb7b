"""What every service is told by its environment; each service adds its own in its settings module."""

from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Settings shared by the five services, read with the prefix `BRANDMEESTER_<SERVICE>_`."""

    service: str = Field(description="name of the service; fixed by its own settings class")
    instance: str = Field(default="", description="name of this replica for static membership, e.g. intake-0")
    host: str = "127.0.0.1"
    port: int
    public_url: str = Field(description="how people and partners reach this service")
    links: dict[str, str] = Field(default_factory=dict, description="base URL of each service, for links only")

    kafka_bootstrap: str
    kafka_username: str
    kafka_password: SecretStr
    mongo_url: str
    mongo_database: str
    parked_key: SecretStr = Field(description="Fernet key that parked messages are encrypted with")

    oidc_issuer: str
    oidc_client_id: str = "brandmeester"
    oidc_client_secret: SecretStr = SecretStr("")
    session_secret: SecretStr

    batch_records: int = Field(default=500, ge=1, description="most records taken in at once")
    log_level: str = "INFO"

    def model_post_init(self, _context: Any) -> None:
        if not self.instance:
            self.instance = f"{self.service}-0"


def environment(service: str) -> SettingsConfigDict:
    """The settings configuration of one service."""
    return SettingsConfigDict(env_prefix=f"BRANDMEESTER_{service.upper()}_", extra="ignore", frozen=False)
