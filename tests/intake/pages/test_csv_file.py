"""Every faulty line of a file is shown with what is wrong, and no value is repeated."""

import pytest

from services.intake.pages.csv_file import COLUMNS, MOST_LINES, checked, example
from tests.intake.builders import REFERENCE, TODAY
from tests.intake.test_locales import TRANSLATIONS


def faults(text: str) -> dict[int, list[str]]:
    return {
        wrong.number: [fault.field for fault in wrong.faults]
        for wrong in checked(text.encode(), REFERENCE, TODAY).faults
    }


def unreadable(content: str | bytes) -> list[tuple[int, int, str]]:
    """Line, row and reason of what makes the whole file unreadable; then no line of it is offered."""
    found = checked(content if isinstance(content, bytes) else content.encode(), REFERENCE, TODAY)
    assert not found.unreadable or found.lines == ()
    return [(wrong.number, wrong.row, fault.message) for wrong in found.unreadable for fault in wrong.faults]


def test_each_faulty_line_is_told_with_all_its_columns() -> None:
    assert faults(
        "themes;postcode;houseNumber;place;tested;positive;distanceNotKept\n"
        "work;7141 AB;12;;10;4;ja\n"
        "cooking;;x;;ja;1,5;misschien\n"
        "work;7141 AB;;Amsterdam;;;\n"
        "work;71;;;;;\n"
        "\n"
        "work work;;;;1.000;;\n"
        "housing transport;;;Groenlo;;;nee\n"
    ) == {
        3: ["themes", "houseNumber", "tested", "positive", "distanceNotKept"],
        4: ["place"],
        5: ["postcode"],
        7: ["themes", "tested"],
    }


TEXTS = {"name": 201, "place": 101, "municipality": 101, "reference": 101, "text": 4001, "contact": 201}
CONTRADICTS = {"themes": "work", "postcode": "71", "vansChecked": "3", "vansInBreach": "4"}
EVERYTHING_WRONG = [{name: "x" * TEXTS.get(name, 1) for name in COLUMNS}, CONTRADICTS]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_line_that_names_the_separator_for_excel_may_stand_before_the_header(separator: str) -> None:
    lines = [line.replace(";", separator) for line in ("sep=;", "themes;place", "work;Groenlo", "cooking;")]
    found = checked("\r\n".join(lines).encode("utf-8-sig"), REFERENCE, TODAY)
    assert len(found.lines) == 1
    assert [(wrong.number, wrong.row) for wrong in found.faults] == [(4, 3)]


def test_every_fault_is_said_in_the_language_of_the_page() -> None:
    dutch = TRANSLATIONS.of("nl")
    lines = (",".join(line.get(name, "") for name in COLUMNS) for line in EVERYTHING_WRONG)
    found = checked("\n".join((",".join(COLUMNS), *lines)).encode(), REFERENCE, TODAY).faults
    said = {(fault.field, fault.text(dutch)) for wrong in found for fault in wrong.faults}
    assert {field for field, _ in said} == {*COLUMNS}
    assert {fault.code for wrong in found for fault in wrong.faults if fault.message} == set()
    assert {field for field, text in said if text == dutch("fault.invalid")} == set()
    districts = next(text for field, text in said if field == "workersLiveIn")
    assert districts.startswith("Kies een van: kreis-leer, ")
    assert ("postcode", dutch("fault.postcode")) in said
    assert ("vansInBreach", dutch("fault.part")) in said


def test_that_it_is_unknown_where_workers_live_may_stand_in_a_file() -> None:
    (line, other) = checked(b"themes,workersLiveIn\nwork,unknown\nwork,kreis-kleve unknown\n", REFERENCE, TODAY).lines
    assert list(line.situation["workers_live_in"]) == []
    assert list(other.situation["workers_live_in"]) == ["kreis-kleve"]


def test_a_day_stands_in_a_file_as_spreadsheets_or_programs_write_it() -> None:
    content = "themes,observedOn\nwork,2020-10-23\nwork,23-10-2020\nwork,23-10\nwork,25-10-2020\nwork,23-10-2019\n"
    found = checked(content.encode(), REFERENCE, TODAY)
    assert [line.situation["observed_on"] for line in found.lines] == ["2020-10-23", "2020-10-23"]
    wrong = [(one.number, fault.field, fault.code) for one in found.faults for fault in one.faults]
    codes = ("date", "day_to_come", "day_long_ago")
    assert wrong == [(line, "observedOn", code) for line, code in enumerate(codes, start=4)]


def test_what_was_written_is_not_repeated() -> None:
    found = checked(b"themes,houseNumber\nGeheim,Andrzej\n", REFERENCE, TODAY)
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
    content = "\ufeff".encode() + "\n".join(delimiter.join(row) for row in lines).encode()
    (line,) = checked(content, REFERENCE, TODAY).lines
    assert (line.number, line.reference) == (2, "A-1")
    assert line.situation["themes"] == ["housing", "work"]
    assert line.situation["observations"]["square_metres_per_person"] == 8.5
    assert line.situation["observations"]["no_room_to_isolate"] is True


