"""Intake's collections: signals and rejections as documents, reporters' data sealed, looks only added to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.fernet import Fernet
from pydantic import TypeAdapter
from pymongo import ReplaceOne, ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.intake.domain.callback import Callback, CallbackState
from services.intake.domain.signal import Mark, Rejection, Signal, Status
from services.intake.keys import Keys
from shared.bus.documents import Document, WorkingSet
from shared.bus.group_commit import GroupCommit
from shared.bus.message import Message
from shared.bus.stage import Refusal
from shared.contracts.envelope import Fact
from shared.contracts.intake import InboundSignal
from shared.contracts.triage import VisitConcluded
from shared.mongo import Collection, Database
from shared.vocabulary import Channel, Sector, Theme

SIGNALS = Collection(
    "signals",
    TypeAdapter(Signal),
    indexes=(
        [("state.received_at", -1), ("_id", 1)],
        [("state.receipt", 1)],
        [("state.situation.site.region", 1), ("state.received_at", -1)],
    ),
)
REJECTIONS = Collection("rejections", TypeAdapter(Rejection), indexes=([("state.party", 1)],))
CALLBACKS = Collection("callbacks", TypeAdapter(Callback), indexes=([("state.state", 1), ("state.due", 1)],))
COLLECTIONS = (SIGNALS, REJECTIONS, CALLBACKS)

NOWHERE = "unknown"
"""Stands for a region where a list asks for signals of which nobody knows yet where they are."""

_MOST_COMPARED = 300


def inbound_signal_id(topic: str, message_id: str) -> str:
    """The signal of a message: the topic says who sent it, and its sender's id makes it one."""
    return str(uuid5(NAMESPACE_URL, f"signal/{topic}/{message_id}"))


def rejection_id(refusal: Refusal) -> str:
    """One rejection per record."""
    return str(uuid5(NAMESPACE_URL, f"rejection/{refusal.topic}/{refusal.partition}/{refusal.offset}"))


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of signals is narrowed down to."""

    theme: Theme | None = None
    sector: Sector | None = None
    region: str | None = None
    channel: Channel | None = None
    mark: Mark | None = None
    marked: bool = False

    def query(self) -> dict[str, Any]:
        fields = {
            "state.situation.themes": self.theme,
            "state.situation.sector": self.sector,
            "state.situation.site.region": self.region,
            "state.channel": self.channel,
            "state.marks": self.mark,
        }
        query: dict[str, Any] = {path: str(value) for path, value in fields.items() if value}
        if self.marked:
            query["state.marks.0"] = {"$exists": True}
        if self.region == NOWHERE:
            # What was taken back needs no place any more.
            query |= {"state.situation.site.region": None, "state.situation.site.country": "NL"}
            query["state.status"] = Status.RECEIVED.value
        return query


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody read what a reporter wrote, in the terms of the Logboek Dataverwerkingen."""

    operation_id: str
    operation: str
    processing_activity: str
    signal: str
    data_subject_category: str
    subject: str
    name: str
    organisation: str
    reason: str
    at: datetime


