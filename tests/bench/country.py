"""A country of cases to link in: in its real municipalities and villages, where names of companies recur."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.reference.tables import grouped, read_tables
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Sector, Theme

_LETTERS = tuple(first + second for first in "ABCDEGHJKL" for second in "ABCDEGHJKL")
"""A village of four digits has some hundred postcodes; those of a full country have two or three cases each."""
_APART = 4
"""House numbers of two cases differ by so much at least."""
_BEARERS = 4
"""So many cases of a municipality, at least, bear each name once the country is full."""
_BEGINNINGS = ("Bra", "Dor", "Fel", "Gro", "Hal", "Kem", "Lun", "Mor", "Nij", "Osk", "Pre", "Rod", "Stel", "Ter", "Vol")
_ENDINGS = ("berg", "dijk", "ema", "escu", "horst", "ing", "kamp", "man", "nik", "ov", "sen", "ski", "stra", "veld")
_MIDDLES = ("", "ba", "de", "fi", "go", "le", "ma", "no", "re", "ti", "vu")


class Country:
    """Numbers its cases so that however many of them there are, they lie spread over all of it."""

    def __init__(self, full: int) -> None:
        self._areas = list(read_tables().areas)
        random.Random(1).shuffle(self._areas)
        self._within = grouped((area.municipality.name, place) for place, area in enumerate(self._areas))
        self._rank = {place: rank for places in self._within.values() for rank, place in enumerate(places)}
        self._turns = -(-full // len(self._areas))

    def situation(self, number: int) -> Situation:
        """At an address of its own, with the name of a company."""
        turn, place = divmod(number, len(self._areas))
        area = self._areas[place]
        row, letters = divmod(turn, len(_LETTERS))
        there = len(self._within[area.municipality.name])
        name = (turn * there + self._rank[place]) % max(1, self._turns * there // _BEARERS)
        site = Site(
            name=f"Slachterij {_core(name)} B.V.",
            postcode=f"{area.postcode}{_LETTERS[letters]}",
            house_number=str(_APART * row + 1),
            place=area.place,
            municipality=area.municipality.name,
            region=area.region,
        )
        return Situation((Theme.WORK,), Sector.MEAT, site, Observations(people_exposed=120, confirmed_infections=1))

    def next_door(self, number: int) -> Situation:
        """Another company, two house numbers on: the one that asks most to be compared."""
        there = self.situation(number)
        house_number = str(int(there.site.house_number or 1) + 2)
        return replace(there, site=replace(there.site, name=f"{_core(number + 7)} Vlees", house_number=house_number))

    def municipalities(self, size: int) -> Iterator[Sequence[int]]:
        """The numbers below `size` of each municipality: whatever may share a key."""
        for places in self._within.values():
            yield [number for first in places for number in range(first, size, len(self._areas))]


def _core(number: int) -> str:
    rest, beginning = divmod(number, len(_BEGINNINGS))
    rest, middle = divmod(rest, len(_MIDDLES))
    return _BEGINNINGS[beginning] + _MIDDLES[middle] + _ENDINGS[rest % len(_ENDINGS)]
