"""Pictures of a neighbourhood: what stands on them, and that its words do not lie over each other."""

import pytest

from services.triage.maps import Label, Maps, Picture
from shared.reference.tables import read_tables

TABLES = read_tables()
MAPS = Maps(
    {area.postcode or "": area for area in TABLES.areas}, {region.code: region.name for region in TABLES.regions}
)
VENLO = {"5922": 8, "5921": 6, "5924": 6, "5925": 5}


def box(picture: Picture, label: Label) -> tuple[int, int, int, int]:
    wide = len(label.text) * picture.letter * 3 // 5
    return label.x, label.y - picture.letter, label.x + wide, label.y


@pytest.mark.plan("S02")
def test_a_picture_shows_where_cases_are_and_how_many() -> None:
    picture = MAPS.around("5922", 1_131, VENLO)
    assert {dot.label[:4]: dot.cases for dot in picture.dots if dot.cases} == VENLO
    assert (picture.region, picture.middle, picture.radius) == ("Limburg-Noord", "5922 Venlo", 1_131)
    radii = {dot.cases: dot.radius for dot in picture.dots}
    assert radii[0] < radii[5] <= radii[8]
    assert {label.text for label in picture.labels} >= {*VENLO, "Venlo"}


def test_no_more_is_shown_than_the_circle_needs() -> None:
    near, far = MAPS.around("5922", 0, {}), MAPS.around("5922", 15_000, {})
    assert (near.side, far.side) == (6_000, 36_000)
    assert (near.scale, far.scale) == (2_000, 10_000)
    assert len(near.dots) < len(far.dots) < len(MAPS.areas) / 10


@pytest.mark.parametrize("centre", ["1012", "2681", "5922", "7141", "9163"])
@pytest.mark.parametrize("radius", [0, 3_000, 15_000])
def test_words_stay_inside_and_apart(centre: str, radius: int) -> None:
    picture = MAPS.around(centre, radius, dict.fromkeys(MAPS.areas, 1))
    boxes = [box(picture, label) for label in picture.labels]
    assert boxes
    assert all(min(one) >= 0 and max(one) <= picture.side for one in boxes)
    for number, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
