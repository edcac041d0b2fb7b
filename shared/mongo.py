"""MongoDB: documents stored as state with version, high-water marks and unpublished facts, written in one go."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType
from typing import Any, Generic, TypeVar

import structlog
from bson import CodecOptions, encode
from bson.errors import BSONError
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pydantic import TypeAdapter
from pymongo import ASCENDING, IndexModel, InsertOne, ReadPreference, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, DocumentTooLarge, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from shared.bus.documents import Conflict, Document, RefusedByDatabase, Staged

log = structlog.get_logger()

S = TypeVar("S")

_DUPLICATE_KEY = 11000
_WRITE_CONFLICT = 112
_OBJECT_TOO_LARGE = 10334
_RETRY_AFTER = 1.0

# What the driver raises of a document before it sends anything.
_UNWRITABLE = (BSONError, DocumentTooLarge, UnicodeError, OverflowError)

UNPUBLISHED = {"unpublished.0": {"$exists": True}}
"""Selects documents that still have facts to publish; the index `unpublished` holds only those."""
WITHOUT_WORDS: Mapping[str, Any] = {"words": None}
"""Selects documents that nobody finds by searching yet."""


@dataclass(frozen=True)
class Collection(Generic[S]):
    """One collection of documents: how its state is written, and by which of its fields it is looked up.

    `indexes` are lists of (field, direction) with the field's path in the stored document, for example
    `[("state.signals", 1)]`; those in `sparse` hold only documents that have the last of their fields. Documents of a
    collection whose name ends in `_claims` are shared by many subjects and written as one with what they stand for.
    What `found_by` makes of a state stands beside it as `words`, for people to search by; it is never read back.
    """

    name: str
    adapter: TypeAdapter[S]
    indexes: tuple[Sequence[tuple[str, int]], ...] = ()
    sparse: tuple[Sequence[tuple[str, int]], ...] = ()
    found_by: Callable[[S], str] | None = None


class Database:
    """A service's own database. `raw` is for queries and files, and only a store module uses it.

    What stands in `after_save` is called once documents were written, to let open pages know.
    """

    def __init__(self, url: str, name: str, collections: Sequence[Collection[Any]]) -> None:
        self.after_save: list[Callable[[], None]] = []
        self.collections = tuple(collections)
        self._by_name = {collection.name: collection for collection in self.collections}
        self._client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
            url,
            tz_aware=True,
            serverSelectionTimeoutMS=3000,
            socketTimeoutMS=10_000,
            uuidRepresentation="standard",
            appname=name,
        )
        self.raw: AsyncIOMotorDatabase[Any] = self._client.get_database(
            name,
            codec_options=CodecOptions(tz_aware=True),
            write_concern=WriteConcern("majority", j=True),
            read_concern=ReadConcern("majority"),
            read_preference=ReadPreference.PRIMARY,
        )

    async def start(self) -> None:
        """Wait until MongoDB answers, saying so meanwhile, and make the indexes."""
        while True:
            try:
                await self._make_indexes()
            except PyMongoError as error:
                log.warning("waiting for MongoDB", error=type(error).__name__)
                await asyncio.sleep(_RETRY_AFTER)
            else:
                return

    async def stop(self) -> None:
        """Close the connections."""
        self._client.close()

    async def ping(self) -> None:
        """Raise a driver's error when MongoDB does not answer."""
        await self.raw.command("ping")

    def sibling(self, name: str) -> AsyncIOMotorDatabase[Any]:
        """Another database on the same server, for what must lie apart from the documents."""
        return self._client.get_database(
            name, codec_options=CodecOptions(tz_aware=True), write_concern=WriteConcern("majority", j=True)
        )

    async def get(self, collection: Collection[S], id_: str) -> Document[S] | None:
        """The document with this id, or None."""
        stored = await self.raw[collection.name].find_one({"_id": id_})
        return _document(collection, stored) if stored else None

    async def find(
        self,
        collection: Collection[S],
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] | None = None,
        skip: int = 0,
        limit: int = 0,
    ) -> list[Document[S]]:
        """The documents a query selects; its fields are paths in the stored document (`state.x`)."""
        if _selects_nothing(query):
            return []
        cursor = self.raw[collection.name].find(query, skip=skip, limit=limit, sort=sort)
        return [_document(collection, stored) async for stored in cursor]

    async def count(self, collection: Collection[S], query: Mapping[str, Any]) -> int:
        """How many documents a query selects."""
        return int(await self.raw[collection.name].count_documents(query))

    async def add_words(self, collection: Collection[S], limit: int) -> int:
        """Write the words of so many documents that have none, as those of older releases; returns how many had none.

        One that changes meanwhile gets its words by that change.
        """
        assert collection.found_by is not None
        found = await self.find(collection, WITHOUT_WORDS, limit=limit)
        updates = [
            UpdateOne(
                {"_id": document.id, "version": document.version},
                {"$set": {"words": collection.found_by(document.state)}},
            )
            for document in found
        ]
        if updates:
            await self.raw[collection.name].bulk_write(updates, ordered=False)
        return len(found)

    async def unpublished(self) -> list[Document[Any]]:
        """Every document that still has facts to publish."""
        return [
            _document(collection, stored)
            for collection in self.collections
            async for stored in self.raw[collection.name].find(UNPUBLISHED, hint="unpublished")
        ]

    async def save(self, documents: Sequence[Document[Any]], *, as_one: bool = False) -> None:
        """Write changed documents, each only if nobody else changed it since it was loaded.

        One bulk write per collection, all in one transaction if `as_one`. Raises Conflict or RefusedByDatabase; some of
        the documents may be written by then unless `as_one`.
        """
        per_collection = [
            (collection, [document for document in documents if document.collection == collection.name])
            for collection in self.collections
        ]
        writes = [(collection, changed) for collection, changed in per_collection if changed]
        if as_one:
            await self._write_as_one(writes)
        else:
            for collection, changed in writes:
                await self._write(collection, changed)
        for document in documents:
            document.stored()
        for told in self.after_save:
            told()

    async def insert_each(self, documents: Sequence[Document[Any]]) -> list[Exception | None]:
        """Write new documents, each for itself, in one bulk write per collection.

        Answers of each, in order, why it is not stored: Conflict, RefusedByDatabase, or None when it is. Raises what
        leaves that open for all, such as a lost connection.
        """
        outcomes: list[Exception | None] = [None] * len(documents)
        for collection in self.collections:
            places = [n for n, document in enumerate(documents) if document.collection == collection.name]
            if places:
                found = await self._insert(collection, [documents[place] for place in places])
                for place, outcome in zip(places, found, strict=True):
                    outcomes[place] = outcome
        for document, why_not in zip(documents, outcomes, strict=True):
            if why_not is None:
                document.stored()
        for told in self.after_save:
            told()
        return outcomes

    async def clear(self, published: Sequence[tuple[str, str, Sequence[int]]]) -> None:
        """Take facts out of their documents that the broker has: (collection, id, sequences)."""
        alike: dict[tuple[str, tuple[int, ...]], list[str]] = {}
        for collection, id_, sequences in published:
            alike.setdefault((collection, tuple(sequences)), []).append(id_)
        # Lost in a crash, they are published once more and readers ignore them.
        lazily = self.raw.with_options(write_concern=WriteConcern(1))
        for (name, told), ids in alike.items():
            pull = {"$pull": {"unpublished": {"sequence": {"$in": list(told)}}}}
            await lazily[name].update_many({"_id": {"$in": ids}}, pull)

    async def _insert(
        self, collection: Collection[Any], documents: Sequence[Document[Any]]
    ) -> list[RefusedByDatabase | Conflict | None]:
        try:
            operations = [_operation(collection, document) for document in documents]
            await self.raw[collection.name].bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            if error.details["writeConcernErrors"]:
                raise
            codes = {failure["index"]: failure["code"] for failure in error.details["writeErrors"]}
            return [_why_not(document, codes.get(place)) for place, document in enumerate(documents)]
        except _UNWRITABLE as error:
            # Raised before anything is sent, so each can still be written by itself.
            if len(documents) == 1:
                return [RefusedByDatabase(collection.name, documents[0].id, type(error).__name__)]
            return [outcome for document in documents for outcome in await self._insert(collection, [document])]
        return [None] * len(documents)

    async def _write_as_one(self, writes: Sequence[tuple[Collection[Any], list[Document[Any]]]]) -> None:
        async def body(session: AsyncIOMotorClientSession) -> None:
            for collection, changed in writes:
                await self._write(collection, changed, session)

        async with await self._client.start_session() as session:
            await session.with_transaction(body)

    async def _write(
        self,
        collection: Collection[Any],
        documents: Sequence[Document[Any]],
        session: AsyncIOMotorClientSession | None = None,
    ) -> None:
        # In a transaction the first failure must be the last: it ends it, and whatever comes after would hide why. New
        # documents stand together so that it stays two commands.
        as_one = session is not None
        documents = sorted(documents, key=lambda document: document.version > 0) if as_one else documents
        operations = [_operation(collection, document) for document in documents]
        updates = sum(isinstance(operation, UpdateOne) for operation in operations)
        target: AsyncIOMotorCollection[Any] = self.raw[collection.name]
        try:
            result = await target.bulk_write(operations, ordered=as_one, session=session)
        except BulkWriteError as error:
            raise _reason(collection, documents, error) from error
        except _UNWRITABLE as error:
            raise _unwritable(collection, documents, error) from error
        except OperationFailure as error:
            if error.code != _OBJECT_TOO_LARGE:
                raise
            raise _unwritable(collection, documents, error) from error
        if result.matched_count != updates:
            raise Conflict(collection.name)

    async def _make_indexes(self) -> None:
        for collection in self.collections:
            indexes = [IndexModel(list(keys)) for keys in collection.indexes]
            indexes += [
                IndexModel(list(keys), partialFilterExpression={keys[-1][0]: {"$exists": True}})
                for keys in collection.sparse
            ]
            if collection.found_by:
                indexes.append(IndexModel([("words", ASCENDING)]))
            indexes.append(
                IndexModel([("sequence", ASCENDING)], name="unpublished", partialFilterExpression=dict(UNPUBLISHED))
            )
            await self.raw[collection.name].create_indexes(indexes)


