"""How a page says why a signal was put into its case without a person."""

from collections.abc import Sequence
from datetime import datetime

from services.triage.domain.case import Case
from services.triage.domain.linkage.likeness import Agreement
from services.triage.domain.merging import CaseSignal
from shared.web.times import percent, said

_SPEAKS = 0.5
_MOST_NAMED = 3
_NEARLY_ALL = 0.99


def why_linked(case: Case, signal: CaseSignal, now: datetime) -> str | None:
    """In one sentence, as long as the signal it was found alike to is in the case; None where a person decided."""
    other = next((one for one in case.signals if signal.link and one.id == signal.link.to), None)
    if signal.link is None or other is None or signal.moved_from:
        return None
    agreements = sorted(signal.link.likeness.agreements, key=lambda one: -one.bits)
    towards = _said([one for one in agreements if one.bits >= _SPEAKS])
    against = _said([one for one in agreements[::-1] if one.bits <= -_SPEAKS])
    likely = f"met {chance(signal.link.likeness.probability)} kans over hetzelfde gaat als de melding"
    because = f"{towards}; ertegen pleit {against}" if against else towards
    return f"Vanzelf toegevoegd, omdat zij {likely} van {said(other.received_at, now)}: {because}."


def chance(probability: float) -> str:
    """A probability that nobody takes for certainty: 97%, or more than 99%."""
    return f"meer dan {percent(_NEARLY_ALL)}" if probability > _NEARLY_ALL else percent(probability)


def _said(agreements: Sequence[Agreement]) -> str:
    words = [one.says for one in agreements[:_MOST_NAMED]]
    return " en ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
