"""What the coordinator fills in, what contradicts itself in it, and what is still missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from shared.vocabulary import Theme

Fault = tuple[str, str]
"""A field, dotted where it lies deeper (`findings.work.text`), and what is wrong with it in Dutch."""

TEXT_LENGTH = 4000
"""Most characters in one text of a report."""

MOST_PEOPLE = 1_000_000


class VisitOutcome(StrEnum):
    """How the visit went."""

    CARRIED_OUT = "carried_out"
    PARTLY = "partly"
    NO_ACCESS = "no_access"
    NOBODY_THERE = "nobody_there"

    @property
    def saw_something(self) -> bool:
        """Whether anybody got in, so that there are findings to report."""
        return self in (VisitOutcome.CARRIED_OUT, VisitOutcome.PARTLY)


class Measure(StrEnum):
    """The measures that are taken most; others are told in words."""

    NONE = "none"
    ADVICE = "advice"
    WARNING = "warning"
    FINE_REPORT = "fine_report"
    PENALTY_ORDER = "penalty_order"
    HYGIENE_ORDER = "hygiene_order"
    WORK_STOPPED = "work_stopped"
    SITE_CLOSED = "site_closed"
    VEHICLES_STOPPED = "vehicles_stopped"
    TESTING = "testing"
    CONTACT_TRACING = "contact_tracing"
    ISOLATION = "isolation"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen on one theme, and how many infringements."""

    theme: Theme
    text: str = ""
    infringements: int | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """The fields of a report; None and empty mean not filled in yet. `shared_with` names who should get it."""

    outcome: VisitOutcome | None = None
    people_present: int | None = None
    tested: int | None = None
    positive: int | None = None
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    other_measures: str = ""
    follow_up: str = ""
    conclusion: str = ""
    attention_points: str = ""
    shared_with: tuple[str, ...] = ()

    def finding(self, theme: Theme) -> Finding:
        """What is filled in on a theme; an empty finding when nothing is."""
        return next((finding for finding in self.findings if finding.theme == theme), Finding(theme))

    @property
    def infringements(self) -> int:
        """All infringements together."""
        return sum(finding.infringements or 0 for finding in self.findings)

    def amended(self, changes: "Amendment") -> Self:
        """With these fields changed; a finding replaces the one on its own theme only."""
        values = dict(changes)
        if "findings" in values:
            given = {finding.theme: finding for finding in values["findings"]}
            merged = (given.get(theme, self.finding(theme)) for theme in Theme)
            values["findings"] = tuple(finding for finding in merged if finding != Finding(finding.theme))
        return replace(self, **values)

    def changed_since(self, before: "Filling") -> tuple[str, ...]:
        """The fields in which this differs."""
        return tuple(part.name for part in fields(self) if getattr(self, part.name) != getattr(before, part.name))


Amendment = dict[str, Any]
"""New values by field name of `Filling`."""


def contradictions(filling: Filling) -> list[Fault]:
    """What cannot be right, whether or not the report is finished."""
    faults: list[Fault] = []
    if filling.positive is not None and filling.tested is None:
        faults.append(("tested", "Vul in hoeveel mensen zijn getest; er staat wel hoeveel er positief waren."))
    elif filling.positive is not None and filling.tested is not None and filling.positive > filling.tested:
        faults.append(("positive", "Er kunnen niet meer mensen positief zijn dan er zijn getest."))
    if Measure.NONE in filling.measures and (len(filling.measures) > 1 or filling.other_measures):
        faults.append(("measures", "Kies of er geen maatregelen zijn, of welke er zijn; niet allebei."))
    return faults


def gaps(filling: Filling, themes: Sequence[Theme]) -> list[Fault]:
    """What has to be filled in before the report can be submitted: all of it at once."""
    return list(_gaps(filling, themes))


def _gaps(filling: Filling, themes: Sequence[Theme]) -> Iterator[Fault]:
    if filling.outcome is None:
        yield "outcome", "Kies hoe het bezoek verliep."
    if filling.outcome is None or filling.outcome.saw_something:
        if filling.people_present is None:
            yield "people_present", "Vul in hoeveel mensen er waren; 0 mag ook."
        for theme in themes:
            yield from _finding_gaps(filling.finding(theme))
    if not filling.measures and not filling.other_measures:
        yield "measures", "Kies welke maatregelen zijn genomen, of dat er geen nodig waren."
    if not filling.conclusion:
        yield "conclusion", "Schrijf de conclusie op."


def _finding_gaps(finding: Finding) -> Iterator[Fault]:
    if not finding.text:
        yield f"findings.{finding.theme}.text", "Schrijf op wat er is gezien."
    if finding.infringements is None:
        yield f"findings.{finding.theme}.infringements", "Vul in hoeveel overtredingen er waren; 0 mag ook."