def _selects_nothing(query: Mapping[str, Any]) -> bool:
    """Whether it asks for one of no values at all: a batch looks for less than it may, and a query costs as much."""
    return any(
        condition == {"$in": []} or (field == "$or" and all(_selects_nothing(part) for part in condition))
        for field, condition in query.items()
    )


def _document(collection: Collection[S], stored: Mapping[str, Any]) -> Document[S]:
    return Document(
        collection=collection.name,
        id=stored["_id"],
        content=collection.adapter.validate_python(stored["state"]),
        version=stored["version"],
        sequence=stored["sequence"],
        taken=stored["taken"],
        unpublished=[Staged(**entry) for entry in stored["unpublished"]],
    )


def _whole(collection: Collection[Any], document: Document[Any]) -> dict[str, Any]:
    """How a document is stored. Enums as their value, moments as moments: what BSON can hold and a person can query."""
    words = {"words": collection.found_by(document.state)} if collection.found_by else {}
    return {
        "_id": document.id,
        "version": document.version + 1,
        "sequence": document.sequence,
        "taken": document.taken,
        "unpublished": [entry._asdict() for entry in document.staged],
        "state": _plain(collection.adapter.dump_python(document.state)),
        **words,
    }


def _operation(collection: Collection[Any], document: Document[Any]) -> InsertOne[Any] | UpdateOne:
    changes = _whole(collection, document)
    if document.version == 0:
        return InsertOne(changes)
    staged = changes.pop("unpublished")
    # Only what is new of it is written, so that a case of many signals does not cost more with each.
    del changes["taken"], changes["_id"]
    changes.update({f"taken.{source}": sequence for source, sequence in document.newly_taken.items()})
    update: dict[str, Any] = {"$set": changes}
    if staged:
        # Added, not replaced: the relay takes published facts out at the same time.
        update["$push"] = {"unpublished": {"$each": staged}}
    return UpdateOne({"_id": document.id, "version": document.version}, update)


