"""Signals find their cases: joined where that is certain, asked about where it is likely, never where one said no."""

from dataclasses import replace
from typing import Any

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import ClosureReason
from services.triage.domain.linkage.blocks import keys_of
from services.triage.domain.linkage.claims import BlockClaim, Entry
from services.triage.domain.linkage.relation import Relation
from services.triage.domain.numbers import CaseRef, case_id
from services.triage.domain.regrouping import Decision, Filed, merge_undone, merged, split, told_apart
from services.triage.domain.suggestion import Answer, settled, suggestion_id
from services.triage.store import BLOCK_CLAIMS
from services.triage.use_cases.linking import MOST_ASKED
from shared.bus.documents import Document
from shared.situation import Site, Situation
from shared.vocabulary import Channel, Sector, Theme
from tests.triage.builders import (
    HOUSING,
    MEMBER,
    NOON,
    RULES,
    WORK,
    after,
    message,
    received,
    situation,
    supplemented,
    withdrawn,
)
from tests.triage.domain.linkage.builders import LINKS, record
from tests.triage.memory import Memory

HERE: dict[str, Any] = {"place": "Groenlo", "municipality": "Oost Gelre", "region": "VR06"}
DECISION = Decision(MEMBER, "Dat is het pand ernaast.", after(hours=1))


def meat(*themes: Theme, sector: Sector | None = Sector.MEAT, **site: Any) -> Situation:
    """A situation in a slaughterhouse of Groenlo."""
    return situation(*themes, sector=sector, site=Site(**{**HERE, **site}))


AT_12 = meat(postcode="7141AB", house_number="12", name="Slachterij De Groot B.V.")
AT_14 = meat(postcode="7141AB", house_number="14")
"""The house beside it, from somebody who does not say whose it is."""


def memory(*situations: Situation) -> Memory:
    """Signals s1, s2, … about these situations, an hour apart."""
    made = Memory()
    for number, about in enumerate(situations, start=1):
        made.take(message(received(about, after(hours=number)), f"s{number}"))
    return made


def together(*situations: Situation) -> bool:
    made = memory(*situations)
    return len({made.case(f"s{number}").id for number in range(1, len(situations) + 1)}) == 1


def asked(*situations: Situation) -> bool:
    return bool(memory(*situations).questions)


@pytest.mark.plan("S07")
@pytest.mark.parametrize(
    "other",
    [
        meat(postcode="7141 ab", house_number="12", name="De Groot Slachterij"),
        meat(postcode="7141AB", house_number="12"),
        meat(postcode="7141AB", house_number="12a", name="Slachterij De Groot"),
        meat(postcode="7141AB", house_number="14", name="slachterij de groot bv"),
        meat(postcode="7141BA", house_number="12", name="Slachterij de Groot"),
        meat(HOUSING, postcode="7141AB", house_number="12"),
        meat(postcode="7141AB", house_number="12", sector=Sector.FOOD),
    ],
    ids=["written otherwise", "no name", "addition", "moved next door", "postcode mistyped", "housing", "akin sector"],
)
def test_a_signal_that_is_certainly_about_the_same_joins(other: Situation) -> None:
    assert together(AT_12, other)
    assert together(other, AT_12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Кланица Бонев"}, {"name": "Klanitsa Bonev EOOD"}),
        ({"name": "Rzeźnia Wiśniewski Sp. z o.o."}, {"name": "Slachterij Wisniewski"}),
        ({"name": "Abator Țepeș S.R.L."}, {"name": "Slachthuis Tepes"}),
        ({"name": "Кланица Бонев", "registration": "000012345678"}, {"registration": "000012345678"}),
    ],
    ids=["bulgarian", "polish", "romanian", "branch number"],
)
def test_names_meet_in_every_language_and_script(one: dict[str, str], other: dict[str, str]) -> None:
    moved = {"postcode": "7141AB", "house_number": "14"}
    assert together(meat(postcode="7141AB", house_number="12", **one), meat(**{**moved, **other}))


