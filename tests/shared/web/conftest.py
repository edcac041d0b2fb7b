"""A local sign-in that is really listening, and browsers of the demo service."""

import re
import threading
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from deploy.local.sign_in import make_server
from tests.shared.web.demo.app import demo_app
from tests.stack import free_port

DEMO = "http://localhost:8201"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The address of a local provider."""
    port = free_port()
    server = make_server(port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


class Browser:
    """Walks between the demo service, which runs in this process, and the provider, with one jar of cookies."""

    def __init__(self, issuer: str) -> None:
        demo = httpx.ASGITransport(demo_app(issuer), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(mounts={DEMO: demo}, base_url=DEMO, headers={"accept": "text/html"}, timeout=10)

    async def open(self, url: str) -> httpx.Response:
        return await self.client.get(url, follow_redirects=True)

    async def sign_in(self, person: str, page: str = "/") -> httpx.Response:
        """Open a page, choose who to be at the provider, and come back."""
        choice = await self.open(page)
        return await self.client.post(choice.url, data={"sub": person}, follow_redirects=True)

    def cookies(self) -> set[str]:
        return {cookie.name for cookie in self.client.cookies.jar}


@pytest.fixture
async def browser(issuer: str) -> AsyncIterator[Browser]:
    browser = Browser(issuer)
    yield browser
    await browser.client.aclose()


@pytest.fixture
async def visitor() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at the demo service while no provider can be reached."""
    transport = httpx.ASGITransport(demo_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=DEMO) as client:
        yield client


def csrf_of(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]
