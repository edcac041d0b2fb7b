"""How far the values of two records agree: for each kind of field, degrees that rise with agreement.

A degree of None means that the field is not known on both sides: it then says nothing, for or against.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from shared.reference.addresses import HouseNumber, house_number

Value = str | int | tuple[str, ...]
Record = Mapping[str, Value]
"""What is known of a signal (or a person in a benchmark) by field; a field that is not known is not there."""

Degree = Callable[[Record, Record], float | None]

_SAME_NAME_FROM, _SAME_CORE_FROM, _CORE_IS_AT_MOST = 0.97, 0.9, 0.96
_NEIGHBOURS_ARE_WITHIN = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to compare: `make` takes the fields it reads (as many as `reads`) and groups of values that are akin.

    `names` are its degrees from the least agreement to the most; a kind without names has numbers as degrees, `unit`
    says of what: `at_least` a likeness of 0 to 1, `within` so many days.
    """

    reads: int
    make: Callable[[Sequence[str], Sequence[frozenset[str]]], Degree]
    names: tuple[str, ...] = ()
    unit: str = "is"


def _pair(field: str, compare: Callable[[str, str], float]) -> Degree:
    def degree(one: Record, other: Record) -> float | None:
        left, right = one.get(field), other.get(field)
        if left is None or right is None:
            return None
        return compare(str(left), str(right))

    return degree


def likeness(one: str, other: str) -> float:
    """Jaro–Winkler (Winkler 1990), 0 to 1; the same both ways round, which greedy matching alone is not."""
    return JaroWinkler.normalized_similarity(min(one, other), max(one, other))


def _company(fields: Sequence[str], _akin: Sequence[frozenset[str]]) -> Degree:
    """By what is left of the names without words of trade, which are alike in every slaughterhouse; the rest makes
    the difference between the same name and one that is nearly so. Words may stand in any order."""
    name, core = fields

    def degree(one: Record, other: Record) -> float | None:
        if name not in one or name not in other:
            return None
        whole = likeness(_sorted(one[name]), _sorted(other[name]))
        left = likeness(_sorted(one[core]), _sorted(other[core]))
        return whole if whole >= _SAME_NAME_FROM and left >= _SAME_CORE_FROM else min(_CORE_IS_AT_MOST, left)

    return degree


@lru_cache(maxsize=10_000)
def _sorted(name: Value) -> str:
    return " ".join(sorted(str(name).split()))


def _edits(one: str, other: str) -> float:
    """Steps away, a swap of neighbours being one step (optimal string alignment)."""
    return float(max(0, 3 - OSA.distance(one, other, score_cutoff=3)))


_ADDRESS = ("elsewhere", "village", "number", "neighbour", "flat", "no_number", "addition", "mistyped", "same")


def _address(fields: Sequence[str], _akin: Sequence[frozenset[str]]) -> Degree:
    """Whole postcode and house number together: a number says nothing where the postcode is another."""
    postcode, number = fields

    def degree(one: Record, other: Record) -> float | None:
        left, right = str(one.get(postcode, "")), str(other.get(postcode, ""))
        if not left or not right:
            return None
        numbers = known_number(one.get(number)), known_number(other.get(number))
        return float(_ADDRESS.index(_alike(left, right, *numbers)))

    return degree


@lru_cache(maxsize=10_000)
def known_number(value: Value | None) -> HouseNumber | None:
    """The house number of a record, None where it has none."""
    return house_number(str(value)) if value is not None else None


def _alike(left: str, right: str, one: HouseNumber | None, other: HouseNumber | None) -> str:
    if left != right:
        if one is not None and one == other and OSA.distance(left, right) == 1:
            return "mistyped"
        return "village" if left[:4] == right[:4] else "elsewhere"
    if one is None or other is None:
        return "no_number"
    if one == other:
        return "same"
    if one.number == other.number:
        return "flat" if one.addition and other.addition else "addition"
    return "neighbour" if abs(one.number - other.number) <= _NEIGHBOURS_ARE_WITHIN else "number"


_LOCALITY = ("elsewhere", "municipality", "place")


def _locality(fields: Sequence[str], _akin: Sequence[frozenset[str]]) -> Degree:
    """The village by its postcode of four digits or its name, else the municipality."""
    village, place, municipality = fields

    def degree(one: Record, other: Record) -> float | None:
        codes = [record[village] for record in (one, other) if village in record]
        places = [record[place] for record in (one, other) if place in record]
        within = [record[municipality] for record in (one, other) if municipality in record]
        if any(len(known) == 2 and known[0] == known[1] for known in (codes, places)):
            return 2.0
        if len(within) == 2:
            return float(within[0] == within[1])
        return 0.0 if len(codes) == 2 or len(places) == 2 else None

    return degree


_REGISTRATION = ("other", "company", "branch")
_BRANCH_DIGITS = 12


def _registration(one: str, other: str) -> float | None:
    """Branch numbers (12 digits) name a site, company numbers (8) whoever runs it; the two cannot be compared."""
    if len(one) != len(other):
        return None
    if one != other:
        return 0.0
    return 2.0 if len(one) == _BRANCH_DIGITS else 1.0


def _registrations(fields: Sequence[str], _akin: Sequence[frozenset[str]]) -> Degree:
    def degree(one: Record, other: Record) -> float | None:
        left, right = one.get(fields[0]), other.get(fields[0])
        return None if left is None or right is None else _registration(str(left), str(right))

    return degree


def _overlap(fields: Sequence[str], _akin: Sequence[frozenset[str]]) -> Degree:
    def degree(one: Record, other: Record) -> float | None:
        left, right = one.get(fields[0]), other.get(fields[0])
        if not isinstance(left, tuple) or not isinstance(right, tuple):
            return None
        if set(left) == set(right):
            return 2.0
        return float(not set(left).isdisjoint(right))

    return degree


def _group(fields: Sequence[str], akin: Sequence[frozenset[str]]) -> Degree:
    return _pair(
        fields[0], lambda one, other: 2.0 if one == other else float(any({one, other} <= group for group in akin))
    )


def _days(fields: Sequence[str], _akin: Sequence[frozenset[str]]) -> Degree:
    def degree(one: Record, other: Record) -> float | None:
        left, right = one.get(fields[0]), other.get(fields[0])
        return -float(abs(left - right)) if isinstance(left, int) and isinstance(right, int) else None

    return degree


KINDS: Mapping[str, Kind] = {
    "text": Kind(1, lambda fields, _: _pair(fields[0], likeness), unit="at_least"),
    "company": Kind(2, _company, unit="at_least"),
    "exact": Kind(1, lambda fields, _: _pair(fields[0], lambda a, b: float(a == b)), ("other", "same")),
    "edits": Kind(1, lambda fields, _: _pair(fields[0], _edits), ("other", "two_off", "one_off", "same")),
    "address": Kind(2, _address, _ADDRESS),
    "locality": Kind(3, _locality, _LOCALITY),
    "registration": Kind(1, _registrations, _REGISTRATION),
    "overlap": Kind(1, _overlap, ("none", "some", "same")),
    "group": Kind(1, _group, ("other", "akin", "same")),
    "days": Kind(1, _days, unit="within"),
}
"""Every kind that data may name."""
