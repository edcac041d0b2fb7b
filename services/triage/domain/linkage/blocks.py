"""Which records are candidates at all: those that share a key, so that nothing is compared with everything."""

from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from services.triage.domain.linkage.agreement import Record, known_number
from services.triage.domain.linkage.model import Block, LinkModel
from shared.reference.names import trigrams

_MODULUS = 2**32
# Odd numbers, so that each makes another order of the same hashes; two for each piece.
_ORDERS = tuple((2 * place + 1) * 2_654_435_761 % _MODULUS | 1 for place in range(1, 33))
# As names are folded: *den* is *de*, *het* is *t*.
_ARTICLES = frozenset(("de", "t", "een", "der", "die", "das", "the", "la", "le", "les"))
MOST_PIECES = len(_ORDERS) // 2


def keys_of(record: Record, model: LinkModel) -> tuple[str, ...]:
    """The keys under which a record stands, in every block whose fields it has."""
    return tuple(key for block in model.blocks for key in _keys(record, block))


def places_to_look(record: Record, model: LinkModel) -> tuple[tuple[Block, str], ...]:
    """The keys under which every record stands that can be a candidate for this one, each with its block."""
    return tuple((block, key) for block in model.blocks for key in _looks(record, block))


def is_candidate(one: Record, other: Record, model: LinkModel) -> bool:
    """Whether two records share a key that counts for them, and are not too far apart in time."""
    return any(admits(block, one, other, model) and _share_key(block, one, other) for block in model.blocks)


def admits(block: Block, one: Record, other: Record, model: LinkModel) -> bool:
    """Whether two records that share a key of a block count for each other."""
    return _days_apart(one, other) <= model.days and _admits(block, one, other)


def _share_key(block: Block, one: Record, other: Record) -> bool:
    return not set(_keys(one, block)).isdisjoint(_keys(other, block))


def _keys(record: Record, block: Block) -> Iterator[str]:
    if not all(field in record for field in block.by):
        return
    values = [str(record[field]) for field in block.by]
    if block.numbers_within is not None:
        street = "/".join((block.name, *values))
        yield from (street, *_stretches(street, record, block.numbers_within))
    elif block.pieces:
        for piece in pieces(_without_articles(values[-1]), block.pieces):
            yield "/".join((block.name, *values[:-1], piece))
    else:
        yield "/".join((block.name, *values))


def _looks(record: Record, block: Block) -> tuple[str, ...]:
    """Whoever has a number looks along its stretches and among those without one, not through a whole street."""
    keys = tuple(_keys(record, block))
    if block.numbers_within is None or not keys or _number(record) is None:
        return keys[:1] if block.numbers_within is not None else keys
    street, *stretches = keys
    return (*stretches, f"{street}/?")


def _stretches(street: str, record: Record, within: int) -> tuple[str, ...]:
    """Two stretches of twice the distance, one begun halfway the other: numbers that near have one in common."""
    number = _number(record)
    if number is None:
        return (f"{street}/?",)
    width = max(1, 2 * within)
    starts = dict.fromkeys(number - (number + shift) % width for shift in (0, within))
    return tuple(f"{street}/{start}-{start + width - 1}" for start in starts)


def _number(record: Record) -> int | None:
    number = known_number(record.get("house_number"))
    return number.number if number else None


def _without_articles(name: str) -> str:
    """*De Boshoek* and *Boshoek* are looked for alike: of a short name an article is a third of all trigrams."""
    return " ".join(word for word in name.split() if word not in _ARTICLES) or name


@lru_cache(maxsize=10_000)
def pieces(text: str, number: int) -> tuple[str, ...]:
    """So many pairs of three-letter pieces of a name, picked so that names much alike have one in common.

    MinHash with bands of two (Broder 1997; Leskovec, Rajaraman and Ullman, 3.4): of names that share a part s of their
    trigrams (Jaccard), a part 1 - (1 - s²)ⁿ have a piece in common, so 97% where one letter of fifteen is wrong and
    none of those that have nothing to do with each other.
    """
    known = [(crc32(trigram.encode()), trigram) for trigram in sorted(trigrams(text))]
    picked = [min(known, key=lambda one: one[0] * order % _MODULUS)[1] for order in _ORDERS[: 2 * number]]
    return tuple(dict.fromkeys("+".join(picked[n : n + 2]) for n in range(0, len(picked), 2)))


def _admits(block: Block, one: Record, other: Record) -> bool:
    if block.numbers_within is None:
        return not block.same_theme or _share_theme(one, other)
    numbers = [number for number in map(_number, (one, other)) if number is not None]
    known = len(numbers) == len((one, other))
    if known and numbers[0] == numbers[1]:
        return True
    if known and abs(numbers[0] - numbers[1]) > block.numbers_within:
        return False
    return not block.same_theme or _share_theme(one, other)


def _share_theme(one: Record, other: Record) -> bool:
    left, right = one.get("themes"), other.get("themes")
    return not (isinstance(left, tuple) and isinstance(right, tuple) and set(left).isdisjoint(right))


def _days_apart(one: Record, other: Record) -> int:
    left, right = one.get("day"), other.get("day")
    return abs(left - right) if isinstance(left, int) and isinstance(right, int) else 0
