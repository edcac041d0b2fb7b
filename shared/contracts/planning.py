"""Planning's facts: the network's parties, consultations and interventions."""

from datetime import date

from pydantic import Field

from shared.contracts.common import Moment, PartyId, Situation
from shared.contracts.envelope import Fact, WireModel, fact
from shared.vocabulary import (
    ConsultationOutcome,
    Grade,
    InterventionKind,
    InterventionState,
    PartyKind,
    Theme,
)


class Competence(WireModel):
    """What a party may do, on which legal base, and when that power held; `theme` None means all themes."""

    theme: Theme | None
    sector: str | None
    what: str
    legal_base: str
    valid_from: date | None = None
    valid_until: date | None = None


@fact("parties.described.v1")
class PartyDescribed(Fact):
    """The full state of one party on the network map; the topic is compacted. Subject: the party."""

    name: str
    kind: PartyKind
    region: str | None
    country: str = "NL"
    member: bool = Field(description="takes part in the platform, with substitutes")
    competences: tuple[Competence, ...]


class InvolvedParty(WireModel):
    """A party of an intervention with what it may do there."""

    party: PartyId
    name: str
    role: str = Field(description="coordinator, participant or convenor")
    competences: tuple[Competence, ...]


class StaffedParty(WireModel):
    """How many people a party sends; names stay in planning."""

    party: PartyId
    people: int = Field(ge=0, le=1000)


class PlanStep(WireModel):
    """One step of the plan of approach: who does what, on which legal base."""

    party: PartyId
    theme: Theme | None
    what: str
    legal_base: str


class InterventionSnapshot(Fact):
    """The whole intervention after the fact that carries it. Subject: the intervention.

    For a preventive intervention `situation.site` stays empty until the visit starts.
    """

    number: str = Field(description="the number people say, for example I-2020-0017")
    kind: InterventionKind
    state: InterventionState
    case: str | None
    case_number: str | None
    grade: Grade | None
    situation: Situation
    region: str | None
    coordinator: PartyId
    coordinator_name: str
    coordinator_reason: str
    parties: tuple[InvolvedParty, ...]
    plan: tuple[PlanStep, ...]
    staffing: tuple[StaffedParty, ...] = ()
    consultation: str | None = None
    due_at: Moment | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    reason: str | None = Field(default=None, description="why it was decided, stood down or cancelled")
    happened_at: Moment


@fact("interventions.proposed.v1")
class InterventionProposed(InterventionSnapshot):
    """A draft is ready: region, coordinator, parties and plan."""


@fact("interventions.revised.v1")
class InterventionRevised(InterventionSnapshot):
    """The case changed before the visit started, and the draft with it; or, in any state, cases were merged.

    `case` is then the one that it is about from now on.
    """


@fact("interventions.decided.v1")
class InterventionDecided(InterventionSnapshot):
    """The visit goes ahead."""


@fact("interventions.prepared.v1")
class InterventionPrepared(InterventionSnapshot):
    """The plan of approach is settled and staff is asked for."""


@fact("interventions.staffed.v1")
class InterventionStaffed(InterventionSnapshot):
    """Every party that takes part said whom it sends."""


@fact("interventions.started.v1")
class InterventionStarted(InterventionSnapshot):
    """The team is on site."""


@fact("interventions.completed.v1")
class InterventionCompleted(InterventionSnapshot):
    """The visit is over; the coordinator owes a report."""


@fact("interventions.reported.v1")
class InterventionReported(InterventionSnapshot):
    """The report is in."""


@fact("interventions.stood-down.v1")
class InterventionStoodDown(InterventionSnapshot):
    """A consultation decided against the visit, or the case no longer asks for it."""


@fact("interventions.cancelled.v1")
class InterventionCancelled(InterventionSnapshot):
    """The visit was called off after the decision."""


class ConsultationFact(Fact):
    """A consultation about an intervention. Subject: the consultation."""

    intervention: str
    case: str | None
    convened_by: PartyId
    convened_through: PartyId
    invited: tuple[PartyId, ...]
    convened_at: Moment


@fact("consultations.convened.v1")
class ConsultationConvened(ConsultationFact):
    """Any member called it, through LOT-C."""


@fact("consultations.decided.v1")
class ConsultationDecided(ConsultationFact):
    """Go or no-go, with the reason and who took part."""

    outcome: ConsultationOutcome
    reason: str
    participants: tuple[PartyId, ...]
    decided_at: Moment
