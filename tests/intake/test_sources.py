"""Sources are told apart for an hour, and nothing that is kept leads back to an address."""

from typing import Any

import pytest

from services.intake.sources import KEY_LASTS_SECONDS, Source, Sources
from tests.members import LENA, VERA

PHONE = "203.0.113.77"


def request(address: str = PHONE, **headers: str) -> dict[str, Any]:
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (address, 4711), "headers": told}


def test_an_address_is_one_source_and_another_address_another() -> None:
    sources = Sources()
    assert sources.of(request(), None) == sources.of(request(), None)
    assert sources.of(request(), None) != sources.of(request("203.0.113.78"), None)


def test_a_network_of_ipv6_is_one_source_and_an_address_in_disguise_is_itself() -> None:
    sources = Sources()
    assert sources.of(request("2001:db8:1:2::3"), None) == sources.of(request("2001:db8:1:2:ffff::1"), None)
    assert sources.of(request("2001:db8:1:2::3"), None) != sources.of(request("2001:db8:1:3::3"), None)
    assert sources.of(request("::ffff:203.0.113.77"), None) == sources.of(request(), None)


@pytest.mark.plan("S06")
def test_nothing_that_is_kept_leads_back_to_an_address() -> None:
    sources, others = Sources(), Sources()
    found = sources.of(request(), None)
    assert PHONE not in repr(found)
    assert PHONE not in repr(vars(sources))
    assert found != others.of(request(), None)


def test_after_an_hour_the_same_address_is_somebody_else() -> None:
    now = 0.0
    sources = Sources(clock=lambda: now)
    before = sources.of(request(), None)
    sources.vouch("Bearer good", "hotline")
    now = KEY_LASTS_SECONDS
    assert sources.of(request(), None) != before
    assert not sources.of(request(authorization="Bearer good"), None).vouched


def test_only_a_header_that_the_operator_named_is_believed_and_of_it_the_last_entry() -> None:
    told = {"x_forwarded_for": "198.51.100.1, 203.0.113.9"}
    direct = Sources()
    assert direct.of(request(**told), None) == direct.of(request(), None)
    behind = Sources("X-Forwarded-For")
    assert behind.of(request("10.0.0.1", **told), None) == behind.of(request("203.0.113.9"), None)
    assert behind.of(request("10.0.0.1"), None) == behind.of(request("10.0.0.1"), None)
    assert behind.of(request("10.0.0.1", x_forwarded_for=""), None) == behind.of(request("10.0.0.1"), None)


def test_who_signed_in_and_whose_token_was_found_good_are_sources_of_their_own() -> None:
    sources = Sources()
    nobody, lena = sources.of(request(), None), sources.of(request(), LENA)
    assert (nobody.vouched, lena.vouched) == (False, True)
    assert len({nobody, lena, sources.of(request(), VERA)}) == 3
    assert sources.of(request(authorization="Bearer good"), None) == nobody
    sources.vouch("Bearer good", "hotline")
    hotline = sources.of(request(authorization="Bearer good"), None)
    assert hotline.vouched
    assert hotline == sources.of(request("198.51.100.1", authorization="Bearer good"), None)
    assert sources.of(request(authorization="Bearer bad"), None) == nobody
    assert isinstance(hotline, Source)


def test_a_program_that_renews_its_token_stays_the_same_source() -> None:
    sources = Sources()
    for token in ("Bearer one", "Bearer two"):
        sources.vouch(token, "hotline")
    one, two = (sources.of(request(authorization=token), None) for token in ("Bearer one", "Bearer two"))
    assert one == two
