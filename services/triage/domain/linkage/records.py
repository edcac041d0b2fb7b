"""A signal as a record that can be compared: its fields folded, so that only what they say is compared."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.triage.domain.linkage.agreement import Record, Value
from shared.reference.addresses import house_number, postcode
from shared.reference.names import fold
from shared.situation import Site, Situation

FIELDS = (
    "registration",
    "name",
    "core",
    "postcode",
    "house_number",
    "village",
    "place",
    "municipality",
    "sector",
    "themes",
    "day",
)
"""All that a record of a signal may hold. Nothing of who reported it or of people at the site has a place here."""

_WHOLE = 6
_DIGITS = re.compile(r"\d{8}|\d{12}", re.ASCII)


class Folding:
    """Names without their legal form, and what is left of them without words of trade."""

    def __init__(self, legal_forms: Iterable[str], trade_words: Iterable[str]) -> None:
        self._forms = sorted((form.split() for form in legal_forms), key=len, reverse=True)
        self._trade = frozenset(trade_words)

    def name(self, text: str) -> str:
        """*Slachterij De Groot B.V.* is `slachterij de groot`; a name that is a legal form alone stays as it is."""
        words = fold(text).split()
        while left := self._without_form(words):
            words = left
        return " ".join(words)

    def core(self, name: str) -> str:
        """Of `slachterij de groot` it is `de groot`, which stays the same in another language."""
        left = [word for word in name.split() if word not in self._trade]
        return " ".join(left) or name

    def _without_form(self, words: Sequence[str]) -> list[str]:
        for form in self._forms:
            if len(form) < len(words):
                if list(words[-len(form) :]) == form:
                    return list(words[: -len(form)])
                if list(words[: len(form)]) == form:
                    return list(words[len(form) :])
        return []


def record_of(situation: Situation, received_at: datetime, folding: Folding) -> Record:
    """What of a signal is compared; what is not known has no place in it."""
    site = situation.site
    record: dict[str, Value] = {
        "themes": tuple(sorted(theme.value for theme in situation.themes)),
        "day": received_at.toordinal(),
        **_where(site),
    }
    if situation.sector is not None:
        record["sector"] = situation.sector.value
    if site.name and (name := folding.name(site.name)):
        record |= {"name": name, "core": folding.core(name)}
    if site.registration and _DIGITS.fullmatch(site.registration):
        record["registration"] = site.registration
    return record


def _where(site: Site) -> dict[str, Value]:
    """A Dutch postcode of four digits is a village; abroad, a postcode is one, and the district the municipality."""
    known: dict[str, Value] = {}
    if site.place and (place := fold(site.place)):
        known["place"] = f"{site.country} {place}"
    if within := fold(site.municipality or "") or site.district:
        known["municipality"] = within
    if site.country != "NL":
        return known | ({"village": f"{site.country} {fold(site.postcode)}"} if site.postcode else {})
    if site.postcode and (code := postcode(site.postcode)):
        known["village"] = code[:4]
        if len(code) == _WHOLE:
            known["postcode"] = code
    if site.house_number and (number := house_number(site.house_number)):
        known["house_number"] = str(number)
    return known
