"""What triage reads, and which decision each fact goes to."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.triage.domain.ruleset import Rules
from services.triage.metrics import Metrics
from services.triage.store import CASES, Batches, Room
from services.triage.use_cases.linking import Linking
from services.triage.use_cases.taking_in import Grading, note_consultation, note_intervention
from services.triage.use_cases.visits import note_completion, note_report, note_revision
from shared.bus.documents import Change
from shared.bus.message import Message
from shared.bus.stage import Handler, Reader
from shared.contracts import planning
from shared.contracts.catalogue import CONSULTATIONS, INTERVENTIONS, REPORTS, SIGNALS
from shared.contracts.intake import SignalReceived, SignalSupplemented, SignalWithdrawn
from shared.contracts.reporting import ReportSubmitted

INTERVENTION_FACTS = (
    planning.InterventionProposed,
    planning.InterventionRevised,
    planning.InterventionDecided,
    planning.InterventionPrepared,
    planning.InterventionStaffed,
    planning.InterventionStarted,
    planning.InterventionCompleted,
    planning.InterventionReported,
    planning.InterventionStoodDown,
    planning.InterventionCancelled,
)


def _nobody_looks() -> None:
    """Where no detection runs beside the reader."""


def reader(
    batches: Batches, rules: Rules, metrics: Metrics, note_news: Callable[[], object] = _nobody_looks
) -> Reader[Room]:
    """Signals make and change cases; what planning does with them moves the clock on.

    `note_news` is called for each signal, so that detection can look.
    """
    grading = Grading(rules, Linking(batches.links, rules))
    return Reader(
        topics=(SIGNALS, INTERVENTIONS, CONSULTATIONS, REPORTS),
        # A clock marks its stages to the second by what the facts say, and a signal does not wait behind them.
        unhurried=(INTERVENTIONS, CONSULTATIONS, REPORTS),
        load=batches.load,
        handlers={
            SignalReceived: _counted(grading.take_in_signal, metrics, note_news),
            SignalSupplemented: _counted(grading.supplement_signal, metrics, note_news),
            SignalWithdrawn: _counted(grading.withdraw_signal, metrics, note_news),
            # Those that follow have a decision of their own, which takes the place of this one.
            **dict.fromkeys(INTERVENTION_FACTS, note_intervention),
            planning.InterventionCompleted: note_completion,
            planning.InterventionRevised: note_revision,
            ReportSubmitted: note_report,
            planning.ConsultationConvened: note_consultation,
            planning.ConsultationDecided: note_consultation,
        },
    )


def _counted(decide: Handler[Room], metrics: Metrics, note_news: Callable[[], object]) -> Handler[Room]:
    def decided(room: Room, message: Message[Any], now: datetime) -> Sequence[Change[Any]]:
        changes = decide(room, message, now)
        for change in changes:
            if change.document.collection == CASES.name and change.tellings:
                metrics.assessed.labels(change.state.grade.value).inc()
        note_news()
        return changes

    return decided
