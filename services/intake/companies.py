"""Numbers in free text that name a company: what a reader can look up in a register."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from stdnum.eu import vat
from stdnum.nl import bsn

# The registers' own numbers have no check digit: they count only behind the word for them.
_KVK = re.compile(
    r"\b(?:kvk|k\.v\.k\.?|kamer van koophandel|handelsregister)\b[^\d\n]{0,20}(?P<number>\d(?:[ .]?\d){7})(?![ .]?\d)",
    re.I,
)
_BRANCH = re.compile(r"(?<!\d)(?P<number>0000(?:[ .]?\d){8})(?!\d)", re.ASCII)
_RSIN = re.compile(r"\brsin\b[^\d\n]{0,20}(?P<number>\d(?:[ .]?\d){8})(?!\d)", re.I)
# Looked for from every word on, since the word before may look like a country too.
_VAT = re.compile(r"\b(?=(?P<number>[A-Z]{2}[ .]?[0-9A-Z](?:[ .-]?[0-9A-Z]){6,12})\b)", re.ASCII)
_SEPARATORS = re.compile(r"[ .-]")


class Kind(StrEnum):
    """Which register a number is of."""

    KVK = "kvk"
    BRANCH = "branch"
    RSIN = "rsin"
    VAT = "vat"


IN_WORDS = {
    Kind.KVK: "KvK-nummer",
    Kind.BRANCH: "Vestigingsnummer",
    Kind.RSIN: "RSIN",
    Kind.VAT: "Btw-nummer",
}


@dataclass(frozen=True, slots=True)
class CompanyNumber:
    """A number in its normal form, and where in the text it stands."""

    kind: Kind
    number: str
    start: int
    end: int

    @property
    def may_be_a_persons(self) -> bool:
        """Until 2020 a Dutch sole trader's VAT number held their citizen service number."""
        return self.kind is Kind.VAT and self.number.startswith("NL") and bool(bsn.is_valid(self.number[2:11]))


def find_companies(text: str) -> tuple[CompanyNumber, ...]:
    """Every company number, in the order of the text."""
    found = sorted(_candidates(text), key=lambda one: (one.start, -one.end))
    kept: list[CompanyNumber] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _candidates(text: str) -> Iterator[CompanyNumber]:
    for kind, pattern in ((Kind.KVK, _KVK), (Kind.BRANCH, _BRANCH), (Kind.RSIN, _RSIN)):
        for match in pattern.finditer(text):
            number = _SEPARATORS.sub("", match["number"])
            if kind is not Kind.RSIN or bsn.is_valid(number):  # the same check digit
                yield CompanyNumber(kind, number, *match.span("number"))
    for match in _VAT.finditer(text):
        yield from _vat(match)


def _vat(match: re.Match[str]) -> Iterator[CompanyNumber]:
    """A number that runs into the word after it is found by leaving off what stands behind a space."""
    typed = match["number"]
    while typed:
        if vat.is_valid(typed):
            start = match.start("number")
            yield CompanyNumber(Kind.VAT, str(vat.compact(typed)), start, start + len(typed))
            return
        typed = typed.rpartition(" ")[0]
