"""Many signals in one file: checked first, then taken in piece by piece, each line once however often it comes."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import structlog
from pymongo.errors import PyMongoError

from services.intake.domain.moments import quarter_of
from services.intake.store import Imports, ReporterData
from services.intake.use_cases.signals import Intake, Misplaced, Submission, TicketReused
from shared.contracts.reported import ReportedSituation
from shared.vocabulary import Channel

PIECE = 100
KEPT_FOR = timedelta(days=30)
_LOOK_EVERY = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was found right; `number` as an editor counts it, `row` as a spreadsheet does."""

    number: int
    situation: Mapping[str, Any]
    reference: str = ""
    text: str = ""
    contact: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What becomes of lines that are right, as things are now.

    `wanted` go on to be taken in; `repeated` of them are signals already, or stand in the file twice. The others tell
    something else than the signal that their reference belongs to: by their own line, the earlier line of the file
    that has it, or None where a signal has.
    """

    wanted: tuple[Line, ...]
    repeated: int
    clashes: tuple[tuple[Line, Line | None], ...]


@dataclass(frozen=True)
class Bulk:
    """Keeps a checked file, and works through those that somebody said to take in."""

    intake: Intake
    imports: Imports
    woken: asyncio.Event

    async def foresee(self, lines: Sequence[Line], party: str, channel: Channel) -> Foreseen:
        """What taking these lines in would come to: the same verdict on each, as long as nothing else is handed in."""
        handed_in = [_submission(line, party, channel) for line in lines]
        first: dict[str, tuple[Line, Submission]] = {}
        wanted: list[Line] = []
        clashes: list[tuple[Line, Line | None]] = []
        repeated = 0
        for line, one, known in zip(lines, handed_in, await self.intake.sent_before(handed_in), strict=True):
            earlier, before = first.setdefault(one.ticket, (line, one))
            if known is False or (known is None and before is not one and not one.is_same(before)):
                clashes.append((line, None if known is False else earlier))
            else:
                wanted.append(line)
                repeated += bool(known) or earlier is not line
        return Foreseen(tuple(wanted), repeated, tuple(clashes))

    async def keep(self, lines: Sequence[Line], party: str, channel: Channel, by: str) -> str:
        """A file that was checked and waits for its sender's yes; returns the number it is known by."""
        id_, at = str(uuid4()), self.intake.bus.now()
        sealed = self.intake.keys.wrap(json.dumps([asdict(line) for line in lines]).encode())
        about = {"party": party, "channel": channel.value, "by": by, "at": quarter_of(at), "total": len(lines)}
        await self.imports.add(id_, {**about, "sealed": sealed, "expires": at + KEPT_FOR})
        return id_

    async def begin(self, id_: str, party: str) -> bool:
        """Take it in from now on; False when there is no such file of this party."""
        found = await self.imports.begin(id_, party)
        self.woken.set()
        return found

    async def run(self) -> None:
        """Work through what was begun, also what an earlier process left half done."""
        await self.imports.prepare()
        while True:
            try:
                while await self._next_piece():
                    pass
                self.woken.clear()
                async with asyncio.timeout(_LOOK_EVERY):
                    await self.woken.wait()
            except TimeoutError:
                continue
            except PyMongoError as error:
                log.warning("import waits for the database", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _next_piece(self) -> bool:
        stored = await self.imports.running()
        if stored is None:
            return False
        done = stored["done"]
        lines = [Line(**line) for line in json.loads(self.intake.keys.unwrap(stored["sealed"]))]
        piece = lines[done : done + PIECE]
        outcomes = await asyncio.gather(*(self._take_in(line, stored) for line in piece))
        refused = [line.number for line, outcome in zip(piece, outcomes, strict=True) if outcome == "refused"]
        await self.imports.note(stored["_id"], done, len(piece), outcomes.count("repeated"), refused)
        return True

    async def _take_in(self, line: Line, stored: Mapping[str, Any]) -> str:
        try:
            received = await self.intake.receive_signal(_submission(line, stored["party"], Channel(stored["channel"])))
        except (Misplaced, TicketReused):
            return "refused"
        return "repeated" if received.repeated else "received"


def _submission(line: Line, party: str, channel: Channel) -> Submission:
    situation = ReportedSituation.model_validate(line.situation)
    data = ReporterData(line.text, line.contact)
    content = "\n".join((situation.content(), data.words, data.contact))
    own = line.reference or sha256(content.encode()).hexdigest()
    ticket = f"bulk/{party}/{own}"
    return Submission(situation, channel, ticket, "", party, data, reference=line.reference or None)
