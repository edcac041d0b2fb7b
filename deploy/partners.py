"""`brandmeester partners` and `integrations`: who reads from the platform and who sends to it from outside."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from deploy.administration import Administration, administration, notes
from deploy.kafka.access import PLAIN, client_settings
from deploy.kafka.apply import Broker
from deploy.kafka.reading import messages, readable
from deploy.kafka.rights import check_party
from deploy.local.credentials import new_password
from shared.contracts.catalogue import inbound_topic, partner_topic

partners = typer.Typer(help="Parties that read their own topic: add, remove, list, read.")
integrations = typer.Typer(help="Parties that send signals over their own topic: add, remove, list.")

Party = Annotated[str, typer.Argument(help="id of the party, for example ggd-vr06")]


def _checked(party: str) -> str:
    try:
        return check_party(party)
    except ValueError as refusal:
        raise typer.BadParameter(str(refusal)) from None


@partners.command("add")
def add_partner(party: Party) -> None:
    """Give a party its topic and a password, and print its client settings (librdkafka's names).

    For a party that is there already this makes a new password; the old one ends.
    """
    target = administration()
    settings = _admit(target, _checked(party), target.broker.admit_partner)
    # The settings of a reader: its group, and from the beginning the first time.
    _print_settings({**settings, "group.id": f"{party}.default", "auto.offset.reset": "earliest"})
    notes.print(f"Read topic {partner_topic(party).name}; group ids must begin with {party}.")


@partners.command("remove")
def remove_partner(party: Party) -> None:
    """End a party's reading; what is on its topic stays until its retention ends."""
    _remove(party, administration(), Broker.partners, Broker.dismiss_partner)


@partners.command("list")
def list_partners() -> None:
    """Every party that reads a topic of its own."""
    for party in administration().broker.partners():
        print(party)


@partners.command("read")
def read_partner(
    party: Party,
    follow: Annotated[bool, typer.Option(help="wait for more")] = False,
    settings: Annotated[
        Path | None, typer.Option(exists=True, help="read as the party itself, with the settings that `add` printed")
    ] = None,
) -> None:
    """Print what a party was sent, from the beginning."""
    topic = partner_topic(_checked(party)).name
    client = _read_settings(settings) if settings else administration().settings
    # Under the party's own prefix, since it may join no other group; no place is kept in it.
    for message in messages(client, topic, group=f"{party}.read", follow=follow):
        print(readable(message), flush=True)


@integrations.command("add")
def add_integration(party: Party) -> None:
    """Give a party its inbound topic and a password, and print its client settings (librdkafka's names).

    For a party that is there already this makes a new password; the old one ends.
    """
    target = administration()
    settings = _admit(target, _checked(party), target.broker.admit_integration)
    # The client would make batches of up to a megabyte, which the broker refuses.
    _print_settings({**settings, "acks": "all", "batch.size": "131072"})
    notes.print(f"Write to topic {inbound_topic(party).name}.")


@integrations.command("remove")
def remove_integration(party: Party) -> None:
    """End a party's sending; what it sent stays until its retention ends."""
    _remove(party, administration(), Broker.integrations, Broker.dismiss_integration)


@integrations.command("list")
def list_integrations() -> None:
    """Every party that sends over a topic of its own."""
    for party in administration().broker.integrations():
        print(party)


def _admit(target: Administration, party: str, admit: Callable[[str, str], None]) -> dict[str, str]:
    known = party in target.broker.users()
    password = new_password()
    admit(party, password)
    if known:
        notes.print(f"{party} was there already: its old password has ended, for sending as for reading.")
    if target.local is None:
        return client_settings(target.partners_bootstrap, party, password)
    target.local.set(party, password)
    return client_settings(target.partners_bootstrap, party, password, PLAIN)


def _remove(
    party: str,
    target: Administration,
    listed: Callable[[Broker], list[str]],
    dismiss: Callable[[Broker, str], None],
) -> None:
    broker = target.broker
    if _checked(party) not in listed(broker):
        notes.print(f"{party} is not there. There are: {', '.join(listed(broker)) or 'none'}.")
        raise typer.Exit(1)
    dismiss(broker, party)
    if target.local is not None and party not in broker.users():
        target.local.remove(party)
    notes.print(f"{party} was removed.")


def _print_settings(settings: dict[str, str]) -> None:
    for key, value in settings.items():
        print(f"{key}={value}")


def _read_settings(path: Path) -> dict[str, str]:
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
