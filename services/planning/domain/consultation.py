"""A consultation that any member may call, through LOT-C, to decide on an intervention."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.planning.domain.draft import Draft
from services.planning.domain.intervention import NotAllowed
from services.planning.domain.network import LOTC, Network
from services.planning.domain.wording import moment
from shared.people import Person
from shared.vocabulary import ConsultationOutcome

_WORDS = {ConsultationOutcome.GO: "doorgaan", ConsultationOutcome.NO_GO: "niet doorgaan"}


@dataclass(frozen=True, slots=True)
class Invitation:
    """A party asked to take part, through whoever is on duty there; None where the map knows nobody."""

    party: str
    name: str
    contact: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Go or no-go, with the reason and the parties that took part."""

    outcome: ConsultationOutcome
    reason: str
    participants: tuple[str, ...]
    at: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class Consultation:
    """Called by a member about one intervention; decided once."""

    id: str
    intervention: str
    intervention_number: str
    case: str
    case_number: str
    convened_by: Person
    convened_through: str
    convened_at: datetime
    invited: tuple[Invitation, ...]
    note: str | None = None
    decision: Decision | None = None

    def decided(self, decision: Decision) -> "Consultation":
        if self.decision is not None:
            taken = f"{_WORDS[self.decision.outcome]} op {moment(self.decision.at)}"
            raise NotAllowed(
                f"Dit overleg heeft al besloten: {taken}. Roep voor een nieuw besluit opnieuw overleg bijeen."
            )
        return replace(self, decision=decision)


def invitations(drafted: Draft, network: Network) -> tuple[Invitation, ...]:
    """Every party of the draft, and LOT-C that holds the consultation."""
    parties = dict.fromkeys([*(party.party for party in drafted.parties), LOTC])
    return tuple(_invitation(network, party) for party in parties)


def _invitation(network: Network, party_id: str) -> Invitation:
    party = network.parties[party_id]
    contact = party.on_duty
    return Invitation(party.id, party.name, contact.name if contact else None, contact.email if contact else None)


def known_participants(participants: Sequence[str], network: Network) -> list[tuple[str, str]]:
    """A fault for each participant that is not on the network map."""
    return [
        (f"participants.{n}", "Deze partij staat niet op de netwerkkaart.")
        for n, party in enumerate(participants)
        if party not in network.parties
    ]
