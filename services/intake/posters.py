"""Posters and leaflets that draw attention to reporting without a name: accessible PDFs with a QR code to the form."""

import json
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from shared.web.i18n import Messages

PHONE = "0800-5151"
_TEMPLATE = Path(__file__).parent / "templates" / "poster.typ"
_SECTIONS = (
    ("themes.title", ("start.lead",)),
    ("start.anonymous_title", ("start.anonymous_text", "start.anonymous_limits")),
    ("receipt.next_title", ("receipt.next_text",)),
    ("receipt.code", ("receipt.come_back",)),
)


class Sheet(StrEnum):
    """What can be printed."""

    POSTER = "poster"
    LEAFLET = "leaflet"


class Press:
    """Prints each sheet once in each language; the same one is then handed out again."""

    def __init__(self, address: str, languages: dict[str, str], printed: datetime) -> None:
        self._address = address
        self._languages = languages
        self._printed = printed.replace(microsecond=0)
        self._source = _TEMPLATE.read_bytes()
        self._fonts = typst.Fonts(include_system_fonts=False)
        self._done: dict[tuple[Sheet, str], bytes] = {}

    def print(self, sheet: Sheet, t: Messages) -> bytes:
        """The PDF of a sheet in one language."""
        wanted = sheet, t.language
        if wanted not in self._done:
            self._done[wanted] = self._printed_now(sheet, t)
        return self._done[wanted]

    def _printed_now(self, sheet: Sheet, t: Messages) -> bytes:
        made = typst.compile(
            self._source,
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"poster": json.dumps(self._content(sheet, t))},
            pdf_standards="ua-1",
            timestamp=self._printed,
        )
        assert isinstance(made, bytes)
        return made

    def _content(self, sheet: Sheet, t: Messages) -> dict[str, Any]:
        words = {name: t(f"poster.{name}") for name in ("headline", "tell", "nameless", "scan", "call")}
        return words | {
            "leaflet": sheet is Sheet.LEAFLET,
            "language": t.language,
            "product": t("shell.product"),
            "tagline": t("shell.tagline"),
            "emergency": t("shell.emergency"),
            "qr": qr_code(f"{self._address}/?lang={t.language}"),
            "qr_alt": t("poster.qr"),
            "address": self._address.partition("://")[2],
            "phone": PHONE,
            "languages": " · ".join(self._languages.values()),
            "sections": [(t(title), " ".join(map(t, texts))) for title, texts in _SECTIONS],
        }


def qr_code(address: str) -> str:
    """An SVG that still reads when a quarter of it is torn or dirty."""
    drawn = BytesIO()
    segno.make(address, error="q", micro=False).save(drawn, kind="svg", border=4, dark="#000", light="#fff")
    return drawn.getvalue().decode()
