"""A call from the first word to the read-out code, by keyboard alone: with a draft, a crash, a join and a call-back."""

import os
import re
import secrets
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Keyboard, expect

from services.intake.pages.desk import KEYS
from tests.journeys.browsing import MOST_TABS, Person, launched
from tests.journeys.platform import Platform, Program

pytestmark = [pytest.mark.browser, pytest.mark.stack]

NUMBERS = {
    "people_exposed": "120",
    "confirmed_infections": "4",
    "people_with_symptoms": "9",
    "tested": "30",
    "positive": "4",
    "people_per_bedroom": "6",
    "people_per_toilet_or_shower": "14",
    "square_metres_per_person": "3,5",
}
YES_NO = {
    "sick_people_at_work": "j",
    "same_workers_as_outbreak": "n",
    "distance_kept": "n",
    "screens": "n",
    "cold_or_poorly_ventilated": "j",
    "shared_breaks": "j",
    "room_to_isolate": "n",
    "van_mixed_households": "j",
    "van_mixed_sites": "w",
}

TICKED = {
    "work": '[name="themes"][value="work"]',
    "housing": '[name="themes"][value="housing"]',
    "transport": '[name="themes"][value="transport"]',
    "unsure": "#f-unsure",
    "callback": "#f-callback",
}
TYPED = {
    "words": "Zij huilt.",
    "day": "gisteren",
    "name": "Kas 12",
    "postcode": "7141 AB",
    "house_number": "12a",
    "place": "Groenlo",
    "contact": "06-87654321",
    "due": "morgen 10",
    "why": "vragen",
}
CHOSEN = {"area": "k", "sector": "b", "homes_elsewhere": "k", "language": "p"}


class Operator(Person):
    """Somebody with both hands on the keyboard; the mouse is out of reach."""

    by_alt = False

    @property
    def keys(self) -> Keyboard:
        return self.page.keyboard

    def signs_in(self, name: str) -> None:
        self.reaches(name)
        with self.page.expect_navigation():
            self.keys.press("Enter")

    def reaches(self, words: str) -> None:
        """Goes on by the Tab key until what has the focus says this."""
        for _ in range(MOST_TABS):
            self.keys.press("Tab")
            # Between the last element and the first one the page itself has the focus, with all its words.
            if words in self.page.evaluate("(e => e === document.body ? '' : e.textContent)(document.activeElement)"):
                return
        raise AssertionError(f"no way to {words} by keyboard")

    def jumps_to(self, field: str) -> None:
        if self.by_alt:
            self._presses_alt(KEYS[field])
        else:
            self.keys.press("F2")
            self.keys.press(KEYS[field])

    def writes(self, field: str, text: str) -> None:
        self.jumps_to(field)
        self.has_focus_on(field)
        self.keys.type(text)

    def has_focus_on(self, field: str) -> None:
        expect(self.page.locator(f"#f-{field}")).to_be_focused()

    def sends(self) -> None:
        with self.page.expect_navigation():
            self.jumps_to("send")

    def _presses_alt(self, key: str) -> None:
        # Playwright's own way leaves out which letter it is without Alt, by which a browser finds the field.
        tab = self.page.context.new_cdp_session(self.page)
        letter = {"key": key, "text": key, "unmodifiedText": key, "windowsVirtualKeyCode": ord(key.upper())}
        for kind in ("keyDown", "keyUp"):
            tab.send("Input.dispatchKeyEvent", {"type": kind, "modifiers": 1, **letter})


class Desk:
    """A place with a computer, where an operator starts a browser and signs in."""

    def __init__(self, browser: Browser, platform: Platform) -> None:
        self._kind, self._platform = browser.browser_type, platform
        self._browsers: list[Browser] = []

    def starts(self, path: str = "/hotline", name: str = "Hanna Olthof") -> Operator:
        self._browsers.append(launched(self._kind))
        operator = Operator(self._browsers[-1])
        operator.opens(self._platform.url("intake", path))
        operator.signs_in(name)
        expect(operator.page.locator("#f-words")).to_be_visible()
        return operator

    def loses_its_power(self) -> None:
        """Nothing is closed, kept or said goodbye to."""
        os.kill(_process_of(self._browsers[-1]), signal.SIGKILL)

    def closes(self) -> None:
        for browser in self._browsers:
            with suppress(Error):
                browser.close()


