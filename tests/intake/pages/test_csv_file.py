"""Every faulty line of a file is shown with what is wrong, and no value is repeated."""

import pytest

from services.intake.pages.csv_file import COLUMNS, MOST_LINES, checked
from tests.intake.builders import REFERENCE
from tests.intake.test_locales import TRANSLATIONS


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


TEXTS = {"name": 201, "place": 101, "municipality": 101, "reference": 101, "text": 4001, "contact": 201}
CONTRADICTS = {"themes": "work", "postcode": "71", "vansChecked": "3", "vansInBreach": "4"}
EVERYTHING_WRONG = [{name: "x" * TEXTS.get(name, 1) for name in COLUMNS}, CONTRADICTS]


def test_every_fault_is_said_in_the_language_of_the_page() -> None:
    dutch = TRANSLATIONS.of("nl")
    lines = (",".join(line.get(name, "") for name in COLUMNS) for line in EVERYTHING_WRONG)
    found = checked("\n".join((",".join(COLUMNS), *lines)).encode(), REFERENCE).faults
    said = {(fault.field, fault.text(dutch)) for _, wrong in found for fault in wrong}
    assert {field for field, _ in said} == {*COLUMNS}
    assert {fault.code for _, wrong in found for fault in wrong if fault.message} == set()
    assert {field for field, text in said if text == dutch("fault.invalid")} == set()
    districts = next(text for field, text in said if field == "workersLiveIn")
    assert districts.startswith("Kies een van: kreis-leer, ")
    assert ("postcode", dutch("fault.postcode")) in said
    assert ("vansInBreach", dutch("fault.part")) in said


def test_that_it_is_unknown_where_workers_live_may_stand_in_a_file() -> None:
    (line, other) = checked(b"themes,workersLiveIn\nwork,unknown\nwork,kreis-kleve unknown\n", REFERENCE).lines
    assert list(line.situation["workers_live_in"]) == []
    assert list(other.situation["workers_live_in"]) == ["kreis-kleve"]


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
