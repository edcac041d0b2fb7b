"""What was typed in a field of a form, and what was chosen."""

from io import BytesIO

from starlette.datastructures import FormData, UploadFile

from shared.vocabulary import Theme
from shared.web.forms import LONGEST, on_one_line, picked, text, too_long


def test_text_is_read_without_the_spaces_around_it() -> None:
    assert text(FormData([("note", "  gebeld \n")]), "note") == "gebeld"


def test_control_characters_that_a_paste_brings_along_are_left_out() -> None:
    assert text(FormData([("note", "ge\0be\x07ld\r\nen gezien\x1f")]), "note") == "gebeld\r\nen gezien"
    assert on_one_line(" De\r\n\tZon\x85\0 ") == "De Zon"


def test_an_absent_field_and_a_file_are_nothing_typed() -> None:
    form = FormData([("note", UploadFile(BytesIO(b"x"), filename="note.txt"))])
    assert text(form, "note") == ""
    assert text(form, "other") == ""


def test_only_what_is_in_the_vocabulary_is_a_choice() -> None:
    assert picked(Theme, "work") is Theme.WORK
    assert picked(Theme, "cooking") is None
    assert picked(Theme, "") is None


def test_what_is_too_long_is_counted_as_browsers_count_it() -> None:
    assert not too_long("note", "x\r\n" * (LONGEST // 2))
    (fault,) = too_long("note", "x" * (LONGEST + 1))
    assert (fault.field, fault.code, fault.values) == ("note", "too_long", {"limit": 2000})
    assert too_long("note", "x" * 11, 10)