class Signals:
    """Signals and rejections, and who looked at what reporters wrote."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, ids: Iterable[str]) -> WorkingSet:
        """The signals with these ids."""
        return WorkingSet(await self._database.find(SIGNALS, {"_id": {"$in": list(ids)}}))

    async def load_batch(self, messages: Sequence[Message[Fact]], refusals: Sequence[Refusal]) -> WorkingSet:
        """What a batch touches, new signals and those that visits have answered: two queries, however long it is."""
        answered = {
            id_ for message in messages if isinstance(message.fact, VisitConcluded) for id_ in message.fact.signals
        }
        new = {
            inbound_signal_id(message.topic, message.envelope.id)
            for message in messages
            if isinstance(message.fact, InboundSignal)
        }
        room = await self.load(answered | new)
        rejected = {"_id": {"$in": [rejection_id(refusal) for refusal in refusals]}}
        for document in await self._database.find(REJECTIONS, rejected):
            room.add(document)
        return room

    async def get(self, id_: str) -> Document[Signal] | None:
        """One signal."""
        return await self._database.get(SIGNALS, id_)

    async def knows(self, id_: str) -> bool:
        """Whether this signal is stored; while the database is away, no: the form goes on until it is sent."""
        try:
            return await self.get(id_) is not None
        except PyMongoError:
            return False

    async def by_receipt(self, receipt: str) -> Document[Signal] | None:
        """The signal whose receipt has this hash."""
        found = await self._database.find(SIGNALS, {"state.receipt": receipt}, limit=1)
        return found[0] if found else None

    async def page(self, wanted: Filter, skip: int, limit: int) -> tuple[list[Document[Signal]], int]:
        """One page of signals, those of the latest quarter hour first, and how many there are in all."""
        query = wanted.query()
        order = [("state.received_at", -1), ("_id", 1)]
        found = await self._database.find(SIGNALS, query, sort=order, skip=skip, limit=limit)
        return found, await self._database.count(SIGNALS, query)

    async def count_from_nowhere(self) -> int:
        """How many signals wait for somebody to say where they are."""
        return await self._database.count(SIGNALS, Filter(region=NOWHERE).query())

    async def near(self, region: str | None, district: str | None, since: datetime) -> list[tuple[str, Signal]]:
        """The latest signals from a safety region or a district across the border."""
        where = {"state.situation.site.district": district} if district else {"state.situation.site.region": region}
        query = {**where, "state.received_at": {"$gte": since}}
        order = [("state.received_at", -1)]
        found = await self._database.find(SIGNALS, query, sort=order, limit=_MOST_COMPARED)
        return [(document.id, document.state) for document in found]

    async def callbacks(self) -> list[Document[Callback]]:
        """Everybody who still has to be called back, the soonest first."""
        query = {"state.state": CallbackState.OPEN.value}
        return await self._database.find(CALLBACKS, query, sort=[("state.due", 1)])

    async def callback(self, signal: str) -> WorkingSet:
        """The call-back that goes with a signal, if there is one."""
        return WorkingSet(await self._database.find(CALLBACKS, {"_id": signal}))

    async def record_look(self, look: Look) -> None:
        """Add to the record of looks; nothing ever changes or removes one here."""
        stored: dict[str, Any] = asdict(look)
        await self._database.raw["looks"].insert_one({"_id": stored.pop("operation_id"), **stored})

    async def has_looked(self, look: str, signal: str, subject: str, since: datetime) -> bool:
        """Whether this look was recorded, by this person, not long ago."""
        which = {"_id": look, "signal": signal, "subject": subject, "at": {"$gte": since}}
        return await self._database.raw["looks"].find_one(which) is not None

    async def looks(self, signal: str) -> list[Mapping[str, Any]]:
        """Who looked at what this signal's reporter wrote, the latest first."""
        return [look async for look in self._database.raw["looks"].find({"signal": signal}).sort("at", -1)]


@dataclass(frozen=True, slots=True)
class ReporterData:
    """What only the region concerned may read: the reporter's own words, and how to reach them.

    `lines` are fields of the facts as they were written, where the facts themselves leave a number out.
    """

    words: str = ""
    contact: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.words or self.contact or self.lines)


NOTHING_WRITTEN = ReporterData()


@dataclass(frozen=True, slots=True)
class _Sealed:
    signal: str
    key: bytes
    content: bytes


