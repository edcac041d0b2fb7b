"""Whoever writes down a number by which somebody can be found is told so once; what to do with it is theirs to say."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.intake.own_words import OF_SITE, without_numbers
from services.intake.pages.answers import Answers
from services.intake.pages.questions import Step
from services.intake.personal import Kind, find_personal, masked

TOLD_OF = (Kind.BSN, Kind.ACCOUNT, Kind.E_MAIL, Kind.PHONE)
FIELD = "warned"
"""Where a form keeps of what its writer was told."""
_LINES: Mapping[Step, Sequence[str]] = {Step.WHERE: OF_SITE}
_TAKEN_OUT = dict.fromkeys(TOLD_OF, "…")  # shorter than any number, and the same in every language


@dataclass(frozen=True, slots=True)
class Seen:
    """In which field what kind of number stands, and how it is written there."""

    field: str
    kind: Kind
    text: str

    @property
    def told(self) -> str:
        """What is kept once its writer knows."""
        return f"{self.field}/{self.kind}"


def seen_in(fields: Mapping[str, str], language: str | None, told: Collection[str], known: str = "") -> Sequence[Seen]:
    """What stands in the fields, unless the writer knows: was told before, or gives such an address as contact."""
    found = [
        Seen(field, one.kind, text[one.start : one.end])
        for field, text in fields.items()
        for one in find_personal(text, language)
        if one.kind in TOLD_OF
    ]
    given = {one.kind for one in find_personal(known, language)}
    return () if all(one.told in told or one.kind in given for one in found) else found


def to_warn_of(step: Step, answers: Answers, language: str) -> Sequence[Seen]:
    """What stands in the reporter's own words on one step; of a line everything that its readers will not see."""
    told = answers.typed.get(FIELD, ())
    if step is Step.WORDS:
        return seen_in({"words": answers.value("words")}, language, told, answers.value("contact"))
    return seen_in({name: answers.value(name) for name in _LINES.get(step, ())}, None, told)


def without_numbers_on(step: Step, answers: Answers, language: str) -> Answers:
    """The same answers with those numbers left out of the step's own words."""
    if step is Step.WORDS:
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


def told_now(before: Iterable[str], seen: Iterable[Seen]) -> list[str]:
    """Of what a writer has been told, these included."""
    return list(dict.fromkeys((*before, *(one.told for one in seen))))
