"""One news item has one address, however it was shared."""

import pytest

from services.intake.domain.links import normal_link


@pytest.mark.parametrize(
    "typed",
    [
        "https://krant.example/regio/bericht-1",
        "http://www.krant.example/regio/bericht-1/",
        "HTTPS://M.Krant.Example:443/regio/bericht-1?utm_source=x&fbclid=y#reacties",
        " krant.example/regio/bericht-1/amp ",
    ],
)
def test_the_same_item_has_the_same_address(typed: str) -> None:
    assert normal_link(typed) == "https://krant.example/regio/bericht-1"


def test_what_tells_items_apart_stays() -> None:
    assert normal_link("https://krant.example/?id=2&a=1") == normal_link("https://krant.example/?a=1&id=2")
    assert normal_link("https://krant.example/?id=2") != normal_link("https://krant.example/?id=3")
    assert normal_link("https://krant.example/Bericht") != normal_link("https://krant.example/bericht")


@pytest.mark.parametrize(
    "typed",
    ["", "krant", "ftp://krant.example/a", "javascript:alert(1)", "https://[", "https://u:p@krant.example/", "a b.nl"],
)
def test_what_is_no_web_address_is_none(typed: str) -> None:
    assert normal_link(typed) is None
