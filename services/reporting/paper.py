"""A report as a document to hand over: an accessible PDF (PDF/UA-1), made by typst from data alone."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from services.reporting import wording
from services.reporting.domain.filling import Filling
from services.reporting.domain.report import Delivery, Report
from services.reporting.domain.visit import Visit
from shared.vocabulary import Theme
from shared.web.times import exact, number
from shared.web.words import word

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"

# What the fonts inside typst have: Latin, Greek, Cyrillic, punctuation, currencies, arrows and mathematics. An
# accessible PDF is refused for a single sign that its fonts lack.
_NOT_SHOWN = re.compile(
    r"[^\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1eff"
    r"\u2000-\u200a\u2010-\u2027\u2030-\u2040\u20a0-\u20bf\u2116\u2122\u2190-\u22ff]"
)
_INSTEAD = "▯"


class Press:
    """Prints reports. `regions` names a region by its code. One compile takes some tens of milliseconds."""

    def __init__(self, regions: Mapping[str, str]) -> None:
        self._regions = regions
        self._source = _TEMPLATE.read_bytes()
        self._fonts = typst.Fonts(include_system_fonts=False)

    def print(self, report: Report, names: Mapping[str, str], now: datetime) -> bytes:
        """The PDF of a report as it is now; `names` names the parties it is meant to be shared with."""
        content = json.dumps(_shown(self._content(report, names, now)))
        # Text is data: typst never reads it as code, whatever somebody typed.
        made = typst.compile(
            self._source,
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"report": content},
            pdf_standards="ua-1",
            timestamp=now.replace(microsecond=0),
        )
        assert isinstance(made, bytes)
        return made

    def _content(self, report: Report, names: Mapping[str, str], now: datetime) -> dict[str, Any]:
        visit, filling = report.visit, report.filling
        return {
            "number": report.number,
            "state": word(report.state),
            "open": report.submitted_at is None,
            "title": f"Rapport {report.number}",
            "lead": f"{word(visit.kind).capitalize()} bezoek {visit.number}",
            "author": visit.coordinator_name,
            "printed": exact(now),
            "facts": self._facts(report, visit),
            "reason": visit.coordinator_reason,
            "known": wording.observed(visit),
            "outcome": self._outcome(filling),
            "findings": _findings(visit, filling),
            "measures": wording.measures(filling),
            "conclusion": filling.conclusion,
            "follow_up": filling.follow_up,
            "attention_points": filling.attention_points,
            "parties": _parties(visit),
            "plan": _plan(visit),
            "shared": [_delivery(delivery) for delivery in report.deliveries],
            "intended": [names.get(party, party) for party in filling.shared_with],
        }

    def _facts(self, report: Report, visit: Visit) -> list[tuple[str, str]]:
        submitted = f"{exact(report.submitted_at)}" if report.submitted_at else ""
        by = report.submitted_by
        pairs = [
            ("Locatie", visit.site.name),
            ("Adres", wording.address(visit.site)),
            ("Veiligheidsregio", self._regions.get(visit.region or "", visit.region)),
            ("Onderwerp", ", ".join(word(theme) for theme in visit.themes)),
            ("Sector", word(visit.sector) if visit.sector else None),
            ("Inschatting", word(visit.grade) if visit.grade else None),
            ("Zaak", visit.case_number),
            ("Begin van het bezoek", exact(visit.started_at) if visit.started_at else None),
            ("Einde van het bezoek", exact(visit.completed_at)),
            ("Coördinator", visit.coordinator_name),
            ("Ingediend", f"{submitted}, door {by.name} ({by.represents})" if by else submitted),
        ]
        return [(label, value) for label, value in pairs if value]

    def _outcome(self, filling: Filling) -> list[tuple[str, str]]:
        numbers = [
            ("Aanwezige mensen", filling.people_present),
            ("Getest tijdens of na het bezoek", filling.tested),
            ("Daarvan positief", filling.positive),
        ]
        outcome = [("Verloop", wording.WORDS[filling.outcome])] if filling.outcome else []
        return [*outcome, *((label, number(count)) for label, count in numbers if count is not None)]


def _findings(visit: Visit, filling: Filling) -> list[dict[str, str]]:
    found = []
    for theme in Theme:
        finding = filling.finding(theme)
        if theme in visit.themes or finding.text or finding.infringements:
            count = finding.infringements
            said = "niet ingevuld" if count is None else number(count)
            found.append({"theme": wording.THEME_TITLES[theme], "text": finding.text, "infringements": said})
    return found


def _parties(visit: Visit) -> list[dict[str, str]]:
    return [
        {
            "name": party.name,
            "role": wording.ROLES.get(party.role, party.role),
            "people": "" if party.people is None else number(party.people),
            "powers": "; ".join(dict.fromkeys(power.what for power in party.powers)),
            "legal": wording.legal_bases(power.legal_base for power in party.powers),
        }
        for party in visit.parties
    ]


def _plan(visit: Visit) -> list[dict[str, str]]:
    names = {party.party: party.name for party in visit.parties}
    return [
        {
            "party": names.get(step.party, step.party),
            "theme": word(step.theme) if step.theme else "alle",
            "what": step.what,
            "legal": step.legal_base,
        }
        for step in visit.plan
    ]


def _delivery(delivery: Delivery) -> dict[str, str]:
    state, at = wording.DELIVERIES[delivery.state], delivery.notified_at
    return {
        "name": delivery.name,
        "shared": exact(delivery.shared_at),
        "told": f"{state}, {exact(at)}" if at else state,
    }


def _shown(value: Any) -> Any:
    """The same with every sign that the fonts do not have replaced by a box."""
    if isinstance(value, str):
        return _NOT_SHOWN.sub(_INSTEAD, unicodedata.normalize("NFC", value).replace("\r\n", "\n"))
    if isinstance(value, dict):
        return {key: _shown(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(part) for part in value]
    return value
