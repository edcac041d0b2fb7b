"""One record from a topic, read into its envelope and its fact."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pydantic import ValidationError

from shared.contracts.envelope import BadEnvelope, Envelope, Fact, fact_class, knows_family
from shared.json_keys import given_twice, read_once

F_co = TypeVar("F_co", bound=Fact, covariant=True)


_MOST_TOLD = 20
_LONGEST_FIELD = 200

Place = tuple[str, int]
"""A topic and the number of one of its partitions."""


class Record(Protocol):
    """What the bus needs of a consumed Kafka record."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(slots=True)
class Message(Generic[F_co]):
    """A fact with its envelope and the topic it came in by.

    `source_subject` is what the high-water mark is kept for: the subject, as told by one system.
    """

    envelope: Envelope
    fact: F_co
    topic: str
    source_subject: str = field(init=False)

    def __post_init__(self) -> None:
        self.source_subject = f"{self.envelope.source.rpartition(':')[2]}:{self.envelope.subject}"

    @property
    def subject(self) -> str:
        return self.envelope.subject


class Unreadable(ValueError):
    """A record that cannot become a message; `faults` are (field, reason) pairs without values.

    Its text is for people: the first faults and how many more there are, since one record may have thousands.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        told = [f"{_shortened(field)}: {reason}" for field, reason in self.faults[:_MOST_TOLD]]
        more = len(self.faults) - len(told)
        super().__init__("; ".join([*told, f"and {more} more"] if more else told))


def read(record: Record, wanted: Container[type[Fact]], *, of_stranger: bool = False) -> Message[Fact] | None:
    """The message in a record, or None for a type this reader has no use for.

    Raises Unreadable for a broken envelope, a missing key, an unknown version of a known type or a body that does
    not fit its contract. A stranger would not notice what is skipped, so of one a type without use and a key that
    comes twice in an object are faults as well; and what it counts is not gone by, since nobody sees to it that it
    counts per subject, by ones, and only its own.
    """
    try:
        envelope = Envelope.of_headers(record.headers)
    except BadEnvelope as fault:
        raise Unreadable([_split(text) for text in fault.faults]) from None
    cls = fact_class(envelope.type)
    if cls is None and knows_family(envelope.type):
        raise Unreadable([("ce_type", "this version is not known here")])
    if cls is None or cls not in wanted:
        if of_stranger:
            raise Unreadable([("ce_type", "this type is not known here")])
        return None
    if not record.key:
        raise Unreadable([("key", "missing")])
    try:
        fact = cls.model_validate_json(record.value or b"")
    except ValidationError as error:
        raise Unreadable(faults_of(error)) from None
    if of_stranger:
        envelope = envelope._replace(sequence=None)
        if record.value and not read_once(record.value)[1]:
            places = given_twice(record.value)
            raise Unreadable([(".".join(map(str, place)), "given twice") for place in places])
    return Message(envelope, fact, record.topic)


def faults_of(error: ValidationError) -> list[tuple[str, str]]:
    """Every fault of a validation as (dotted field, reason), never the input."""
    return [
        (".".join(str(part) for part in fault["loc"]) or "body", str(fault["msg"]))
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _shortened(field: str) -> str:
    return field if len(field) <= _LONGEST_FIELD else f"{field[:_LONGEST_FIELD]}…"


def _split(text: str) -> tuple[str, str]:
    field, _, reason = text.partition(": ")
    return field, reason
