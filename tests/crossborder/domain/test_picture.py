"""What of a case may cross the border."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crossborder.domain.picture import Picture, postcode_area
from shared.vocabulary import Grade, Theme


@pytest.mark.parametrize(
    ("postcode", "area"),
    [("7141AB", "714"), ("7141 ab", "714"), ("46325", "463"), ("7141", "714"), (None, None), ("", None)],
)
def test_a_postcode_is_told_to_three_digits(postcode: str | None, area: str | None) -> None:
    assert postcode_area(postcode) == area


@given(st.text(max_size=20))
def test_no_text_gives_a_longer_area(text: str) -> None:
    area = postcode_area(text)
    assert area is None or (len(area) <= 3 and area.isdigit())


def test_a_whole_postcode_cannot_get_in() -> None:
    with pytest.raises(ValueError, match="three digits"):
        Picture(Grade.HIGH, (Theme.WORK,), postcode_area="7141")


def test_a_picture_has_no_room_for_a_name_an_address_or_a_place_of_a_few_houses() -> None:
    names = {field.name for field in fields(Picture)}
    assert not names & {"name", "postcode", "house_number", "place", "street"}


@pytest.mark.parametrize(
    ("grade", "told"),
    [(Grade.LOW, False), (Grade.MODERATE, True), (Grade.HIGH, True), (Grade.CRITICAL, True)],
)
def test_a_case_is_worth_telling_from_moderate_up(grade: Grade, told: bool) -> None:
    assert Picture(grade, (Theme.WORK,)).worth_telling is told
