"""How far two values agree, and that it is the same both ways round."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.linkage.agreement import Record, likeness
from shared.vocabulary import Sector
from tests.triage.builders import HOUSING, TRANSPORT, WORK, after
from tests.triage.domain.linkage.builders import LINKS, record


def level(field: str, one: Record, other: Record) -> str | None:
    """The level of one field."""
    found = {agreement.field: agreement.level for agreement in LINKS.compare(one, other).agreements}
    return found.get(field)


def at(number: str | None, postcode: str = "7141AB") -> Record:
    return record(postcode=postcode, house_number=number)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (at("12"), at("12"), "same"),
        (at("12 a"), at("12-A"), "same"),
        (at("12"), at("12a"), "addition"),
        (at("12a"), at("12b"), "flat"),
        (at("12"), at("14"), "neighbour"),
        (at("12"), at("13bis"), "neighbour"),
        (at("12"), at("112"), "number"),
        (at("12"), at(None), "no_number"),
        (at("12"), at("12", "7141BA"), "mistyped"),
        (at("12"), at("12", "7142AB"), "mistyped"),
        (at("12"), at("14", "7141BA"), "village"),
        (at("12"), at("12", "7141XZ"), "village"),
        (at("12"), at("12", "3011AA"), "elsewhere"),
        (at("12"), at("12", "7141"), None),
    ],
)
def test_an_address_agrees_in_degrees(one: Record, other: Record, found: str | None) -> None:
    assert level("address", one, other) == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Slachterij De Groot B.V.", "SLACHTERIJ DE GROOT", "same"),
        ("De Groot Slachterij", "Slachterij de Groot", "same"),
        ("Slachterij Wiśniewski", "Slachterij Wisniewsky", "same"),
        ("Slachterij Wiśniewski", "Slachterij Wisniewskaya", "alike"),
        ("Slachterij Wiśniewski", "Rzeźnia Wisniewski sp. z o.o.", "alike"),
        ("Slachterij De Groot", "Slachterij Bonev", "other"),
    ],
)
def test_a_name_agrees_in_degrees(one: str, other: str, found: str) -> None:
    assert level("name", record(name=one), record(name=other)) == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"postcode": "7141AB"}, {"postcode": "7141"}, "place"),
        ({"place": "Groenlo"}, {"place": "groenlo "}, "place"),
        ({"municipality": "Oost Gelre"}, {"municipality": "Oost Gelre", "place": "Lichtenvoorde"}, "municipality"),
        ({"municipality": "Oost Gelre"}, {"municipality": "Winterswijk"}, "elsewhere"),
        ({"postcode": "7141"}, {"postcode": "3011"}, "elsewhere"),
        ({"postcode": "7141AB"}, {"postcode": "7141AC"}, None),
        ({"place": "Groenlo"}, {"municipality": "Oost Gelre"}, None),
        ({"place": "Essen"}, {"place": "Essen", "country": "DE"}, "elsewhere"),
    ],
)
def test_places_are_compared_where_an_address_is_not_known(
    one: dict[str, Any], other: dict[str, Any], found: str | None
) -> None:
    assert level("locality", record(**one), record(**other)) == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("12345678", "12345678", "company"),
        ("000012345678", "000012345678", "branch"),
        ("12345678", "12345679", "other"),
        ("12345678", "000012345678", None),
    ],
)
def test_registrations_of_one_kind_are_compared(one: str, other: str, found: str | None) -> None:
    assert level("registration", record(registration=one), record(registration=other)) == found


def test_a_name_adds_nothing_where_registrations_are_known() -> None:
    one, other = record(name="De Groot", registration="12345678"), record(name="De Groot", registration="87654321")
    assert level("name", one, other) is None


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [((WORK,), (WORK,), "same"), ((WORK,), (WORK, HOUSING), "some"), ((WORK,), (TRANSPORT,), "none")],
)
def test_themes_agree_in_degrees(one: Any, other: Any, found: str) -> None:
    assert level("themes", record(*one), record(*other)) == found


@pytest.mark.parametrize(("other", "found"), [(Sector.MEAT, "same"), (Sector.FOOD, "akin"), (Sector.OFFICE, "other")])
def test_sectors_agree_in_degrees(other: Sector, found: str) -> None:
    assert level("sector", record(), record(sector=other)) == found


@pytest.mark.parametrize(("days", "found"), [(0, "week"), (7, "week"), (8, "month"), (29, "later")])
def test_days_between_are_counted_both_ways(days: int, found: str) -> None:
    assert level("day", record(), record(at=after(days=days))) == found
    assert level("day", record(at=after(days=days)), record()) == found


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_likeness_of_names_is_the_same_both_ways_round(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
