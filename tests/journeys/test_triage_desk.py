"""What members try out at triage is for everybody, answers and mistakes as well, with and without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import NARROWEST, Person
from tests.journeys.cases import plant_with_infections
from tests.journeys.platform import Platform, Program
from tests.journeys.test_accessibility import is_for_everybody

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.fixture(params=[False, True], ids=["light and narrow", "dark and wide"])
def lena(request: pytest.FixtureRequest, browser: Browser, platform: Platform) -> Iterator[Person]:
    dark = bool(request.param)
    person = Person(browser, width=1280 if dark else NARROWEST, dark=dark)
    person.stands_still()
    person.opens(platform.url("triage"))
    person.signs_in_as("Lena Otten")
    yield person
    person.leaves()


@pytest.fixture(scope="module")
def case(program: Program) -> str:
    _, intervention = plant_with_infections(program)
    return str(intervention["caseId"])


def test_what_if_answers_and_tells_mistakes(platform: Platform, lena: Person, case: str) -> None:
    address = platform.url("triage", f"/cases/{case}")
    lena.opens(address)
    lena.follows("Wat als…")
    lena.types("Bevestigde besmettingen", 2)
    lena.chooses("Geen schermen", "ja")
    lena.goes_on()
    lena.sees("De inschatting wordt hoog", "Er staan geen schermen")
    is_for_everybody(lena, "another grade")
    lena.types("Bevestigde besmettingen", "veel")
    lena.goes_on()
    lena.sees("Vul een heel getal in")
    assert lena.page.url == f"{address}/what-if"
    is_for_everybody(lena, "a mistake")


STRICT = """
based_on = "2020.1"
version = "streng"
title = "Voorbeeld"
valid_from = 2021-01-01
likelihood_from = [0, 1, 2, 3]
"""


def rules_file(content: str) -> Any:
    return {"name": "regels.toml", "mimeType": "application/toml", "buffer": content.encode()}


@pytest.mark.usefixtures("case")
def test_cases_are_replayed_with_rules_of_ones_own_and_mistakes_are_told(platform: Platform, lena: Person) -> None:
    lena.opens(platform.url("triage", "/rules"))
    lena.follows("Terugrekenen")
    lena.page.locator('[name="ruleset"]').set_input_files(rules_file(STRICT.replace("[0, 1, 2, 3]", "[0, 3, 2]")))
    lena.goes_on()
    lena.sees("likelihood_from: moet oplopen", "matrix: heeft een rij nodig", "Kies welke zaken u wilt narekenen.")
    is_for_everybody(lena, "faults in rules")
    lena.page.locator('[name="ruleset"]').set_input_files(rules_file(STRICT))
    lena.ticks("Welke zaken?", "alle zaken van het platform")
    lena.goes_on()
    lena.sees_heading("Nagerekend met streng")
    lena.page.get_by_role("link", name="Ververs").or_(lena.page.locator("#outcome")).first.wait_for()
    expect(lena.page.locator("#outcome")).to_contain_text("anders ingeschat")
    is_for_everybody(lena, "what came out")


def test_without_scripts_a_back_test_is_followed_by_asking_again(
    platform: Platform, browser: Browser, case: str
) -> None:
    person = Person(browser, scripts=False)
    person.opens(platform.url("triage"))
    person.signs_in_as("Lena Otten")
    person.opens(platform.url("triage", "/backtests"))
    person.chooses("Reken na met", "2020.2-draft: Concept: een cluster van meldingen telt mee (concept)")
    person.ticks("Welke zaken?", "alle zaken van het platform")
    person.goes_on()
    for _ in range(50):
        if person.page.locator("#outcome").count():
            break
        person.page.wait_for_timeout(200)
        person.page.reload()
    person.sees("wordt anders ingeschat")
    person.leaves()


@pytest.mark.plan("S12")
def test_the_work_list_is_walked_by_keys_which_can_be_switched_off(
    platform: Platform, browser: Browser, program: Program
) -> None:
    numbers = {str(plant_with_infections(program)[1]["caseNumber"]) for _ in range(2)}
    person = Person(browser)
    person.opens(platform.url("triage"))
    person.signs_in_as("Lena Otten")
    person.sees(*numbers)

    def focused() -> str:
        return str(person.page.evaluate("document.activeElement.textContent.trim()"))

    rows = person.page.locator("#burning tbody tr th a")
    first, second = rows.nth(0).inner_text(), rows.nth(1).inner_text()
    walked = []
    for key in "jjkk":
        person.page.keyboard.press(key)
        walked.append(focused())
    assert walked == [first, second, first, first]
    person.page.keyboard.press("f")
    assert person.page.evaluate("document.activeElement.name") == "grade"
    person.page.keyboard.press("j")
    assert person.page.evaluate("document.activeElement.name") == "grade"
    person.page.locator("main").focus()
    person.page.keyboard.press("?")
    expect(person.page.locator("#keys")).to_contain_text("Naar de volgende of de vorige zaak")
    is_for_everybody(person, "the list of keys")
    person.page.locator("#keys-on").uncheck()
    person.presses("Sluit")
    person.page.locator("main").focus()
    person.page.keyboard.press("j")
    assert focused() not in (first, second)
    person.page.locator("#keys-on").evaluate("box => { box.checked = true; box.dispatchEvent(new Event('change')) }")
    person.page.keyboard.press("j")
    person.page.keyboard.press("Enter")
    person.sees_heading(f"Zaak {first}")
    person.leaves()
