"""A report on paper: accessible, in Dutch, and whatever was typed is text and nothing else."""

import io
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from services.reporting.domain.filling import Finding, Measure
from services.reporting.domain.report import Report
from services.reporting.paper import _NOT_SHOWN, Press
from shared.vocabulary import Theme
from tests.reporting.builders import COMPLETE, GIJS, NETWORK, NOON, opened, shared

NAMES = {party: known.name for party, known in NETWORK.items()}


@pytest.fixture(scope="module")
def press() -> Press:
    return Press({"VR06": "Noord- en Oost-Gelderland"})


def read(press: Press, report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(press.print(report, NAMES, NOON)))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.plan("S21")
def test_a_report_is_a_tagged_pdf_with_title_author_and_language(press: Press) -> None:
    reader = read(press, shared("vr06"))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is not None
    assert root["/StructTreeRoot"] is not None
    assert str(root["/Lang"]).startswith("nl")
    assert reader.metadata is not None
    assert reader.metadata.title == f"Rapport {shared('vr06').number}"
    assert reader.metadata.author == "GGD Noord- en Oost-Gelderland"
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_it_holds_what_people_need_to_know(press: Press) -> None:
    text = words(read(press, shared("vr06", "iszw").notified({"vr06"}, NOON)))
    for expected in (
        "Vleesbedrijf De Voorbeeldhoeve",
        "Noord- en Oost-Gelderland",
        "Op de lijn is minder dan 1,5 meter afstand.",
        "Overtredingen: 2",
        "werk geheel of deels stilgelegd",
        "De besmettingen hangen samen met de lijn.",
        "Wpg art. 6 en 14",
        "Inspectie SZW",
        "geen aansluiting",
        "bericht geplaatst",
        "gedeeld",
    ):
        assert expected in text
    assert "nog niet ingediend" not in text


def test_an_open_report_says_that_it_may_change(press: Press) -> None:
    text = words(read(press, opened()))
    assert "nog niet ingediend" in text
    assert "Nog niet ingevuld." in text


def test_code_is_printed_and_not_run(press: Press) -> None:
    typed = '#panic("x") $x^2$ *vet* _schuin_ <label> @ref \\ #read("/etc/passwd") // weg /* weg */ "a" [b] = kop'
    report = opened().filled_in({**COMPLETE, "conclusion": typed}, GIJS, NOON)
    assert typed in words(read(press, report))


def test_lines_and_paragraphs_stay_apart(press: Press) -> None:
    report = opened().filled_in({**COMPLETE, "conclusion": "Een.\nTwee.\n\n\nDrie.\n"}, GIJS, NOON)
    assert "Een. Twee. Drie." in words(read(press, report))


def test_workers_languages_are_printed_and_other_signs_become_a_box(press: Press) -> None:
    typed = "Łódź, Timișoara, Găești, Пловдив, Zürich, Đorđe, ĳ, €, ½, 20 °C – „zo” … ≥ 😀"
    report = opened().filled_in({**COMPLETE, "conclusion": typed}, GIJS, NOON)
    text = words(read(press, report))
    assert "Łódź" in text
    assert "Пловдив" in text
    assert "😀" not in text


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_keeps_a_report_from_being_printed(press: Press, text: str) -> None:
    changes = {
        **COMPLETE,
        "conclusion": text,
        "other_measures": text,
        "measures": (Measure.ADVICE,),
        "findings": (Finding(Theme.WORK, text, 0),),
    }
    assert press.print(opened().filled_in(changes, GIJS, NOON), NAMES, NOON).startswith(b"%PDF-")


def test_every_sign_that_is_let_through_can_be_shown(press: Press) -> None:
    let_through = re.compile(_NOT_SHOWN.pattern.replace("[^", "["))
    signs = let_through.findall("".join(map(chr, range(0x20, 0x3000))))
    assert len(signs) > 1500
    for n in range(0, len(signs), 100):
        typed = " ".join(signs[n : n + 100])
        report = opened().filled_in({**COMPLETE, "conclusion": typed, "other_measures": typed}, GIJS, NOON)
        assert press.print(report, NAMES, NOON).startswith(b"%PDF-")
