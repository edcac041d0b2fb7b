"""The national address service, PDOK Locatieserver 3.1: offers addresses for what is typed and looks one of them up.

It is asked only for places that the reference data do not know, with the words typed as a place and nothing else; our
server asks, not the reporter's browser. Slow, faulty or away, it is left in peace for a while, and all goes on with the
reference data. Its format is described at https://github.com/PDOK/locatieserver/wiki/API-Locatieserver.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import structlog
from pydantic import BaseModel, Field, ValidationError

from shared.reference.addresses import house_number, postcode

log = structlog.get_logger()

_PATIENCE_SECONDS = 1.0
_RESTS_SECONDS = 30.0
_MOST_OFFERED = 5
_LARGEST_ANSWER = 256 * 1024
_KINDS = ("adres", "postcode", "weg", "woonplaats")
_NO_QUERY_LANGUAGE = re.compile(r"[^\w\s,.'’-]|(?<!\w)-|\b(?:AND|OR|NOT)\b")
_ID = re.compile(r"[A-Za-z0-9.-]{1,100}")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be meant; `id` looks it up, `label` is how the service writes it."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Address:
    """What the service knows of one offer; a street or place has no postcode or number."""

    place: str
    municipality: str
    postcode: str = ""
    house_number: str = ""


class Addresses(Protocol):
    """Answers nothing, and never raises, when it cannot be asked; `elsewhere` when what is typed leaves our server."""

    elsewhere: bool

    async def suggest(self, typed: str) -> Sequence[Offer]: ...

    async def look_up(self, id_: str) -> Address | None: ...


class NoAddresses:
    """Where none is set up."""

    elsewhere = False

    async def suggest(self, typed: str) -> Sequence[Offer]:
        return ()

    async def look_up(self, id_: str) -> Address | None:
        return None


class _Doc(BaseModel):
    """One result; the service leaves out what does not apply."""

    id: str = Field(pattern=_ID.pattern, max_length=100)
    type: str
    weergavenaam: str = Field(max_length=300)
    woonplaatsnaam: str = Field(default="", max_length=100)
    gemeentenaam: str = Field(default="", max_length=100)
    postcode: str = ""
    huis_nlt: str = ""


class _Docs(BaseModel):
    docs: list[_Doc]


class _Answer(BaseModel):
    response: _Docs


class Locatieserver:
    """The service at this address, for example `https://api.pdok.nl/bzk/locatieserver/search/v3_1`."""

    elsewhere = True

    def __init__(
        self, address: str, patience: float = _PATIENCE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._address = address.rstrip("/")
        self._patience = patience
        self._clock = clock
        self._rests_until = 0.0
        # A connection for each question: nothing ties one to the next.
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "Brandmeester", "Accept": "application/json"},
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
        )

    async def suggest(self, typed: str) -> Sequence[Offer]:
        words = " ".join(_NO_QUERY_LANGUAGE.sub(" ", typed).split())
        if not words:
            return ()
        kinds = f"type:({' OR '.join(_KINDS)})"
        found = await self._asked("suggest", {"q": words, "fq": kinds, "rows": str(_MOST_OFFERED)})
        return tuple(Offer(doc.id, doc.weergavenaam) for doc in found if doc.type in _KINDS)[:_MOST_OFFERED]

    async def look_up(self, id_: str) -> Address | None:
        if not _ID.fullmatch(id_):
            return None
        fields = "id,type,weergavenaam,woonplaatsnaam,gemeentenaam,postcode,huis_nlt"
        found = await self._asked("lookup", {"id": id_, "fl": fields})
        return next((_address(doc) for doc in found if doc.id == id_ and doc.woonplaatsnaam), None)

    async def _asked(self, question: str, parameters: dict[str, str]) -> Sequence[_Doc]:
        if self._clock() < self._rests_until:
            return ()
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._read(f"{self._address}/{question}", parameters)
            return _Answer.model_validate_json(answer).response.docs
        except (httpx.HTTPError, TimeoutError, ValidationError, _TooLarge) as error:
            # The error may quote what was typed; its class never does.
            log.warning("address service away", error=type(error).__name__)
            self._rests_until = self._clock() + _RESTS_SECONDS
            return ()

    async def _read(self, address: str, parameters: dict[str, Any]) -> bytes:
        read = b""
        async with self._client.stream("GET", address, params=parameters, timeout=self._patience) as answer:
            self._client.cookies.clear()
            if answer.status_code != httpx.codes.OK:
                raise httpx.HTTPStatusError("", request=answer.request, response=answer)
            async for part in answer.aiter_bytes():
                read += part
                if len(read) > _LARGEST_ANSWER:
                    raise _TooLarge
        return read


class _TooLarge(Exception):
    """No answer to one of our questions is as long as this."""


def _address(doc: _Doc) -> Address:
    number = house_number(doc.huis_nlt)
    return Address(
        place=doc.woonplaatsnaam,
        municipality=doc.gemeentenaam,
        postcode=postcode(doc.postcode) or "",
        house_number=str(number) if number else "",
    )


def addresses_at(address: str) -> Addresses:
    """The service of a setting; without one, none."""
    return Locatieserver(address) if address else NoAddresses()
