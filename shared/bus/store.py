"""What the bus itself keeps in a service's database: offsets, parked records, and the relay's lease."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING, CursorType, IndexModel, ReturnDocument, UpdateOne, WriteConcern
from pymongo.errors import CollectionInvalid
from pymongo.read_concern import ReadConcern

from shared.bus.message import Place
from shared.bus.parked import Gap, ParkedRow, open_parked, parked_id, seal
from shared.bus.stage import ParkedRecord
from shared.mongo import Database

BELL = "bus_bell"
"""A capped collection: each document in it is a ring, and the oldest go by themselves."""

_ASKED_BACK = {"asked_back": True, "behind_other": False}

PARKED_FOR = timedelta(days=90)
"""How long a parked record is kept: long enough for a person, not for ever, since it may hold anything."""


class BusStore:
    """The bus's own collections: `bus_offsets`, `bus_parked`, `bus_gaps`, `bus_leases` and `bus_bell`."""

    def __init__(self, database: Database, parked_key: str) -> None:
        self._raw: AsyncIOMotorDatabase[Any] = database.raw
        self._fernet = Fernet(parked_key)
        # What is noted lazily may be lost in a crash: it is then done once more.
        self._lazy: AsyncIOMotorDatabase[Any] = database.raw.with_options(write_concern=WriteConcern(1))
        self._nothing_parked = False

    async def start(self) -> None:
        """Make the indexes."""
        await self._raw["bus_parked"].create_indexes(
            [
                IndexModel([("hold", ASCENDING)]),
                IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
            ]
        )
        await self._make_bell()

    async def offsets(self, group: str) -> dict[Place, int]:
        """The next offset to take in, per (topic, partition), as far as this database has taken them in."""
        found = self._raw["bus_offsets"].find({"group": group})
        return {(entry["topic"], entry["partition"]): entry["next"] async for entry in found}

    async def keep_offsets(self, group: str, offsets: Mapping[Place, int]) -> None:
        """Note how far everything before these offsets is in this database."""
        await self._lazy["bus_offsets"].bulk_write(
            [
                UpdateOne(
                    {"_id": f"{group}/{topic}/{partition}"},
                    {"$set": {"group": group, "topic": topic, "partition": partition, "next": offset}},
                    upsert=True,
                )
                for (topic, partition), offset in offsets.items()
            ],
            ordered=False,
        )

    async def look_at_shelf(self) -> None:
        """Note whether anything is parked. Only this process parks what it reads, so it may rely on that.

        To be called whenever partitions come from another process, and when the last parked record left.
        """
        self._nothing_parked = False
        self._nothing_parked = await self._raw["bus_parked"].find_one({}, {"_id": 1}) is None

    async def holds(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys have a parked record, so that later ones must wait."""
        if self._nothing_parked or not keys:
            return set()
        return set(await self._raw["bus_parked"].distinct("hold", {"hold": {"$in": list(set(keys))}}))

    async def park(self, records: Sequence[ParkedRecord]) -> None:
        """Put records aside, encrypted. One that fails again counts an attempt and tells the newest error.

        A record delivered once more waits behind itself: what is known of it, a person's wish included, stays.
        """
        self._nothing_parked = False
        moment = await self._now()
        await self._raw["bus_parked"].bulk_write([self._parking(parked, moment) for parked in records], ordered=True)

    def _parking(self, parked: ParkedRecord, moment: datetime) -> UpdateOne:
        record = parked.record
        place = {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "hold": parked.hold,
            "parked_at": moment,
            "expires_at": moment + PARKED_FOR,
        }
        content = {"behind_other": parked.behind_other, "sealed": seal(self._fernet, parked)}
        known: dict[str, Any] = {"$setOnInsert": place | content | {"attempts": 1}}
        failed = {"$setOnInsert": place, "$set": content, "$unset": {"asked_back": ""}, "$inc": {"attempts": 1}}
        id_ = parked_id(record.topic, record.partition, record.offset)
        return UpdateOne({"_id": id_}, known if parked.behind_other else failed, upsert=True)

    async def parked(self, limit: int = 200) -> list[ParkedRow]:
        """What is parked, oldest first."""
        found = self._raw["bus_parked"].find().sort([("parked_at", ASCENDING), ("offset", ASCENDING)]).limit(limit)
        return [open_parked(self._fernet, entry) async for entry in found]

    async def parked_row(self, id_: str) -> ParkedRow | None:
        """One parked record by its `<topic>/<partition>/<offset>`, or None."""
        entry = await self._raw["bus_parked"].find_one({"_id": id_})
        return open_parked(self._fernet, entry) if entry else None

    async def parked_count_and_oldest(self) -> tuple[int, datetime | None]:
        """How many records are parked, and since when the oldest."""
        count = await self._raw["bus_parked"].count_documents({})
        oldest = await self._raw["bus_parked"].find_one(sort=[("parked_at", ASCENDING)])
        return count, oldest["parked_at"] if oldest else None

    async def ask_back(self, id_: str) -> bool:
        """Ask for a parked record to be taken in again, by the process that owns its partition.

        False when it is not there, or an earlier one of its subject still is.
        """
        row = await self._raw["bus_parked"].find_one({"_id": id_}, {"hold": 1})
        if row is None or (row["hold"] is not None and (await self._first(row["hold"]))["_id"] != id_):
            return False
        result = await self._raw["bus_parked"].update_one({"_id": id_}, {"$set": _ASKED_BACK})
        return bool(result.matched_count)

    async def asked_back(self) -> list[ParkedRow]:
        """Records asked back, in the order of their partitions."""
        found = self._raw["bus_parked"].find({"asked_back": True}).sort("offset", ASCENDING)
        return [open_parked(self._fernet, entry) async for entry in found]

    async def discard(self, id_: str, by: str, why: str) -> bool:
        """Give a parked record up for good: its content goes, the gap stays on record with who and why."""
        row = await self.parked_row(id_)
        if row is None:
            return False
        # The kind of error only: its text may repeat what the record held, and a gap is kept for good.
        kind = row.error.partition(":")[0]
        gap = {"topic": row.topic, "hold": row.hold, "error": kind, "by": by, "why": why, "at": await self._now()}
        await self._raw["bus_gaps"].update_one({"_id": id_}, {"$setOnInsert": gap}, upsert=True)
        await self.forget(row)
        return True

    async def gaps(self, limit: int = 200) -> list[Gap]:
        """What was given up, newest first."""
        found = self._raw["bus_gaps"].find().sort("at", DESCENDING).limit(limit)
        return [Gap(entry["_id"], entry["error"], entry["by"], entry["why"], entry["at"]) async for entry in found]

    async def forget(self, row: ParkedRow) -> None:
        """Take a record off the shelf; the next that waits behind it is asked back, unless an earlier one is there."""
        shelf = self._raw["bus_parked"]
        # First the next: were the two cut apart the other way round, nobody would ever ask for it.
        if row.hold is not None and (await self._first(row.hold)).get("_id") == row.id:
            await shelf.find_one_and_update(
                {"hold": row.hold, "offset": {"$gt": row.offset}}, {"$set": _ASKED_BACK}, sort=[("offset", ASCENDING)]
            )
        await shelf.delete_one({"_id": row.id})
        # The earlier one may have gone in the same moment, and have asked for this one as the next.
        if row.hold is not None and (first := await self._first(row.hold)).get("behind_other"):
            await shelf.update_one({"_id": first["_id"]}, {"$set": _ASKED_BACK})

    async def _first(self, hold: str) -> dict[str, Any]:
        """The earliest of the records that wait for the same reason; empty when none is left."""
        found = await self._raw["bus_parked"].find_one({"hold": hold}, sort=[("offset", ASCENDING)])
        return found or {}

    async def take_lease(self, name: str, instance: str, term: timedelta) -> int | None:
        """Take or take over a lease by the database's clock: its epoch, or None while another holds it.

        A restarted process takes over from its own former self at once; the epoch tells the two apart.
        """
        free = {"$or": [{"$lte": ["$expires_at", "$$NOW"]}, {"$eq": ["$instance", instance]}]}
        # An upsert cannot ask for the database's time, so the lease is there, expired, from the start.
        await self._raw["bus_leases"].update_one(
            {"_id": name}, {"$setOnInsert": {"epoch": 0, "expires_at": datetime.fromtimestamp(0, UTC)}}, upsert=True
        )
        lease = await self._raw["bus_leases"].find_one_and_update(
            {"_id": name, "$expr": free},
            [
                {
                    "$set": {
                        "instance": instance,
                        "epoch": {"$add": ["$epoch", 1]},
                        "expires_at": {"$add": ["$$NOW", _milliseconds(term)]},
                    }
                }
            ],
            return_document=ReturnDocument.AFTER,
        )
        return int(lease["epoch"]) if lease else None

    async def renew_lease(self, name: str, epoch: int, term: timedelta) -> bool:
        """Keep a lease; False when somebody else has it now."""
        result = await self._raw["bus_leases"].update_one(
            {"_id": name, "epoch": epoch},
            [{"$set": {"expires_at": {"$add": ["$$NOW", _milliseconds(term)]}}}],
        )
        return bool(result.matched_count)

    async def release_lease(self, name: str, epoch: int) -> None:
        """Give a lease back, so that another need not wait for its end."""
        await self._raw["bus_leases"].update_one({"_id": name, "epoch": epoch}, [{"$set": {"expires_at": "$$NOW"}}])

    async def wake_relay(self) -> None:
        """Tell the relay's holder, in whatever process, that there is something to publish."""
        await self._lazy[BELL].insert_one({})

    async def wakes(self) -> AsyncIterator[None]:
        """Yields each time a process asks for the relay, and once at the start for those that asked before.

        A change stream would do the same, yet the server looks through every write of every service for it.
        """
        # A cursor that reads what is safe is not woken by what is new.
        bell = self._raw[BELL].with_options(read_concern=ReadConcern("local"))
        rings = bell.find({}, cursor_type=CursorType.TAILABLE_AWAIT)
        while rings.alive:  # type: ignore[truthy-function]  # a property that the stubs take for a method
            # The loop ends whenever nothing came for a second; the cursor goes on.
            async for _ in rings:
                yield

    async def _make_bell(self) -> None:
        with suppress(CollectionInvalid):
            await self._raw.create_collection(BELL, capped=True, size=4096, max=16)
        # A cursor does not wait at the end of a collection that holds nothing.
        await self.wake_relay()

    async def _now(self) -> datetime:
        hello: dict[str, Any] = await self._raw.command("hello")
        moment: datetime = hello["localTime"]
        return moment


def _milliseconds(term: timedelta) -> int:
    return round(term.total_seconds() * 1000)
