"""What happens to a signal after it came in: its private page, questions and answers, more facts, withdrawal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from services.intake.domain import receipt
from services.intake.domain.dialogue import Author, Line, Picture
from services.intake.domain.following import placed_at, supplemented, with_line, with_pictures
from services.intake.domain.moments import quarter_of
from services.intake.domain.signal import NotAllowed, Signal, may_place
from services.intake.keys import Keys
from services.intake.own_words import to_tell
from services.intake.store import SIGNALS, Signals, Vault
from services.intake.use_cases.pictures import Pictures
from services.intake.use_cases.signals import withdrawal
from shared.bus.bus import Bus
from shared.bus.documents import Change, Document, Telling, WorkingSet, tell_coarsely
from shared.contracts import catalogue
from shared.contracts.intake import SignalSupplemented
from shared.contracts.situations import wire_situation
from shared.situation import Observations, Site


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the dialogue, opened."""

    author: Author
    at: datetime
    text: str
    who: str | None
    language: str | None = None


@dataclass(frozen=True)
class Following:
    """The verbs of whoever has a receipt, and of members who ask them something."""

    bus: Bus
    signals: Signals
    vault: Vault
    keys: Keys
    pictures: Pictures

    async def of_receipt(self, code: str) -> Document[Signal] | None:
        """The signal of a receipt code as typed; the same work whether it exists or not."""
        return await self.signals.by_receipt(self.keys.receipt_hash(receipt.normal(code) or ""))

    async def said(self, document: Document[Signal]) -> list[Said]:
        """What was asked and answered, in order."""
        lines = document.state.dialogue
        texts = await self.vault.open(document.id, [line.sealed.encode() for line in lines])
        named = [line for line in lines if line.language]
        languages = await self.vault.open(document.id, [(line.language or "").encode() for line in named])
        spoken = {line.id: code.decode() for line, code in zip(named, languages, strict=bool(languages))}
        opened = zip(lines, texts, strict=bool(texts))
        return [Said(line.author, line.at, text.decode(), line.who, spoken.get(line.id)) for line, text in opened]

    async def ask(
        self, document: Document[Signal], text: str, once: str, who: str, language: str | None = None
    ) -> None:
        """A member's question to the reporter, in a language of the form; raises NotAllowed."""
        await self._say(document, Author.PLATFORM, text, once, who, language)

    async def answer(self, document: Document[Signal], text: str, once: str) -> None:
        """What the reporter answers or adds in own words; raises NotAllowed."""
        await self._say(document, Author.REPORTER, text, once, None)

    async def supplement(
        self, document: Document[Signal], observations: Observations, observed_on: date | None
    ) -> bool:
        """What is seen there now, and on which day; answers whether that was new. Raises NotAllowed."""
        at = quarter_of(self.bus.now())
        step = partial(_supplement, observations=observations, observed_on=observed_on, at=at)
        changed = await self._decide(document, step)
        return bool(changed)

    async def place(self, document: Document[Signal], site: Site, who: str, why: str) -> bool:
        """Where it is, as LOT-C found out; answers whether that was new. Raises NotAllowed."""
        at, told = quarter_of(self.bus.now()), to_tell(site, None, document.state.channel)
        changed = await self._decide(document, partial(_place, site=told.site, who=who, why=why, at=at))
        return bool(changed)

    async def add_pictures(self, document: Document[Signal], pictures: Sequence[Picture]) -> None:
        """Pictures that were taken in for this signal become a part of it; raises NotAllowed."""
        at = quarter_of(self.bus.now())
        await self._decide(document, partial(_add_pictures, pictures=pictures, at=at))
        await self.pictures.keep(document.id, pictures)

    async def withdraw(self, document: Document[Signal]) -> None:
        """Take a signal back and destroy what its reporter wrote and showed."""
        decision = partial(withdrawal, id_=document.id, at=quarter_of(self.bus.now()))
        await self.bus.decide(partial(self.signals.load, [document.id]), decision)
        await self.vault.forget(document.id)
        await self.pictures.files.remove(document.id)

    async def _say(
        self,
        document: Document[Signal],
        author: Author,
        text: str,
        once: str,
        who: str | None,
        language: str | None = None,
    ) -> None:
        sealed = (await self.vault.seal(document.id, text.encode())).decode()
        code = (await self.vault.seal(document.id, language.encode())).decode() if language else None
        line = Line(once, author, quarter_of(self.bus.now()), sealed, who, code)
        await self._decide(document, partial(_add_line, line=line))

    async def _decide(
        self, document: Document[Signal], step: Callable[[Signal], tuple[Signal, Sequence[Telling]]]
    ) -> list[Document[Any]]:
        return await self.bus.decide(
            partial(self.signals.load, [document.id]), partial(_follow, id_=document.id, step=step)
        )


def _follow(
    room: WorkingSet, *, id_: str, step: Callable[[Signal], tuple[Signal, Sequence[Telling]]]
) -> Sequence[Change[Any]]:
    document: Document[Signal] = room.find_or_new(SIGNALS.name, id_)
    if not document.exists:
        raise NotAllowed("gone")
    state, tellings = step(document.state)
    return [] if state is document.state else [document.becomes(state, *tellings)]


def _add_line(signal: Signal, line: Line) -> tuple[Signal, Sequence[Telling]]:
    return with_line(signal, line), ()


def _add_pictures(signal: Signal, pictures: Sequence[Picture], at: datetime) -> tuple[Signal, Sequence[Telling]]:
    return with_pictures(signal, pictures, at), ()


def _supplement(
    signal: Signal, observations: Observations, observed_on: date | None, at: datetime
) -> tuple[Signal, Sequence[Telling]]:
    state = supplemented(signal, observations, observed_on, at)
    return state, [_told_anew(state, at)]


def _place(signal: Signal, site: Site, who: str, why: str, at: datetime) -> tuple[Signal, Sequence[Telling]]:
    if not may_place(who, signal):
        raise NotAllowed("has a place")
    state = placed_at(signal, site, who, why, at)
    return state, [_told_anew(state, at)]


def _told_anew(signal: Signal, at: datetime) -> Telling:
    fact = SignalSupplemented(situation=wire_situation(signal.situation), received_at=at)
    return tell_coarsely(catalogue.SIGNALS, fact, at)
