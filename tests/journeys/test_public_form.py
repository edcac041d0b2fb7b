"""The public form in a browser: without script, with mistakes, sent twice."""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import expect

from services.intake.pages.uploads import MOST_BODY
from tests.journeys.browsing import NARROWEST
from tests.journeys.conftest import People
from tests.journeys.platform import Platform, Program

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.fixture
def house_number() -> str:
    """An address that no other signal is about."""
    return str(secrets.randbelow(90_000) + 10_000)


def signals_at(program: Program, region: str, house_number: str) -> list[dict[str, object]]:
    found = program.get("intake", "/v1/signals", region=region)["items"]
    return [signal for signal in found if signal["situation"]["site"]["houseNumber"] == house_number]


@pytest.mark.plan("C04")
def test_a_worker_reports_in_bulgarian_without_javascript(
    platform: Platform, people: People, program: Program, house_number: str
) -> None:
    worker = people(width=360, scripts=False)
    worker.opens(platform.url("intake"))
    worker.presses("Български")
    expect(worker.page.locator("html")).to_have_attribute("lang", "bg")
    worker.ticks("Изберете всичко, което подхожда", "Къщата или стаите")
    worker.presses("Напред")
    worker.types("Име на фирмата или сградата", "Общежитие „Слънчев дом“")
    worker.types("Пощенски код", "5801 AB")
    worker.types("Номер на къщата", house_number)
    worker.presses("Напред")
    worker.ticks("Изберете това, което подхожда най-добре", "Склад, дистрибуция или транспорт")
    worker.presses("Напред")
    worker.types("Колко души кашлят", 2)
    worker.presses("Напред")
    worker.types("Колко души спят в една стая?", 4)
    worker.presses("Напред")
    worker.types("С Ваши думи", "В стаята ни спят четирима души и двама кашлят.")
    worker.presses("Напред")
    worker.sees("Общежитие „Слънчев дом“", "Venray", "В стаята ни спят четирима души")
    worker.presses("Изпратете сигнала")
    worker.sees_heading("Сигналът Ви е изпратен")
    expect(worker.page.locator("#receipt")).to_have_text(re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$"))

    (signal,) = signals_at(program, "VR23", house_number)
    assert signal["situation"]["site"]["name"] == "Общежитие „Слънчев дом“"  # type: ignore[index]
    assert "четирима" not in str(signal)


def test_every_mistake_on_a_step_is_shown_at_once_and_nothing_typed_is_lost(platform: Platform, people: People) -> None:
    reporter = people(width=390)
    reporter.opens(platform.url("intake", "/?lang=nl"))
    reporter.presses("Verder")
    reporter.sees("Kies waarover het gaat.")
    reporter.ticks("Kies alles wat past", "Het werk")
    reporter.presses("Verder")

    mistakes = {"Postcode": "71411 ZZ", "Huisnummer": "twaalf", "Naam van het bedrijf": "Vleesbedrijf Voorbeeld"}
    for field, typed in mistakes.items():
        reporter.types(field, typed)
    reporter.presses("Verder")
    summary = reporter.page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(summary).to_be_focused()
    for field, typed in mistakes.items():
        expect(reporter.page.get_by_role("textbox", name=field)).to_have_value(typed)
    postcode = reporter.page.get_by_role("textbox", name="Postcode")
    expect(postcode).to_have_accessible_description(re.compile("vier cijfers"))
    summary.get_by_role("link", name=re.compile("Een postcode")).click()
    expect(postcode).to_be_focused()


def test_numbers_that_cannot_be_are_told_beside_each_question(platform: Platform, people: People) -> None:
    reporter = people()
    reporter.opens(platform.url("intake", "/?lang=nl"))
    reporter.ticks("Kies alles wat past", "Het huis of de kamers")
    reporter.presses("Verder")
    reporter.types("Plaats", "Venray")
    reporter.presses("Verder")
    reporter.sees_heading("Wat voor werk doen de mensen?")
    reporter.presses("Verder")
    typed = {"Hoeveel mensen wonen": "veel", "Hoeveel mensen zijn getest": "10", "Bij hoeveel van hen": "12"}
    for question, answer in typed.items():
        reporter.types(question, answer)
    reporter.presses("Verder")
    wrong = reporter.page.locator('[aria-invalid="true"]')
    expect(wrong).to_have_count(2)
    for question, answer in typed.items():
        expect(reporter.page.get_by_role("textbox", name=question)).to_have_value(answer)
    reporter.sees("Dit kan niet meer zijn dan het aantal mensen dat is getest.")
    for question, answer in {"Hoeveel mensen wonen": "20", "Bij hoeveel van hen": "2"}.items():
        reporter.types(question, answer)
    reporter.goes_on()
    # A page that was shown straight from what was sent could only be come back to by sending it again.
    reporter.page.go_back()
    reporter.sees_heading("Zijn er zieke mensen?")
    expect(wrong).to_have_count(0)
    expect(reporter.page.get_by_role("textbox", name="Hoeveel mensen wonen")).to_have_value("20")


@pytest.mark.plan("S07")
def test_a_form_sent_twice_is_one_signal_with_one_receipt(
    platform: Platform, people: People, program: Program, house_number: str
) -> None:
    reporter = people(scripts=False)
    reporter.opens(platform.url("intake", "/?lang=nl"))
    reporter.ticks("Kies alles wat past", "Het werk")
    reporter.goes_on()
    reporter.types("Postcode", "7141 DC")
    reporter.types("Huisnummer", house_number)
    for _ in range(6):
        reporter.goes_on()
    reporter.sees_heading("Klopt het zo?")
    again = reporter.opens_tab(reporter.page.url)
    reporter.presses("Verstuur melding")
    receipt = reporter.page.locator("#receipt").inner_text()
    again.get_by_role("button", name="Verstuur melding").click()
    expect(again.locator("#receipt")).to_have_text(receipt)

    reporter.page.go_back()
    reporter.sees_heading("Dit formulier is al verstuurd")
    expect(reporter.page.locator("#receipt")).to_have_text(receipt)
    assert len(signals_at(program, "VR06", house_number)) == 1


def test_what_is_typed_on_the_open_step_is_there_again_after_a_reload(platform: Platform, people: People) -> None:
    reporter = people()
    reporter.opens(platform.url("intake", "/?lang=nl"))
    reporter.ticks("Kies alles wat past", "Het werk")
    reporter.goes_on()
    with reporter.page.expect_response(lambda answer: "go=keep" in answer.url):
        reporter.types("Naam van het bedrijf", "Kas Voorbeeld")
    reporter.page.reload()
    expect(reporter.page.get_by_role("textbox", name="Naam van het bedrijf")).to_have_value("Kas Voorbeeld")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_text_that_is_too_long_is_not_cut_but_told_of_and_all_still_there(
    platform: Platform, people: People, scripts: bool
) -> None:
    reporter = people(width=NARROWEST, scripts=scripts)
    reporter.opens(platform.url("intake", "/?lang=bg"))
    reporter.ticks("Изберете всичко, което подхожда", "Къщата или стаите")
    reporter.goes_on()
    reporter.types("Населено място", "Venray")
    reporter.goes_on()
    reporter.opens(platform.url("intake", "/report/words?lang=bg"))
    words = reporter.page.get_by_role("textbox", name="С Ваши думи")
    expect(words).to_have_accessible_description(re.compile("Най-голям брой знаци: 4000"))
    story = "".join(f"Стая {n}: четирима души. " for n in range(1, 300))
    words.fill(story)
    reporter.goes_on()
    expect(reporter.page.get_by_role("alert")).to_contain_text("Най-голям брой знаци: 4000")
    expect(words).to_have_value(story.strip())
    words.fill(story[:4000].strip())
    reporter.goes_on()
    reporter.sees("Още нищо не е изпратено.", story[3900:4000].strip())


def test_after_too_large_a_picture_a_link_leads_back_to_what_was_typed(
    platform: Platform, people: People, tmp_path: Path
) -> None:
    huge = tmp_path / "huge.jpg"
    huge.write_bytes(bytes(MOST_BODY + 1))
    reporter = people(width=NARROWEST)
    reporter.opens(platform.url("intake", "/?lang=pl"))
    reporter.ticks("Wybierz wszystko, co pasuje", "Praca")
    reporter.goes_on()
    reporter.types("Miejscowość", "Venray")
    reporter.goes_on()
    reporter.opens(platform.url("intake", "/report/words?lang=pl"))
    with reporter.page.expect_response(lambda answer: "go=keep" in answer.url):
        reporter.types("Własnymi słowami", "Stoimy ramię w ramię.")
    reporter.page.locator("#f-pictures").set_input_files(huge)
    reporter.goes_on()
    reporter.sees("To jest za duże")
    reporter.follows("Wróć do poprzedniej strony")
    expect(reporter.page.get_by_role("textbox", name="Własnymi słowami")).to_have_value("Stoimy ramię w ramię.")


def test_the_address_after_sending_or_after_a_step_on_the_private_page_leads_on_when_it_is_opened_anew(
    platform: Platform, people: People
) -> None:
    reporter = people()
    reporter.opens(platform.url("intake", "/?lang=en"))
    reporter.ticks("Choose everything that fits", "The work")
    reporter.goes_on()
    reporter.ticks("Don't you know the place?", "I don't know where it is")
    reporter.goes_on()
    reporter.opens(platform.url("intake", "/report/check?lang=en"))
    reporter.goes_on()
    code = reporter.page.locator("#receipt").inner_text()
    reporter.opens(reporter.page.url)
    expect(reporter.page.locator("#receipt")).to_have_text(code)
    reporter.opens(platform.url("intake", "/status/answer?lang=en"))
    expect(reporter.page.locator("html")).to_have_attribute("lang", "en")
    reporter.types("Your code", code)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_another_language_leaves_what_is_typed_on_the_private_page(
    platform: Platform, people: People, program: Program, scripts: bool
) -> None:
    reporter = people(width=NARROWEST, scripts=scripts)
    reporter.opens(platform.url("intake", "/status?lang=nl"))
    reporter.types("Uw code", program.post("intake", "/v1/signals", {"themes": ["work"]})["receipt"])
    reporter.presses("Bekijk hoe het staat")
    reporter.types("Wilt u ons nog iets zeggen?", "Er zijn nu vijf mensen ziek.")
    reporter.page.locator(".bm-languages summary").click()
    reporter.presses("Polski")
    expect(reporter.page.locator("html")).to_have_attribute("lang", "pl")
    expect(reporter.page.locator('[name="answer"]')).to_have_value("Er zijn nu vijf mensen ziek.")


@pytest.mark.plan("S06")
def test_a_report_and_its_private_page_need_no_more_than_a_keyboard(
    platform: Platform, people: People, program: Program, house_number: str
) -> None:
    reporter = people(width=320, scripts=False)
    reporter.opens(platform.url("intake", "/?lang=pl"))
    keyboard, forward = reporter.page.keyboard, ".bm-form .bm-button--primary"
    reporter.tabs_to('[name="themes"][value="housing"]')
    keyboard.press("Space")
    reporter.tabs_to(forward)
    keyboard.press("Enter")
    reporter.page.wait_for_url("**/report/where**")
    for name, typed in (("postcode", "7141 DC"), ("house_number", house_number)):
        reporter.tabs_to(f'[name="{name}"]')
        keyboard.type(typed)
    for step in ("work", "health", "seen", "words", "check"):
        reporter.tabs_to(forward)
        keyboard.press("Enter")
        reporter.page.wait_for_url(f"**/report/{step}**")
    reporter.tabs_to(forward)
    keyboard.press("Enter")
    receipt = reporter.page.locator("#receipt").inner_text()
    reporter.tabs_to('main a[href^="/status"]')
    keyboard.press("Enter")
    reporter.page.wait_for_url("**/status**")
    reporter.tabs_to('[name="code"]')
    keyboard.type(receipt)
    keyboard.press("Enter")
    reporter.sees_heading("Mamy Twoje zgłoszenie")
    reporter.tabs_to('[name="answer"]')
    keyboard.type("Jest nas ośmioro")
    reporter.tabs_to('form[action^="/status/answer"] button')
    keyboard.press("Enter")
    reporter.sees("Jest nas ośmioro", "Mamy Twoją wiadomość.")
    assert len(signals_at(program, "VR06", house_number)) == 1


@pytest.mark.plan("S06")
def test_the_language_is_changed_anywhere_on_a_narrow_phone_and_nothing_is_lost(
    platform: Platform, people: People, house_number: str
) -> None:
    reporter = people(width=320, scripts=False)
    page, html = reporter.page, reporter.page.locator("html")
    reporter.opens(platform.url("intake", "/?lang=nl"))
    reporter.presses("Türkçe")
    expect(html).to_have_attribute("lang", "tr")
    reporter.ticks("Uyan her şeyi seçin", "Ev veya odalar")
    reporter.goes_on()
    page.locator('[name="postcode"]').fill("7141 DC")
    page.locator(".bm-languages summary").click()
    reporter.presses("Українська")
    expect(html).to_have_attribute("lang", "uk")
    expect(page.get_by_role("textbox", name="Поштовий індекс")).to_have_value("7141 DC")
    reporter.types("Номер будинку", house_number)
    for _ in range(6):
        reporter.goes_on()
    receipt = page.locator("#receipt").inner_text()
    page.locator(".bm-languages summary").click()
    reporter.presses("Magyar")
    expect(html).to_have_attribute("lang", "hu")
    expect(page.locator("#receipt")).to_have_text(receipt)
    page.locator('main a[href^="/status"]').click()
    page.locator('[name="code"]').fill(receipt)
    reporter.goes_on()
    page.locator(".bm-languages summary").click()
    reporter.presses("Español")
    expect(html).to_have_attribute("lang", "es")
    reporter.sees_heading("Hemos recibido su aviso")


def test_the_first_page_is_light_enough_for_a_slow_line(platform: Platform, people: People) -> None:
    reporter = people(width=320)
    sizes: list[int] = []
    reporter.page.on("response", lambda answer: sizes.append(len(answer.body())))
    reporter.opens(platform.url("intake", "/?lang=uk"))
    reporter.page.wait_for_load_state("networkidle")
    assert len(sizes) >= 3
    assert sum(sizes) < 50_000


def test_places_are_offered_while_somebody_types(platform: Platform, people: People) -> None:
    reporter = people(width=390)
    reporter.opens(platform.url("intake", "/?lang=nl"))
    reporter.ticks("Kies alles wat past", "Het werk")
    reporter.goes_on()
    reporter.page.locator('[name="place"]').press_sequentially("groen")
    expect(reporter.page.locator('#places option[value="Groenlo"]')).to_have_attribute(
        "label", "Oost Gelre, Gelderland"
    )
