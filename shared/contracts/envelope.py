"""How a fact travels: CloudEvents 1.0 by the NL GOV profile 1.1, in Kafka's binary mode."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

SPEC_VERSION = "1.0"
TYPE_PREFIX = "nl.brandmeester."
SCHEMA_BASE = "https://brandmeester.example/schemas/"

# Test numbers of the OIN register start with 00000099.
_OIN = "00000099000000010000"

_REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject")
_VERSION = SPEC_VERSION.encode()
_MOST_COUNTED = 2**63 - 1  # what a database holds as a whole number

Headers = list[tuple[str, bytes]]


class WireModel(BaseModel):
    """A part of a fact: camelCase on the wire, unknown fields skipped so that change can be additive."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore", use_enum_values=False
    )


class Fact(WireModel):
    """Something that happened, in the past tense; the body of one message."""

    TYPE: ClassVar[str]


FactClass = TypeVar("FactClass", bound=type[Fact])
_FACTS: dict[str, type[Fact]] = {}


def fact(name: str) -> Callable[[FactClass], FactClass]:
    """Register a fact under `nl.brandmeester.<name>`, for example `signals.received.v1`."""

    def register(cls: FactClass) -> FactClass:
        cls.TYPE = TYPE_PREFIX + name
        if cls.TYPE in _FACTS:
            raise ValueError(f"two facts are called {cls.TYPE}")
        _FACTS[cls.TYPE] = cls
        return cls

    return register


def fact_class(type_: str) -> type[Fact] | None:
    """The class of a wire type, or None when this version of the platform does not know it."""
    return _FACTS.get(type_)


def knows_family(type_: str) -> bool:
    """Whether another version of this type is known: then the message is parked, not skipped."""
    family = type_.rpartition(".v")[0]
    return any(known.rpartition(".v")[0] == family for known in _FACTS)


def source_of(service: str) -> str:
    """The CloudEvents source of a service, `urn:nld:oin:<20 digits>:systeem:<name>`."""
    return f"urn:nld:oin:{_OIN}:systeem:{service}"


class BadEnvelope(ValueError):
    """A record whose CloudEvents attributes are missing or malformed; `faults` names them, without values."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class Envelope(NamedTuple):
    """The CloudEvents attributes of one message.

    `time` is when the fact was logged (UTC); `sequence` counts the facts of one subject, from 1, and is None
    for sources outside the platform that do not count.
    """

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    sequence: int | None = None

    def headers(self) -> Headers:
        """The record headers, in a fixed order."""
        headers = [
            ("ce_specversion", _VERSION),
            ("ce_id", self.id.encode()),
            ("ce_source", self.source.encode()),
            ("ce_type", self.type.encode()),
            ("ce_time", self.time.astimezone(UTC).isoformat(timespec="milliseconds").encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_dataschema", f"{SCHEMA_BASE}{self.type.removeprefix(TYPE_PREFIX)}.json".encode()),
            ("content-type", b"application/json"),
        ]
        if self.sequence is not None:
            headers.append(("ce_sequence", str(self.sequence).encode()))
        return headers

    @classmethod
    def of_headers(cls, headers: Iterable[tuple[str, bytes | None]]) -> "Envelope":
        """Read the attributes back; raises BadEnvelope naming every fault at once. In Kafka a header may hold null."""
        found = dict(headers)
        try:
            version, id_, source, type_, time, subject = [found[name] or b"" for name in _REQUIRED]
            moment = datetime.fromisoformat(time.decode())
            sequence = int(found["ce_sequence"] or b"") if "ce_sequence" in found else None
            envelope = cls(id_.decode(), source.decode(), type_.decode(), moment, subject.decode(), sequence)
        except (KeyError, ValueError):
            raise BadEnvelope(_faults(found)) from None
        whole = envelope.id and envelope.source and envelope.type and envelope.subject
        counted = sequence is None or 1 <= sequence <= _MOST_COUNTED
        if not whole or not counted or moment.tzinfo is None or version != _VERSION:
            raise BadEnvelope(_faults(found))
        return envelope


def _faults(found: Mapping[str, bytes | None]) -> list[str]:
    """Everything that is wrong with the attributes; for the rare record that has a fault."""
    try:
        text = {name: (value or b"").decode() for name, value in found.items() if name.startswith("ce_")}
    except UnicodeDecodeError:
        return ["headers: not UTF-8"]
    missing = [f"{name}: missing" for name in _REQUIRED if not text.get(name)]
    if missing:
        return missing
    faults = []
    if text["ce_specversion"] != SPEC_VERSION:
        faults.append(f"ce_specversion: not {SPEC_VERSION}")
    time = _read(datetime.fromisoformat, text["ce_time"])
    if time is None or time.tzinfo is None:
        faults.append("ce_time: not a date and time with offset (RFC 3339)")
    if "ce_sequence" in text and not 1 <= (_read(int, text["ce_sequence"]) or 0) <= _MOST_COUNTED:
        faults.append("ce_sequence: not a whole number from 1 to 2^63 - 1")
    return faults


def _read(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None
