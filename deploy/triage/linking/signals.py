"""Signals that are made up, of which it is known which are about the same situation: what people write of it differs.

Companies are put together of syllables (`signals.toml`) and are nobody's; places and postcodes of four digits are real.
"""

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any

from shared.reference.model import Location
from shared.reference.tables import read_tables
from shared.situation import Site, Situation
from shared.vocabulary import Sector, Theme

BEGIN = datetime(2020, 6, 1, 12, tzinfo=UTC)
PERIOD_DAYS = 150
REPORTED_WITHIN_DAYS = 40
_HOW_MANY = (1, 1, 2, 2, 3, 4)
_LETTERS = "ABCDEFGHJKLMNPRTVWXZ"
_TRADES = 2
_ADDITIONS = ("", "", "", "", "", "", "a", "b")
_AKIN = {
    Sector.MEAT: Sector.FOOD,
    Sector.FOOD: Sector.MEAT,
    Sector.GREENHOUSE: Sector.FRUIT,
    Sector.FRUIT: Sector.GREENHOUSE,
}
_CYRILLIC = str.maketrans("abvgdeziklmnoprstufh", "абвгдезиклмнопрстуфх")


@dataclass(frozen=True, slots=True)
class MadeSignal:
    """A signal as triage gets it; those with the same `about` are about the same situation."""

    id: str
    about: int
    situation: Situation
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Noise:
    """In which share of signals something is not said, or not as it is."""

    name_unknown: float = 0.10
    name_mistyped: float = 0.20
    name_in_another_language: float = 0.20
    marks_left_off: float = 0.50
    postcode_unknown: float = 0.06
    postcode_without_letters: float = 0.06
    postcode_mistyped: float = 0.04
    number_unknown: float = 0.05
    number_moved: float = 0.06
    addition_left_off: float = 0.30
    place_mistyped: float = 0.10
    registration_known: float = 0.25
    sector_unknown: float = 0.15
    sector_akin: float = 0.10
    themes_otherwise: float = 0.25


@dataclass(frozen=True, slots=True)
class _Truth:
    """A situation as it is; `core` is the name without trade and legal form, `trade` the place of its word."""

    core: str
    registration: str
    sector: Sector
    trade: int
    theme: Theme
    area: Location
    letters: str
    number: int
    addition: str
    begin: datetime


def made_signals(seed: int, situations: int, noise: Noise | None = None) -> list[MadeSignal]:
    """One to four signals about each of so many situations; the same seed makes the same signals.

    Of twenty situations two are next door to another, two at another site of the same company, and one at the number of
    another with another addition. Raises ValueError for fewer than one situation.
    """
    if situations < 1:
        raise ValueError("there is nothing to make signals about")
    maker = _Maker(Random(seed), noise or Noise())  # noqa: S311 - nothing here is a secret
    truths: list[_Truth] = []
    for _ in range(situations):
        truths.append(maker.situation(truths))
    return [
        maker.signal(f"{about}-{place}", about, truth)
        for about, truth in enumerate(truths)
        for place in range(maker.chance.choice(_HOW_MANY))
    ]


