"""The Dutch words of this service's own wire values, for its pages."""

from collections.abc import Mapping
from enum import StrEnum

from services.crossborder.domain.authorities import Freshness
from services.crossborder.domain.history import Changed, Entry, Happening
from services.crossborder.domain.notices import AnswerKind, Manner, Need
from shared.web.words import word

LANGUAGES = {"nl": "Nederlands", "de": "Duits", "fr": "Frans", "en": "Engels"}
COUNTRIES = {"DE": "Duitsland", "BE": "België", "NL": "Nederland", "ZZ": "land onbekend"}

WORDS: Mapping[StrEnum, str] = {
    Manner.EMAIL: "e-mail",
    Manner.TELEPHONE: "telefoon",
    Manner.POST: "post",
    Manner.MEETING: "overleg",
    AnswerKind.RECEIVED: "ontvangst bevestigd",
    AnswerKind.NO_LINK: "geen verband gezien",
    AnswerKind.LINK_FOUND: "verband gevonden",
    AnswerKind.QUESTION: "vraag teruggesteld",
    Need.SEND: "versturen",
    Need.TELL_CHANGE: "wijziging doorgeven",
    Need.REPLY: "vraag beantwoorden",
    Freshness.FRESH: "actueel",
    Freshness.STALE: "verouderd",
    Freshness.NEVER_CONFIRMED: "nooit bevestigd",
    Happening.DRAFTED: "Concept opgesteld na de inschatting van de zaak",
    Happening.REVISED: "Concept bijgewerkt",
    Happening.CHANGED_AFTER_SENDING: "Zaak gewijzigd na verzending",
    Happening.NO_LONGER_NAMED: "De zaak noemt deze instantie niet meer",
    Happening.NAMED_AGAIN: "De zaak noemt deze instantie weer",
    Happening.CASE_CLOSED: "Zaak gesloten",
    Happening.CASE_REOPENED: "Zaak opnieuw ingeschat na sluiting",
    Happening.CASE_MERGED: "Zaak samengevoegd met een andere",
    Happening.CASE_BACK: "Zaak staat weer op zichzelf",
    Happening.GIVES_WAY: "Gaat op in een andere kennisgeving aan deze instantie",
    Happening.STANDS_AGAIN: "Telt weer als eigen kennisgeving",
    Happening.SENT: "Verstuurd, buiten het platform",
    Happening.ANSWERED: "Antwoord vastgelegd",
    Happening.ENTERED: "Opgenomen uit de startgegevens",
    Happening.CONFIRMED: "Gegevens bevestigd",
}

_FIELDS = {
    "grade": "inschatting",
    "themes": "onderwerp",
    "sector": "sector",
    "site_here": "locatie ligt in het gebied",
    "municipality": "gemeente",
    "region": "regio",
    "postcode_area": "postcodegebied",
    "people_exposed": "mensen die risico lopen",
    "confirmed_infections": "bevestigde besmettingen",
    "tested": "getest",
    "positive": "positief",
    "people_with_symptoms": "mensen met klachten",
}
_VOCABULARIES = {"grade": "Grade", "themes": "Theme", "sector": "Sector"}


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Wire value and word of each member, for a form."""
    return [(member.value, WORDS[member]) for member in kind]


def history(entries: tuple[Entry, ...]) -> list[dict[str, object]]:
    """A history as a page shows it, newest first."""
    return [
        {
            "at": entry.at,
            "what": WORDS[entry.what],
            "who": f"{entry.by.name}, {entry.by.represents}" if entry.by else "Brandmeester",
            "why": entry.note or "; ".join(_change(change) for change in entry.changes),
        }
        for entry in reversed(entries)
    ]


def _change(change: Changed) -> str:
    return f"{_FIELDS[change.what]}: {_value(change.what, change.before)} → {_value(change.what, change.after)}"


def _value(field: str, value: str | None) -> str:
    if not value:
        return "niet bekend"
    if field == "site_here":
        return "ja" if value == "True" else "nee"
    if field not in _VOCABULARIES:
        return value
    return ", ".join(word(part, _VOCABULARIES[field]) for part in value.split())
