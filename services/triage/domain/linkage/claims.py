"""What stands under the key of a block: the signals filed there last, each with what is compared of it.

A new signal is compared with these and nothing else. So however long one street is busy, a signal costs the same; what
is left out is said here: under one key the newest `MOST` entries stand, of one case the newest `MOST_OF_A_CASE` that
differ in more than their day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.triage.domain.linkage.agreement import Record, Value
from services.triage.domain.linkage.blocks import admits
from services.triage.domain.linkage.likeness import Verdict
from services.triage.domain.linkage.model import Block, LinkModel, Pattern

MOST = 16
MOST_OF_A_CASE = 3
MOST_CANDIDATES = 5
"""So many candidates of a signal are looked at closely."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A signal as it was when it was filed, and the case it came into; `known_at` is the receipt of these facts."""

    signal: str
    case: str
    known_at: datetime
    record: Record


@dataclass(frozen=True, slots=True)
class BlockClaim:
    """The entries under a key, the oldest first; the document's id is the key.

    Whoever founds a case files its signal under every key it has. Two who do so at once for signals that could be
    candidates for each other write the same document, so that one of them looks again.
    """

    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a record agrees with, how, how likely both are about the same, and what follows from it."""

    entry: Entry
    pattern: Pattern
    probability: float
    verdict: Verdict


def filed(claim: BlockClaim, entry: Entry, days: int) -> BlockClaim:
    """The claim with this entry, or the same one where that says nothing new; what is `days` older falls out."""
    if entry in claim.entries:
        return claim
    others = [one for one in claim.entries if one.signal != entry.signal]
    alike = [one for one in others if one.case == entry.case and _but_for_day(one) == _but_for_day(entry)]
    if len(others) == len(claim.entries) and any(_day(one) >= _day(entry) for one in alike):
        return claim
    in_order = sorted([*(one for one in others if one not in alike), entry], key=_day)
    newest = _day(in_order[-1])
    fresh = [one for one in in_order if newest - _day(one) <= days]
    crowded_out = [one for one in fresh if one.case == entry.case][:-MOST_OF_A_CASE]
    return BlockClaim(tuple([one for one in fresh if one not in crowded_out][-MOST:]))


class Compared:
    """What was compared before: a signal meets its entries once to load what it is like, and once to be decided."""

    def __init__(self) -> None:
        self._of: dict[frozenset[tuple[str, Value]], dict[int, tuple[Entry, Candidate | None]]] = {}

    def rated(self, record: Record, entries: Sequence[Entry], model: LinkModel) -> list[Candidate]:
        """The entries that are not apart from this record."""
        known = self._of.setdefault(frozenset(record.items()), {})
        for entry in entries:
            # With its entry beside it, no other one can come to have the same id.
            if id(entry) not in known:
                known[id(entry)] = entry, _rated(record, entry, model)
        return [rated for entry in entries if (rated := known[id(entry)][1])]


def candidates(
    record: Record, looked_at: Iterable[tuple[Block, BlockClaim]], model: LinkModel, compared: Compared
) -> list[Candidate]:
    """The entries that may well be about the same as this record: those that need no person first, then the likeliest.

    Of equals the one heard of last comes first, and of one case alone. A signal that was filed before finds itself too:
    another may have founded the case that it claimed.
    """
    entries: dict[str, Entry] = {}
    for block, claim in looked_at:
        for entry in claim.entries:
            known = entries.get(entry.signal)
            if (known is None or known.known_at < entry.known_at) and admits(block, record, entry.record, model):
                entries[entry.signal] = entry
    in_order = sorted(compared.rated(record, list(entries.values()), model), key=_first)
    of_each: dict[tuple[str, Pattern], Candidate] = {}
    for one in in_order:
        of_each.setdefault((one.entry.case, one.pattern), one)
    return list(of_each.values())[:MOST_CANDIDATES]


def _rated(record: Record, entry: Entry, model: LinkModel) -> Candidate | None:
    pattern = model.likely_pattern(record, entry.record)
    return Candidate(entry, pattern, model.probability(pattern), model.verdict(pattern)) if pattern else None


def _first(one: Candidate) -> tuple[bool, float, float, str]:
    needs_a_person = one.verdict is not Verdict.AUTOMATIC
    return needs_a_person, -one.probability, -one.entry.known_at.timestamp(), one.entry.signal


def _day(entry: Entry) -> int:
    day = entry.record.get("day", 0)
    return day if isinstance(day, int) else 0


def _but_for_day(entry: Entry) -> dict[str, Value]:
    return {field: value for field, value in entry.record.items() if field != "day"}
