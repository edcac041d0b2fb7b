"""`brandmeester parked`: messages that could not be taken in, and what to do with them."""

from __future__ import annotations

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from deploy.administration import notes
from deploy.local.credentials import Credentials
from deploy.local.description import Description, NotRunning
from deploy.local.files import data_folder
from shared.bus.parked import REASON_LENGTH, ParkedRow
from shared.bus.store import BusStore
from shared.contracts.catalogue import SERVICES
from shared.mongo import Database

app = typer.Typer(help="Messages that could not be taken in: list, show, replay, discard, discarded.")

Service = Annotated[str, typer.Argument(help=f"one of {', '.join(SERVICES)}")]
Place = Annotated[str, typer.Argument(help="where the message was: TOPIC/PARTITION/OFFSET, as `list` shows it")]

NAME_LENGTH = 100
"""The most signs of the name of who gives a record up."""

T = TypeVar("T")


@dataclass(frozen=True)
class Shelf:
    """Where one service keeps what it could not take in: its database, and the key that opens the content."""

    mongo: str
    database: str
    key: str

    def ask(self, question: Callable[[BusStore], Awaitable[T]]) -> T:
        async def asked() -> T:
            database = Database(self.mongo, self.database, [])
            try:
                return await question(BusStore(database, self.key))
            finally:
                await database.stop()

        return asyncio.run(asked())


def shelves() -> dict[str, Shelf]:
    """By service: those whose settings stand in the environment, as in their containers, else the platform's here."""
    return _of_environment() or _of_local_platform()


@app.command("list")
def list_parked() -> None:
    """Every parked message of every service within reach, the longest parked first."""
    found = {service: shelf.ask(_oldest_and_count) for service, shelf in shelves().items()}
    if not any(count for _, count in found.values()):
        notes.print("Nothing is parked: every message was taken in.")
        return
    # Whole lines, whatever the screen's width: service and message are what `show` wants to be told.
    for service, (parked, count) in found.items():
        for row in parked:
            print(f"{service} {row.id}  parked {_ago(row.parked_at)}, attempts {row.attempts}: {_harmless(row.error)}")
        if count > len(parked):
            notes.print(f"{service}: the oldest {len(parked)} of {count}; the others follow when these are gone.")


async def _oldest_and_count(store: BusStore) -> tuple[list[ParkedRow], int]:
    return await store.parked(), (await store.parked_count_and_oldest())[0]


@app.command()
def discarded() -> None:
    """What was given up in every service within reach, the newest first: messages that are missing for good."""
    gaps = {service: shelf.ask(BusStore.gaps) for service, shelf in shelves().items()}
    if not any(gaps.values()):
        notes.print("Nothing was ever given up.")
    for service, given_up in gaps.items():
        for gap in given_up:
            told = _harmless(f"by {gap.by}: {gap.why} ({gap.error})")
            print(f"{service} {gap.id}  {gap.at.isoformat(timespec='minutes')}, {told}")


@app.command()
def show(service: Service, message: Place) -> None:
    """One parked message whole: why it is parked, its headers and its body."""
    row = _found(_shelf_of(service).ask(lambda store: store.parked_row(message)))
    print(f"message   {row.id}")
    print(f"parked    {row.parked_at.isoformat()} ({row.attempts} attempts)")
    print(f"error     {_harmless(row.error)}")
    print(f"key       {_readable(row.key)}")
    for name, value in row.headers:
        print(f"header    {_harmless(name)}: {_readable(value)}")
    print(f"body      {_readable(row.value)}")


@app.command()
def replay(service: Service, message: Place) -> None:
    """Ask the service to take a message in again, with all that waits behind it."""
    if not _shelf_of(service).ask(lambda store: store.ask_back(message)):
        notes.print("No such message is parked, or it waits behind another: replay that one.")
        raise typer.Exit(1)
    notes.print("Asked. `brandmeester parked list` shows whether it was taken in.")


@app.command()
def discard(
    service: Service,
    message: Place,
    reason: Annotated[str, typer.Option(help="why it is given up; kept on record")],
    by: Annotated[str, typer.Option(help="who gives it up; kept on record", default_factory=getpass.getuser)],
) -> None:
    """Give a message up for good; that it is missing stays on record."""
    reason, by = reason.strip(), by.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise typer.BadParameter(f"say in 1 to {REASON_LENGTH} signs why it is given up", param_hint="--reason")
    if not by or len(by) > NAME_LENGTH:
        raise typer.BadParameter(f"say in 1 to {NAME_LENGTH} signs who gives it up", param_hint="--by")
    if not _shelf_of(service).ask(lambda store: store.discard(message, by, reason)):
        notes.print("No such message is parked.")
        raise typer.Exit(1)
    notes.print("Discarded; the gap is on record.")


def _shelf_of(service: str) -> Shelf:
    if service not in SERVICES:
        raise typer.BadParameter(f"not a service: {service}; one of {', '.join(SERVICES)}")
    found = shelves()
    if service not in found:
        notes.print(f"From here only {', '.join(found)} can be reached. In compose: `docker compose exec {service} …`.")
        raise typer.Exit(1)
    return found[service]


def _of_environment() -> dict[str, Shelf]:
    found = {}
    for service in SERVICES:
        names = [f"BRANDMEESTER_{service.upper()}_{part}" for part in ("MONGO_URL", "MONGO_DATABASE", "PARKED_KEY")]
        values = [os.environ.get(name, "") for name in names]
        if all(values):
            found[service] = Shelf(*values)
    return found


def _of_local_platform() -> dict[str, Shelf]:
    try:
        platform = Description.read(data_folder())
    except NotRunning as reason:
        notes.print(str(reason))
        raise typer.Exit(1) from None
    credentials = Credentials(data_folder())
    keys = {service: credentials.service(service)["parked_key"] for service in SERVICES}
    return {service: Shelf(platform.mongo, service, key) for service, key in keys.items()}


def _found(row: ParkedRow | None) -> ParkedRow:
    if row is None:
        notes.print("No such message is parked.")
        raise typer.Exit(1)
    return row


def _ago(moment: datetime) -> str:
    seconds = round((datetime.now(UTC) - moment).total_seconds())
    return f"{seconds // 3600} h {seconds % 3600 // 60} min ago" if seconds >= 60 else f"{seconds} s ago"


def _readable(raw: bytes | None) -> str:
    return "-" if raw is None else _harmless(raw.decode(errors="backslashreplace"))


def _harmless(text: str) -> str:
    """What strangers wrote, without what would command a terminal or turn the order of its signs."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
