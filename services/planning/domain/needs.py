"""What an intervention asks of an organisation now: the list at the top of everybody's page."""

from enum import StrEnum

from services.planning.domain.intervention import Intervention
from services.planning.domain.network import LOTC
from shared.vocabulary import InterventionState


class Need(StrEnum):
    """One thing to do, named after the step it leads to."""

    CONVENE = "convene"
    DECIDE = "decide"
    ANSWER = "answer"
    CHASE = "chase"
    START = "start"
    COMPLETE = "complete"
    REPORT = "report"


def need_of(intervention: Intervention, organisation: str) -> Need | None:
    """What this organisation should do next, or None when others are to move."""
    leads = organisation in (LOTC, intervention.draft.coordinator)
    if not leads and not intervention.concerns(organisation):
        return None
    match intervention.state:
        case InterventionState.PROPOSED:
            return Need.DECIDE if intervention.consultation else Need.CONVENE
        case InterventionState.PREPARED:
            if any(party.party == organisation for party in intervention.unanswered):
                return Need.ANSWER
            return Need.CHASE if leads else None
        case InterventionState.STAFFED:
            return Need.START if leads else None
        case InterventionState.UNDER_WAY:
            return Need.COMPLETE if leads else None
        case InterventionState.COMPLETED:
            return Need.REPORT if organisation == intervention.draft.coordinator else None
        case _:
            return None
