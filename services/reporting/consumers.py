"""Kafka in: which fact goes to which decision."""

from services.reporting import store
from services.reporting.use_cases.taking_in import (
    take_in_completed,
    take_in_intervention,
    take_in_party,
    take_in_rejection,
    take_in_revised,
)
from shared.bus.stage import Reader
from shared.contracts import planning
from shared.contracts.catalogue import INTERVENTIONS, PARTIES, SIGNALS
from shared.contracts.intake import SignalRejected
from shared.mongo import Database


def reader(database: Database) -> Reader[store.Room]:
    """What reporting reads."""
    return Reader(
        topics=(INTERVENTIONS, PARTIES, SIGNALS),
        unhurried=(INTERVENTIONS, PARTIES, SIGNALS),
        load=store.loader(database),
        handlers={
            planning.InterventionProposed: take_in_intervention,
            planning.InterventionRevised: take_in_revised,
            planning.InterventionDecided: take_in_intervention,
            planning.InterventionPrepared: take_in_intervention,
            planning.InterventionStaffed: take_in_intervention,
            planning.InterventionStarted: take_in_intervention,
            planning.InterventionCompleted: take_in_completed,
            planning.InterventionReported: take_in_intervention,
            planning.InterventionStoodDown: take_in_intervention,
            planning.InterventionCancelled: take_in_intervention,
            planning.PartyDescribed: take_in_party,
            SignalRejected: take_in_rejection,
        },
    )
