"""How pages say what is to be expected of a clock, and what it passed."""

from collections.abc import Mapping
from datetime import datetime

from services.triage.domain.case import Case
from services.triage.domain.clock import Clock, Threshold
from services.triage.domain.projection import LEAST_RUNS, Outlook, Projection
from services.triage.domain.sequence import place_before_stop
from services.triage.use_cases.desk import CaseFile
from shared.web.times import number

OUTLOOKS: Mapping[Outlook, str] = {
    Outlook.ON_TIME: "naar verwachting op tijd",
    Outlook.MAY_BE_LATE: "kan te laat worden",
    Outlook.LIKELY_LATE: "waarschijnlijk te laat",
    Outlook.BEHIND: "wacht uitzonderlijk lang",
}
PASSED: Mapping[Threshold, str] = {
    Threshold.HALF: "helft voorbij",
    Threshold.FOUR_FIFTHS: "80% voorbij",
    Threshold.BREACH: "24 uur voorbij",
}
_HAPPENED: Mapping[Threshold, str] = {
    Threshold.HALF: "Helft van de 24 uur voorbij, niemand ter plaatse",
    Threshold.FOUR_FIFTHS: "80% van de 24 uur voorbij, niemand ter plaatse",
    Threshold.BREACH: "24 uur voorbij, niemand ter plaatse",
}


def marks_of(file: CaseFile, now: datetime) -> list[tuple[str, str]]:
    """What stands out about a running clock, as words and tone; a clock over time says so itself."""
    clock = file.case.clock
    if clock is None or file.on_site_at or clock.due_at <= now:
        return []
    told = [(PASSED[threshold], "neutral") for threshold in clock.escalated[-1:]]
    outlook = file.outlook.outlook if file.outlook else None
    return [*told, (OUTLOOKS[outlook], "warn")] if outlook not in (None, Outlook.ON_TIME) else told


def passed_by(clock: Clock) -> list[tuple[str, datetime]]:
    """The thresholds of a clock that were told, with their moments."""
    return [(PASSED[threshold], clock.passes_at(threshold)) for threshold in clock.escalated]


def escalations_of(case: Case) -> list[tuple[int, datetime, str]]:
    """What the clocks of a case passed: how many entries of its history came before, when, and in words."""
    # A clock that goes on after a regrouping stands there twice, and passed each threshold once.
    told: dict[tuple[datetime, str], int] = {}
    for clock in case.clocks:
        for one in clock.escalated:
            at = clock.passes_at(one)
            told.setdefault((at, _HAPPENED[one]), place_before_stop(case.history, at, clock))
    return [(place, at, what) for (at, what), place in told.items()]


def why_expected(found: Projection) -> str:
    """What an expectation rests on, or why there is none."""
    if found.outlook is None:
        return (
            f"Nog geen verwachting: die vraagt minstens {LEAST_RUNS} eerdere zaken die voorbij deze stap zijn en "
            f"bezocht werden, en er {_are(found.runs)}."
        )
    if found.outlook is Outlook.BEHIND:
        shorter = number(found.runs - found.alike)
        return f"{shorter} van de {number(found.runs)} eerdere zaken stonden korter in deze stap dan deze nu."
    alike, in_time = number(found.alike), number(found.alike - found.late) if found.alike > found.late else "geen"
    return (
        f"Van de {alike} eerdere zaken die al zo lang in deze stap stonden, zouden er {in_time} deze klok halen. "
        "Meestal is de helft ervan, uiterlijk 9 van de 10."
    )


def _are(runs: int) -> str:
    return {0: "is er geen", 1: "is er 1"}.get(runs, f"zijn er {number(runs)}")
