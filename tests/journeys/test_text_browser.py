"""The public form in a text browser, as somebody's old machine or reading aid shows it: keys in, words out."""

import os
import pty
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

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


class Keys:
    """A script for lynx: what is pressed on each page in turn."""

    def __init__(self) -> None:
        self.pressed: list[str] = []

    def on(self, page: str, *steps: tuple[str, str]) -> None:
        """From the first stop of a fresh page to each named one, and there press or type."""
        stops, here = Stops(page).found, 0
        for name, keys in steps:
            there = stops.index(name)
            self.pressed += ["<tab>"] * (there - here) + (["^J"] if keys == "press" else list(keys))
            here = there


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "keys"


@pytest.mark.plan("S06")
def test_a_report_is_made_in_a_text_browser(
    platform: Platform, program: Program, house_number: str, written: Path
) -> None:
    keys, address = Keys(), platform.url("intake", "/?lang=ro")
    # The same way by program first, to know what Tab will come by; another browser, so another report.
    with httpx.Client(follow_redirects=True, base_url=platform.url("intake")) as scout:
        page = scout.get("/?lang=ro").text
        keys.on(page, ("themes=housing", "press"), ("forward", "press"))
        page = _sent(scout, "themes", page, themes="housing")
        keys.on(page, ("postcode", "7141 DC"), ("house_number", house_number), ("forward", "press"))
        page = _sent(scout, "where", page, postcode="7141 DC", house_number=house_number)
        for step in ("work", "health", "seen", "homes", "words", "send"):
            keys.on(page, ("forward", "press"))
            page = _sent(scout, step, page) if step != "send" else page
    shown = _lynx(address, keys.pressed, written)
    assert _RECEIPT.search(shown), shown[-2000:]
    assert len(signals_at(program, "VR06", house_number)) == 1


def _sent(scout: httpx.Client, step: str, page: str, **typed: str) -> str:
    return scout.post(f"/report/{step}", data={**Stops(page).hidden, **typed}).text


def _lynx(address: str, keys: list[str], written: Path) -> str:
    """Everything lynx drew while these keys were pressed."""
    lynx = shutil.which("lynx")
    assert lynx, "the tests in a text browser need lynx: install the package lynx"
    written.write_text("\n".join(f"key {key}" for key in [*keys, "q", "y"]) + "\n")
    ours, theirs = pty.openpty()
    command = [lynx, "-accept_all_cookies", "-nopause", f"-cmd_script={written}", address]
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "vt100", "LC_ALL": "C.UTF-8"}
    )
    os.close(theirs)
    drawn, deadline = b"", time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            drawn += os.read(ours, 65536)
        except OSError:  # its end of the line is closed
            break
    child.kill()
    child.wait()
    os.close(ours)
    return _ESCAPES.sub("", drawn.decode(errors="replace"))
