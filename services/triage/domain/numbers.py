"""Ids and numbers of cases: derived from what founded them, so that a rebuild repeats them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

# Without I, L, O and U: nothing that is misheard or misread, and no words.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case as another one names it: its id, and the number people say."""

    id: str
    number: str


def case_id(founding_signal: str) -> str:
    """The case that a signal founds."""
    return str(uuid5(NAMESPACE_URL, f"case/{founding_signal}"))


def case_number(case: str, received_at: datetime) -> str:
    """The number people say, `Z-2020-7K4Q2M`: the year, and 30 bits of the case's id."""
    rest = UUID(case).int >> (128 - 5 * _LENGTH)
    letters = ""
    for _ in range(_LENGTH):
        rest, letter = divmod(rest, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return f"Z-{received_at.astimezone(UTC).year}-{letters}"
