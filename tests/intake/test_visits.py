"""A reporter's private page tells of a visit once it is over, and of nothing before, beside or about it."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from services.intake.domain.following import days_to_tell, visited
from services.intake.store import SIGNALS
from services.intake.use_cases.visits import note_visit
from shared.bus.documents import Document, WorkingSet
from shared.bus.message import Message
from shared.contracts.catalogue import VISITS
from shared.contracts.envelope import Envelope
from shared.contracts.triage import VisitConcluded
from shared.web.times import full_day, local
from tests.intake.builders import NOON, QUARTER, signal
from tests.intake.test_private_page import do
from tests.intake.test_service import WORKS, ask
from tests.members import LENA
from tests.service_harness import Visit, eventually, tell
from tests.stack import Stack

DAY, LATER = date(2020, 10, 24), date(2020, 11, 7)


def concluded(*signals: str, day: date = DAY) -> VisitConcluded:
    return VisitConcluded(case=str(uuid4()), signals=signals, visited_on=day)


def test_a_day_is_noted_once_and_days_stand_in_order() -> None:
    once = visited(signal(), LATER)
    assert visited(once, LATER) is once
    assert visited(once, DAY).visited_on == (DAY, LATER)


def test_a_reporter_hears_of_a_visit_once_its_day_is_over() -> None:
    seen = visited(visited(signal(), DAY), LATER)
    assert days_to_tell(seen, DAY) == ()
    assert days_to_tell(seen, DAY + timedelta(days=1)) == (DAY,)
    assert days_to_tell(seen, LATER) == (DAY,)
    assert days_to_tell(seen, LATER + timedelta(days=1)) == (DAY, LATER)


def test_every_signal_that_is_known_is_noted_and_one_that_is_not_changes_nothing() -> None:
    room = WorkingSet([Document(SIGNALS.name, id_, content=signal(), version=1) for id_ in ("a", "b")])
    envelope = Envelope("m", "urn:triage", VisitConcluded.TYPE, NOON, "visit", 1)
    message = Message(envelope, concluded("a", "b", "unheard-of"), VISITS.name)
    room.apply(note_visit(room, message, QUARTER))
    assert {document.id for document in room.changed} == {"a", "b"}
    assert {document.state.visited_on for document in room.changed} == {(DAY,)}
    assert note_visit(room, message, QUARTER) == []


@pytest.mark.stack
@pytest.mark.plan("S06")
@pytest.mark.usefixtures("platform_broker")
async def test_the_private_page_tells_the_day_and_what_to_do_in_the_reporters_language(
    service: Visit, platform_stack: Stack
) -> None:
    async with service(None) as nobody:
        mine, other = [(await nobody.post("/v1/signals", json=WORKS)).json() for _ in range(2)]
        before = (await ask(nobody, mine["receipt"])).text
        assert "a visit to this place" not in before
        await tell(platform_stack, str(uuid4()), concluded(mine["id"]))

        async def told() -> str | None:
            page = (await ask(nobody, mine["receipt"])).text
            return page if "After your report there was a visit to this place: October 24, 2020<" in page else None

        page = await eventually(told)
        assert "We do not tell here what was found" in page
        polish = (await do(nobody, mine["receipt"], "answer", lang="pl", answer="")).text
        assert "24 października 2020" in polish
        assert "a visit to this place" not in (await ask(nobody, other["receipt"])).text
    async with service(LENA) as lena:
        assert (
            "Er is na deze melding een bezoek geweest, op zaterdag 24 oktober 2020"
            in (await lena.get(f"/signals/{mine['id']}")).text
        )


@pytest.mark.stack
@pytest.mark.usefixtures("platform_broker")
async def test_on_the_day_of_a_visit_a_member_knows_of_it_and_the_private_page_says_nothing(
    service: Visit, platform_stack: Stack
) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        mine = (await nobody.post("/v1/signals", json=WORKS)).json()

        async def passed_on() -> str | None:
            page = (await ask(nobody, mine["receipt"])).text
            return page if "has been passed on" in page else None

        before = await eventually(passed_on)
        today = local(datetime.now(UTC)).date()
        await tell(platform_stack, str(uuid4()), concluded(mine["id"], day=today))

        async def noted() -> bool:
            return full_day(today) in (await lena.get(f"/signals/{mine['id']}")).text

        await eventually(noted)
        assert _without_once((await ask(nobody, mine["receipt"])).text) == _without_once(before)


def _without_once(page: str) -> str:
    """The page but for what each showing of it has of its own."""
    return re.sub(r'name="(once|csrf)" value="[^"]*"', "", page)
