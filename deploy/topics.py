"""`brandmeester topics`: what the catalogue says, on the screen, on the broker and as a document."""

import json
import os
from datetime import timedelta

import typer
from rich.console import Console
from rich.table import Table

from deploy import __version__
from deploy.administration import PARTNERS_SETTING, administration, notes
from deploy.kafka.apply import ApplyError
from deploy.local.ports import Ports
from deploy.local.process import LOCALHOST
from shared.contracts.asyncapi import asyncapi as asyncapi_document
from shared.contracts.catalogue import TOPICS, Topic, inbound_topic, partner_topic

app = typer.Typer(help="Topics of the catalogue: list them, apply them to the broker, describe them.")


@app.command("list")
def list_topics() -> None:
    """Every topic with its owner, readers, key, partitions and how long it is kept."""
    table = Table(box=None)
    for column in ("topic", "owner", "readers", "key", "partitions", "kept"):
        table.add_column(column, no_wrap=column in ("topic", "owner", "readers"), overflow="fold")
    for topic in (*TOPICS, inbound_topic("<party>"), partner_topic("<party>")):
        readers = "\n".join(topic.readers)
        table.add_row(topic.name, topic.owner, readers, topic.key, str(topic.partitions), _kept(topic))
    Console().print(table)


@app.command()
def apply() -> None:
    """Make topics, users and access rights as the catalogue says, and take away what it no longer gives."""
    target = administration()
    try:
        changes = target.broker.apply_catalogue(target.service_passwords)
    except ApplyError as reason:
        notes.print(f"[red]✗[/] {reason}")
        raise typer.Exit(1) from None
    for change in changes:
        notes.print(change)
    notes.print(f"{len(changes)} changes." if changes else "Nothing to change.")


@app.command()
def asyncapi() -> None:
    """Print the AsyncAPI document of the whole platform."""
    bootstrap = os.environ.get(PARTNERS_SETTING) or f"{LOCALHOST}:{Ports.from_environment().kafka_partners}"
    document = asyncapi_document(__version__, bootstrap)
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _kept(topic: Topic) -> str:
    if topic.compacted:
        return "last per key"
    return "for good" if topic.retention is None else f"{topic.retention // timedelta(days=1)} days"
