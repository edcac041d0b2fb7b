"""Which questions wait for a person, on the real database."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from services.triage.domain import case as cases
from services.triage.domain.case import Case, ClosureReason
from services.triage.domain.linkage.relation import Relation
from services.triage.domain.merging import CaseSignal
from services.triage.domain.numbers import case_number
from services.triage.domain.regrouping import Decision, Filed, merged
from services.triage.domain.suggestion import Answer, LinkSuggestion, settled, suggested, suggestion_id
from services.triage.store import CASES, COLLECTIONS, LINK_SUGGESTIONS, Room, Suggestions
from shared.bus.documents import Change
from shared.mongo import Database
from shared.situation import Site
from shared.vocabulary import Channel
from tests.stack import Stack
from tests.triage.builders import MEMBER, NOON, RULES, after, situation
from tests.triage.domain.linkage.builders import LINKS, record

pytestmark = pytest.mark.stack

A, B, C = (f"0000000{letter}-0000-5000-8000-000000000000" for letter in "abc")
DECISION = Decision(MEMBER, "Dezelfde loods.", after(hours=1))


def case(id_: str, *signals: str, region: str = "VR06") -> Case:
    """A case of these signals, the first of which founded it."""
    founded, *joined = [
        CaseSignal(id_, Channel.WEB, None, situation(site=Site(region=region)), NOON, NOON, "http://localhost/")
        for id_ in signals
    ]
    case = cases.found(case_number(id_, NOON), founded, RULES, NOON)
    for signal in joined:
        case = cases.with_signal(case, signal, RULES, NOON)
    return case


def asked(one: tuple[str, str], other: tuple[str, str], house_number: str = "12") -> LinkSuggestion:
    likeness = LINKS.compare(
        record(postcode="7141AB", house_number=house_number), record(postcode="7141AB", house_number="12")
    )
    return suggested(one, other, likeness, Relation.DUPLICATE, NOON)


class Desk:
    """A database with cases and questions about them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.suggestions = Suggestions(database)

    async def put(self, *states: tuple[str, Case] | LinkSuggestion) -> None:
        """Store these, over what was there."""
        room = Room([*await self.database.find(CASES, {}), *await self.database.find(LINK_SUGGESTIONS, {})])
        changes: list[Change[Any]] = [
            room.suggestion(suggestion_id(*state.cases)).becomes(state)
            if isinstance(state, LinkSuggestion)
            else room.case(state[0]).becomes(state[1])
            for state in states
        ]
        room.apply(changes)
        await self.database.save(room.changed)

    async def open(self, region: str | None = None) -> Sequence[tuple[str, ...]]:
        """The cases of each open question, in the order in which they stand on the page."""
        questions, total = await self.suggestions.page(region, 0, 20)
        assert total == len(questions)
        return [tuple(case.id for case in question.cases) for question in questions]


@pytest.fixture
async def desk(platform_stack: Stack, mongo_database: str) -> AsyncIterator[Desk]:
    database = Database(platform_stack.mongo_url, mongo_database, COLLECTIONS)
    await database.start()
    yield Desk(database)
    await database.stop()


async def test_open_questions_come_with_their_cases_the_likeliest_first(desk: Desk) -> None:
    doubtful, likely = asked((B, "b1"), (C, "c1"), "14"), asked((A, "a1"), (B, "b1"))
    await desk.put((A, case(A, "a1")), (B, case(B, "b1")), (C, case(C, "c1")), doubtful, likely)
    assert await desk.open() == [(A, B), (B, C)]
    (first,), total = await desk.suggestions.page(None, 0, 1)
    assert (first.suggestion, total) == (likely, 2)
    (second,), total = await desk.suggestions.page(None, 1, 1)
    assert (second.suggestion, total) == (doubtful, 2)


async def test_a_region_sees_the_questions_that_touch_it(desk: Desk) -> None:
    await desk.put((A, case(A, "a1", region="VR06")), (B, case(B, "b1", region="VR07")), asked((A, "a1"), (B, "b1")))
    assert await desk.open("VR07") == [(A, B)]
    assert await desk.open("VR08") == []


async def test_what_was_answered_waits_no_more(desk: Desk) -> None:
    question = asked((A, "a1"), (B, "b1"))
    await desk.put((A, case(A, "a1")), (B, case(B, "b1")), settled(question, Answer.REFUSED, MEMBER, NOON))
    assert await desk.open() == []
    assert await desk.suggestions.question(suggestion_id(A, B)) is None


async def test_nobody_is_asked_about_a_closed_case_or_a_withdrawn_signal(desk: Desk) -> None:
    question = asked((A, "a1"), (B, "b1"))
    withdrawn = cases.with_withdrawal(case(A, "a1", "a2"), "a1", after(hours=1), RULES, after(hours=1))
    closed = cases.closed(case(B, "b1"), ClosureReason.UNFOUNDED, None, MEMBER, NOON)
    await desk.put((A, withdrawn), (B, case(B, "b1")), question)
    assert await desk.open() == []
    await desk.put((A, case(A, "a1")), (B, closed))
    assert await desk.open() == []
    await desk.put((B, case(B, "b1")))
    assert await desk.open() == [(A, B)]


async def test_after_a_merge_the_question_is_about_the_case_that_holds_the_signal(desk: Desk) -> None:
    one, other = Filed(A, case(A, "a1")), Filed(C, case(C, "c1"))
    await desk.put((A, one.case), (B, case(B, "b1")), (C, other.case), asked((A, "a1"), (B, "b1")))
    away, stays = merged(one, other, DECISION, RULES)
    await desk.put((A, away), (C, stays))
    assert await desk.open() == [(C, B)]
    (about,) = await desk.suggestions.about(["c1", "a1"])
    assert [case.id for case in about.cases] == [C, B]
    assert stays.absorbed == (A,)
    (found,) = await desk.suggestions.touching(Filed(C, stays).holds)
    assert found.id == suggestion_id(A, B)


async def test_signals_that_came_together_ask_nothing(desk: Desk) -> None:
    one, other = Filed(A, case(A, "a1")), Filed(B, case(B, "b1"))
    away, stays = merged(one, other, DECISION, RULES)
    await desk.put((A, away), (B, stays), asked((A, "a1"), (B, "b1")))
    assert await desk.open() == []


async def test_a_decision_finds_what_was_asked_of_two_cases(desk: Desk) -> None:
    await desk.put(asked((A, "a1"), (B, "b1")), asked((B, "b1"), (C, "c1")))
    room = Room(await desk.suggestions.touching([B]))
    assert {one.id for one in room.asked_about([B], {A, C})} == {suggestion_id(A, B), suggestion_id(B, C)}
    assert [one.id for one in room.asked_about([A], {B})] == [suggestion_id(A, B)]
    assert room.asked_about([A], {C}) == []


async def test_a_question_is_stored_whole(desk: Desk) -> None:
    await desk.put(asked((A, "a1"), (B, "b1")))
    document = await desk.suggestions.get(suggestion_id(B, A))
    assert document
    assert document.state == asked((A, "a1"), (B, "b1"))
