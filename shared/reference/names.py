"""Names as people write them, folded so that spellings of one place meet."""

import re
import unicodedata
from collections.abc import Iterator

# Letters that do not come apart into a base letter and a mark, and Bulgarian by its own romanisation law.
_LETTERS = str.maketrans(
    dict(zip("łøđıабвгдезийклмнопрстуфхъь", "lodiabvgdeziyklmnoprstufhay", strict=True))
    | {"æ": "ae", "œ": "oe", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
)
_WORDS = {"st": "sint", "den": "de", "het": "t", "it": "t", "fryslan": "friesland"}
_QUALIFIER = re.compile(r"\s*\(.*\)$|\s+gem\. .*$|\s+[A-Z]{1,2}$")


def fold(name: str) -> str:
    """One key for every spelling: no case, marks or punctuation; *St.* is *sint*, *a/d* is *aan de*."""
    # Cyrillic й would lose its breve, so letters are replaced before and after they come apart.
    letters = unicodedata.normalize("NFC", name).casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", bare.casefold().translate(_LETTERS))
    return re.sub(r"\ba d\b", "aan de", " ".join(_WORDS.get(word, word) for word in words))


def without_qualifier(name: str) -> str:
    """The name without what tells it from its namesakes: *Bergen (NH)* is Bergen."""
    return _QUALIFIER.sub("", name)


def trigrams(key: str) -> frozenset[str]:
    """The three-letter pieces of a folded name, with its edges."""
    return frozenset(_pieces(f"  {key} "))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of two sets of trigrams: 0 for nothing in common, 1 for the same."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _pieces(padded: str) -> Iterator[str]:
    return (padded[at : at + 3] for at in range(len(padded) - 2))
