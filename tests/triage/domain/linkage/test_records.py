"""What of a signal is compared, and how it is folded."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.linkage.records import FIELDS, record_of
from shared.situation import Observations, Site, Situation
from shared.vocabulary import Sector, Theme
from tests.triage.builders import NOON, situation
from tests.triage.domain.linkage.builders import LINKS, record


@pytest.mark.parametrize(
    ("written", "name", "core"),
    [
        ("Slachterij De Groot B.V.", "slachterij de groot", "de groot"),
        ("DE GROOT bv", "de groot", "de groot"),
        ("V.O.F. Jansen & Zn.", "jansen zn", "jansen"),
        ("Rzeźnia Wiśniewski Sp. z o.o.", "rzeznia wisniewski", "wisniewski"),
        ("Кланица Бонев ЕООД", "klanitsa bonev", "bonev"),
        ("Müller Fleisch GmbH & Co. KG", "muller fleisch", "muller"),
        ("Fleisch und Wurst Müller GmbH", "fleisch und wurst muller", "und wurst muller"),
        ("Uitzendbureau", "uitzendbureau", "uitzendbureau"),
        ("B.V.", "b v", "b v"),
    ],
)
def test_a_name_is_compared_without_its_legal_form_and_without_words_of_trade(
    written: str, name: str, core: str
) -> None:
    compared = record(name=written)
    assert (compared["name"], compared["core"]) == (name, core)


def test_an_address_is_compared_in_its_normal_form() -> None:
    compared = record(postcode="7141 ab", house_number="12 - A", place="'s-Hertogenbosch", municipality="Oost Gelre")
    assert (compared["postcode"], compared["village"], compared["house_number"]) == ("7141AB", "7141", "12a")
    assert (compared["place"], compared["municipality"]) == ("NL s hertogenbosch", "oost gelre")


def test_four_digits_of_a_postcode_are_a_village_and_no_address() -> None:
    assert "postcode" not in record(postcode="7141")
    assert record(postcode="7141")["village"] == "7141"


def test_abroad_a_postcode_is_a_village_and_the_district_the_municipality() -> None:
    compared = record(postcode="46325", house_number="3", country="DE", district="kreis-borken")
    assert (compared["village"], compared["municipality"]) == ("DE 46325", "kreis-borken")
    assert "postcode" not in compared


@pytest.mark.parametrize("nonsense", ["123", "1234567a", "١٢٣٤٥٦٧٨", "123456789"])
def test_what_is_no_registration_is_not_compared(nonsense: str) -> None:
    assert "registration" not in record(registration=nonsense)


def test_nothing_is_known_of_an_empty_signal_but_its_day_and_theme() -> None:
    assert set(record_of(Situation((Theme.HOUSING,)), NOON, LINKS.folding)) == {"themes", "day"}


def test_only_these_fields_can_be_compared() -> None:
    site = {field.name: "12345678" for field in fields(Site)}
    everything = Situation(
        tuple(Theme), Sector.MEAT, Site(**{**site, "country": "NL", "postcode": "7141AB", "house_number": "12"})
    )
    assert set(record_of(everything, NOON, LINKS.folding)) == set(FIELDS)


@given(st.integers(0, 1000), st.tuples(st.sampled_from(["kreis-borken", "kreis-kleve"])))
def test_what_was_seen_and_where_workers_live_is_never_compared(people: int, live_in: tuple[str, ...]) -> None:
    plain = situation()
    other = replace(plain, observations=Observations(people, people_with_symptoms=people), workers_live_in=live_in)
    assert record_of(plain, NOON, LINKS.folding) == record_of(other, NOON, LINKS.folding)
