"""The screens of operators and members who type signals in are for everybody, mistakes and all."""

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
    somebody.page.get_by_role("button", name="Gesproken").first.click()
    somebody.sees("Hebt u deze beller gesproken?")
    is_for_everybody(somebody, "whether the call was made")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize(("path", "own"), [("/findings", "reference"), ("/media", "link")])
def test_back_after_a_refusal_finds_what_a_member_typed_and_sends_nothing_again(
    platform: Platform, people: People, scripts: bool, path: str, own: str
) -> None:
    member = people(scripts=scripts)
    member.opens(platform.url("intake", path))
    member.signs_in_as("Vera Roelofs")
    page = member.page
    page.locator('[name="words"]').fill("Zes mensen op een kamer.")
    page.locator('[name="people_exposed"]').fill("veel")
    member.goes_on()
    expect(page.get_by_role("alert").locator(f'[href="#f-{own}"]')).to_be_visible()
    page.reload()
    expect(page.locator('[name="people_exposed"]')).to_have_value("veel")
    page.go_back()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator('[name="words"]')).to_have_value("Zes mensen op een kamer.")
    expect(page.locator('[name="people_exposed"]')).to_have_value("veel")


def test_a_code_to_read_out_is_there_again_after_a_reload(platform: Platform, people: People) -> None:
    operator = people()
    operator.opens(platform.url("intake", "/hotline"))
    operator.signs_in_as("Hanna Olthof")
    page = operator.page
    page.locator('[name="themes"][value="work"]').check()
    page.locator('[name="unsure"]').check()
    operator.goes_on()
    code = page.locator("#receipt").inner_text()
    page.reload()
    expect(page.locator("#receipt")).to_have_text(code)
    operator.follows("Bekijk de melding")
    page.go_back()
    expect(page.locator("#receipt")).to_have_text(code)


def test_who_is_signed_in_is_not_told_that_a_report_of_the_organisation_is_anonymous(
    platform: Platform, people: People
) -> None:
    member, stranger = people(), people()
    stranger.opens(platform.url("intake", "/?lang=nl"))
    stranger.sees("U hoeft niet te zeggen wie u bent")
    member.opens(platform.url("intake", "/media"))
    member.signs_in_as("Vera Roelofs")
    member.opens(platform.url("intake", "/?lang=nl"))
    member.sees("Deze melding komt binnen als melding van uw veiligheidsregio.")
    expect(member.page.locator("main")).not_to_contain_text("U hoeft niet te zeggen wie u bent")


def test_the_doors_of_members_are_accessible_and_fit(platform: Platform, somebody: Person) -> None:
    somebody.opens(platform.url("intake", "/findings"))
    somebody.signs_in_as("Vera Roelofs")
    expect(somebody.page.locator("#f-reference")).to_be_visible()
    for path in ("/findings", "/media", "/bulk"):
        somebody.opens(platform.url("intake", path))
        is_for_everybody(somebody, path)
        somebody.goes_on()
        is_for_everybody(somebody, f"{path} with mistakes")
        if path != "/bulk":
            somebody.page.get_by_role("button", name="Wis di").or_(
                somebody.page.get_by_role("button", name="Wis deze")
            ).click()
            somebody.sees("Alles wat u hebt getypt, gaat weg.")
            is_for_everybody(somebody, f"{path} to be erased")
            somebody.opens(platform.url("intake", path))
            somebody.sees("Nog niet verstuurd")
            is_for_everybody(somebody, f"{path} with a draft")
    content = f"themes;place;reference\nwork;Groenlo;{uuid4()}\ncooking;;\n".encode()
    somebody.page.locator("#f-file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
    somebody.goes_on()
    is_for_everybody(somebody, "the dry run")
    somebody.page.get_by_role("button", name="Lees 1 regel in").click()
    somebody.sees("1 van 1 regels")
    is_for_everybody(somebody, "the import")
