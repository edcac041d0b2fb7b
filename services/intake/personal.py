"""Numbers in free text by which somebody can be found: those of a person, of a telephone, of an account; e-mail."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import PhoneNumberMatcher
from stdnum import iban
from stdnum.bg import egn
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.ro import cnp
from stdnum.tr import tckimlik
from stdnum.ua import rntrc

from services.intake.companies import find_companies

_HOME = "NL"
_COUNTRIES = {"bg": "BG", "de": "DE", "es": "ES", "hu": "HU", "pl": "PL", "ro": "RO", "tr": "TR", "uk": "UA"}
_NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){8}(?!\d)", re.ASCII)
_NATIONAL = re.compile(
    r"(?<![\w+])(?:\d{10,11}|\d{13}|\d{2}(?: \d{3}){3}|(?:\d{8}|[XYZ]\d{7})-?[A-Z])(?!\w)", re.ASCII | re.IGNORECASE
)
_BORN_LIKE_DATES = range(1900, 1930)
"""A number of somebody born then begins as one does that begins with a date of this century, such as 201124."""
_FIRST_DAY_IN_UKRAINE = 10958
"""1930 in days, with which those begin."""
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b", re.ASCII)
_MADE_UP = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
"""A UUID: digits in a row there are nobody's number."""
_FEWEST_DIGITS = 7
_E_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")


class Kind(StrEnum):
    """What was found."""

    TRADER = "trader"
    BSN = "bsn"
    ACCOUNT = "account"
    E_MAIL = "e_mail"
    PHONE = "phone"
    NATIONAL = "national"


IN_WORDS = {
    Kind.TRADER: "btw-nummer",
    Kind.BSN: "burgerservicenummer",
    Kind.ACCOUNT: "rekeningnummer",
    Kind.E_MAIL: "e-mailadres",
    Kind.PHONE: "telefoonnummer",
    Kind.NATIONAL: "buitenlands persoonsnummer",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Where in the text it stands."""

    kind: Kind
    start: int
    end: int


def find_personal(text: str, language: str | None = "nl") -> tuple[Found, ...]:
    """Everything found, in the order of the text; what can be two things is the first of `Kind`.

    Telephone numbers without a country's code are Dutch ones, or of the country where the language is spoken; where
    the language is not known they are those of every country that people come from. Ten digits are a Ukrainian's number
    in a text in Ukrainian only: of all numbers one in ten could be one.
    """
    if "@" not in text and sum(sign.isdigit() for sign in text) < _FEWEST_DIGITS:
        return ()
    spoken_in = _COUNTRIES.values() if language is None else [_COUNTRIES.get(language, _HOME)]
    found: list[Found] = []
    for candidate in _candidates(text, dict.fromkeys((_HOME, *spoken_in)), language):
        if all(candidate.end <= other.start or candidate.start >= other.end for other in found):
            found.append(candidate)
    return tuple(sorted(found, key=lambda one: one.start))


def masked(text: str, names: Mapping[Kind, str] = IN_WORDS, language: str | None = "nl") -> str:
    """The text with what was found named instead of shown; kinds without a name stay."""
    parts, at = [], 0
    for one in find_personal(text, language):
        if one.kind in names:
            parts += [text[at : one.start], f"[{names[one.kind]}]"]
            at = one.end
    return "".join([*parts, text[at:]])


def without_personal(text: str) -> str:
    """The text with gaps where something was found."""
    return masked(text, dict.fromkeys(Kind, ""))


def _candidates(text: str, countries: Iterable[str], language: str | None) -> Iterator[Found]:
    """Whatever looks like a person's, but for what is said to be a company's."""
    companies = find_companies(text)
    for company in companies:
        if company.may_be_a_persons:
            yield Found(Kind.TRADER, company.start, company.end)
    for one in _numbers(_MADE_UP.sub(lambda uuid: "x" * len(uuid[0]), text), countries, language):
        if all(one.end <= company.start or one.start >= company.end for company in companies):
            yield one


def _numbers(text: str, countries: Iterable[str], language: str | None) -> Iterator[Found]:
    for match in _NINE_DIGITS.finditer(text):
        if bsn.is_valid(re.sub(r"\D", "", match[0])):
            yield Found(Kind.BSN, *match.span())
    for match in _ACCOUNT.finditer(text):
        yield from _account(match)
    yield from (Found(Kind.E_MAIL, *match.span()) for match in _E_MAIL.finditer(text))
    for country in countries:
        yield from (Found(Kind.PHONE, match.start, match.end) for match in PhoneNumberMatcher(text, country))
    for match in _NATIONAL.finditer(text):
        if _is_national(re.sub(r"[ -]", "", match[0]).upper(), language):
            yield Found(Kind.NATIONAL, *match.span())


def _is_national(number: str, language: str | None) -> bool:
    """Whether its digits prove it to be that of a person: Romanian, Turkish, German, Spanish, Polish or Bulgarian.

    Of eleven digits by chance 3 in 100 do, of ten 1, of thirteen fewer, of eight with a letter 4.
    """
    if any(kind.is_valid(number) for kind in (cnp, tckimlik, idnr, dni, nie)):
        return True
    if any(kind.is_valid(number) and kind.get_birth_date(number).year not in _BORN_LIKE_DATES for kind in (pesel, egn)):
        return True
    return language == "uk" and rntrc.is_valid(number) and int(number[:5]) >= _FIRST_DAY_IN_UKRAINE


def _account(match: re.Match[str]) -> Iterator[Found]:
    """A number that runs into the word after it is found by leaving off what stands behind a space."""
    text = match[0]
    while text:
        if iban.is_valid(text):
            yield Found(Kind.ACCOUNT, match.start(), match.start() + len(text))
            return
        text = text.rpartition(" ")[0]
