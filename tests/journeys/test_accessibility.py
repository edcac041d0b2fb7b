"""Every page for everybody: WCAG 2.2 AA by axe, and no scrolling sideways on the narrowest phone."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.intake.test_locales import TRANSLATIONS
from tests.journeys.browsing import NARROWEST, Person, violations, width_of
from tests.journeys.cases import Shown, shown_pages
from tests.journeys.conftest import People
from tests.journeys.platform import Platform, Program, until
from tests.journeys.test_platform import send

pytestmark = [pytest.mark.browser, pytest.mark.stack]

A4_BETWEEN_MARGINS = 718
"""The width of 190 mm, as browsers reckon it."""

MEMBER_PAGES = {
    "work list": ("triage", "/"),
    "cases": ("triage", "/cases"),
    "case": ("triage", "/cases/{case}"),
    "what if": ("triage", "/cases/{case}/what-if"),
    "case graded by a person": ("triage", "/cases/{by_hand}"),
    "case closed": ("triage", "/cases/{closed}"),
    "case merged away": ("triage", "/cases/{merged}"),
    "case that may be another": ("triage", "/cases/{next_door}"),
    "merge": ("triage", "/cases/{case}/merge"),
    "merge compared": ("triage", "/cases/{case}/merge/{next_door}"),
    "merge undone": ("triage", "/cases/{merged}/unmerge"),
    "told apart no longer": ("triage", "/cases/{told_apart}/together/{by_hand}"),
    "signals of a case": ("triage", "/cases/{case}/signals"),
    "links": ("triage", "/links"),
    "link": ("triage", "/links/{question}"),
    "cases of a region": ("triage", "/cases?grade=critical&region=VR06&theme=work"),
    "no case": ("triage", "/cases?q=nergens"),
    "clusters": ("triage", "/clusters"),
    "sectors": ("triage", "/sectors"),
    "sectors of a region": ("triage", "/sectors?region=VR06"),
    "rules": ("triage", "/rules"),
    "draft of rules": ("triage", "/rules?version=2020.2-draft"),
    "back-tests": ("triage", "/backtests"),
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


@pytest.mark.parametrize("language", TRANSLATIONS.languages)
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
    reporter.opens(platform.url("intake", f"/report/words?lang={language}"))
    numbers = "111222333, NL91ABNA0417164300, jan@voorbeeld.example, +48 512 345 678"
    reporter.page.locator('[name="words"]').fill(numbers)
    reporter.goes_on()
    is_for_everybody(reporter, "words that give somebody away")
    reporter.goes_on()
    assert "/report/check" in reporter.page.url
    reporter.goes_on()
    receipt = reporter.page.locator("#receipt").inner_text()
    is_for_everybody(reporter, "the receipt")
    reporter.opens(platform.url("intake", f"/status?lang={language}"))
    reporter.page.locator('[name="code"]').fill(receipt)
    reporter.goes_on()
    for more in reporter.page.locator("details").all():
        more.evaluate("details => details.open = true")
    is_for_everybody(reporter, "the private page, all of it open")
    reporter.page.locator('form[action^="/status/answer"] button').click()
    is_for_everybody(reporter, "the private page with a mistake")
    withdrawing = reporter.page.locator('form[action^="/status/withdrawal"]')
    withdrawing.locator("xpath=ancestor::details").evaluate("details => details.open = true")
    withdrawing.locator("button").click()
    expect(reporter.page.locator("form.bm-form")).to_have_count(0)
    is_for_everybody(reporter, "a report taken back")
    reporter.opens(platform.url("intake", f"/status?lang={language}"))
    reporter.page.locator('[name="code"]').fill("0000-0000-0000-0000")
    reporter.goes_on()
    is_for_everybody(reporter, "a code of no report")
    for path in ("/poster", "/privacy", "/report/check", "/nowhere"):
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


def test_member_pages_print_whole_and_without_what_only_a_screen_can_do(
    platform: Platform, shown: Shown, lena: Person
) -> None:
    screen = lena.page.viewport_size
    assert screen is not None
    lena.page.emulate_media(media="print")
    lena.page.set_viewport_size({"width": A4_BETWEEN_MARGINS, "height": 900})
    for page, (service, path) in MEMBER_PAGES.items():
        lena.opens(platform.url(service, path.format_map(shown)))
        assert width_of(lena.page) <= A4_BETWEEN_MARGINS, f"{page} is cut off on paper"
        assert not lena.page.locator(".bm-button:visible, [data-reload]:visible").count(), page
    lena.opens(platform.url("triage", "/cases/{case}".format_map(shown)))
    expect(lena.page.locator("#override, #close")).to_have_count(2)
    assert not lena.page.locator("#override:visible, #close:visible").count()
    assert lena.page.get_by_text("Stand van").is_visible()
    lena.page.emulate_media(media="screen")
    lena.page.set_viewport_size(screen)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/cases/nowhere", 404), ("/links/nowhere", 404), ("/backtests/nowhere", 404), ("/cases?page=-1", 400)],
)
def test_what_is_not_there_is_said_to_everybody(platform: Platform, lena: Person, path: str, status: int) -> None:
    answer = lena.page.goto(platform.url("triage", path))
    assert answer is not None
    assert answer.status == status
    is_for_everybody(lena, path)


def test_a_form_with_mistakes_is_for_everybody(platform: Platform, shown: Shown, lena: Person) -> None:
    for path, buttons in {
        "/cases/{case}": ("Zet de inschatting", "Sluit de zaak"),
        "/links/{question}": ("Leg uw antwoord vast",),
        "/cases/{told_apart}/together/{by_hand}": ("Leg dit vast",),
    }.items():
        for button in buttons:
            lena.opens(platform.url("triage", path.format_map(shown)))
            lena.presses(button)
            lena.page.locator(".bm-field--fault, [aria-invalid=true]").first.wait_for()
            is_for_everybody(lena, f"{path}: {button}")


@pytest.mark.parametrize("width", [NARROWEST, 1280])
def test_parked_messages_and_a_closed_door_are_for_everybody(
    platform: Platform, people: People, hotline_settings: dict[str, str], width: int
) -> None:
    ops, hotline = people(width=width), people(width=width)
    for person, name, service in ((ops, "Omar Peeters", "intake"), (hotline, "Hanna Olthof", "triage")):
        person.stands_still()
        person.opens(platform.url(service, "/parked"))
        person.signs_in_as(name)
    hotline.page.wait_for_url(platform.url("triage", "/parked"))
    is_for_everybody(hotline, "what is for ops alone")
    sent = f"hotline-{uuid4()}"
    send(hotline_settings, sent, {"situation": {"themes": ["working"]}})

    def place_of_it() -> str | None:
        places = re.findall(r"intake\.\S+/\d+/\d+", platform.brandmeester("parked", "list"))
        return next((one for one in places if sent in platform.brandmeester("parked", "show", "intake", one)), None)

    place = until("the message", place_of_it)
    ops.opens(platform.url("intake", "/parked"))
    ops.sees(place)
    is_for_everybody(ops, "a message is parked")
    ops.opens(platform.url("intake", f"/parked/{place}"))
    is_for_everybody(ops, "the message")
    ops.presses("Laat vervallen")
    ops.page.locator(".bm-field--fault").wait_for()
    is_for_everybody(ops, "a reason that is missing")
    ops.types("Reden", "Gestuurd door een test.")
    ops.presses("Laat vervallen")
    ops.sees("Gestuurd door een test.")
    is_for_everybody(ops, "a message that lapsed")
    ops.opens(platform.url("triage", "/parked"))
    is_for_everybody(ops, "nothing is parked")


def is_for_everybody(person: Person, what: str) -> None:
    assert violations(person.page) == [], what
    assert person.page.viewport_size is not None
    assert width_of(person.page) <= person.page.viewport_size["width"], what
