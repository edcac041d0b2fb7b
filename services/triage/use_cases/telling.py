"""The facts triage tells, made of its cases."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.triage.domain.assessment import Assessment
from services.triage.domain.case import Case
from services.triage.domain.clock import Threshold, stages
from services.triage.domain.numbers import CaseRef
from services.triage.domain.progress import Progress
from services.triage.domain.regrouping import Decision
from shared.bus.documents import Telling, tell
from shared.contracts import triage
from shared.contracts.catalogue import CASES
from shared.contracts.situations import wire_situation
from shared.contracts.triage import (
    CaseAssessed,
    CaseClosed,
    CaseEscalated,
    CaseLink,
    CaseMerged,
    CaseMergeUndone,
    CaseSplit,
)
from shared.vocabulary import Grade

MOST_SIGNALS_TOLD = 1000
"""A fact has at most 64 KB; of a case with more signals the newest are told, and all are kept."""


def tell_assessed(before: Case | None, case: Case, at: datetime, now: datetime) -> tuple[Telling, ...]:
    """How a case stands now; nothing when that is what everybody knows already, or when it is closed."""
    if not case.is_open:
        return ()
    if before is not None and before.is_open and _picture(before, None, at) == _picture(case, None, at):
        return ()
    return (tell(CASES, _picture(case, before.grade if before else None, at), now),)


def tell_closed(case: Case, now: datetime) -> Telling:
    """That a person closed a case."""
    if case.closure is None:
        raise ValueError("the case is open")
    fact = CaseClosed(number=case.number, reason=case.closure.reason.value, closed_at=case.closure.at)
    return tell(CASES, fact, now)


def tell_escalated(case: Case, threshold: Threshold, progress: Progress, now: datetime) -> Telling:
    """That the running clock of a case passed a threshold, and how far the work was."""
    clock = case.clock
    if clock is None:
        raise ValueError("no clock runs")
    reached = [stage.stage for stage in stages(clock, progress.since(clock)) if stage.at is not None]
    fact = CaseEscalated(
        number=case.number,
        threshold=threshold.value,
        grade=case.grade,
        stage=reached[-1],
        regions=case.regions,
        clock_started_at=clock.started_at,
        clock_due_at=clock.due_at,
        passed_at=clock.passes_at(threshold),
    )
    return tell(CASES, fact, now)


def tell_merged(
    fact: type[CaseMerged] | type[CaseMergeUndone],
    number: str,
    gone: CaseRef,
    stays: CaseRef,
    signals: Iterable[str],
    decision: Decision,
) -> Telling:
    """To those who follow the case of this number: that one case went into another, or came back."""
    return tell(CASES, fact(gone=_link(gone), stays=_link(stays), **_regrouped(number, signals, decision)), decision.at)


def tell_split(number: str, origin: CaseRef, part: CaseRef, signals: Iterable[str], decision: Decision) -> Telling:
    """To those who follow the case of this number: that one case was split off another."""
    fact = CaseSplit(origin=_link(origin), part=_link(part), **_regrouped(number, signals, decision))
    return tell(CASES, fact, decision.at)


def _regrouped(number: str, signals: Iterable[str], decision: Decision) -> dict[str, Any]:
    return {
        "number": number,
        "signals": tuple(signals)[-MOST_SIGNALS_TOLD:],
        "reason": decision.why,
        "organisation": decision.who.organisation,
        "happened_at": decision.at,
    }


def _link(ref: CaseRef) -> CaseLink:
    return CaseLink(case=ref.id, number=ref.number)


def _picture(case: Case, previous_grade: Grade | None, at: datetime) -> CaseAssessed:
    clock = case.clock
    return CaseAssessed(
        number=case.number,
        situation=wire_situation(case.situation),
        signals=tuple(signal.id for signal in case.signals if signal.withdrawn_at is None)[-MOST_SIGNALS_TOLD:],
        assessment=wire_assessment(case.assessment),
        previous_grade=previous_grade,
        points_by_theme=case.assessment.points_by_theme(case.situation.themes),
        override=_override(case),
        regions=case.regions,
        clock_started_at=clock.started_at if clock else None,
        clock_due_at=clock.due_at if clock else None,
        assessed_at=at,
        absorbed=case.absorbed,
    )


def _override(case: Case) -> triage.GradeOverride | None:
    """Without the person: who set it is on the case page, for members."""
    if case.override is None:
        return None
    set_by = case.override
    return triage.GradeOverride(
        grade=set_by.grade, set_at=set_by.at, organisation=set_by.by.organisation, disputed=case.disputed
    )


def wire_assessment(assessment: Assessment) -> triage.Assessment:
    """A grade with its explanation in the terms of the contracts; unknowns as people ask for them."""
    return triage.Assessment.model_validate(
        {**asdict(assessment), "unknowns": tuple(unknown.asks for unknown in assessment.unknowns)}
    )
