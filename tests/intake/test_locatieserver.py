"""PDOK's format against a stand-in that speaks it: what it says is used, and whatever it does, nothing stops."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import ValidationError
from starlette.responses import Response

from services.intake.locatieserver import Address, Locatieserver, NoAddresses, Offer, addresses_at
from services.intake.settings import Settings
from tests.intake.address_service import (
    ADDRESS,
    BROKEN,
    DOWN,
    ELSEWHERE,
    ENDLESS,
    HAMLET,
    OTHER_SHAPE,
    STREET,
    StandIn,
    address_service,
)


@pytest_asyncio.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    async with address_service() as running:
        yield running


def offer(doc: dict[str, object]) -> Offer:
    return Offer(str(doc["id"]), str(doc["weergavenaam"]))


async def test_what_is_typed_is_offered_as_addresses_and_one_is_looked_up(stand_in: StandIn) -> None:
    service = Locatieserver(stand_in.url)
    assert await service.suggest("voorbeeldweg 12") == (offer(ADDRESS),)
    assert await service.look_up(str(ADDRESS["id"])) == Address("Lichtenvoorde", "Oost Gelre", "7131MC", "12a")
    assert await service.look_up(str(STREET["id"])) == Address("Bergen", "Bergen (L)")
    assert await service.look_up("adr-99999999999999999999999999999999") is None


async def test_it_is_asked_in_its_own_terms(stand_in: StandIn) -> None:
    service = Locatieserver(stand_in.url)
    await service.suggest("  Voorbeeldweg   12 ")
    await service.look_up(str(HAMLET["id"]))
    (_, suggested, _), (_, looked_up, _) = stand_in.asked
    assert suggested == {
        "q": "Voorbeeldweg 12",
        "fq": "type:(adres OR postcode OR weg OR woonplaats)",
        "rows": "5",
    }
    assert looked_up["id"] == HAMLET["id"]
    assert set(looked_up["fl"].split(",")) >= {"postcode", "huis_nlt", "woonplaatsnaam", "gemeentenaam"}


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("type:* OR x", "type x"),
        ("(a) && b^4 +c \\ {!func}", "a b 4 c func"),
        ("'s-Heer Arendskerke", "'s-Heer Arendskerke"),
        ("-12 AND NOT dorp", "12 dorp"),
        ("Гроенло 😷", "Гроенло"),
    ],
)
async def test_what_is_typed_is_words_and_never_a_query(stand_in: StandIn, typed: str, asked: str) -> None:
    await Locatieserver(stand_in.url).suggest(typed)
    assert stand_in.words == [asked]


async def test_nothing_is_asked_without_words_and_no_id_of_somebody_s_own_making(stand_in: StandIn) -> None:
    service = Locatieserver(stand_in.url)
    assert await service.suggest("😷 !!") == ()
    assert await service.look_up("adr-1&fq=x") is None
    assert await service.look_up("../free?q=x") is None
    assert stand_in.asked == []


@pytest.mark.plan("S06")
async def test_a_question_carries_nothing_but_the_words(stand_in: StandIn) -> None:
    service = Locatieserver(stand_in.url)
    for _ in range(2):
        await service.suggest("voorbeeldweg")
    for _, _, headers in stand_in.asked:
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert headers["user-agent"] == "Brandmeester"


@pytest.mark.parametrize("answer", [ELSEWHERE, BROKEN, DOWN, ENDLESS, OTHER_SHAPE])
async def test_an_answer_that_is_none_is_as_if_nobody_was_asked(stand_in: StandIn, answer: Response) -> None:
    stand_in.answer = answer
    assert await Locatieserver(stand_in.url).suggest("voorbeeldweg") == ()
    assert await Locatieserver(stand_in.url).look_up(str(ADDRESS["id"])) is None


async def test_who_is_slow_is_not_waited_for_and_left_in_peace_for_a_while(stand_in: StandIn) -> None:
    now = 1000.0
    service = Locatieserver(stand_in.url, patience=0.2, clock=lambda: now)
    stand_in.delay = 3.0
    began = time.monotonic()
    assert await service.suggest("voorbeeldweg") == ()
    assert time.monotonic() - began < 1.0
    stand_in.delay = 0.0
    assert await service.suggest("voorbeeldweg") == ()
    assert len(stand_in.asked) == 1
    now += 31
    assert await service.suggest("voorbeeldweg") == (offer(ADDRESS),)


async def test_who_is_not_there_is_no_fault() -> None:
    assert await Locatieserver("http://127.0.0.1:1").suggest("voorbeeldweg") == ()


async def test_without_the_setting_nobody_is_asked() -> None:
    none = addresses_at("")
    assert isinstance(none, NoAddresses)
    assert not none.elsewhere
    assert (await none.suggest("voorbeeldweg"), await none.look_up("adr-1")) == ((), None)


@pytest.mark.parametrize("wrong", ["api.pdok.nl", "ftp://api.pdok.nl", "https://api.pdok.nl/?q=", "javascript:x"])
def test_a_setting_that_is_no_address_is_refused_at_start(wrong: str) -> None:
    with pytest.raises(ValidationError) as told:
        Settings.model_validate({"locatieserver": wrong})
    assert "locatieserver" in {error["loc"][0] for error in told.value.errors()}
