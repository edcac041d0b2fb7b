"""The document is the unit: state, version, what it has taken in, and the facts it still has to tell."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import NAMESPACE_URL

from shared.bus.message import Message
from shared.contracts.catalogue import MAX_MESSAGE_BYTES, Topic
from shared.contracts.envelope import Fact

S = TypeVar("S")

_HEADER_ROOM = 2048
_NO_MARKS: Mapping[str, int] = MappingProxyType({})
_NAMESPACE = NAMESPACE_URL.bytes


class Conflict(Exception):
    """Somebody else changed or made the same document first: load again and decide anew."""


class RefusedByDatabase(Exception):
    """The database does not take one document, however often it is tried."""

    def __init__(self, collection: str, id_: str, why: str) -> None:
        super().__init__(f"{collection}: {why}")
        self.key = (collection, id_)


class FactTooLarge(ValueError):
    """A fact would pass the size that the broker takes."""


class Staged(NamedTuple):
    """A fact in wire form, waiting in its document to be published.

    `record_time` overrides the record's timestamp where a topic may not tell the exact time.
    """

    topic: str
    key: str
    id: str
    type: str
    time: datetime
    sequence: int
    body: bytes
    record_time: datetime | None = None


class Telling(NamedTuple):
    """A fact to tell on a topic, in wire form; `time` is its ce_time. Made by `tell` and `tell_coarsely`.

    A coarse one makes the record's own timestamp as rounded as its time.
    """

    topic: Topic
    fact: Fact
    time: datetime
    body: bytes
    coarse: bool = False


@dataclass(slots=True)
class Document(Generic[S]):
    """One subject as stored: version 0 means not stored yet; `sequence` counts the facts told about it."""

    collection: str
    id: str
    content: S | None = None
    version: int = 0
    sequence: int = 0
    taken: dict[str, int] = field(default_factory=dict)
    unpublished: list[Staged] = field(default_factory=list)
    staged: list[Staged] = field(default_factory=list)
    newly_taken: dict[str, int] = field(default_factory=dict)
    key: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.key = (self.collection, self.id)

    @property
    def state(self) -> S:
        """What is known of the subject; a document that is not stored yet has none."""
        if self.content is None:
            raise LookupError(f"{self.collection} document is new and has no state")
        return self.content

    @property
    def exists(self) -> bool:
        return self.content is not None

    @property
    def is_claim(self) -> bool:
        """Whether it belongs to no subject: what many of them share, by the name of its collection."""
        return self.collection.endswith("_claims")

    def becomes(self, state: S, *tellings: Telling, marks: Mapping[str, int] = _NO_MARKS) -> "Change[S]":
        """The change to a new state, telling these facts in order; `marks` come along from another document."""
        return Change(self, state, tellings, marks)

    def marks_of(self, subjects: Collection[str]) -> dict[str, int]:
        """How far these subjects are taken in here: to go along when what they told moves to another document."""
        return {source: sequence for source, sequence in self.taken.items() if source.partition(":")[2] in subjects}

    def apply(self, change: "Change[S]", message: Message[Fact] | None = None) -> None:
        """Take over a decided change, and note the message that led to it."""
        staged = [_staged(self.id, self.sequence + n, telling) for n, telling in enumerate(change.tellings, start=1)]
        self.content = change.state
        self.sequence += len(staged)
        self.staged.extend(staged)
        for source_subject, sequence in change.marks.items():
            if sequence > self.taken.get(source_subject, 0):
                self._note_taken(source_subject, sequence)
        if message is not None and message.envelope.sequence is not None:
            self._note_taken(message.source_subject, message.envelope.sequence)

    def _note_taken(self, source_subject: str, sequence: int) -> None:
        self.taken[source_subject] = self.newly_taken[source_subject] = sequence

    def as_stored(self) -> "Document[S]":
        """A copy as it will be once the change is in the database."""
        return Document(
            self.collection,
            self.id,
            self.content,
            self.version + 1,
            self.sequence,
            self.taken.copy(),
            self.unpublished + self.staged,
        )

    def stored(self) -> None:
        """Note that the change is in the database."""
        self.version += 1
        self.unpublished.extend(self.staged)
        self.staged = []
        self.newly_taken = {}


class Change(NamedTuple, Generic[S]):
    """What a decision wants: this document in this state, with these facts told.

    `marks` are those of another document, for subjects whose news this one takes in from now on: a message that was
    taken in there must not be taken in here again.
    """

    document: Document[S]
    state: S
    tellings: tuple[Telling, ...] = ()
    marks: Mapping[str, int] = _NO_MARKS


def tell(topic: Topic, fact: Fact, now: datetime) -> Telling:
    """A fact told at `now`; raises FactTooLarge."""
    return Telling(topic, fact, now, _body(fact))


def tell_coarsely(topic: Topic, fact: Fact, at: datetime) -> Telling:
    """A fact whose every timestamp, the record's own included, is the rounded moment `at`; raises FactTooLarge."""
    return Telling(topic, fact, at, _body(fact), coarse=True)


