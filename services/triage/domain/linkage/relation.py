"""What two signals about the same situation are to each other: the same report twice, or two who saw the same.

A cluster is neither: its signals are about different situations, close in place and time (`domain/detection`).
"""

from enum import StrEnum

from shared.vocabulary import Channel


class Relation(StrEnum):
    """Both are about the same situation; what differs is who tells it."""

    DUPLICATE = "duplicate"
    CORROBORATION = "corroboration"


def relation_of(one: tuple[Channel, str | None], other: tuple[Channel, str | None]) -> Relation:
    """Of two sources, each a channel and the party that sent it, if one did.

    Reporters have no name here, so two who come by the same anonymous door cannot be told apart: their reports are
    taken for the same one twice. To count somebody double would be worse than to miss that there were two.
    """
    return Relation.DUPLICATE if source_of(*one) == source_of(*other) else Relation.CORROBORATION


def source_of(channel: Channel, party: str | None) -> str:
    """What is counted as one source: a party, whichever door it uses, or an anonymous door."""
    return party or channel.value
