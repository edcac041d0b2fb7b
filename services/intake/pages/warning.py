"""Whoever writes down a number by which somebody can be found is told so once; what to do with it is theirs to say."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from services.intake.own_words import OF_SITE, without_numbers
from services.intake.pages.answers import Answers
from services.intake.pages.questions import Step
from services.intake.personal import Kind, find_personal, masked

TOLD_OF = (Kind.BSN, Kind.ACCOUNT, Kind.E_MAIL, Kind.PHONE, Kind.NATIONAL)
REACHED_BY = (Kind.E_MAIL, Kind.PHONE)
UNCLEAR = "unclear"
"""What is given to be reached at, and can be read neither as a telephone number nor as an e-mail address."""
FIELD = "warned"
"""Where a form keeps of what its writer was told."""
_LINES: Mapping[Step, Sequence[str]] = {Step.WHERE: OF_SITE}
_NATIONAL, _ENOUGH = 9, 8
_LIKE_DUTCH_MOBILE = re.compile(r"06(?:[ .-]*\d)+", re.ASCII)
_DUTCH_DIGITS = 10
_TAKEN_OUT = dict.fromkeys(TOLD_OF, "…")  # shorter than any number, and the same in every language
_NO_CONTACT = {kind: sign for kind, sign in _TAKEN_OUT.items() if kind not in REACHED_BY}


@dataclass(frozen=True, slots=True)
class Seen:
    """In which field what kind of number stands, or `UNCLEAR`, and how it is written there."""

    field: str
    kind: str
    text: str

    @property
    def told(self) -> str:
        """What is kept once its writer knows: not the number, which may yet be taken out."""
        digest = hashlib.sha256(_whose(self.kind, self.text).encode()).hexdigest()
        return f"{self.field}/{self.kind}/{digest[:_ENOUGH]}"


def seen_in(fields: Mapping[str, str], language: str | None, known: str = "") -> Sequence[Seen]:
    """What stands in the fields, but for the addresses that their writer gives as contact anyway."""
    given = {
        _whose(one.kind, known[one.start : one.end]) for one in find_personal(known, None) if one.kind in REACHED_BY
    }
    found = [
        Seen(field, one.kind, text[one.start : one.end])
        for field, text in fields.items()
        for one in find_personal(text, language)
        if one.kind in TOLD_OF
    ]
    return [one for one in found if _whose(one.kind, one.text) not in given]


def seen_in_contact(contact: str) -> Sequence[Seen]:
    """What stands where an address is asked for: other numbers, or else the whole where it is no address at all."""
    found = find_personal(contact, None)
    others = [Seen("contact", one.kind, contact[one.start : one.end]) for one in found if one.kind in _NO_CONTACT]
    if others or not contact:
        return others
    if any(one.kind in REACHED_BY for one in found) and not _lacks_a_digit(contact):
        return ()
    return [Seen("contact", UNCLEAR, contact)]


def untold(found: Sequence[Seen], told: Collection[str]) -> Sequence[Seen]:
    """All of it, unless its writer was told of each before."""
    return () if all(one.told in told for one in found) else found


def numbers_on(step: Step, answers: Answers, language: str) -> Sequence[Seen]:
    """What stands in the reporter's own words on one step; of a line everything that its readers will not see."""
    if step is Step.WORDS:
        contact = answers.value("contact")
        return [*seen_in({"words": answers.value("words")}, language, contact), *seen_in_contact(contact)]
    return seen_in({name: answers.value(name) for name in _LINES.get(step, ())}, None)


def to_warn_of(step: Step, answers: Answers, language: str) -> Sequence[Seen]:
    """The same, as long as there is something that its writer was not told of."""
    return untold(numbers_on(step, answers, language), answers.typed.get(FIELD, ()))


def without_numbers_on(step: Step, answers: Answers, language: str) -> Answers:
    """The same answers with those numbers left out of the step's own words; of how to be reached where that is all."""
    if step is Step.WORDS:
        only_unclear = {one.kind for one in numbers_on(step, answers, language)} == {UNCLEAR}
        contact = "" if only_unclear else without_numbers(answers.value("contact"), _NO_CONTACT)
        answers = answers.with_value("contact", contact)
        return answers.with_value("words", taken_out(answers.value("words"), language))
    for name in _LINES.get(step, ()):
        if answers.value(name):
            answers = answers.with_value(name, without_numbers(answers.value(name)))
    return answers


def taken_out(text: str, language: str) -> str:
    """A text with a sign in place of each number."""
    return masked(text, _TAKEN_OUT, language)


def warned(answers: Answers, seen: Iterable[Seen]) -> Answers:
    """The same answers, whose writer is told of these now."""
    return answers.with_values(FIELD, told_now(answers.typed.get(FIELD, ()), seen))


def told_of(form: FormData) -> list[str]:
    """Of what a form says that its writer was told."""
    return [value for value in form.getlist(FIELD) if isinstance(value, str)]


def told_now(before: Iterable[str], seen: Iterable[Seen]) -> list[str]:
    """Of what a writer has been told, these included."""
    return list(dict.fromkeys((*before, *(one.told for one in seen))))


def _lacks_a_digit(contact: str) -> bool:
    """A Dutch mobile number that is too short, and so may be a landline of another country."""
    return _LIKE_DUTCH_MOBILE.fullmatch(contact.strip()) is not None and sum(map(str.isdigit, contact)) < _DUTCH_DIGITS


def _whose(kind: str, text: str) -> str:
    """One number or address however it is written: a telephone number may or may not begin with its country's code."""
    if kind == Kind.E_MAIL:
        return text.casefold()
    plain = re.sub(r"\W", "", text).casefold()
    return plain[-_NATIONAL:] if kind == Kind.PHONE else plain