class _Maker:
    def __init__(self, chance: Random, noise: Noise) -> None:
        self.chance = chance
        self._noise = noise
        self._areas = read_tables().areas
        words: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "signals.toml").read_text("utf-8"))
        self._syllables: Sequence[Sequence[str]] = (words["beginnings"], words["middles"], words["endings"])
        self._forms: Mapping[str, Sequence[str]] = words["forms"]
        self._trades: Mapping[Sector, Mapping[str, Sequence[str]]] = {
            Sector(key): word for key, word in words["trades"].items()
        }

    def situation(self, others: Sequence[_Truth]) -> _Truth:
        """A new one, or one that is easily taken for another and is not."""
        new = self._new()
        drawn = self.chance.random()
        if not others or drawn >= 0.25:
            return new
        other = self.chance.choice(others)
        if drawn < 0.10:
            next_door = other.number + 2 * self.chance.randint(1, 5)
            return replace(new, area=other.area, letters=other.letters, number=next_door, addition="")
        if drawn < 0.20:
            new = replace(new, core=other.core, registration=other.registration)
            return replace(new, sector=other.sector, trade=other.trade)
        addition = self.chance.choice([one for one in "abcd" if one != other.addition])
        return replace(new, area=other.area, letters=other.letters, number=other.number, addition=addition)

    def signal(self, id_: str, about: int, truth: _Truth) -> MadeSignal:
        """What somebody writes of a situation."""
        noise = self._noise
        area = truth.area
        postcode = self._postcode(truth)
        registration = truth.registration if self._is(noise.registration_known) else None
        site = Site(
            name=None if self._is(noise.name_unknown) else self._name(truth),
            postcode=postcode,
            house_number=self._house_number(truth) if postcode and not self._is(noise.number_unknown) else None,
            place=self._mistyped(str(area.place)) if self._is(noise.place_mistyped) else area.place,
            municipality=area.municipality.name,
            registration=registration,
        )
        received_at = truth.begin + timedelta(days=self.chance.randrange(REPORTED_WITHIN_DAYS))
        return MadeSignal(id_, about, Situation(self._themes(truth), self._sector(truth), site), received_at)

    def _new(self) -> _Truth:
        number = self.chance.randint(1, 250)
        return _Truth(
            core="".join(map(self.chance.choice, self._syllables)),
            registration=f"{self.chance.randrange(10**7, 10**8)}",
            sector=Sector(self.chance.choice(list(self._trades))),
            trade=self.chance.randrange(_TRADES),
            theme=self.chance.choice(list(Theme)),
            area=self.chance.choice(self._areas),
            letters="".join(self.chance.choices(_LETTERS, k=2)),
            number=number,
            addition=self.chance.choice(_ADDITIONS),
            begin=BEGIN + timedelta(days=self.chance.randrange(PERIOD_DAYS)),
        )

    def _name(self, truth: _Truth) -> str:
        noise, core = self._noise, truth.core
        language = self.chance.choice(list(self._forms)) if self._is(noise.name_in_another_language) else "nl"
        if self._is(noise.name_mistyped):
            core = self._mistyped(core)
        if language == "bg":
            core = without_marks(core).lower().translate(_CYRILLIC).title()
        form = self.chance.choice(self._forms[language])
        trade = self._trades[truth.sector][language][truth.trade]
        name = " ".join(word for word in (trade, core, form) if word)
        return without_marks(name) if self._is(noise.marks_left_off) else name

    def _postcode(self, truth: _Truth) -> str | None:
        digits, letters = str(truth.area.postcode), truth.letters
        if self._is(self._noise.postcode_unknown):
            return None
        if self._is(self._noise.postcode_without_letters):
            return digits
        if self._is(self._noise.postcode_mistyped):
            letters = letters[0] + self.chance.choice([one for one in _LETTERS if one != letters[1]])
        return f"{digits} {letters}" if self._is(0.5) else digits + letters

    def _house_number(self, truth: _Truth) -> str:
        number = truth.number
        if self._is(self._noise.number_moved):
            number += 2
        return f"{number}" if self._is(self._noise.addition_left_off) else f"{number}{truth.addition}"

    def _sector(self, truth: _Truth) -> Sector | None:
        if self._is(self._noise.sector_unknown):
            return None
        return _AKIN.get(truth.sector, truth.sector) if self._is(self._noise.sector_akin) else truth.sector

    def _themes(self, truth: _Truth) -> tuple[Theme, ...]:
        more = {self.chance.choice(list(Theme))} if self._is(self._noise.themes_otherwise) else set()
        return tuple(sorted({truth.theme, *more}))

    def _mistyped(self, word: str) -> str:
        """One letter swapped with the next, left out, doubled or another."""
        at = self.chance.randrange(1, len(word) - 1) if len(word) > 2 else 0
        how = self.chance.randrange(4)
        if how == 0:
            return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        if how == 1:
            return word[:at] + word[at + 1 :]
        return word[:at] + (word[at] * 2 if how == 2 else self.chance.choice(ascii_lowercase)) + word[at + 1 :]

    def _is(self, share: float) -> bool:
        return self.chance.random() < share


def without_marks(text: str) -> str:
    """As somebody writes who has no such keys: Mörberg is Morberg. A ł stays, for it does not come apart."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if not unicodedata.combining(one)))
