"""The three ways a signal comes in: the public form as a browser without script, HTTP, and an integration's topic."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import httpx
from confluent_kafka import Producer

from deploy.journey.shapes import Shape
from deploy.local.description import Description
from shared.contracts.catalogue import inbound_topic
from shared.contracts.envelope import TYPE_PREFIX, Envelope

INTEGRATION = "hotline"
_MOST_STEPS = 12

# What the form calls the observations that a reporter may know, and how it asks.
_FORM_NUMBERS = {
    "peopleExposed": "people_exposed",
    "confirmedInfections": "confirmed_infections",
    "tested": "tested",
    "positive": "positive",
}
_FORM_CHOICES = {"distanceNotKept": ("distance_kept", "no")}


class Missed(Exception):
    """A step of the journey did not do what it should."""


class _FormReader(HTMLParser):
    """Collects the forms of a page: where they go, and the fields a browser would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._text: str | None = None
        self.texts: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            classes = (found.get("class") or "").split()
            self.forms.append({"action": found.get("action") or "", "classes": classes, "fields": [], "names": set()})
        elif self.forms and (name := found.get("name")) and tag in ("input", "textarea", "select", "button"):
            self.forms[-1]["names"].add(name)
            kind = found.get("type", "text")
            untouched = kind in ("hidden", "text", "number") or (kind in ("checkbox", "radio") and "checked" in found)
            if tag == "input" and untouched:
                self.forms[-1]["fields"].append((name, found.get("value") or ""))
        if found.get("id"):
            self._text = found["id"]

    def handle_data(self, data: str) -> None:
        if self._text and data.strip():
            self.texts.setdefault(self._text, data.strip())
            self._text = None


def through_form(address: str, shape: Shape) -> str:
    """Fill the form in screen by screen, in Dutch; answers the receipt."""
    wanted = _typed(shape)
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=20) as browser:
        page = browser.get(address, params={"lang": "nl"})
        for _ in range(_MOST_STEPS):
            reader = _read(page)
            if "receipt" in reader.texts:
                return reader.texts["receipt"]
            form = _main_form(reader, page)
            typed = {name: value for name, value in wanted.items() if name in form["names"]}
            fields = [(name, value) for name, value in form["fields"] if name not in typed]
            fields += [(name, one) for name, value in typed.items() for one in value]
            page = browser.post(urljoin(str(page.url), form["action"]), data=_encoded(fields))
    raise Missed("the form did not come to a receipt")


def through_http(address: str, shape: Shape) -> tuple[str, str]:
    """POST it; answers id and receipt."""
    answer = httpx.post(f"{address}/v1/signals", json=shape.situation, trust_env=False, timeout=20)
    if answer.status_code != httpx.codes.CREATED:
        raise Missed(f"POST /v1/signals answered {answer.status_code}: {answer.text[:500]}")
    body = answer.json()
    return body["id"], body["receipt"]


def through_topic(platform: Description, shape: Shape) -> str:
    """Write it to the integration's own topic, with its own credentials; answers its ce_id."""
    message_id = f"journey-{uuid4()}"
    envelope = Envelope(
        message_id,
        "urn:nld:oin:00000099000000020000:systeem:hotline",
        TYPE_PREFIX + "inbound-signals.submitted.v1",
        datetime.now(UTC),
        message_id,
    )
    problems: list[str] = []
    producer = Producer({**platform.integrations[INTEGRATION], "log_level": 0, "message.timeout.ms": 20_000})
    producer.produce(
        inbound_topic(INTEGRATION).name,
        json.dumps({"situation": shape.situation}).encode(),
        key=message_id,
        headers=dict(envelope.headers()),
        on_delivery=lambda error, _message: problems.append(str(error)) if error else None,
    )
    producer.flush(25)
    if problems:
        raise Missed(f"the broker refused the message: {problems[0]}")
    return message_id


def _typed(shape: Shape) -> dict[str, list[str]]:
    situation, site = shape.situation, shape.situation["site"]
    observations = situation["observations"]
    typed = {
        "themes": situation["themes"],
        "sector": [situation["sector"]],
        "name": [site.get("name", "")],
        "postcode": [site["postcode"]],
        "house_number": [site["houseNumber"]],
        "place": [site["place"]],
        "homes": situation.get("workersLiveIn", []),
    }
    typed.update({name: [str(observations[key])] for key, name in _FORM_NUMBERS.items() if key in observations})
    typed.update({name: [value] for key, (name, value) in _FORM_CHOICES.items() if observations.get(key)})
    return typed


def _read(page: httpx.Response) -> _FormReader:
    if page.status_code != httpx.codes.OK:
        raise Missed(f"the form answered {page.status_code} at {page.url.path}")
    reader = _FormReader()
    reader.feed(page.text)
    return reader


def _main_form(reader: _FormReader, page: httpx.Response) -> dict[str, Any]:
    """The questions of a step, not what stands beside them: another language, or giving up."""
    steps = [form for form in reader.forms if "bm-form" in form["classes"]]
    if not steps:
        raise Missed(f"no form to fill in at {page.url.path}")
    return steps[0]


def _encoded(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    body: dict[str, list[str]] = {}
    for name, value in fields:
        body.setdefault(name, []).append(value)
    return body
