"""How pages tell the signals of a case apart: by which way each came, from whom, and what it tells."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from services.triage.domain.case import Case
from services.triage.domain.linkage.relation import source_of
from services.triage.domain.merging import CaseSignal
from services.triage.wording import counted, facts_of
from shared.reference.places import Reference
from shared.vocabulary import Channel
from shared.web.parties import party_name
from shared.web.times import said, said_day
from shared.web.words import word


class SignalWording:
    """Says of each signal what tells it from the others; parties are called by their names."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def via(self, signal: CaseSignal) -> str:
        """By which door it came, and of whom where a party sent it."""
        if signal.party is None or signal.channel is Channel.HOTLINE:
            return word(signal.channel)
        return f"{word(signal.channel)}, {party_name(signal.party, self._reference)}"

    def confidence(self, case: Case) -> str:
        """How many signals of how many sources a case rests on: by the rules that makes it certain, never graver."""
        counting = [signal for signal in case.signals if signal.withdrawn_at is None]
        if not counting:
            return "Niets: er is geen melding die meetelt."
        sources = {source_of(signal.channel, signal.party): self._source(signal) for signal in counting}
        signals = counted(len(counting))
        named = ", ".join(dict.fromkeys(sources.values()))
        if len(sources) > 1:
            return f"Bevestigd door verschillende bronnen: {signals} van {len(sources)} bronnen ({named})."
        if len(counting) > 1:
            return f"Eén bron: {signals} ({named}), misschien van dezelfde melder. Niemand anders bevestigde het."
        return f"Eén bron: {signals} ({named}). Niemand anders bevestigde het."

    def tells(self, signal: CaseSignal) -> str:
        """What it says was seen, in one line."""
        facts = facts_of(signal.situation.observations)
        return "; ".join(f"{label.lower()}: {value}" for label, value in facts) or "geen aantallen of omstandigheden"

    def choices(self, signals: Sequence[CaseSignal], now: datetime) -> list[tuple[str, Markup]]:
        """The signals to choose among: id and two lines each."""
        return [
            (one.id, Markup('{}<br><span class="bm-muted">{}</span>').format(self._line(n, one, now), self._about(one)))
            for n, one in enumerate(signals, start=1)
        ]

    def _source(self, signal: CaseSignal) -> str:
        if signal.party is None or signal.channel is not Channel.INTEGRATION:
            return word(signal.channel)
        return f"{word(signal.channel)} van {party_name(signal.party, self._reference)}"

    def _line(self, number: int, signal: CaseSignal, now: datetime) -> str:
        themes = ", ".join(word(theme) for theme in signal.situation.themes)
        day = signal.situation.observed_on
        parts = [
            f"Melding {number}",
            said(signal.received_at, now),
            f"gezien: {said_day(day, now)}" if day else "",
            f"via {self.via(signal)}",
            themes,
            "ingetrokken" if signal.withdrawn_at else "",
        ]
        return " · ".join(part for part in parts if part)

    def _about(self, signal: CaseSignal) -> str:
        site = signal.situation.site
        address = " ".join(filter(None, (site.postcode, site.house_number)))
        where = ", ".join(filter(None, (site.name, address, site.place or site.municipality))) or "plaats onbekend"
        return f"{where}; {self.tells(signal)}"


def numbered(signals: Sequence[CaseSignal]) -> Mapping[str, int]:
    """What each signal is called on a page of its case: the first is 1."""
    return {signal.id: number for number, signal in enumerate(signals, start=1)}
