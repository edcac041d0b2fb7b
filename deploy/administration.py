"""Reaching a broker as its administrator: the one of the running platform, or the one the environment names."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from rich.console import Console

from deploy.kafka.access import ADMIN, client_settings
from deploy.kafka.apply import Broker
from deploy.local.credentials import Credentials
from deploy.local.description import Description, NotRunning
from deploy.local.files import data_folder
from deploy.local.partner_passwords import PartnerPasswords
from shared.contracts.catalogue import SERVICES

BOOTSTRAP_SETTING = "BRANDMEESTER_KAFKA_BOOTSTRAP"
PARTNERS_SETTING = "BRANDMEESTER_KAFKA_PARTNERS"
PASSWORD_SETTING = "BRANDMEESTER_KAFKA_PASSWORD"  # noqa: S105 - the name of a setting

notes = Console(stderr=True, highlight=False)
"""Words for people; stdout is kept for what programs read."""


@dataclass(frozen=True)
class LocalPasswords:
    """The passwords of parties that the platform on this machine knows, in its data folder."""

    data: Path

    def set(self, party: str, password: str) -> None:
        """Also where the platform itself relies on it: it keeps one integration for local use."""
        PartnerPasswords(self.data).set(party, password)
        credentials = Credentials(self.data)
        if credentials.integration(party) is None:
            return
        credentials.keep_integration(party, password)
        platform = Description.read(self.data)
        settings = {**platform.integrations[party], "sasl.password": password}
        replace(platform, integrations={**platform.integrations, party: settings}).write(self.data)

    def remove(self, party: str) -> None:
        PartnerPasswords(self.data).remove(party)


@dataclass(frozen=True)
class Administration:
    """A broker, how its administrator signs in, where partners reach it, and the services' passwords."""

    settings: dict[str, str]
    partners_bootstrap: str
    service_passwords: dict[str, str]
    local: LocalPasswords | None = None
    """What the platform on this machine keeps of its parties' passwords."""

    @property
    def broker(self) -> Broker:
        return Broker(self.settings)


def administration() -> Administration:
    """Of the broker that BRANDMEESTER_KAFKA_BOOTSTRAP names, else of the platform that runs on this machine."""
    bootstrap = os.environ.get(BOOTSTRAP_SETTING)
    return _of_environment(bootstrap) if bootstrap else _of_local_platform()


def _of_environment(bootstrap: str) -> Administration:
    of_services = {name: f"BRANDMEESTER_{name.upper()}_KAFKA_PASSWORD" for name in SERVICES}
    found = {name: os.environ.get(name, "") for name in (PASSWORD_SETTING, *of_services.values())}
    missing = [name for name, value in found.items() if not value]
    if missing:
        notes.print(f"{BOOTSTRAP_SETTING} is set, but not: {', '.join(missing)}")
        raise typer.Exit(1)
    return Administration(
        settings=client_settings(bootstrap, ADMIN, found[PASSWORD_SETTING]),
        partners_bootstrap=os.environ.get(PARTNERS_SETTING, bootstrap),
        service_passwords={name: found[setting] for name, setting in of_services.items()},
    )


def _of_local_platform() -> Administration:
    data = data_folder()
    try:
        platform = Description.read(data)
    except NotRunning as reason:
        notes.print(str(reason))
        raise typer.Exit(1) from None
    credentials = Credentials(data)
    return Administration(
        settings=client_settings(platform.kafka_services, ADMIN, credentials.kafka_password(ADMIN)),
        partners_bootstrap=platform.kafka_partners,
        service_passwords={name: credentials.kafka_password(name) for name in SERVICES},
        local=LocalPasswords(data),
    )
