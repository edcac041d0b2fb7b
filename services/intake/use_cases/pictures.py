"""Pictures: look through and repaint what comes in, store it sealed, show it to who may, clear away what is left."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from pymongo.errors import PyMongoError

from services.intake.domain.dialogue import Picture
from services.intake.domain.moments import quarter_of
from services.intake.keys import Keys
from services.intake.picture_files import PictureFiles
from services.intake.pixels import MOST_BYTES, NoPicture, repainted
from services.intake.scanning import Scanner, Verdict
from services.intake.store import Signals, Vault
from shared.bus.bus import Bus

log = structlog.get_logger()

LEFT_AFTER = timedelta(hours=2)
"""A form is open for an hour; what nobody refers to well after that belongs to a form that was never sent."""
_SWEEP_EVERY_SECONDS = 600
_AT_ONCE = 2


@dataclass(frozen=True)
class Pictures:
    """What people do with pictures. A few are unpacked at a time, however many come in."""

    bus: Bus
    signals: Signals
    vault: Vault
    files: PictureFiles
    keys: Keys
    scanner: Scanner
    _unpacking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def signal_of(self, ticket: str) -> str:
        """The signal that a form with this ticket will be."""
        return self.keys.signal_id(ticket)

    async def take_in(self, signal: str, data: bytes) -> Picture:
        """Store a picture for a signal that may not be sent yet; raises NoPicture."""
        if len(data) > MOST_BYTES:
            raise NoPicture("picture_large")
        verdict = await self.scanner.verdict(data)
        if verdict is Verdict.INFECTED:
            raise NoPicture("picture_infected")
        async with self._unpacking:
            painted = await asyncio.to_thread(repainted, data)
        picture = Picture(secrets.token_urlsafe(9), verdict)
        sealed = await self.vault.seal(signal, painted)
        await self.files.write(signal, picture, sealed, quarter_of(self.bus.now()))
        return picture

    async def chosen(self, signal: str, ids: Sequence[str]) -> tuple[Picture, ...]:
        """Those of a form that are there; one form cannot name another's."""
        stored = {picture.id: picture for picture in await self.files.of_signal(signal)} if ids else {}
        return tuple(stored[id_] for id_ in ids if id_ in stored)

    async def keep(self, signal: str, pictures: Sequence[Picture]) -> None:
        """Note that the signal refers to them now; where that fails the sweep finds it out."""
        if not pictures:
            return
        try:
            await self.files.keep(signal, [picture.id for picture in pictures])
        except PyMongoError as error:
            log.warning("pictures not noted as kept", error=type(error).__name__)

    async def take_away(self, ticket: str, ids: Sequence[str]) -> None:
        """Remove pictures of a form that is not sent."""
        signal = self.signal_of(ticket)
        if ids and await self.signals.get(signal) is None:
            await self.files.remove(signal, ids)

    async def shown(self, signal: str, id_: str) -> bytes | None:
        """A picture as a reader sees it; None when it or its key is gone."""
        sealed = await self.files.read(id_)
        opened = await self.vault.open(signal, [sealed]) if sealed else []
        return next(iter(opened), None)

    async def sweep(self) -> int:
        """Clear away what no signal refers to; answers how many pictures went."""
        gone = 0
        async for signal, picture in self.files.not_kept(before=self.bus.now() - LEFT_AFTER):
            document = await self.signals.get(signal)
            if document is not None and any(known.id == picture for known in document.state.pictures):
                await self.files.keep(signal, [picture])
                continue
            await self.files.remove(signal, [picture])
            if document is None:
                await self.vault.forget(signal)
            gone += 1
        return gone

    async def sweep_now_and_then(self) -> None:
        """For as long as the service runs."""
        while True:
            try:
                await self.files.prepare()
                await self.sweep()
            except PyMongoError as error:
                log.warning("pictures not swept", error=type(error).__name__)
            await asyncio.sleep(_SWEEP_EVERY_SECONDS)
