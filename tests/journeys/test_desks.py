"""The screens of operators and members who type signals in are for everybody, mistakes and all."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import NARROWEST, Person, violations, width_of
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
    content = f"themes;place;reference\nwork;Groenlo;{uuid4()}\ncooking;;\n".encode()
    somebody.page.locator("#f-file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
    somebody.goes_on()
    is_for_everybody(somebody, "the dry run")
    somebody.page.get_by_role("button", name="Lees 1 regel in").click()
    somebody.sees("1 van 1 regels")
    is_for_everybody(somebody, "the import")
