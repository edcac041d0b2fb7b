"""What `up` says to people, in lines that also read well in a file."""

from rich.console import Console
from rich.status import Status
from rich.table import Table

from deploy.local.description import Description

OPENING_PAGES = {
    "intake": "reporting what you see, also without an account",
    "triage": "cases with their grade and their clock",
    "planning": "interventions, consultations and the network map",
    "reporting": "reports and who gets them",
    "crossborder": "authorities across the border",
}


class TerminalProgress:
    """Finished steps stay as lines; what goes on now is shown in place on a terminal and left out elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None

    def done(self, what: str) -> None:
        self._console.print(f"[green]✓[/] {what}", highlight=False, soft_wrap=True)

    def warn(self, what: str) -> None:
        self._console.print(f"[yellow]![/] {what}", highlight=False, soft_wrap=True)

    def busy(self, what: str) -> None:
        if not self._console.is_terminal:
            return
        if self._status is None:
            self._status = self._console.status(what)
            self._status.start()
        self._status.update(what)

    def close(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def show_platform(console: Console, platform: Description) -> None:
    """Where everything is and who can sign in."""
    addresses = Table(title="Brandmeester is running", title_justify="left", title_style="bold")
    for column in ("service", "address", "for"):
        addresses.add_column(column)
    for name, url in platform.services.items():
        addresses.add_row(name, url, OPENING_PAGES[name])
    addresses.add_row("sign-in", platform.issuer, "tokens for programs: docs/how-to/hand-in-signals.md")
    addresses.add_row("Kafka, partners", platform.kafka_partners, "brandmeester partners add <party>")
    addresses.add_row("Kafka, services", platform.kafka_services, "")
    people = Table(title="Sign-ins: choose a name, there are no passwords", title_justify="left", title_style="bold")
    for column in ("sign-in", "name", "organisation", "roles"):
        people.add_column(column)
    for user in platform.users:
        people.add_row(user["sub"], user["name"], user["organisation"], ", ".join(user["roles"]))
    console.print(addresses)
    console.print(people)
    console.print("Press Ctrl-C to stop. Logs are in the folder logs of the data folder.", highlight=False)
