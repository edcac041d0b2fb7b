"""What comes in by Kafka, and which decision takes it in."""

from collections.abc import Sequence
from functools import partial

from services.planning.domain.plan import StepRule
from services.planning.store import Room, Store
from services.planning.use_cases.cases import take_in_assessment, take_in_closure
from services.planning.use_cases.merges import take_in_merge, take_in_merge_undone
from services.planning.use_cases.reports import take_in_opened_report, take_in_submitted_report
from shared.bus.stage import Reader
from shared.contracts.catalogue import CASES, REPORTS
from shared.contracts.reporting import ReportOpened, ReportSubmitted
from shared.contracts.triage import CaseAssessed, CaseClosed, CaseMerged, CaseMergeUndone


def reader(store: Store, rules: Sequence[StepRule]) -> Reader[Room]:
    """Planning's table of contents."""
    return Reader(
        topics=(CASES, REPORTS),
        unhurried=(REPORTS,),
        load=store.load_batch,
        handlers={
            CaseAssessed: partial(take_in_assessment, rules=rules),
            CaseClosed: take_in_closure,
            CaseMerged: partial(take_in_merge, rules=rules),
            CaseMergeUndone: partial(take_in_merge_undone, rules=rules),
            ReportOpened: take_in_opened_report,
            ReportSubmitted: take_in_submitted_report,
        },
    )
