"""A number by which somebody can be found leaves a line of facts before anybody is told of it."""

import pytest

from services.intake.own_words import OF_SITE, own_words, to_tell
from shared.situation import Site
from shared.vocabulary import Channel

NAME = "Хотел Слънце 0888 123 456"


def test_every_line_that_somebody_types_is_looked_through() -> None:
    site = Site(**{name: f"{name} jan.w@voorbeeld.example" for name in OF_SITE})
    told = to_tell(site, "besluit 06-12345678", Channel.REGION)
    assert all(getattr(told.site, name) == f"{name} […]" for name in OF_SITE)
    assert told.reference == "besluit […]"
    assert told.written == own_words(site, "besluit 06-12345678", Channel.REGION)


def test_signs_that_turn_the_order_of_a_page_are_left_out() -> None:
    told = to_tell(Site(name="Hotel \u202eneppohcs\u202c\x07", place="\u2066"), None, Channel.WEB)
    assert (told.site.name, told.site.place, told.written) == ("Hotel neppohcs", None, {})


def test_a_line_that_was_nothing_but_a_number_is_not_known() -> None:
    assert to_tell(Site(name="06-12345678"), None, Channel.WEB).site.name is None


@pytest.mark.parametrize("channel", [Channel.MEDIA, Channel.INTEGRATION])
def test_an_address_on_the_web_and_the_number_of_a_program_are_nobodys_words(channel: Channel) -> None:
    link = "https://krant.example/0612345678/bericht"
    told = to_tell(Site(name=NAME), link, channel)
    assert (told.reference, told.site.name) == (link, "Хотел Слънце […]")


@pytest.mark.parametrize(
    "name", ["Slachterij Voorbeeld 24/7", "Kwekerij KvK 12345678", "3f2a1234-1234-5678-9123-061234567890"]
)
def test_what_is_nobodys_number_stays(name: str) -> None:
    site = Site(name=name, postcode="7141AB", house_number="12345a")
    told = to_tell(site, None, Channel.WEB)
    assert (told.site, told.written) == (site, {})
