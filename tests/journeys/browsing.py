"""A person at a browser: opens pages, presses buttons, fills in what is asked, and reads what it says."""

import re
import shutil
from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, Locator, Page, Playwright, expect

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # telling what is right as well would take twice the time
}
PATIENCE_MS = 15_000
NARROWEST = 320
MOST_TABS = 80


def chromium(playwright: Playwright) -> Browser:
    """The Chromium of this machine, wherever it is installed."""
    expect.set_options(timeout=PATIENCE_MS)
    return launched(playwright.chromium)


def launched(kind: BrowserType) -> Browser:
    """One more of them, in a process of its own."""
    found = shutil.which("chromium") or shutil.which("google-chrome") or "/usr/bin/chromium"
    return kind.launch(executable_path=found, args=FLAGS)


class Person:
    """Somebody with a browser of their own, looking at one tab."""

    def __init__(self, browser: Browser, width: int = 1280, scripts: bool = True, dark: bool = False) -> None:
        self._context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="nl-NL",
            java_script_enabled=scripts,
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()

    def opens(self, address: str) -> None:
        self.page.goto(address)

    def opens_tab(self, address: str) -> Page:
        """A second tab beside the one looked at."""
        tab = self._context.new_page()
        tab.goto(address)
        return tab

    def signs_in_as(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def goes_on(self) -> None:
        """Presses the main button of the form, whatever the language calls it, and waits for what comes next."""
        with self.page.expect_navigation():
            self.page.locator(".bm-form .bm-button--primary").click()

    def tabs_to(self, selector: str) -> None:
        """Goes on by the Tab key alone until this has the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"no way to {selector} by keyboard")

    def stands_still(self) -> None:
        """From now on pages do not follow what changes, so that they can be looked over."""
        self.page.route("**/live", lambda route: route.abort())

    def follows(self, link: str) -> None:
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def types(self, field: str, text: str | int) -> None:
        """In the first field of that name, where a page asks the same of several things."""
        offering = self.page.get_by_role("combobox", name=field).and_(self.page.locator("input"))
        self.page.get_by_role("textbox", name=field).or_(offering).first.fill(str(text))

    def chooses(self, field: str, option: str) -> None:
        self.page.get_by_role("combobox", name=field).select_option(label=option)

    def ticks(self, question: str, *answers: str) -> None:
        """The answers of one question, whether one or more may be chosen."""
        for answer in answers:
            self.group(question).get_by_label(answer, exact=True).check()

    def group(self, question: str) -> Locator:
        return self.page.get_by_role("group", name=question)

    def field(self, name: str) -> Locator:
        """A field with what belongs to it: its label, its hint and what is wrong with it."""
        return self.page.locator(".bm-field").filter(has=self.page.get_by_label(name)).last

    def sees(self, *texts: str | re.Pattern[str]) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def sees_heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text).first

    def section(self, heading: str) -> Locator:
        return self.page.locator("section").filter(has=self.page.get_by_role("heading", name=heading)).last

    def fact(self, label: str) -> Locator:
        """The value that stands beside a label."""
        named = self.page.locator("dt").filter(has_text=re.compile(f"^{re.escape(label)}$"))
        return self.page.locator("dl > div").filter(has=named).first.locator("dd")

    def download(self, link: str) -> tuple[bytes, dict[str, str]]:
        """What is behind a link, with the headers it came with."""
        address = self.page.get_by_role("link", name=link).get_attribute("href")
        answer = self._context.request.get(self.page.evaluate("href => new URL(href, location).href", address))
        assert answer.ok, answer.status
        return answer.body(), answer.headers

    def leaves(self) -> None:
        self._context.close()


def violations(page: Page) -> list[str]:
    """What the page does against WCAG 2.2 AA once its styles are there, each with the elements that do it."""
    page.wait_for_load_state("load")
    found: Iterable[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]


def width_of(page: Page) -> int:
    """How wide the page wants to be; more than the screen means scrolling sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth"))