_AS_IS = frozenset({str, int, float, bool, NoneType, datetime, bytes})


def _plain(value: Any) -> Any:
    if type(value) in _AS_IS:
        return value
    if isinstance(value, Mapping):
        return {_plain(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _why_not(document: Document[Any], code: int | None) -> Conflict | RefusedByDatabase | None:
    if code is None:
        return None
    conflict = code in {_DUPLICATE_KEY, _WRITE_CONFLICT}
    return Conflict(document.collection) if conflict else RefusedByDatabase(*document.key, str(code))


def _reason(
    collection: Collection[Any], documents: Sequence[Document[Any]], error: BulkWriteError
) -> Conflict | RefusedByDatabase | BulkWriteError:
    failures = error.details["writeErrors"]
    refused = [failure for failure in failures if failure["code"] not in {_DUPLICATE_KEY, _WRITE_CONFLICT}]
    if refused:
        return RefusedByDatabase(collection.name, documents[refused[0]["index"]].id, str(refused[0]["code"]))
    return Conflict(collection.name) if failures else error


def _unwritable(collection: Collection[Any], documents: Sequence[Document[Any]], error: Exception) -> RefusedByDatabase:
    """Neither driver nor server say which it was: one that cannot be written at all, else the largest."""
    culprit = max(documents, key=lambda document: _size(collection, document))
    return RefusedByDatabase(collection.name, culprit.id, type(error).__name__)


def _size(collection: Collection[Any], document: Document[Any]) -> float:
    try:
        return len(encode(_whole(collection, document)))
    except _UNWRITABLE:
        return math.inf
