"""The public form in text browsers, as somebody's old machine or reading aid shows it: keys in, words out."""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Self

import httpx
import pytest

from tests.journeys.platform import Platform, Program
from tests.journeys.test_public_form import house_number, signals_at

pytestmark = [pytest.mark.stack, pytest.mark.browser]

__all__ = ["house_number"]
_RECEIPT = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][AB0-2])|[\x0e\x0f]")
PATIENCE_SECONDS = 60


class Stops(HTMLParser):
    """The places of a page where Tab stops, in order: a field by its name, a button or link by its purpose."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "input" and about.get("type") == "hidden":
            self.hidden[about["name"]] = about["value"]
        elif tag == "a" and "href" in about:
            self.found.append(about["href"])
        elif tag == "button":
            self.found.append("forward" if "bm-button--primary" in about["class"] else "other")
        elif tag in ("input", "select", "textarea"):
            self.found.append(f"{about['name']}={about['value']}" if about.get("type") == "checkbox" else about["name"])


@dataclass(frozen=True)
class Step:
    """So often Tab, and there type this, or press what is there."""

    tabs: int
    typed: str = ""


@dataclass
class Way:
    """What somebody does on each page in turn, beside what the page is called."""

    pages: list[tuple[str, list[Step]]] = field(default_factory=list)

    def on(self, page: str, **typed: str) -> None:
        """From the first stop of a fresh page to each named one, with what to type there, and on to the next page."""
        stops, here, steps = Stops(page).found, 0, []
        for name, text in {**typed, "forward": ""}.items():
            there = stops.index(name)
            steps.append(Step(there - here, text))
            here = there
        self.pages.append((_title(page), steps))


@pytest.mark.plan("S06")
@pytest.mark.parametrize("browser", ["lynx", "w3m"])
def test_a_report_is_made_in_a_text_browser(
    platform: Platform, program: Program, house_number: str, tmp_path: Path, browser: str
) -> None:
    way, address = Way(), platform.url("intake", "/?lang=ro")
    # The same way by program first, to know what Tab will come by; another browser, so another report.
    with httpx.Client(follow_redirects=True, base_url=platform.url("intake")) as scout:
        page = scout.get("/?lang=ro").text
        way.on(page, **{"themes=housing": ""})
        page = _sent(scout, "themes", page, themes="housing")
        way.on(page, postcode="7141 DC", house_number=house_number)
        page = _sent(scout, "where", page, postcode="7141 DC", house_number=house_number)
        for step in ("work", "health", "seen", "words", "send"):
            way.on(page)
            page = _sent(scout, step, page) if step != "send" else page
    shown = {"lynx": _lynx, "w3m": _w3m}[browser](address, way, tmp_path)
    assert _RECEIPT.search(shown), shown[-2000:]
    assert len(signals_at(program, "VR06", house_number)) == 1


def _sent(scout: httpx.Client, step: str, page: str, **typed: str) -> str:
    return scout.post(f"/report/{step}", data={**Stops(page).hidden, **typed}).text


def _title(page: str) -> str:
    found = re.search(r"<title>(.*?)</title>", page, re.S)
    assert found
    return unescape(found[1])


def _lynx(address: str, way: Way, home: Path) -> str:
    """Everything lynx drew while it pressed these keys by itself."""
    keys = [
        key for _, steps in way.pages for step in steps for key in (*["<tab>"] * step.tabs, *(step.typed or ["^J"]))
    ]
    script = home / "keys"
    script.write_text("\n".join(f"key {key}" for key in [*keys, "q", "y"]) + "\n")
    options = ["-accept_all_cookies", "-nopause", f"-cmd_script={script}"]
    with Screen("lynx", [*options, address], home) as screen:
        return screen.drawn_until(lambda _: False)


def _w3m(address: str, way: Way, home: Path) -> str:
    """What w3m shows in the end, with each page waited for as a person does."""
    with Screen("w3m", ["-cookie", "-o", "confirm_qq=0", address], home) as screen:
        for title, steps in way.pages:
            shown = screen.drawn_until(partial(_is_of, title), asking="\f")
            assert _is_of(title, shown), (title, shown[-2000:])
            for step in steps:
                screen.press("\t" * step.tabs + "\r" + (f"{step.typed}\r" if step.typed else ""))
        return screen.drawn_until(lambda drawn: _RECEIPT.search(drawn) is not None, asking="\f")


def _is_of(title: str, drawn: str) -> bool:
    """Whether w3m's last line says so. In the place of spaces there may be movements of the cursor."""
    return re.sub(r"\s", "", f"Viewing <{title}>") in re.sub(r"[\s\0]", "", drawn)


class Screen:
    """A text browser in a terminal of its own."""

    def __init__(self, browser: str, arguments: list[str], home: Path) -> None:
        found = shutil.which(browser)
        assert found, f"the tests in text browsers need {browser}: install the package {browser}"
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        about = {"TERM": "vt100", "LC_ALL": "C.UTF-8", "HOME": str(home)}
        self._child = subprocess.Popen(
            [found, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **about}
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        os.close(self._ours)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def drawn_until(self, enough: Callable[[str], bool], asking: str = "") -> str:
        """What was drawn until it is enough or the browser is gone; `asking` are the keys that have all drawn anew."""
        drawn, deadline = b"", time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not enough(_plain(drawn)):
            if not select.select([self._ours], [], [], 0.2)[0]:
                self.press(asking)
                continue
            try:
                drawn += os.read(self._ours, 65536)
            except OSError:  # its end of the line is closed
                break
        return _plain(drawn)


def _plain(drawn: bytes) -> str:
    return _ESCAPES.sub("", drawn.decode(errors="replace"))
