"""How reporting's own values read in Dutch, on pages and on paper."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from services.reporting.domain.filling import Filling, Measure, VisitOutcome
from services.reporting.domain.report import DeliveryState, Entry, Happening, Report
from services.reporting.domain.visit import Visit
from shared.situation import Site
from shared.vocabulary import Theme
from shared.web.observations import in_words

WORDS: Mapping[StrEnum, str] = {
    VisitOutcome.CARRIED_OUT: "uitgevoerd zoals gepland",
    VisitOutcome.PARTLY: "deels uitgevoerd",
    VisitOutcome.NO_ACCESS: "geen toegang gekregen",
    VisitOutcome.NOBODY_THERE: "niemand aangetroffen",
    Measure.NONE: "geen maatregelen nodig",
    Measure.ADVICE: "advies gegeven",
    Measure.WARNING: "waarschuwing gegeven",
    Measure.FINE_REPORT: "boeterapport of proces-verbaal opgemaakt",
    Measure.PENALTY_ORDER: "last onder dwangsom of bestuursdwang",
    Measure.HYGIENE_ORDER: "hygiënische maatregelen opgelegd",
    Measure.WORK_STOPPED: "werk geheel of deels stilgelegd",
    Measure.SITE_CLOSED: "locatie geheel of deels gesloten",
    Measure.VEHICLES_STOPPED: "voertuigen van de weg gehaald",
    Measure.TESTING: "testen georganiseerd",
    Measure.CONTACT_TRACING: "bron- en contactonderzoek gestart",
    Measure.ISOLATION: "isolatie of quarantaine geregeld",
}
# Apart from each other, since wire values that read the same are the same key.
DELIVERIES: Mapping[DeliveryState, str] = {
    DeliveryState.WAITING: "geen aansluiting",
    DeliveryState.NOTIFIED: "bericht geplaatst",
}
_HAPPENED: Mapping[Happening, str] = {
    Happening.OPENED: "Rapport geopend na het bezoek",
    Happening.CASE_CHANGED: "Hoort bij een andere zaak, doordat zaken zijn samengevoegd of weer losgemaakt",
    Happening.FILLED_IN: "Ingevuld",
    Happening.SUBMITTED: "Ingediend",
    Happening.SHARED: "Gedeeld",
    Happening.NOTIFIED: "Bericht geplaatst op het eigen kanaal",
}
_ABOUT: Mapping[Happening, str] = {
    Happening.CASE_CHANGED: "Eerst en nu",
    Happening.FILLED_IN: "Gewijzigd",
    Happening.SHARED: "Met",
    Happening.NOTIFIED: "Voor",
}
THEME_TITLES: Mapping[Theme, str] = {
    Theme.WORK: "Werken",
    Theme.HOUSING: "Wonen",
    Theme.TRANSPORT: "Vervoer",
}
ROLES: Mapping[str, str] = {
    "coordinator": "coördinator",
    "participant": "deelnemer",
    "convenor": "roept bijeen",
}
_FIELDS: Mapping[str, str] = {
    "outcome": "verloop van het bezoek",
    "people_present": "aanwezige mensen",
    "tested": "getest",
    "positive": "positief",
    "findings": "bevindingen",
    "measures": "maatregelen",
    "other_measures": "andere maatregelen",
    "follow_up": "vervolgadvies",
    "conclusion": "conclusie",
    "attention_points": "aandachtspunten",
    "shared_with": "te delen met",
}


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Wire value and word of each member, for a form."""
    return [(member.value, WORDS[member]) for member in kind]


def labels() -> dict[str, str]:
    """What each field of the form is called, for a list of its faults."""
    named = {name: text.capitalize() for name, text in _FIELDS.items()}
    for theme, title in THEME_TITLES.items():
        named[f"findings.{theme}.text"] = title
        named[f"findings.{theme}.infringements"] = title
    return named


def measures(filling: Filling) -> list[str]:
    """The measures taken, those of the set and those in words."""
    other = [line.strip() for line in filling.other_measures.splitlines() if line.strip()]
    return [*(WORDS[measure] for measure in filling.measures), *other]


def observed(visit: Visit) -> list[tuple[str, str]]:
    """What was known beforehand, as pairs of label and value."""
    return in_words(visit.observations)


def address(site: Site) -> str:
    """Where it is in one line, as far as known, without the name."""
    line = " ".join(filter(None, (site.postcode, site.house_number)))
    around = f"gemeente {site.municipality}" if site.municipality and site.municipality != site.place else ""
    return ", ".join(filter(None, (line, site.place, around)))


def legal_bases(powers: Iterable[str]) -> str:
    """Each legal base once, in the order of the visit's powers."""
    return "; ".join(dict.fromkeys(powers))


def history(report: Report) -> list[dict[str, object]]:
    """What happened, the newest first."""
    return [
        {
            "at": entry.at,
            "what": _HAPPENED[entry.what],
            "who": f"{entry.by.name}, {entry.by.represents}" if entry.by else "Brandmeester",
            "why": _about(entry),
        }
        for entry in reversed(report.history)
    ]


def _about(entry: Entry) -> str:
    named = ", ".join(_FIELDS.get(name, name) for name in entry.about)
    return f"{_ABOUT[entry.what]}: {named}" if entry.what in _ABOUT else ""
