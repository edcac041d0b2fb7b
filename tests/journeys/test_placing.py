"""A signal from nowhere known, found by LOT-C at the start page, placed, and followed by triage and planning."""

import secrets
from typing import Any

import pytest

from tests.journeys.browsing import Person, violations, width_of
from tests.journeys.conftest import People
from tests.journeys.platform import Platform, Program, until

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def fits(person: Person) -> None:
    assert violations(person.page) == []
    assert person.page.viewport_size is not None
    assert width_of(person.page) <= person.page.viewport_size["width"]


@pytest.mark.plan("S07", "S14", "S22")
@pytest.mark.parametrize("width", [320, 1280])
def test_lotc_places_a_signal_and_its_region_gets_the_case(
    platform: Platform, people: People, program: Program, width: int
) -> None:
    name = f"Slachterij {secrets.token_hex(4)}"
    body = {
        "themes": ["work"],
        "sector": "meat",
        "site": {"name": name},
        "observations": {"peopleExposed": 300, "confirmedInfections": 9},
    }
    signal = program.post("intake", "/v1/signals", body)["id"]
    case = program.first("triage", "/v1/cases", signalId=signal)
    assert case["region"] is None

    lena = people(width=width)
    lena.stands_still()
    lena.opens(platform.url("triage"))
    lena.signs_in_as("Lena Otten")
    lena.sees("nog geen plaats")
    fits(lena)
    lena.follows("Wijs een plaats toe aan de meldingen")
    fits(lena)
    lena.page.get_by_role("row").filter(has_text=name).get_by_role("link").click()
    lena.page.wait_for_url("**/signals/*")
    fits(lena)
    lena.follows("Wijs een plaats toe")
    lena.page.locator('[name="place"]').fill("Laren")
    lena.presses("Wijs deze plaats toe")
    fits(lena)
    lena.page.locator('[name="place"]').fill("Groenlo")
    lena.types("Hoe weet u dit?", "Het bedrijf heeft maar één locatie.")
    lena.presses("Wijs deze plaats toe")
    lena.sees("Noord- en Oost-Gelderland", "Het bedrijf heeft maar één locatie.")
    fits(lena)

    def followed() -> dict[str, Any] | None:
        found = program.first("triage", "/v1/cases", signalId=signal)
        return found if found["region"] == "VR06" else None

    until("the case's region", followed)

    def drafted() -> dict[str, Any] | None:
        found = program.first("planning", "/v1/interventions", caseId=case["id"])
        return found if found["region"] == "VR06" else None

    until("the intervention's region", drafted)
