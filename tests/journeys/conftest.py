"""The platform, the browsers and the parties of the journeys.

Everything in a browser uses Playwright's synchronous way, which keeps an event loop of its own: it lives no longer
than this package, since asynchronous tests elsewhere need theirs.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browsing import Person, chromium
from tests.journeys.platform import Platform, Program

People = Callable[..., Person]


@pytest.fixture(scope="package")
def platform(running_platform: dict[str, Any]) -> Platform:
    return Platform.of(running_platform)


@pytest.fixture(scope="package")
def program(platform: Platform) -> Program:
    """A program of LOT-C."""
    return Program(platform)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = chromium(playwright)
        yield launched
        launched.close()


@pytest.fixture
def people(browser: Browser) -> Iterator[People]:
    """Makes people with a browser each: `people(width=320, scripts=False)`."""
    met: list[Person] = []

    def meet(**how: Any) -> Person:
        met.append(Person(browser, **how))
        return met[-1]

    yield meet
    for person in met:
        person.leaves()


@pytest.fixture(scope="package")
def ggd_settings(platform: Platform) -> dict[str, str]:
    """The client settings of ggd-vr06, a partner since before anything was shared with it."""
    return platform.client_settings("partners", "ggd-vr06")


@pytest.fixture(scope="package")
def hotline_settings(platform: Platform) -> dict[str, str]:
    """The client settings of the hotline, which sends signals and reads what became of them."""
    return platform.client_settings("partners", "hotline")
