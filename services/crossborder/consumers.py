"""Kafka in: which fact goes to which decision."""

from services.crossborder import store
from services.crossborder.start_data import StartData
from services.crossborder.use_cases.merges import take_in_merge, take_in_merge_undone
from services.crossborder.use_cases.taking_in import TakeInAssessment, take_in_closure, take_in_party
from shared.bus.stage import Reader
from shared.contracts.catalogue import CASES, PARTIES
from shared.contracts.planning import PartyDescribed
from shared.contracts.triage import CaseAssessed, CaseClosed, CaseMerged, CaseMergeUndone
from shared.mongo import Database


def reader(database: Database, start: StartData) -> Reader[store.Room]:
    """What crossborder reads."""
    return Reader(
        topics=(CASES, PARTIES),
        unhurried=(CASES, PARTIES),
        load=store.loader(database),
        handlers={
            CaseAssessed: TakeInAssessment(start),
            CaseClosed: take_in_closure,
            CaseMerged: take_in_merge,
            CaseMergeUndone: take_in_merge_undone,
            PartyDescribed: take_in_party,
        },
    )
