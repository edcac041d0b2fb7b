"""What the web layer needs to know of a service's settings."""

from collections.abc import Mapping
from typing import Protocol

from pydantic import SecretStr


class WebSettings(Protocol):
    """The fields of a service's settings that sign-in, cookies and links rest on."""

    @property
    def service(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def public_url(self) -> str: ...
    @property
    def oidc_issuer(self) -> str: ...
    @property
    def oidc_client_id(self) -> str: ...
    @property
    def oidc_client_secret(self) -> SecretStr: ...
    @property
    def session_secret(self) -> SecretStr: ...
    @property
    def links(self) -> Mapping[str, str]: ...


def cookie_name(settings: WebSettings, purpose: str) -> str:
    """Cookies ignore ports, so their names carry the service and its port."""
    return f"brandmeester-{purpose}-{settings.port}"


def is_https(settings: WebSettings) -> bool:
    """Whether people reach the service over https, so that cookies may be marked secure."""
    return settings.public_url.startswith("https://")
