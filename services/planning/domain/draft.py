"""The draft of a visit, ready the moment a case asks for one: region, coordinator, parties, plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.planning.domain.case import Case
from services.planning.domain.coordination import Coordination, coordination
from services.planning.domain.network import Competence, Network, Party
from services.planning.domain.plan import PlanStep, StepRule, plan_of_approach
from shared.vocabulary import Theme


class PartyRole(StrEnum):
    """What a party does in a visit; a convenor calls the consultation and sends nobody."""

    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"
    CONVENOR = "convenor"


@dataclass(frozen=True, slots=True)
class Involved:
    """A party of the visit with what it may do there."""

    party: str
    name: str
    role: PartyRole
    competences: tuple[Competence, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a consultation needs to decide; `gaps` are themes that no party has a power of its own for."""

    region: str | None
    coordinator: str
    coordinator_name: str
    coordinator_reason: str
    parties: tuple[Involved, ...]
    plan: tuple[PlanStep, ...]
    gaps: tuple[Theme, ...]


def draft(case: Case, network: Network, rules: Sequence[StepRule], day: date) -> Draft:
    """The same case, network, rules and day give the same draft."""
    chosen = coordination(case, network)
    parties = _parties(case, network, chosen, day)
    return Draft(
        region=case.region,
        coordinator=chosen.coordinator.id,
        coordinator_name=chosen.coordinator.name,
        coordinator_reason=chosen.reason,
        parties=tuple(_involved(party, chosen) for party in parties),
        plan=plan_of_approach(rules, parties, case),
        gaps=network.gaps(case.themes, case.sector, case.place, day),
    )


def _parties(case: Case, network: Network, chosen: Coordination, day: date) -> list[Party]:
    """The coordinator first, then who else may act, and a convenor last."""
    able = {party.id: party for party in network.competent(case.themes, case.sector, case.place, day)}
    coordinator = able.pop(chosen.coordinator.id, chosen.coordinator)
    last = [chosen.convenor] if chosen.convenor else []
    return [coordinator, *able.values(), *last]


def _involved(party: Party, chosen: Coordination) -> Involved:
    if party.id == chosen.coordinator.id:
        role = PartyRole.COORDINATOR
    elif chosen.convenor and party.id == chosen.convenor.id:
        role = PartyRole.CONVENOR
    else:
        role = PartyRole.PARTICIPANT
    return Involved(party.id, party.name, role, party.competences)
