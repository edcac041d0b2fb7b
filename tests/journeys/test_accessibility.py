"""Every page for everybody: WCAG 2.2 AA by axe, and no scrolling sideways on the narrowest phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.browsing import NARROWEST, Person, violations, width_of
from tests.journeys.cases import Shown, shown_pages
from tests.journeys.conftest import People
from tests.journeys.platform import Platform, Program

pytestmark = [pytest.mark.browser, pytest.mark.stack]

LANGUAGES = ("nl", "en", "pl", "ro", "bg", "de")
MEMBER_PAGES = {
    "work list": ("triage", "/"),
    "cases": ("triage", "/cases"),
    "case": ("triage", "/cases/{case}"),
    "clusters": ("triage", "/clusters"),
    "sectors": ("triage", "/sectors"),
    "rules": ("triage", "/rules"),
    "signals": ("intake", "/signals"),
    "signal": ("intake", "/signals/{signal}"),
    "question to a reporter": ("intake", "/signals/{signal}/questions"),
    "interventions": ("planning", "/"),
    "proposal": ("planning", "/interventions/{proposed}"),
    "staffing": ("planning", "/interventions/{prepared}"),
    "visit under way": ("planning", "/interventions/{under_way}"),
    "intervention reported": ("planning", "/interventions/{reported}"),
    "consultations": ("planning", "/consultations"),
    "consultation to decide": ("planning", "/consultations/{undecided}"),
    "consultation decided": ("planning", "/consultations/{decided}"),
    "network map": ("planning", "/parties"),
    "party": ("planning", "/parties/ggd-vr06"),
    "reports": ("reporting", "/"),
    "report to fill in": ("reporting", "/reports/{open}"),
    "report shared": ("reporting", "/reports/{shared}"),
    "operational picture": ("reporting", "/picture"),
    "notices": ("crossborder", "/"),
    "notice": ("crossborder", "/notices/{notice}"),
    "letter": ("crossborder", "/notices/{notice}/letters/de"),
    "authorities": ("crossborder", "/contacts"),
    "authority": ("crossborder", "/contacts/kreis-borken"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_form_is_accessible_on_every_step(platform: Platform, people: People, language: str) -> None:
    reporter = people(width=NARROWEST)
    reporter.opens(platform.url("intake", f"/?lang={language}"))
    is_for_everybody(reporter, "the first step")
    reporter.goes_on()
    is_for_everybody(reporter, "the first step with a mistake")
    for theme in ("work", "housing", "transport"):
        reporter.page.locator(f'[name="themes"][value="{theme}"]').check()
    reporter.goes_on()
    reporter.page.locator('[name="place"]').fill("Laren")
    reporter.page.locator('[name="house_number"]').fill("?")
    reporter.goes_on()
    is_for_everybody(reporter, "a place that may be two, and a mistake")
    reporter.page.locator('[name="house_number"]').fill("12")
    reporter.page.locator('[name="pick"]').first.check()
    for step in ("work", "health", "seen", "homes", "words", "check"):
        reporter.goes_on()
        assert f"/report/{step}" in reporter.page.url
        is_for_everybody(reporter, step)
    reporter.goes_on()
    receipt = reporter.page.locator("#receipt").inner_text()
    is_for_everybody(reporter, "the receipt")
    reporter.opens(platform.url("intake", f"/status?lang={language}"))
    reporter.page.locator('[name="code"]').fill(receipt)
    reporter.goes_on()
    for more in reporter.page.locator("details").all():
        more.evaluate("details => details.open = true")
    is_for_everybody(reporter, "the private page, all of it open")
    reporter.page.locator('form[action="/status/answer"] button').click()
    is_for_everybody(reporter, "the private page with a mistake")
    for path in ("/poster", "/privacy"):
        reporter.opens(platform.url("intake", f"{path}?lang={language}"))
        is_for_everybody(reporter, path)


@pytest.fixture(scope="module")
def shown(program: Program) -> Shown:
    """Cases as far as each page needs them."""
    return shown_pages(program)


@pytest.fixture(scope="module", params=[False, True], ids=["light and narrow", "dark and wide"])
def lena(request: pytest.FixtureRequest, browser: Browser, platform: Platform) -> Iterator[Person]:
    dark = bool(request.param)
    member = Person(browser, width=1280 if dark else NARROWEST, dark=dark)
    member.stands_still()
    member.opens(platform.url("triage"))
    member.signs_in_as("Lena Otten")
    yield member
    member.leaves()


@pytest.mark.parametrize("page", MEMBER_PAGES)
def test_member_pages_are_accessible_and_fit(platform: Platform, shown: Shown, lena: Person, page: str) -> None:
    service, path = MEMBER_PAGES[page]
    lena.opens(platform.url(service, path.format_map(shown)))
    lena.page.wait_for_url(platform.url(service, path.format_map(shown)))
    is_for_everybody(lena, page)


def is_for_everybody(person: Person, what: str) -> None:
    assert violations(person.page) == [], what
    assert person.page.viewport_size is not None
    assert width_of(person.page) <= person.page.viewport_size["width"], what
