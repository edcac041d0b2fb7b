"""The command `brandmeester`: run a platform on this machine and look after the broker of any."""

import platform as machine
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import typer
from confluent_kafka import KafkaException
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from deploy import parked, partners, topics, triage
from deploy.console import TerminalProgress, show_platform
from deploy.local.description import Description, NotRunning
from deploy.local.files import data_folder
from deploy.local.lock import AlreadyRunning, holder, only_one
from deploy.local.ports import Ports
from deploy.local.process import StackError, end_process

STOP_PATIENCE_SECONDS = 90.0


class _Sentences(TyperGroup):
    """Commands that say in a sentence, not in a traceback, that Kafka or MongoDB cannot be reached."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except PyMongoError as error:
            _errors.print(f"MongoDB does not answer ({type(error).__name__}). Try again once it does.", soft_wrap=True)
        except KafkaException as error:
            _errors.print(Text(f"Kafka did not do that: {error.args[0].str()}"), soft_wrap=True)
        except TimeoutError:
            _errors.print("Kafka does not answer. Try again once it does.", soft_wrap=True)
        raise typer.Exit(1)


app = typer.Typer(
    cls=_Sentences,
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # else each line of a docstring keeps its end, wherever the terminal's is
)
app.add_typer(topics.app, name="topics")
app.add_typer(partners.partners, name="partners")
app.add_typer(partners.integrations, name="integrations")
app.add_typer(parked.app, name="parked")
app.add_typer(triage.app, name="triage")

_console = Console()
_errors = Console(stderr=True, highlight=False)


class _Stop(Exception):
    """Somebody asked the platform to stop."""


@app.command()
def up() -> None:
    """Start Kafka, MongoDB, sign-in and the five services here, and run until Ctrl-C."""
    _require_linux()
    data = data_folder()
    with _refusals():
        ports = Ports.from_environment()
        with only_one(data):
            _run(ports)


@app.command()
def down() -> None:
    """Stop the platform of this data folder, wherever it was started."""
    pid = holder(data_folder())
    if pid is None:
        _console.print("No platform is running here.")
        return
    _console.print("Stopping …")
    end_process(pid, STOP_PATIENCE_SECONDS)
    _console.print("Stopped.")


def _run(ports: Ports) -> None:
    # Only `up` needs the sign-in provider and the rest of the stack.
    from deploy.local.platform import Platform

    progress = TerminalProgress(_console)
    platform = Platform(data_folder(), ports, progress)
    try:
        with suppress(_Stop), _stopping_on_signals():
            description = platform.start()
            progress.close()
            show_platform(_console, description)
            platform.watch()
    finally:
        # Asking twice must not leave anything behind half stopped.
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        progress.close()
        _console.print("Stopping …")
        platform.stop()
        _console.print("Stopped.")


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _Stop

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, stop)
    yield


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be done is said in a sentence, not in a traceback."""
    try:
        yield
    except AlreadyRunning:
        _errors.print(_already_running(), soft_wrap=True)
        raise typer.Exit(1) from None
    except (StackError, ValueError) as refusal:
        _errors.print("[red]✗[/]", Text(str(refusal)), soft_wrap=True)
        raise typer.Exit(1) from None


def _already_running() -> str:
    data = data_folder()
    try:
        address = Description.read(data).services["triage"]
    except NotRunning:
        return f"A platform is already starting with the data in {data}."
    return f"A platform is already running with the data in {data}, at {address}. `make down` stops it."


def _require_linux() -> None:
    if sys.platform != "linux" or machine.machine() != "x86_64":
        _errors.print("The embedded stack runs on Linux x86-64. Elsewhere, use docker-compose.yml.")
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