class Vault:
    """Reporters' data, encrypted with a key per signal that lies in another database; without it nothing is left."""

    def __init__(self, database: Database, name: str, keys: Keys) -> None:
        self._sealed = database.raw["reporter_data"]
        self._signal_keys = database.sibling(f"{name}_keys")["signal_keys"]
        self._keys = keys
        self._waiting = GroupCommit(self._write)

    async def keep(self, signal: str, data: ReporterData) -> None:
        """Store under a fresh key; the same signal again replaces what was there."""
        key = Fernet.generate_key()
        sealed = sealed_with(key, json.dumps(asdict(data)).encode())
        await self._waiting.put(_Sealed(signal, self._keys.wrap(key), sealed))

    async def read(self, signal: str) -> ReporterData | None:
        """What the reporter wrote, or None when nothing was or its key is gone."""
        key = await self._signal_keys.find_one({"_id": signal})
        sealed = await self._sealed.find_one({"_id": signal})
        if key is None or sealed is None:
            return None
        plain = Fernet(self._keys.unwrap(key["key"])).decrypt(sealed["sealed"])
        return ReporterData(**json.loads(plain))

    async def seal(self, signal: str, plain: bytes) -> bytes:
        """Encrypt what comes after the first words: lines of the dialogue, pictures. Opens until it is forgotten."""
        return sealed_with(await self._key_of_the_rest(signal), plain)

    async def open(self, signal: str, sealed: Sequence[bytes]) -> list[bytes]:
        """Decrypt them, all or none: without the key there is nothing."""
        stored = await self._signal_keys.find_one({"_id": _rest(signal)})
        if stored is None:
            return []
        key = Fernet(self._keys.unwrap(stored["key"]))
        return [key.decrypt(one) for one in sealed]

    async def forget(self, signal: str) -> None:
        """Destroy the keys, and then what they opened."""
        written = [signal, callback_data(signal)]
        await self._signal_keys.delete_many({"_id": {"$in": [*written, _rest(signal)]}})
        await self._sealed.delete_many({"_id": {"$in": written}})

    async def _key_of_the_rest(self, signal: str) -> bytes:
        # Apart from the key of the first words, which is written blindly and in groups: this one is made once.
        fresh = {"$setOnInsert": {"key": self._keys.wrap(Fernet.generate_key())}}
        which = {"_id": _rest(signal)}
        try:
            stored = await self._signal_keys.find_one_and_update(
                which, fresh, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:  # somebody else made it at the same moment
            stored = await self._signal_keys.find_one(which)
        assert stored is not None
        return self._keys.unwrap(stored["key"])

    async def _write(self, group: Sequence[_Sealed]) -> Sequence[Exception | None]:
        # In order, so that of two with one id the same one comes last in both.
        keys = [ReplaceOne({"_id": one.signal}, {"key": one.key}, upsert=True) for one in group]
        await self._signal_keys.bulk_write(keys, ordered=True)
        contents = [ReplaceOne({"_id": one.signal}, {"sealed": one.content}, upsert=True) for one in group]
        await self._sealed.bulk_write(contents, ordered=True)
        return [None] * len(group)


def sealed_with(key: bytes, plain: bytes) -> bytes:
    """Encrypted, without the moment to the second that such a token otherwise carries."""
    return Fernet(key).encrypt_at_time(plain, current_time=0)


def callback_data(signal: str) -> str:
    """Under what name the number of a call-back is kept; forgotten with the signal, or once the call is over."""
    return f"{signal}/callback"


def _rest(signal: str) -> str:
    return f"{signal}/rest"


class Imports:
    """Files with many signals, sealed; what is left of one that was taken in is how it went."""

    def __init__(self, database: Database) -> None:
        self._imports = database.raw["imports"]
        self._told = database.after_save

    async def prepare(self) -> None:
        """Let the database itself remove what is too old, and find what runs without a search."""
        await self._imports.create_index("expires", expireAfterSeconds=0)
        await self._imports.create_index("status")

    async def add(self, id_: str, content: Mapping[str, Any]) -> None:
        """A checked file, not begun."""
        begun = {"status": "checked", "done": 0, "repeated": 0, "refused": []}
        await self._imports.insert_one({"_id": id_, **content, **begun})

    async def get(self, id_: str, party: str) -> Mapping[str, Any] | None:
        """How a party's file stands."""
        return await self._imports.find_one({"_id": id_, "party": party}, {"sealed": 0})

    async def latest(self, party: str) -> list[Mapping[str, Any]]:
        """A party's files, the latest first."""
        query = {"party": party, "status": {"$ne": "checked"}}
        return [one async for one in self._imports.find(query, {"sealed": 0}).sort("at", -1).limit(20)]

    async def begin(self, id_: str, party: str) -> bool:
        """From now on it is taken in; one that was begun before goes on as it was."""
        which = {"_id": id_, "party": party}
        await self._imports.update_one({**which, "status": "checked"}, {"$set": {"status": "running"}})
        return await self._imports.find_one(which, {"_id": 1}) is not None

    async def running(self) -> Mapping[str, Any] | None:
        """A file that is not through yet."""
        return await self._imports.find_one({"status": "running"})

    async def note(self, id_: str, before: int, count: int, repeated: int, refused: Sequence[int]) -> None:
        """So many lines more are through, unless another process was first; the last one leaves no content behind."""
        change = {"$inc": {"done": count, "repeated": repeated}, "$push": {"refused": {"$each": list(refused)}}}
        await self._imports.update_one({"_id": id_, "done": before, "status": "running"}, change)
        through = {"_id": id_, "$expr": {"$gte": ["$done", "$total"]}}
        await self._imports.update_one(through, {"$set": {"status": "done"}, "$unset": {"sealed": ""}})
        for tell in self._told:
            tell()
