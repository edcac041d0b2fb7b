"""A pair is asked about once, and what a person says of it is remembered."""

import pytest

from services.triage.domain.case import NotAllowed
from services.triage.domain.linkage.relation import Relation, relation_of
from services.triage.domain.suggestion import Answer, LinkSuggestion, asked_again, settled, suggested, suggestion_id
from shared.vocabulary import Channel
from tests.triage.builders import MEMBER, NOON, after
from tests.triage.domain.linkage.builders import LINKS, record

LIKENESS = LINKS.compare(record(postcode="7141AB"), record(postcode="7141AB"))


def pair(one: str = "case-a", other: str = "case-b") -> LinkSuggestion:
    return suggested((one, "s1"), (other, "s2"), LIKENESS, Relation.DUPLICATE, NOON)


def test_a_pair_is_the_same_whichever_comes_first() -> None:
    assert suggestion_id("case-a", "case-b") == suggestion_id("case-b", "case-a")
    assert pair("case-b", "case-a").cases == ("case-a", "case-b")
    assert pair("case-b", "case-a").signals == ("s2", "s1")


def test_a_person_answers_once() -> None:
    refused = settled(pair(), Answer.REFUSED, MEMBER, after(hours=1))
    assert (pair().is_open, refused.is_open) == (True, False)
    assert refused.settlement
    assert (refused.settlement.answer, refused.settlement.by) == (Answer.REFUSED, MEMBER)
    with pytest.raises(NotAllowed, match=MEMBER.name):
        settled(refused, Answer.CONFIRMED, MEMBER, after(hours=2))


def test_what_was_undone_is_asked_again() -> None:
    confirmed = settled(pair(), Answer.CONFIRMED, MEMBER, after(hours=1))
    assert asked_again(confirmed) == pair()


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ((Channel.WEB, None), (Channel.WEB, None), Relation.DUPLICATE),
        ((Channel.WEB, None), (Channel.HOTLINE, None), Relation.CORROBORATION),
        ((Channel.INTEGRATION, "iszw"), (Channel.INTEGRATION, "iszw"), Relation.DUPLICATE),
        ((Channel.MEMBER, "iszw"), (Channel.INTEGRATION, "iszw"), Relation.DUPLICATE),
        ((Channel.REGION, "vr06"), (Channel.REGION, "ggd-vr06"), Relation.CORROBORATION),
        ((Channel.WEB, None), (Channel.REGION, "vr06"), Relation.CORROBORATION),
    ],
)
def test_the_same_situation_from_the_same_source_is_a_duplicate_and_from_another_a_corroboration(
    one: tuple[Channel, str | None], other: tuple[Channel, str | None], relation: Relation
) -> None:
    assert relation_of(one, other) is relation_of(other, one) is relation
