"""Pictures as GridFS files, sealed, and what is left of forms that were never sent.

The two collections are written here and not by the driver: its ids and dates tell to the second when somebody stood
at a site with a telephone.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from gridfs.errors import NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket
from pymongo import ASCENDING

from services.intake.domain.dialogue import Picture
from shared.mongo import Database

_BUCKET = "pictures"
_CHUNK_BYTES = 8 * 1024 * 1024


class PictureFiles:
    """Sealed pictures by their own name; `kept` once their signal refers to them."""

    def __init__(self, database: Database) -> None:
        self._files = database.raw[f"{_BUCKET}.files"]
        self._chunks = database.raw[f"{_BUCKET}.chunks"]
        self._database = database.raw

    async def prepare(self) -> None:
        """Make the indexes."""
        await self._files.create_index([("metadata.signal", ASCENDING)])
        await self._files.create_index([("metadata.kept", ASCENDING), ("uploadDate", ASCENDING)])
        await self._chunks.create_index([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)

    async def write(self, signal: str, picture: Picture, sealed: bytes, at: datetime) -> None:
        """Store one picture, the file last, so that a file without its content is never seen."""
        parts = [sealed[start : start + _CHUNK_BYTES] for start in range(0, len(sealed), _CHUNK_BYTES)]
        await self._chunks.insert_many(
            [{"_id": f"{picture.id}/{n}", "files_id": picture.id, "n": n, "data": part} for n, part in enumerate(parts)]
        )
        about = {"signal": signal, "scanned": picture.scanned, "kept": False}
        await self._files.insert_one(
            {"_id": picture.id, "length": len(sealed), "chunkSize": _CHUNK_BYTES, "uploadDate": at, "metadata": about}
        )

    async def read(self, id_: str) -> bytes | None:
        """The sealed content."""
        # Made here and not before: it takes the event loop it is made in, and the service has none until it runs.
        bucket = AsyncIOMotorGridFSBucket(self._database, _BUCKET)
        try:
            return bytes(await (await bucket.open_download_stream(id_)).read())
        except NoFile:
            return None

    async def of_signal(self, signal: str) -> list[Picture]:
        """Every picture that was written for a signal."""
        found = self._files.find({"metadata.signal": signal})
        return [Picture(file["_id"], file["metadata"]["scanned"]) async for file in found]

    async def keep(self, signal: str, ids: Sequence[str]) -> None:
        """Note that the signal refers to these."""
        await self._files.update_many(
            {"_id": {"$in": list(ids)}, "metadata.signal": signal}, {"$set": {"metadata.kept": True}}
        )

    async def remove(self, signal: str, ids: Sequence[str] | None = None) -> None:
        """Take pictures of a signal away, all of them unless some are named."""
        gone = [picture.id for picture in await self.of_signal(signal) if ids is None or picture.id in ids]
        # The file first, the other way about than writing.
        await self._files.delete_many({"_id": {"$in": gone}})
        await self._chunks.delete_many({"files_id": {"$in": gone}})

    async def not_kept(self, before: datetime) -> AsyncIterator[tuple[str, str]]:
        """Signal and picture of what was written before this moment and is not known to be referred to."""
        async for file in self._files.find({"metadata.kept": False, "uploadDate": {"$lt": before}}):
            yield file["metadata"]["signal"], file["_id"]
