"""The question whether two cases are about the same: asked of a person once, about the two signals most alike.

That two cases are *not* the same is marked on both of them (`Case.not_the_same`), and nowhere else; here stands only
that the question was asked, and that it was answered.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from services.triage.domain.case import Actor, NotAllowed
from services.triage.domain.linkage.likeness import Likeness
from services.triage.domain.linkage.relation import Relation


class Answer(StrEnum):
    """What a person said: the two were merged, or told apart."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Settlement:
    """Who answered, what, and when; why stands in the history of the cases."""

    at: datetime
    by: Actor
    answer: Answer


@dataclass(frozen=True, slots=True)
class LinkSuggestion:
    """A pair of cases, in the order of their ids, and the signal of each that was compared.

    The cases are those that held the signals when they were found alike. Signals move when cases are merged and split,
    so whoever asks now looks up which cases hold them.
    """

    cases: tuple[str, str]
    signals: tuple[str, str]
    likeness: Likeness
    relation: Relation
    found_at: datetime
    settlement: Settlement | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody answered yet."""
        return self.settlement is None


def suggestion_id(one: str, other: str) -> str:
    """The document of a pair of cases, whichever comes first: so a pair is asked about once."""
    return str(uuid5(NAMESPACE_URL, "link/" + "/".join(sorted((one, other)))))


def suggested(
    one: tuple[str, str], other: tuple[str, str], likeness: Likeness, relation: Relation, now: datetime
) -> LinkSuggestion:
    """A suggestion about two cases, each given with the signal of it that was compared."""
    (case, signal), (other_case, other_signal) = sorted((one, other))
    return LinkSuggestion((case, other_case), (signal, other_signal), likeness, relation, now)


def settled(suggestion: LinkSuggestion, answer: Answer, who: Actor, now: datetime) -> LinkSuggestion:
    """The suggestion as a person answered it; raises NotAllowed when somebody has already."""
    if suggestion.settlement is not None:
        by = suggestion.settlement.by
        raise NotAllowed(f"{by.name} ({by.organisation}) heeft dit intussen al beantwoord.")
    return replace(suggestion, settlement=Settlement(now, who, answer))


def asked_again(suggestion: LinkSuggestion) -> LinkSuggestion:
    """The suggestion as an open question, after what answered it was undone."""
    return replace(suggestion, settlement=None)
