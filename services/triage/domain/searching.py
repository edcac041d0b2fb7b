"""How people find a case: its number, name, place and address as words, folded as linking folds them.

Every word that is typed has to be somewhere among them, also within a longer one: *verwerking* finds
*Vleesverwerking*. A number has to begin a word, so that house number 12 is not found in every postcode.
"""

import re
from collections.abc import Sequence

from services.triage.domain.case import Case
from shared.reference.names import fold

_INITIALS = re.compile(r"\b(?:[^\W\d_] )+[^\W\d_]\b")
_ADDITION = re.compile(r"\b(\d+) ([^\W\d_])\b")
_POSTCODE = re.compile(r"\b([1-9]\d{3}) ([a-z]{2})\b")


def words_of(case: Case) -> str:
    """What of a case is searched: `z2026xswcvx 2026xswcvx xswcvx jansen bv 7141ab 12 groenlo oost gelre`."""
    site = case.situation.site
    named = (site.name, site.postcode, site.house_number, site.place, site.municipality, site.registration)
    return " ".join([*number_forms(case.number), *(folded(text) for text in named if text)])


def number_forms(number: str) -> list[str]:
    """How the number of a case may be written: whole, without its first letter, and its last part alone."""
    parts = fold(number).split()
    return ["".join(parts[start:]) for start in range(len(parts))]


def folded(text: str) -> str:
    """Folded, with what is one word to a reader as one: *7141 AB* is `7141ab`, *12 A* `12a`, *B.V.* `bv`."""
    together = _INITIALS.sub(lambda found: found[0].replace(" ", ""), fold(text))
    return _POSTCODE.sub(r"\1\2", _ADDITION.sub(r"\1\2", together))


def patterns(text: str) -> Sequence[str]:
    """Regular expressions that the words of a case all have to match; none where the text holds no word.

    Folding leaves letters and digits alone, so that nothing typed is read as an expression.
    """
    return [rf"(^| ){word}" if word.isdecimal() else word for word in folded(text).split()]
