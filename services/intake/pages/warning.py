"""Whoever writes down a number by which somebody can be found is told so once; what to do with it is theirs to say."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.pages.answers import Answers
from services.intake.personal import Kind, find_personal, masked

TOLD_OF = (Kind.BSN, Kind.ACCOUNT, Kind.E_MAIL, Kind.PHONE)
_TAKEN_OUT = dict.fromkeys(TOLD_OF, "…")  # shorter than any number, and the same in every language


@dataclass(frozen=True, slots=True)
class Seen:
    """What kind of number stands in the reporter's words, and how it is written there."""

    kind: Kind
    text: str


def to_warn_of(answers: Answers, language: str) -> Sequence[Seen]:
    """What stands in the words, unless the reporter knows: was told before, or gives such an address as contact."""
    words = answers.value("words")
    found = [one for one in find_personal(words, language) if one.kind in TOLD_OF]
    given = {one.kind for one in find_personal(answers.value("contact"), language)}
    if all(one.kind in answers.warned_of or one.kind in given for one in found):
        return ()
    return [Seen(one.kind, words[one.start : one.end]) for one in found]


def without_numbers(answers: Answers, language: str) -> Answers:
    """The same answers with those numbers left out of the words."""
    return answers.with_value("words", masked(answers.value("words"), _TAKEN_OUT, language))


def warned(answers: Answers, seen: Sequence[Seen]) -> Answers:
    """The same answers, whose writer is told of these kinds now."""
    kinds = dict.fromkeys((*answers.warned_of, *(one.kind.value for one in seen)))
    return answers.with_value("warned", " ".join(kinds))