@pytest.mark.parametrize(
    "other",
    [
        AT_14,
        meat(postcode="7141AB", house_number="12b", name="Slachterij De Groot"),
        meat(postcode="7141AB", house_number="12", name="Uitzendbureau Actief", sector=Sector.LOGISTICS),
        meat(name="Slachterij De Groot"),
        meat(postcode="7141AB"),
    ],
    ids=["next door", "another flat", "another name", "address unknown", "number unknown"],
)
def test_a_likely_one_is_asked_of_a_person_and_founds_its_own_case(other: Situation) -> None:
    at_12a = replace(AT_12, site=replace(AT_12.site, house_number="12a")) if other.site.house_number == "12b" else AT_12
    assert not together(at_12a, other)
    assert asked(at_12a, other)
    assert asked(other, at_12a)


@pytest.mark.parametrize(
    "other",
    [
        meat(postcode="7141AB", house_number="112", name="Bakkerij Bonev"),
        meat(HOUSING, postcode="7141AB", house_number="14", sector=None),
        meat(postcode="7141XZ", house_number="40", name="Bakkerij Bonev"),
        meat(name="Bakkerij Bonev"),
        situation(site=Site()),
    ],
    ids=["down the street", "housing next door", "same village", "another company", "nothing known"],
)
def test_anything_else_is_neither_linked_nor_asked(other: Situation) -> None:
    assert not together(AT_12, other)
    assert not asked(AT_12, other)


def test_a_signal_that_joins_keeps_why() -> None:
    made = memory(AT_12)
    made.take(message(received(AT_12, after(hours=2), Channel.HOTLINE), "s2"))
    first, second = made.case("s2").state.signals
    assert first.link is None
    assert second.link
    assert (second.link.to, second.link.relation) == ("s1", Relation.CORROBORATION)
    assert second.link.likeness.probability > 0.99
    assert "dezelfde postcode en hetzelfde huisnummer" in {one.says for one in second.link.likeness.agreements}
    assert second.link.likeness.model == LINKS.version


def test_a_question_names_both_cases_their_signals_and_why() -> None:
    (question,) = memory(AT_12, AT_14).questions
    assert question.cases == tuple(sorted((case_id("s1"), case_id("s2"))))
    assert set(question.signals) == {"s1", "s2"}
    assert 0.5 <= question.likeness.probability < 0.95
    assert question.relation is Relation.DUPLICATE
    assert question.found_at.minute % 15 == 0


def test_a_pair_is_asked_about_once_and_never_again_once_answered() -> None:
    made = memory(AT_12, AT_14)
    (question,) = made.questions
    document = made.room.suggestion(suggestion_id(*question.cases))
    answered = settled(document.state, Answer.REFUSED, MEMBER, after(hours=3))
    made.room.apply([document.becomes(answered)])
    made.take(message(received(AT_14, after(hours=4)), "s3"))
    made.take(message(supplemented(replace(AT_14, sector=Sector.FOOD), after(hours=5)), "s2", 2))
    assert made.questions == [answered]


def tell_apart(made: Memory, one: str, other: str) -> None:
    """A member marks the cases of two signals as not the same."""
    documents = [made.case(one), made.case(other)]
    filed = [Filed(document.id, document.state) for document in documents]
    after_it = told_apart(*filed, DECISION)
    made.room.apply([document.becomes(case) for document, case in zip(documents, after_it, strict=True)])


def put_together(made: Memory, gone: str, stays: str) -> None:
    """A member merges the case of one signal into that of another."""
    one, other = made.case(gone), made.case(stays)
    away, after_it = merged(Filed(one.id, one.state), Filed(other.id, other.state), DECISION, RULES)
    made.room.apply([one.becomes(away), other.becomes(after_it)])


