"""How likely two signals are about the same situation, with what each field adds to it or takes away."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What follows from a likeness."""

    AUTOMATIC = "automatic"
    SUGGESTED = "suggested"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field: how far it agrees, in words a page can show, and what that weighs.

    `bits` is log2(m/u): each bit doubles the odds that both are about the same, each one below zero halves them.
    """

    field: str
    label: str
    level: str
    says: str
    bits: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """The probability that two signals are about the same situation; fields that are not known are not listed.

    `verdict` follows from the probability, but what names a doubt in `asks` is never linked without a person.
    """

    probability: float
    verdict: Verdict
    agreements: tuple[Agreement, ...]
    asks: tuple[str, ...]
    model: str
