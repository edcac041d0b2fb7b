"""The screens of operators and members who type signals in: by keyboard, kept while typing, for everybody."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import NARROWEST, Person, violations, width_of
from tests.journeys.conftest import People
from tests.journeys.platform import Platform

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.fixture(params=[False, True], ids=["light and narrow", "dark and wide"])
def somebody(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Person]:
    dark = bool(request.param)
    person = Person(browser, width=1280 if dark else NARROWEST, dark=dark)
    yield person
    person.leaves()


def is_for_everybody(person: Person, what: str) -> None:
    assert violations(person.page) == [], what
    assert person.page.viewport_size is not None
    assert width_of(person.page) <= person.page.viewport_size["width"], what


@pytest.mark.plan("S07")
def test_a_call_is_taken_by_keyboard_alone_and_survives_a_crash(platform: Platform, people: People) -> None:
    name = f"Pension {uuid4()}"
    hanna = people()
    hanna.opens(platform.url("intake", "/hotline"))
    hanna.signs_in_as("Hanna Olthof")
    expect(hanna.page.locator("#f-name")).to_be_visible()
    keyboard = hanna.page.keyboard
    keyboard.press("Alt+1")
    keyboard.press("Space")
    keyboard.press("Alt+2")
    keyboard.type(name)
    keyboard.press("Tab")
    keyboard.type("7141 AB")
    keyboard.press("Tab")
    keyboard.type("12")
    keyboard.press("Alt+3")
    keyboard.type("40")
    expect(hanna.page.locator("[data-draft-state]")).to_have_text("Concept bewaard.")

    # The browser is gone; another one, at another desk, has what was typed.
    other = people()
    other.opens(platform.url("intake", "/hotline"))
    other.signs_in_as("Hanna Olthof")
    other.sees("Dit gesprek was nog niet verstuurd")
    expect(other.page.get_by_label("Naam van het bedrijf of gebouw")).to_have_value(name)
    other.page.keyboard.press("Alt+v")
    other.page.wait_for_load_state()
    if other.page.locator("#receipt").count() == 0:
        other.page.locator("#f-joins").check()
        other.page.keyboard.press("Alt+v")
    expect(other.page.locator("#receipt")).to_be_visible()
    other.page.keyboard.press("Alt+n")
    expect(other.page.get_by_label("Naam van het bedrijf of gebouw")).to_have_value("")

    # While the next caller names the same place, the signal shows up beside the call.
    other.page.keyboard.press("Alt+2")
    other.page.keyboard.type(name)
    other.page.keyboard.press("Tab")
    other.page.keyboard.type("7141 AB")
    expect(other.page.locator("#similar")).to_contain_text(name)
    other.page.get_by_role("button", name="Wis dit gesprek").click()
    expect(other.page.locator("#similar")).not_to_contain_text(name)


def test_the_hotlines_pages_are_accessible_and_fit(platform: Platform, somebody: Person) -> None:
    somebody.opens(platform.url("intake", "/hotline"))
    somebody.signs_in_as("Hanna Olthof")
    expect(somebody.page.locator("#f-name")).to_be_visible()
    somebody.stands_still()
    is_for_everybody(somebody, "a call")
    somebody.goes_on()
    is_for_everybody(somebody, "a call with mistakes")
    page = somebody.page
    page.locator('[name="themes"][value="work"]').check()
    page.locator('[name="place"]').fill("Groenlo")
    page.locator('[name="callback"]').check()
    page.locator('[name="due"]').fill("2999-01-01T12:00")
    page.locator('[name="why"]').fill("meer vragen")
    page.locator('[name="contact"]').fill("06-12345678")
    somebody.goes_on()
    if page.locator("#receipt").count() == 0:
        is_for_everybody(somebody, "what is known already")
        page.locator("#f-joins").check()
        somebody.goes_on()
    is_for_everybody(somebody, "the code to read out")
    somebody.opens(platform.url("intake", "/hotline/callbacks"))
    is_for_everybody(somebody, "call-backs")
    somebody.page.get_by_role("button", name="Toon nummer en reden").first.click()
    somebody.sees("06-12345678")
    is_for_everybody(somebody, "a number to call")


def test_the_doors_of_members_are_accessible_and_fit(platform: Platform, somebody: Person) -> None:
    somebody.opens(platform.url("intake", "/findings"))
    somebody.signs_in_as("Vera Roelofs")
    expect(somebody.page.locator("#f-reference")).to_be_visible()
    for path in ("/findings", "/media", "/bulk"):
        somebody.opens(platform.url("intake", path))
        is_for_everybody(somebody, path)
        somebody.goes_on()
        is_for_everybody(somebody, f"{path} with mistakes")
    content = b"themes;place;reference\nwork;Groenlo;axe-1\ncooking;;\n"
    somebody.page.locator("#f-file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
    somebody.goes_on()
    is_for_everybody(somebody, "the dry run")
    somebody.page.get_by_role("button", name="Lees 1 melding in").click()
    somebody.sees("1 van 1 regels")
    is_for_everybody(somebody, "the import")