def test_nobody_is_asked_about_cases_that_a_person_marked_as_not_the_same() -> None:
    made = memory(AT_12, meat(postcode="7141AB", house_number="140"))
    tell_apart(made, "s1", "s2")
    made.take(message(supplemented(AT_14, after(hours=4)), "s2", 2))
    assert made.questions == []


def test_a_mark_counts_for_the_cases_that_both_were_merged_into() -> None:
    far = meat(postcode="7141AB", house_number="140", name="Bakkerij Bonev")
    farther = meat(postcode="7141XZ", house_number="9", name="Kwekerij Actief")
    made = memory(AT_12, far, farther, meat(postcode="3011AA", house_number="1"))
    tell_apart(made, "s1", "s2")
    put_together(made, "s1", "s3")
    put_together(made, "s2", "s4")
    made.take(message(supplemented(AT_14, after(hours=5)), "s4", 2))
    assert made.questions == []


def test_a_signal_like_two_cases_joins_the_likelier_and_asks_about_the_other() -> None:
    branch = {"registration": "000012345678"}
    made = memory(AT_12, meat(postcode="3011AA", house_number="1", **branch))
    assert made.questions == []
    both = meat(postcode="7141AB", house_number="12", name="Slachterij De Groot", **branch)
    made.take(message(received(both, after(hours=3)), "s3"))
    assert made.case("s3") is made.case("s1")
    (question,) = made.questions
    assert question.cases == tuple(sorted((case_id("s1"), case_id("s2"))))
    assert set(question.signals) == {"s2", "s3"}


def test_of_two_as_likely_a_signal_joins_the_one_heard_of_last() -> None:
    flats = [meat(postcode="7141AB", house_number=f"12{addition}", name="De Groot") for addition in ("a", "b", "")]
    made = memory(*flats)
    assert made.case("s1") is not made.case("s2")
    assert made.case("s3") is made.case("s2")


def test_a_certain_case_is_found_among_many_that_are_only_likely() -> None:
    named = [meat(postcode="7141AB", house_number=str(20 * n), name="Slachterij Bonev") for n in range(1, 12)]
    next_door = meat(postcode="7141AB", house_number="22", name="Кланица Бонев")
    made = memory(*named, next_door)
    assert made.case("s12") is made.case("s1")


def test_a_signal_makes_few_questions() -> None:
    neighbours = [meat(postcode="7141AB", house_number=f"12{letter}") for letter in "abcdef"]
    made = memory(*neighbours)
    before = len(made.questions)
    made.take(message(received(meat(postcode="7141AB", house_number="13"), after(hours=9)), "s9"))
    assert len(made.questions) - before == MOST_ASKED


def test_what_a_signal_learns_later_is_compared_anew_and_asked_but_moves_nothing() -> None:
    made = memory(AT_12, situation(site=Site(name="Slachterij De Groot")))
    assert made.questions == []
    made.take(message(supplemented(AT_12, after(hours=3)), "s2", 2))
    assert made.case("s2") is not made.case("s1")
    (question,) = made.questions
    assert question.likeness.probability > 0.95


def test_a_signal_finds_a_case_by_what_its_signal_says_now() -> None:
    made = memory(situation(site=Site()))
    made.take(message(supplemented(AT_12, after(hours=2)), "s1", 2))
    made.take(message(received(AT_12, after(hours=3)), "s2"))
    assert made.case("s2") is made.case("s1")


def test_a_signal_is_not_linked_by_what_another_said_before() -> None:
    made = memory(AT_12)
    made.take(message(supplemented(meat(postcode="7141XZ", house_number="90"), after(hours=2)), "s1", 2))
    made.take(message(received(AT_12, after(hours=3)), "s2"))
    assert made.case("s2") is not made.case("s1")
    assert made.questions == []