def _body(fact: Fact) -> bytes:
    body = fact.model_dump_json(by_alias=True).encode()
    if len(body) > MAX_MESSAGE_BYTES - _HEADER_ROOM:
        raise FactTooLarge(f"{fact.TYPE} would be {len(body)} bytes")
    return body


def _staged(subject: str, sequence: int, telling: Telling) -> Staged:
    return Staged(
        topic=telling.topic.name,
        key=subject,
        # Derived, so that deciding the same again gives the same fact.
        id=_derived_id(f"{telling.topic.name}/{subject}/{sequence}"),
        type=telling.fact.TYPE,
        time=telling.time.astimezone(UTC),
        sequence=sequence,
        body=telling.body,
        record_time=telling.time.astimezone(UTC) if telling.coarse else None,
    )


def _derived_id(name: str) -> str:
    """The text of `uuid5(NAMESPACE_URL, name)` (RFC 9562, 5.5) at a third of its cost, since every fact has one."""
    digest = bytearray(sha1(_NAMESPACE + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class WorkingSet:
    """Every document a batch touches, as the decisions earlier in the batch left it.

    A service derives its own, with the look-ups its decisions need, and keeps them right in `on_change`.
    """

    def __init__(self, documents: Iterable[Document[Any]] = ()) -> None:
        self._documents: dict[tuple[str, str], Document[Any]] = {}
        self._changed: dict[tuple[str, str], Document[Any]] = {}
        self._taken: dict[str, int] = {}
        self._homes: dict[str, tuple[str, str]] = {}
        self.spans_documents = False
        for document in documents:
            self.add(document)

    def add(self, document: Document[Any]) -> None:
        """Put a loaded document into the set."""
        self._documents[document.key] = document
        self._note_taken(document.taken)
        self.on_change(document)

    def on_change(self, document: Document[Any]) -> None:
        """Called for each document that enters the set or changes in it."""

    def find(self, collection: str, id_: str) -> Document[Any] | None:
        """A document of the set, or None when it does not exist."""
        return self._documents.get((collection, id_))

    def find_or_new(self, collection: str, id_: str) -> Document[Any]:
        """A document of the set, or a new one that a decision may fill."""
        return self._documents.get((collection, id_)) or Document(collection, id_)

    def has_taken(self, message: Message[Fact]) -> bool:
        """Whether any document of the set has this message in its state already."""
        sequence = message.envelope.sequence
        return sequence is not None and self._taken.get(message.source_subject, 0) >= sequence

    def apply(self, changes: Sequence[Change[Any]], message: Message[Fact] | None = None) -> None:
        """Take over what one decision wants, as a whole."""
        told_by = message.source_subject if message is not None else ""
        home = self._homes.get(told_by)
        for change in changes:
            document, key = change.document, change.document.key
            if document.is_claim:
                # No mark on it, since it would gather those of all who share it; what it stands for bears them.
                document.apply(change)
                self.spans_documents = True
            else:
                document.apply(change, message)
                home = home or key
                # One decision over several documents, or one subject's facts spread over several: all of it or
                # nothing. Else a mark of a later fact in one document would hide that an earlier one never reached
                # another.
                self.spans_documents |= key != home
            self._documents[key] = self._changed[key] = document
            self.on_change(document)
        if message is not None and home is not None:
            self._homes[told_by] = home
            self._note_taken({told_by: message.envelope.sequence or 0})

    def _note_taken(self, taken: Mapping[str, int]) -> None:
        for source_subject, sequence in taken.items():
            self._taken[source_subject] = max(sequence, self._taken.get(source_subject, 0))

    @property
    def changed(self) -> list[Document[Any]]:
        """The documents to write, in the order in which they first changed."""
        return list(self._changed.values())

    def __iter__(self) -> Iterator[Document[Any]]:
        return iter(self._documents.values())


class Groups(Generic[S]):
    """Documents of a working set by something in their state that decisions may change, kept right in `on_change`."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Document[S]]] = {}
        self._group_of: dict[str, str] = {}

    def put(self, group: str, document: Document[S]) -> None:
        """This document belongs to this group now, whatever group it was in."""
        self._of.get(self._group_of.get(document.id, ""), {}).pop(document.id, None)
        self._of.setdefault(group, {})[document.id] = document
        self._group_of[document.id] = group

    def of(self, group: str) -> list[Document[S]]:
        """The documents of a group."""
        return list(self._of.get(group, {}).values())

    def __iter__(self) -> Iterator[Document[S]]:
        return (document for group in self._of.values() for document in group.values())
