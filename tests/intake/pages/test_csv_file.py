"""Every faulty line of a file is shown with what is wrong, and no value is repeated."""

import pytest

from services.intake.pages.csv_file import MOST_LINES, checked
from tests.intake.builders import REFERENCE


def faults(text: str) -> dict[int, list[str]]:
    return {number: [fault.field for fault in wrong] for number, wrong in checked(text.encode(), REFERENCE).faults}


def test_each_faulty_line_is_told_with_all_its_columns() -> None:
    assert faults(
        "themes;postcode;houseNumber;place;tested;positive;distanceNotKept\n"
        "work;7141 AB;12;;10;4;ja\n"
        "cooking;;x;;ja;1,5;misschien\n"
        "work;7141 AB;;Amsterdam;;;\n"
        "work;71;;;;;\n"
        "\n"
        "housing transport;;;Groenlo;;;nee\n"
    ) == {3: ["themes", "houseNumber", "tested", "positive", "distanceNotKept"], 4: ["place"], 5: ["postcode"]}


def test_what_was_written_is_not_repeated() -> None:
    found = checked(b"themes,houseNumber\nGeheim,Andrzej\n", REFERENCE)
    assert "Geheim" not in repr(found)
    assert "Andrzej" not in repr(found)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_lines_that_are_right_become_situations(delimiter: str) -> None:
    lines = (
        ("themes", "sector", "place", "squareMetresPerPerson", "noRoomToIsolate", "reference"),
        (
            "housing work",
            "meat",
            '"Groenlo"',
            "8.5",
            "ja",
            "A-1",
        ),
    )
    (line,) = checked("\ufeff".encode() + "\n".join(delimiter.join(row) for row in lines).encode(), REFERENCE).lines
    assert (line.number, line.reference) == (2, "A-1")
    assert line.situation["themes"] == ["housing", "work"]
    assert line.situation["observations"]["square_metres_per_person"] == 8.5
    assert line.situation["observations"]["no_room_to_isolate"] is True


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"thema\nwork\n", b"themes,colour\nwork,red\n", b"themes\n"])
def test_a_file_that_is_none_says_so_on_its_first_line(content: bytes) -> None:
    found = checked(content, REFERENCE)
    assert (found.lines, [number for number, _ in found.faults]) == ((), [1])


def test_a_file_with_too_many_lines_is_refused_whole() -> None:
    assert faults("themes\n" + "work\n" * (MOST_LINES + 1)) == {1: [""]}