def test_a_withdrawn_signal_links_nothing_and_its_case_is_found_by_the_others() -> None:
    made = memory(AT_12)
    made.take(message(withdrawn(after(hours=2)), "s1", 2))
    made.take(message(received(AT_12, after(hours=3)), "s2"))
    assert made.case("s2") is not made.case("s1")
    made = memory(AT_12, AT_12)
    made.take(message(withdrawn(after(hours=3)), "s2", 2))
    made.take(message(received(AT_12, after(hours=4)), "s3"))
    assert made.case("s3") is made.case("s1")
    link = made.case("s3").state.signal("s3").link
    assert link
    assert link.to == "s1"


def test_a_supplement_of_a_withdrawn_signal_asks_nothing() -> None:
    made = memory(AT_12, meat(postcode="7141XZ", house_number="90"))
    made.take(message(withdrawn(after(hours=3)), "s2", 2))
    made.take(message(supplemented(AT_14, after(hours=4)), "s2", 3))
    assert made.questions == []


def test_a_closed_case_is_neither_joined_nor_asked_about() -> None:
    made = memory(AT_12)
    document = made.case("s1")
    closed = cases.closed(document.state, ClosureReason.UNFOUNDED, None, MEMBER, after(hours=2))
    made.room.apply([document.becomes(closed)])
    made.take(message(received(AT_14, after(hours=3)), "s2"))
    made.take(message(received(AT_12, after(hours=3)), "s3"))
    assert len({made.case(signal).id for signal in ("s1", "s2", "s3")}) == 3
    assert [question.signals for question in made.questions if "s1" in question.signals] == []


def test_a_merged_case_leads_to_the_one_that_holds_its_signals_and_lets_go_when_it_comes_back() -> None:
    made = memory(AT_12, meat(postcode="3011AA", house_number="1", name="Kwekerij Bonev"))
    gone, stays = made.case("s1"), made.case("s2")
    put_together(made, "s1", "s2")
    made.take(message(received(AT_12, after(hours=3)), "s3"))
    made.take(message(received(AT_12, after(hours=4)), "s4"))
    assert {made.case(signal).id for signal in ("s1", "s2", "s3", "s4")} == {stays.id}
    assert [signal.came_by for signal in stays.state.signals] == [None, None, gone.id, gone.id]
    back, left = merge_undone(Filed(gone.id, gone.state), Filed(stays.id, stays.state), DECISION, RULES)
    made.room.apply([gone.becomes(back), stays.becomes(left)])
    assert [made.case(signal).id == gone.id for signal in ("s1", "s2", "s3", "s4")] == [True, False, True, True]
    made.take(message(received(AT_12, after(hours=5)), "s5"))
    assert made.case("s5") is made.case("s1")


def test_after_a_split_a_signal_joins_the_part_it_is_like() -> None:
    made = memory(AT_12, meat(postcode="7141AB", house_number="12"), AT_12)
    document = made.case("s1")
    part = CaseRef(case_id("part"), "Z-2020-PART00")
    named = replace(AT_12, site=replace(AT_12.site, name="Uitzendbureau Actief"))
    made.take(message(supplemented(named, after(hours=4)), "s2", 2))
    left, new = split(Filed(document.id, document.state), part, ["s2"], DECISION, RULES)
    made.room.apply([document.becomes(left), made.room.case(part.id).becomes(new)])
    made.take(message(received(named, after(hours=5)), "s4"))
    made.take(message(received(AT_12, after(hours=6)), "s5"))
    assert made.case("s4").id == part.id
    assert made.case("s5").id == document.id
    assert made.questions == []


def test_a_claim_that_leads_to_no_case_is_passed_by() -> None:
    made = memory()
    known = record(WORK, **HERE, postcode="7141AB", house_number="12")
    for key in keys_of(known, LINKS):
        made.room.add(Document(BLOCK_CLAIMS.name, key, BlockClaim((Entry("x", "far", NOON, known),)), version=1))
    made.take(message(received(AT_12), "s1"))
    assert made.case("s1").id == case_id("s1")
