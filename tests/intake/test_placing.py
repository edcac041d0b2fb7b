"""LOT-C finds the signals that nobody can place, says where they are, and everybody behind intake is told."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts.catalogue import SIGNALS
from shared.web.members import Member, Role
from tests.intake.test_private_page import do, reported
from tests.intake.test_service import listed
from tests.members import GIJS, HANNA, LENA, VERA
from tests.service_harness import CSRF, Visit, eventually, told_on
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("platform_broker")]

READER_OF_LOTC = Member("lotc-2", "Lars Bos", "lotc", frozenset({Role.READER}), None, "LOT-C")
HOW = "Het bedrijf heeft maar één locatie."


def place(**typed: Any) -> dict[str, Any]:
    return {"csrf": CSRF, "area": "NL", "place": "Groenlo", "why": HOW, **typed}


async def from_nowhere(nobody: httpx.AsyncClient, **more: Any) -> tuple[str, str, str]:
    """Name, id and receipt of a signal without a place."""
    name = f"Slachterij {uuid4()}"
    id_, code = await reported(nobody, site={"name": name}, **more)
    return name, id_, code


@pytest.mark.plan("S07")
@pytest.mark.plan("S14")
async def test_lotc_gives_a_signal_its_place_and_its_region_takes_over(service: Visit, platform_stack: Stack) -> None:
    async with service(None) as nobody, service(LENA) as lena, service(VERA) as vera:
        name, id_, code = await from_nowhere(nobody, text="Het is achter de molen")
        assert "nog geen plaats" in (await lena.get("/signals")).text
        assert "nog geen plaats" not in (await vera.get("/signals")).text
        assert await listed(lena, name, region="unknown")
        assert "Zonder plaats" in (await lena.get("/signals")).text
        assert "Zonder plaats" not in (await vera.get("/signals")).text
        assert "LOT-C zoekt uit waar het is" in (await vera.get(f"/signals/{id_}")).text
        asked = await lena.get(f"/signals/{id_}/place")
        assert f'value="{name}"' in asked.text
        done = await lena.post(f"/signals/{id_}/place", data=place(name=name, postcode="7141 ab", house_number="12"))
        assert "Noord- en Oost-Gelderland" in done.text
        assert HOW in done.text
        assert not await listed(lena, name, region="unknown")
        read = await vera.post(f"/signals/{id_}/words", data={"csrf": CSRF, "reason": "voorbereiding bezoek"})
        assert "achter de molen" in read.text
        await do(nobody, code, "facts", confirmed_infections="4")

    async def told() -> list[tuple[str, str, dict[str, Any]]]:
        facts = await told_on(platform_stack, SIGNALS, id_)
        return facts if len(facts) >= 3 else []

    (_, _, first), (_, kind, second), (_, _, third) = await eventually(told)
    assert kind == "signals.supplemented.v1"
    assert first["situation"]["site"]["region"] is None
    site = second["situation"]["site"]
    assert (site["name"], site["postcode"], site["houseNumber"]) == (name, "7141AB", "12")
    assert (site["municipality"], site["region"]) == ("Oost Gelre", "VR06")
    assert HOW not in str(second)
    # What the reporter adds later keeps the place.
    assert third["situation"]["site"] == site
    assert third["situation"]["observations"]["confirmedInfections"] == 4


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"place": "", "postcode": ""}, "place"),
        ({"place": "Achter de Molen", "pick": "other"}, "place"),
        ({"place": "Laren"}, "pick"),
        ({"place": "Amsterdam", "postcode": "7141 AB"}, "place"),
        ({"postcode": "71"}, "postcode"),
        ({"why": ""}, "why"),
        ({"why": "x" * 301}, "why"),
    ],
)
async def test_a_place_must_be_one_and_how_it_is_known_be_said(
    service: Visit, typed: dict[str, str], field: str
) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        _, id_, _ = await from_nowhere(nobody)
        page = await lena.post(f"/signals/{id_}/place", data=place(**typed))
        assert page.status_code == 400
        assert f'href="#f-{field}"' in page.text
        assert "Wijs een plaats toe" in (await lena.get(f"/signals/{id_}")).text


async def test_a_shared_name_is_asked_after_and_the_chosen_one_holds(service: Visit) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        _, id_, _ = await from_nowhere(nobody)
        await lena.post(f"/signals/{id_}/place", data=place(place="Laren", pick="Laren|Lochem"))
        assert "Lochem" in (await lena.get(f"/signals/{id_}")).text


async def test_a_place_abroad_is_a_place(service: Visit, platform_stack: Stack) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        name, id_, _ = await from_nowhere(nobody)
        await lena.post(f"/signals/{id_}/place", data=place(area="kreis-borken", place="Ahaus", name=name))
        signal = (await lena.get(f"/v1/signals/{id_}")).json()
    assert (signal["situation"]["site"]["country"], signal["situation"]["site"]["district"]) == ("DE", "kreis-borken")


async def test_lotc_may_correct_its_own_place_and_no_other(service: Visit) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        _, id_, _ = await from_nowhere(nobody)
        await lena.post(f"/signals/{id_}/place", data=place())
        assert "Verbeter de plaats" in (await lena.get(f"/signals/{id_}")).text
        assert "Limburg-Noord" in (await lena.post(f"/signals/{id_}/place", data=place(place="Venlo"))).text
        known, _ = await reported(nobody)
        assert (await lena.get(f"/signals/{known}/place")).status_code == 403
        assert (await lena.post(f"/signals/{known}/place", data=place())).status_code == 403


@pytest.mark.parametrize("who", [VERA, GIJS, READER_OF_LOTC, HANNA])
async def test_nobody_else_gives_a_place(service: Visit, who: Member) -> None:
    async with service(None) as nobody, service(who) as member:
        _, id_, _ = await from_nowhere(nobody)
        assert (await nobody.post(f"/signals/{id_}/place", data=place())).status_code == 403
        assert (await member.get(f"/signals/{id_}/place")).status_code == 403
        assert (await member.post(f"/signals/{id_}/place", data=place())).status_code == 403
        assert f"/signals/{id_}/place" not in (await member.get(f"/signals/{id_}")).text
        assert (await member.get(f"/signals/{uuid4()}/place")).status_code == 404


async def test_what_was_withdrawn_waits_for_no_place(service: Visit) -> None:
    async with service(None) as nobody, service(LENA) as lena:
        name, id_, code = await from_nowhere(nobody)
        await do(nobody, code, "withdrawal")
        assert not await listed(lena, name, region="unknown")
        assert (await lena.post(f"/signals/{id_}/place", data=place())).status_code == 403
