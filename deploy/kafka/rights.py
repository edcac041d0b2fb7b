"""Who may do what on the broker, by the catalogue."""

import re
from dataclasses import dataclass
from typing import Literal

from deploy.kafka.access import ADMIN
from shared.contracts.catalogue import SERVICES, TOPICS, inbound_topic, partner_topic

PARTNER_PREFIX = "partners."
INBOUND_PREFIX = "intake.inbound."

_PARTY = re.compile(r"[a-z][a-z0-9-]{1,40}")
_RESERVED = frozenset({ADMIN, "controller", *SERVICES})


@dataclass(frozen=True)
class Right:
    """One user may read or write one topic, or keep its place in one group; with `prefix`, all so beginning."""

    user: str
    operation: Literal["read", "write"]
    kind: Literal["topic", "group"]
    name: str
    prefix: bool = False

    def __str__(self) -> str:
        return f"{self.user}: {self.operation} {self.kind} {self.name}{'*' if self.prefix else ''}"


def check_party(party: str) -> str:
    """The id of a party, if it can be a user of its own; raises ValueError with the rule otherwise."""
    if not _PARTY.fullmatch(party):
        raise ValueError(f"{party!r} is not a party id: 2 to 41 lower-case letters, digits and hyphens, a letter first")
    if party in _RESERVED:
        raise ValueError(f"{party!r} is a user of the platform itself")
    return party


def service_rights(service: str) -> set[Right]:
    """A service writes what it owns, reads what it is named for, and keeps its own groups."""
    rights = {Right(service, "write", "topic", topic.name) for topic in TOPICS if topic.owner == service}
    rights |= {Right(service, "read", "topic", topic.name) for topic in TOPICS if service in topic.readers}
    rights |= {
        Right(service, "read", "group", service),
        Right(service, "read", "group", f"{service}.", prefix=True),
    }
    # Partners and integrations come and go; the service that serves them is not changed for each.
    if service == partner_topic("any").owner:
        rights.add(Right(service, "write", "topic", PARTNER_PREFIX, prefix=True))
    if service in inbound_topic("any").readers:
        rights.add(Right(service, "read", "topic", INBOUND_PREFIX, prefix=True))
    return rights


def partner_rights(party: str) -> set[Right]:
    return {
        Right(party, "read", "topic", partner_topic(party).name),
        Right(party, "read", "group", f"{party}.", prefix=True),
    }


def integration_rights(party: str) -> set[Right]:
    return {Right(party, "write", "topic", inbound_topic(party).name)}