def test_lines_are_counted_as_editors_and_spreadsheets_do() -> None:
    content = 'themes,text\r\nwork,"een\r\ntwee\n""drie"""\r\n\r\ncooking,x\r\n'
    found = checked(content.encode(), REFERENCE, TODAY)
    assert [(line.number, line.row, line.text) for line in found.lines] == [(2, 2, 'een\r\ntwee\n"drie"')]
    assert [(wrong.number, wrong.row) for wrong in found.faults] == [(6, 4)]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('themes,text\nwork,"een\ntwee"\nwork,"drie\nhousing,vier\n', (4, 3)),  # never closed
        ('themes,text\nwork,"een\nwork,"twee"\n', (2, 2)),  # closed by the next line's
        ('themes,text\nwork,een\nwork,"De Zon" in Venlo\n', (3, 3)),
    ],
)
def test_a_quote_that_would_swallow_lines_makes_the_file_unreadable(content: str, place: tuple[int, int]) -> None:
    ((number, row, reason),) = unreadable(content)
    assert ((number, row), "aanhalingsteken" in reason) == (place, True)


def test_beside_quotes_that_do_not_fit_the_faults_of_all_other_lines_are_told() -> None:
    content = 'themes,text\ncooking,\nwork,"een\nwork,twee\nsleeping,drie\nwork,"vier\n'
    found = checked(content.encode(), REFERENCE, TODAY)
    assert [wrong.number for wrong in found.unreadable] == [3, 6]
    assert [(wrong.number, [fault.field for fault in wrong.faults]) for wrong in found.faults] == [
        (2, ["themes"]),
        (5, ["themes"]),
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "een foto"),
        (b"PK\x03\x04\x14\x00", "een Excel-werkmap"),
        (b"%PDF-1.7\n", "een PDF"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(content: bytes, kind: str) -> None:
    ((_, _, reason),) = unreadable(content)
    assert reason.startswith(f"Dit is geen CSV-bestand maar {kind}")


def test_a_line_with_too_few_or_too_many_fields_is_a_fault_of_that_line() -> None:
    found = checked(b"themes;place\nwork\nwork;Groenlo;Venlo\nwork;\n", REFERENCE, TODAY)
    assert [line.number for line in found.lines] == [4]
    assert [(wrong.number, wrong.faults[0].message.split(".")[0]) for wrong in found.faults] == [
        (2, "Hier staat 1 veld, en in de eerste regel 2 kolommen"),
        (3, "Hier staan 3 velden, en in de eerste regel 2 kolommen"),
    ]


def test_control_characters_are_a_fault_of_their_column() -> None:
    assert faults("themes,name,text\nwork,A\0B,\nwork,,A\x07B\nwork,,A B\n") == {2: ["name"], 3: ["text"]}


def test_every_heading_that_is_wrong_is_named_unless_it_may_be_somebodys_words() -> None:
    found = unreadable("theme,place,colour,place,,Vraag naar Andrzej\nwork,a,b,c,d,e\n")
    assert [number for number, _, _ in found] == [1] * 6
    said = [reason for _, _, reason in found]
    assert said[:4] == [
        "Kolom 1, theme, kennen wij niet. Bedoelt u themes?",
        "Kolom 3, colour, kennen wij niet.",
        "Kolom 4, place, staat er twee keer. Laat er een weg.",
        "Kolom 5 heeft geen naam. Geef haar een naam of haal haar weg.",
    ]
    assert said[4].startswith("Kolom 6 kennen wij niet.")
    assert "Andrzej" not in said[4]
    assert said[5].startswith("De kolom themes ontbreekt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_save_as_unicode_is_read(encoding: str) -> None:
    content = "themes;place\nwork;Hoogezand-Süd\n".encode(encoding)
    (line,) = checked(content, REFERENCE, TODAY).lines
    assert line.situation["site"]["place"] == "Hoogezand-Süd"


@pytest.mark.parametrize(
    ("content", "number", "advice"),
    [
        ("themes;place\nwork;Venlo\nwork;Süd\n".encode("cp1252"), 3, "CSV UTF-8"),
        ("themes;place\nwork;Venlo\n".encode("utf-16-le"), 1, "UTF-16"),
    ],
)
def test_other_encodings_are_told_what_to_save_as(content: bytes, number: int, advice: str) -> None:
    ((line, _, reason),) = unreadable(content)
    assert (line, advice in reason) == (number, True)


@pytest.mark.parametrize("content", ["", "themes\n", "\n\n"])
def test_a_file_without_signals_is_told_so(content: str) -> None:
    assert unreadable(content) == [(0, 0, "Er staan geen meldingen in.")]


def test_a_file_with_too_many_lines_is_refused_whole() -> None:
    ((number, _, reason),) = unreadable("themes\n" + "work\n" * (MOST_LINES + 1))
    assert (number, str(MOST_LINES) in reason) == (0, True)


def test_the_example_has_every_column_and_can_be_taken_in() -> None:
    found = checked(example(), REFERENCE, TODAY)
    assert (len(found.lines), found.faults, found.unreadable) == (1, (), ())
    assert example().decode("utf-8-sig").splitlines()[0] == ";".join(COLUMNS)
