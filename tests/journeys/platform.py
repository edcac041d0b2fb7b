"""A running platform as the journeys use it: its addresses, its command line, and a member's way in for programs."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

T = TypeVar("T")

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Platform:
    """What `platform.json` told when the tests began."""

    data: Path
    services: Mapping[str, str]
    token: str = field(repr=False)
    sign_in: str = ""

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Platform":
        return cls(Path(described["data"]), described["services"], described["token"], described["signIn"]["issuer"])

    def url(self, service: str, path: str = "/") -> str:
        return self.services[service] + path

    def http(self, service: str, token: str | None = None) -> httpx.Client:
        """A program that talks to one service, as a stranger unless it has a token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.services[service], headers=headers, trust_env=False, timeout=20)

    def brandmeester(self, *arguments: str) -> str:
        """What the command line prints; a command that fails, fails the test."""
        return self.runs("deploy.cli", *arguments)

    def runs(self, module: str, *arguments: str, within: float = 60) -> str:
        """What one of our programs prints about this platform, the same."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env={**os.environ, "BRANDMEESTER_DATA": str(self.data), "COLUMNS": "300"},
            capture_output=True,
            text=True,
            timeout=within,
        )
        assert done.returncode == 0, done.stderr or done.stdout
        return done.stdout

    def client_settings(self, kind: str, party: str) -> dict[str, str]:
        """The settings that `partners add` or `integrations add` prints, as a Kafka client takes them."""
        printed = self.brandmeester(kind, "add", party)
        return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)


def until(what: str, find: Callable[[], T | None], within: float = PATIENCE_SECONDS) -> T:
    """The first thing found, asked for again and again; fails with `what` did not come."""
    deadline = time.monotonic() + within
    while not (found := find()):
        assert time.monotonic() < deadline, f"{what} did not come within {within:.0f} s"
        time.sleep(0.05)
    return found


class Program:
    """A member's program: the five services over HTTP, with the member's token."""

    def __init__(self, platform: Platform) -> None:
        self._clients = {name: platform.http(name, platform.token) for name in platform.services}

    def get(self, service: str, path: str, **query: str) -> Any:
        return _answer(self._clients[service].get(path, params=query))

    def post(self, service: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return _answer(self._clients[service].post(path, json=body))

    def patch(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        return _answer(self._clients[service].patch(path, json=body))

    def first(self, service: str, path: str, **query: str) -> dict[str, Any]:
        """The first of a list, as soon as there is one."""

        def there() -> dict[str, Any] | None:
            return next(iter(self.get(service, path, **query)["items"]), None)

        return until(f"{service} {path} {query}", there)


def _answer(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text[:800]}"
    return response.json()