def _process_of(browser: Browser) -> int:
    running = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return int(next(process["id"] for process in running if process["type"] == "browser"))


@pytest.fixture
def desk(browser: Browser, platform: Platform) -> Iterator[Desk]:
    made = Desk(browser, platform)
    yield made
    made.closes()


@pytest.fixture
def operator(desk: Desk) -> Operator:
    """Somebody before an empty screen, whatever the call before left there."""
    found = desk.starts()
    found.reaches("Wis dit gesprek")
    found.keys.press("Enter")
    found.sees("Wilt u dit gesprek wissen?")
    with found.page.expect_navigation():
        found.keys.press("Enter")
    found.has_focus_on("words")
    expect(found.page.locator("#f-words")).to_have_value("")
    return found


@pytest.mark.plan("S07", "S22", "C04")
def test_a_call_is_taken_by_keyboard_alone_from_the_empty_screen_to_the_call_back(
    platform: Platform, program: Program, desk: Desk, operator: Operator
) -> None:
    number = secrets.randbelow(9_000) + 1_000
    words = f"Zij huilt. Iedereen hoest en niemand mag naar huis {secrets.token_hex(4)}"
    name = f"Pension De Lange Weg {number}"
    site = {"name": name, "postcode": "7121AA", "houseNumber": str(number)}
    known = program.post("intake", "/v1/signals", {"themes": ["housing"], "site": site, "observations": {}})["id"]

    operator.keys.type(words)
    operator.jumps_to("housing")
    operator.writes("postcode", "7121 aa")
    operator.writes("house_number", str(number))
    operator.writes("people_per_bedroom", "6")
    operator.writes("room_to_isolate", "n")
    beside = operator.page.locator("#similar")
    expect(beside).to_contain_text(name)
    expect(beside).to_contain_text("zelfde adres")
    operator.jumps_to("joins")
    expect(operator.page.locator(f'[name="joins"][value="{known}"]')).to_be_checked()
    with operator.page.expect_response(lambda kept: "contact=06-87654321" in (kept.request.post_data or "")):
        operator.writes("contact", "06-87654321")

    desk.loses_its_power()
    operator = desk.starts()
    operator.sees("Nog niet verstuurd", "7121 aa, ‘Zij huilt.")
    operator.reaches("Ga verder met het gesprek van")
    with operator.page.expect_navigation():
        operator.keys.press("Enter")
    operator.sees("Dit gesprek was nog niet verstuurd")
    operator.has_focus_on("words")
    for field, text in (("words", words), ("house_number", str(number)), ("contact", "06-87654321")):
        expect(operator.page.locator(f"#f-{field}")).to_have_value(text)
    expect(operator.page.locator("#f-room_to_isolate")).to_have_value("no")
    expect(operator.page.locator(f'[name="joins"][value="{known}"]')).to_be_checked()

    operator.keys.type(" Zij kan morgen weer bellen.")
    operator.jumps_to("callback")
    operator.writes("due", "gisteren")
    operator.writes("why", "of er een dokter is geweest")
    operator.sends()
    operator.sees("Noem een moment dat nog komt")
    operator.keys.press("Tab")
    operator.keys.press("Enter")
    operator.has_focus_on("due")
    operator.keys.press("Control+a")
    operator.keys.type("morgen 10")
    operator.sends()

    operator.sees_heading("Melding verstuurd")
    operator.sees("Dit gesprek hoort bij een eerdere melding", "morgen 10:00")
    code = operator.page.locator("#receipt").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", code)
    assert operator.page.get_by_role("rowheader").or_(operator.page.locator('[data-label="Groep"]')).count() == 4

    operator.reaches("Alle terugbelverzoeken")
    operator.keys.press("Enter")
    operator.sees_heading("Terugbellen")
    _calls_back(operator, "of er een dokter is geweest", "06-87654321")

    case = program.first("triage", "/v1/cases", signalId=known)
    told = program.first("intake", "/v1/signals", theme="housing", channel="hotline")
    assert told["situation"]["observations"]["peoplePerBedroom"] == 6
    assert told["situation"]["observations"]["noRoomToIsolate"] is True
    assert program.first("triage", "/v1/cases", signalId=told["id"])["id"] == case["id"]


