"""What a reporter wrote as a reader is shown it: numbers hidden, with its language and what can be looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.companies import IN_WORDS, find_companies
from services.intake.dates import find_dates
from services.intake.languages import in_dutch, language_of
from services.intake.personal import find_personal, masked
from shared.web.i18n import REFERENCE
from shared.web.times import full_day

UNDETERMINED = "niet te bepalen"

Hint = tuple[str, str]
"""What was recognised and how it reads in full: ("KvK-nummer", "12345678")."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One text; `hides` says that something in it is named instead of shown."""

    text: str
    code: str | None
    hints: tuple[Hint, ...]
    hides: bool

    @property
    def language(self) -> str:
        return in_dutch(self.code) if self.code else UNDETERMINED


def reading(text: str, near: date, in_full: bool) -> Reading:
    """A text that was written about `near`. Takes up to two seconds the first time: call it in a thread."""
    code = language_of(text)
    hides = not in_full and bool(find_personal(text, code or REFERENCE))
    shown = masked(text, language=code or REFERENCE) if hides else text
    return Reading(shown, code, hints_in(text, near, in_full), hides)


def line_of_facts(text: str, in_full: bool) -> Reading:
    """A line that the facts show without its numbers: too short to tell its language, or to look for more."""
    return Reading(text if in_full else masked(text, language=None), None, (), hides=not in_full)


def hints_in(text: str, near: date, in_full: bool = False) -> tuple[Hint, ...]:
    """Company numbers and dates, each once; what may be a person's number only in full."""
    companies = [one for one in find_companies(text) if in_full or not one.may_be_a_persons]
    numbers = [(IN_WORDS[one.kind], one.number) for one in companies]
    days = [("Datum", full_day(one.day)) for one in find_dates(text, near)]
    return tuple(dict.fromkeys([*numbers, *days]))


def all_hints(readings: Sequence[Reading]) -> tuple[Hint, ...]:
    """Those of several texts about one thing, each once."""
    return tuple(dict.fromkeys(hint for one in readings for hint in one.hints))
