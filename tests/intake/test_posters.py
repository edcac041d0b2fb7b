"""A poster and a leaflet in every language, with the way to the form and the telephone number on it."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from services.intake.posters import PHONE, Press, Sheet, qr_code
from tests.intake.test_locales import TRANSLATIONS

ADDRESS = "https://melden.example"
PRESS = Press(ADDRESS, dict(TRANSLATIONS.languages), datetime(2020, 10, 24, tzinfo=UTC))


@pytest.mark.plan("S06")
@pytest.mark.parametrize("language", TRANSLATIONS.languages)
@pytest.mark.parametrize("sheet", Sheet)
def test_a_sheet_says_in_the_readers_language_where_and_whom_to_call(sheet: Sheet, language: str) -> None:
    t = TRANSLATIONS.of(language)
    paper = PdfReader(BytesIO(PRESS.print(sheet, t)))
    text = " ".join("\n".join(page.extract_text() for page in paper.pages).split())
    assert PHONE in text
    assert "melden.example" in text
    assert t("poster.headline") in text
    assert t("shell.emergency") in text
    assert len(paper.pages) == (2 if sheet is Sheet.LEAFLET else 1)
    assert paper.trailer["/Root"]["/Lang"] == language  # type: ignore[index]
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


def test_two_addresses_have_two_codes() -> None:
    assert qr_code(f"{ADDRESS}/?lang=pl") != qr_code(f"{ADDRESS}/?lang=ro")