def _calls_back(operator: Operator, why: str, contact: str) -> None:
    """The last promise made is found and kept."""
    while True:
        operator.reaches("Toon nummer en reden")
        with operator.page.expect_navigation():
            operator.keys.press("Enter")
        if operator.page.locator("main").get_by_text(why).count():
            break
    operator.sees(contact)
    for answer in ("Gesproken", "Ja, gesproken"):
        operator.reaches(answer)
        with operator.page.expect_navigation():
            operator.keys.press("Enter")
    expect(operator.page.locator("main")).not_to_contain_text(why)


@pytest.mark.parametrize("by_alt", [True, False], ids=["Alt and a letter", "F2 and a letter"])
def test_every_field_has_a_key_of_its_own(operator: Operator, by_alt: bool) -> None:
    operator.by_alt = by_alt
    shown = operator.page.locator("kbd.bm-key").all_inner_texts()
    keys = [KEYS[field] for field in (*TICKED, *TYPED, *NUMBERS, *YES_NO, *CHOSEN)]
    assert sorted(shown) == sorted(keys)
    assert len({*keys, KEYS["send"], KEYS["joins"]}) == len(keys) + 2
    for value, field in TICKED.items():
        operator.jumps_to(value)
        expect(operator.page.locator(field)).to_be_checked()
        operator.jumps_to(value)
        expect(operator.page.locator(field)).not_to_be_checked()
    for field, text in {**TYPED, **NUMBERS}.items():
        operator.writes(field, text)
        expect(operator.page.locator(f"#f-{field}")).to_have_value(text)
    for field, key in {**YES_NO, **CHOSEN}.items():
        operator.writes(field, key)
        words = operator.page.locator(f"#f-{field} option:checked")
        expect(words).to_have_text(re.compile(f"^{key}", re.IGNORECASE))


def test_enter_keeps_the_call_and_sends_nothing(operator: Operator) -> None:
    operator.jumps_to("work")
    operator.writes("place", "Groenlo")
    operator.keys.press("Enter")
    expect(operator.page.locator("[data-said]")).to_contain_text("Concept bewaard")
    operator.sees_heading("Gesprek")
    operator.has_focus_on("place")


def test_a_call_about_what_is_known_asks_first_with_the_answer_under_the_hand(
    program: Program, operator: Operator
) -> None:
    name = f"Slachterij {secrets.token_hex(4)}"
    site = {"name": name, "postcode": "7121AA", "houseNumber": "9"}
    program.post("intake", "/v1/signals", {"themes": ["work"], "site": site, "observations": {}})
    operator.jumps_to("work")
    operator.writes("name", name)
    operator.writes("postcode", "7121AA")
    operator.sends()
    operator.sees("is dit dezelfde situatie?", name)
    operator.has_focus_on("joins")
    operator.keys.press("Space")
    operator.sends()
    operator.sees("Dit gesprek hoort bij een eerdere melding")


def test_a_place_of_which_there_are_two_is_asked_while_the_call_goes_on(operator: Operator) -> None:
    operator.writes("place", "Laren")
    operator.keys.press("Tab")
    expect(operator.page.locator('#picks [name="pick"]').first).to_be_visible()
    expect(operator.page.locator("[data-said]")).to_contain_text("Kies welke plaats")
    operator.keys.press("Shift+Tab")
    operator.keys.press("ArrowDown")
    expect(operator.page.locator('#picks [name="pick"]:checked')).to_be_focused()


@pytest.mark.parametrize(("path", "first"), [("/findings", "reference"), ("/media", "link")])
def test_members_have_the_same_keys_where_they_tell_of_a_finding_or_of_the_media(
    desk: Desk, path: str, first: str
) -> None:
    member = desk.starts(path, "Vera Roelofs")
    shown = member.page.locator("kbd.bm-key").all_inner_texts()
    assert len(shown) == len(set(shown)) > len(NUMBERS) + len(YES_NO)
    for key in shown:
        member.keys.press("F2")
        member.keys.press(key)
        assert member.page.evaluate("document.activeElement.accessKey") == key
    member.writes("place", "Groenlo")
    member.keys.press("Enter")
    expect(member.page.locator("[data-said]")).to_have_text(re.compile("Concept bewaard"))
    member.page.reload()
    expect(member.page.locator("#f-place")).to_have_value("Groenlo")
    member.sends()
    member.keys.press("Tab")
    member.keys.press("Enter")
    member.has_focus_on(first)
    expect(member.page.locator("#f-place")).to_have_value("Groenlo")
