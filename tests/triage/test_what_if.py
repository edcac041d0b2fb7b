"""The page behind "Wat als": what a form says becomes a copy of the facts, and the case stays as it was."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from starlette.datastructures import FormData

from services.triage.app import create_app
from services.triage.settings import Settings
from services.triage.what_if_pages import filled, situation_from
from shared.contracts.catalogue import CASES
from shared.situation import Situation
from shared.vocabulary import Sector
from tests.members import HANNA, LENA, RIKST
from tests.service_harness import CSRF, Visit, eventually, fresh_database, running, settings_for, tell, told_on
from tests.stack import Stack
from tests.triage.builders import WORK, own_address, received, situation
from tests.triage.strategies import SITUATIONS

SEEN = {"people_exposed": 500, "distance_not_kept": True, "square_metres_per_person": 8.5}


def form(**typed: str) -> FormData:
    return FormData([("themes", "work"), *typed.items()])


@given(now=SITUATIONS)
def test_a_form_that_nobody_changed_says_what_is_known(now: Situation) -> None:
    metres = now.observations.square_metres_per_person
    if metres is not None:
        now = replace(now, observations=replace(now.observations, square_metres_per_person=round(metres, 4)))
    shown = filled(now)
    fields = [(name, str(value)) for name, value in shown.items() if name != "themes" and value is not None]
    typed = FormData([*(("themes", theme) for theme in shown["themes"]), *fields])
    assert situation_from(typed, now) == (now, [])


def test_empty_is_not_known_and_no_is_no() -> None:
    then, faults = situation_from(form(distance_not_kept="no", square_metres_per_person="7,25"), situation(**SEEN))
    assert faults == []
    assert then.observations.people_exposed is None
    assert then.observations.distance_not_kept is False
    assert then.observations.square_metres_per_person == 7.25


@pytest.mark.parametrize(("typed", "read"), [("1.000", 1000), ("12 500", 12500), ("1.000.000", 1_000_000), ("0", 0)])
def test_thousands_may_be_parted_as_pages_part_them(typed: str, read: int) -> None:
    then, faults = situation_from(form(people_exposed=typed), situation(**SEEN))
    assert (then.observations.people_exposed, faults) == (read, [])


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("people_exposed", "-1"),
        ("people_exposed", "12.34"),
        ("people_exposed", "1.0000"),
        ("people_exposed", "1000001"),
        ("people_exposed", "1.5"),
        ("people_exposed", "9" * 400),
        ("people_exposed", "٣"),
        ("people_exposed", "drie"),
        ("square_metres_per_person", "8,5,5"),
        ("square_metres_per_person", "10001"),
        ("square_metres_per_person", "nan"),
        ("square_metres_per_person", "1e3"),
        ("distance_not_kept", "maybe"),
    ],
)
def test_what_cannot_be_read_is_a_fault_of_its_field(name: str, typed: str) -> None:
    now = situation(**SEEN)
    then, faults = situation_from(form(**{name: typed}), now)
    assert [fault.field for fault in faults] == [name]
    assert typed not in faults[0].message
    assert then is now


def test_every_fault_is_told_at_once() -> None:
    typed = FormData([("people_exposed", "veel"), ("shared_breaks", "soms"), ("themes", "leisure")])
    assert {fault.field for fault in situation_from(typed, situation())[1]} == {
        "people_exposed",
        "shared_breaks",
        "themes",
    }


def test_more_positives_than_tests_of_several_signals_are_no_fault() -> None:
    then, faults = situation_from(form(tested="3", positive="5"), situation())
    assert (then.observations.positive, faults) == (5, [])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visit(platform_stack: Stack, platform_broker: Any) -> AsyncIterator[Visit]:
    async with running(create_app, settings_for(Settings, platform_stack, fresh_database())) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def case(platform_stack: Stack, visit: Visit) -> dict[str, Any]:
    """A meat plant with 500 people and no distance kept: moderate."""
    signal = str(uuid4())
    site = own_address("Vleesbedrijf „Добър ден“")
    about = situation(WORK, sector=Sector.MEAT, site=site, **SEEN)
    await tell(platform_stack, signal, received(about))

    async def found() -> Any:
        async with visit(LENA) as lena:
            items = (await lena.get("/v1/cases", params={"signalId": signal})).json()["items"]
            return items[0] if items else None

    return dict(await eventually(found))


TYPED = {
    "csrf": CSRF,
    "themes": "work",
    "sector": "meat",
    "people_exposed": "500",
    "distance_not_kept": "no",
    "confirmed_infections": "4",
    "square_metres_per_person": "8,5",
}


@pytest.mark.stack
@pytest.mark.usefixtures("platform_broker")
class TestPage:
    @pytest.mark.plan("S22")
    async def test_the_grade_moves_and_nothing_is_stored(
        self, platform_stack: Stack, visit: Visit, case: dict[str, Any]
    ) -> None:
        address = f"/cases/{case['id']}/what-if"
        async with visit(RIKST) as reader:
            assert address in (await reader.get(f"/cases/{case['id']}")).text
            before = (await reader.get(f"/v1/cases/{case['id']}")).json()
            opened = (await reader.get(address)).text
            assert 'value="500"' in opened
            assert 'value="8,5"' in opened
            answered = await reader.post(address, data=TYPED)
            assert answered.status_code == 200
            for text in (
                "De inschatting wordt kritiek",
                "Kritiek, omdat er 4 besmettingen",
                "4 bevestigde besmettingen in de laatste 14 dagen.",
                "Minder dan 1,5 meter afstand is er gewoon.",
            ):
                assert text in answered.text, text
            assert (answered.url.path, answered.url.query) == (address, b"")
            assert (await reader.get(f"/v1/cases/{case['id']}")).json() == before
            assert before["assessment"]["conflicts"] == []
            assert "Feiten spreken elkaar tegen" not in answered.text
            conflicting = (await reader.post(address, data={**TYPED, "tested": "3", "positive": "5"})).text
            assert "Er zijn meer mensen positief (5) dan getest (3)" in conflicting
        assert len(await told_on(platform_stack, CASES, case["id"])) == 1

    async def test_what_cannot_be_read_is_told_and_kept_as_typed(self, visit: Visit, case: dict[str, Any]) -> None:
        address = f"/cases/{case['id']}/what-if"
        async with visit(LENA) as lena:
            refused = await lena.post(address, data={**TYPED, "people_exposed": "heel veel"})
            assert refused.status_code == 400
            assert 'href="#f-people_exposed">Mensen blootgesteld: Vul een heel getal in' in refused.text
            assert 'value="heel veel"' in refused.text
            assert "De inschatting wordt" not in refused.text
            unchanged = {**TYPED, "distance_not_kept": "yes", "confirmed_infections": ""}
            assert "U veranderde nog niets" in (await lena.post(address, data=unchanged)).text

    async def test_it_is_for_people_of_the_platform_and_for_cases_there_are(
        self, visit: Visit, case: dict[str, Any]
    ) -> None:
        address = f"/cases/{case['id']}/what-if"
        async with visit(HANNA) as hotline, visit(LENA) as lena:
            assert (await hotline.get(address)).status_code == 403
            assert (await lena.post(address, data={**TYPED, "csrf": "guess"})).status_code == 403
            missing: httpx.Response = await lena.get(f"/cases/{uuid4()}/what-if")
            assert missing.status_code == 404
